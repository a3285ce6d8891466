# What reads pages.
fetch_unit_test(test_html_tokenizer SOURCES test_html_tokenizer.c LIBRARIES net)
fetch_unit_test(test_html_value SOURCES test_html_value.c LIBRARIES net)
fetch_unit_test(test_html_links SOURCES test_html_links.c LIBRARIES net)
fetch_unit_test(test_html_charset SOURCES test_html_charset.c LIBRARIES net)
fetch_unit_test(test_html5lib SOURCES test_html5lib.c LIBRARIES net PkgConfig::JANSSON)
target_compile_definitions(test_html5lib PRIVATE CORPORA="${PROJECT_SOURCE_DIR}/../shared/corpora")

# libgumbo only says what is right; the product does not use it.
pkg_check_modules(GUMBO IMPORTED_TARGET gumbo)
if(GUMBO_FOUND)
    fetch_unit_test(test_html_gumbo SOURCES test_html_gumbo.c LIBRARIES net PkgConfig::GUMBO
        TIMEOUT 300)
endif()
