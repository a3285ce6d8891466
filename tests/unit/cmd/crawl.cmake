# What a crawl has met, and what it has still to fetch.
fetch_unit_test(test_cmd_seen_set SOURCES test_seen_set.c LIBRARIES cmd)
fetch_unit_test(test_cmd_glob SOURCES test_glob.c LIBRARIES cmd)
fetch_unit_test(test_cmd_scope SOURCES test_scope.c LIBRARIES cmd)
fetch_unit_test(test_cmd_traps SOURCES test_traps.c LIBRARIES cmd)
