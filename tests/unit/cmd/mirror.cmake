# Copies of sites.
foreach(module names convert page copies place)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c LIBRARIES cmd)
endforeach()
