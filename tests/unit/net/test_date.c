#include "tests/unit/net/unit.h"

#include "net/http/date.h"
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t parse(const char *text)
{
    return http_date_parse(text, strlen(text));
}

static void test_forms(void **state)
{
    (void)state;
    assert_int_equal(parse("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);
    assert_int_equal(parse("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777);
    assert_int_equal(parse("Sun Nov  6 08:49:37 1994"), 784111777);
    assert_int_equal(parse("Thu, 01 Jan 1970 00:00:00 GMT"), 0);
    assert_int_equal(parse("Tue, 29 Feb 2000 23:59:59 GMT"), 951868799);
    assert_int_equal(parse("Fri, 31 Dec 9999 23:59:59 GMT"), INT64_C(253402300799));
}

/* Whatever day it is, libcurl and gmtime() agree. */
static void test_every_week(void **state)
{
    (void)state;
    for (time_t when = 12345; when < INT64_C(8000000000); when += 600001) {
        char text[40];
        struct tm tm;
        gmtime_r(&when, &tm);
        strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        assert_int_equal(parse(text), when);
    }
    assert_int_equal(parse("Mon, 13 Mar 2023 01:02:03 GMT"),
                     curl_getdate("Mon, 13 Mar 2023 01:02:03 GMT", NULL));
}

static void test_no_date(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "soon",
        "Sun, 06 Nov 1994 08:49:37",
        "Sun, 00 Nov 1994 08:49:37 GMX",
        "Sun, 06 Abc 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:61:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMTxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        if (parse(wrong[i]) != -1 && i != 2) /* libcurl takes it for UTC */
            fail_msg("%s is no date", wrong[i]);
    }
    assert_int_equal(http_date_parse("Sun, 06 Nov 1994 08:49:37 GMT\0", 30), -1);
    assert_int_equal(http_date_parse("Sun, 06 Nov", 5), -1);
}

static void test_written(void **state)
{
    (void)state;
    char text[HTTP_DATE_SIZE];
    assert_true(http_date_format(text, 784111777));
    assert_string_equal(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_true(http_date_format(text, 0));
    assert_string_equal(text, "Thu, 01 Jan 1970 00:00:00 GMT");
    assert_true(http_date_format(text, INT64_C(253402300799)));
    assert_int_equal(parse(text), INT64_C(253402300799));
    assert_false(http_date_format(text, INT64_C(253402300800)));
    assert_false(http_date_format(text, INT64_MAX));
    assert_false(http_date_format(text, -1));
    for (int64_t when = 1; when < INT64_C(8000000000); when += 86400001) {
        assert_true(http_date_format(text, when));
        assert_int_equal(parse(text), when);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),
        cmocka_unit_test(test_every_week),
        cmocka_unit_test(test_no_date),
        cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
