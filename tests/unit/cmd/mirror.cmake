# Copies of sites.
foreach(module names convert page)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c LIBRARIES cmd)
endforeach()
