# Transfers, against a server of the tests' own in the same process.
add_library(net_trial STATIC loopback.c trial.c)
target_link_libraries(net_trial PUBLIC net)
fetch_unit_test(test_transfer SOURCES test_transfer.c LIBRARIES net_trial)
fetch_unit_test(test_transfer_sink SOURCES test_transfer_sink.c LIBRARIES net_trial)
fetch_unit_test(test_transfer_end SOURCES test_transfer_end.c LIBRARIES net_trial)
