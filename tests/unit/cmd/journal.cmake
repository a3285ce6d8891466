# What a job remembers.
foreach(module journal recorder recall known)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c LIBRARIES cmd)
endforeach()
target_link_libraries(test_cmd_journal PRIVATE PkgConfig::SQLITE)
target_link_libraries(test_cmd_recorder PRIVATE PkgConfig::SQLITE)
target_link_libraries(test_cmd_recall PRIVATE PkgConfig::SQLITE)
