# The command line, files, reports.
foreach(module cookie_merge escape report progress forecast directory json_text writer records resume
        condition judge same)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c LIBRARIES cmd)
endforeach()
foreach(module cli cli_refused cli_units)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c cli_harness.c LIBRARIES cmd)
endforeach()
fetch_unit_test(test_cmd_view SOURCES test_view.c LIBRARIES cmd)
fetch_unit_test(test_cmd_extent SOURCES test_extent.c stdin_pipe.c LIBRARIES cmd)
target_sources(test_cmd_directory PRIVATE store_harness.c)
target_link_libraries(test_cmd_report PRIVATE PkgConfig::JANSSON)
target_link_libraries(test_cmd_records PRIVATE PkgConfig::JANSSON)
# Much is written; under a sanitizer that takes its time.
foreach(module store store_faults store_resume)
    fetch_unit_test(test_cmd_${module} SOURCES test_${module}.c store_harness.c LIBRARIES cmd
        TIMEOUT 180)
endforeach()
