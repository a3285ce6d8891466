/* refresh.h, after the cases of the HTML standard's own tests. */
#include "net/http/refresh.h"

#include "engine/deadline.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <string.h>

static void taken(void **state)
{
    static const struct {
        const char *value;
        int seconds;
        const char *url;
    } cases[] = {
        {"5", 5, ""},
        {"1; url=foo", 1, "foo"},
        {"1 ; url = foo", 1, "foo"},
        {" \t\n1;url=foo ", 1, "foo"},
        {"1;url=' foo '", 1, "foo"},
        {"1;url='  '", 1, ""},
        {"1;foo", 1, "foo"},
        {"1, url=foo", 1, "foo"},
        {"1 url=foo", 1, "foo"},
        {"1 foo", 1, "foo"},
        {"1;", 1, ""},
        {"1;;foo", 1, ";foo"},
        {"0;URL='foo'", 0, "foo"},
        {"0;Url=\"foo\" bar", 0, "foo"},
        {"0;url='foo", 0, "foo"},
        {"0;url='foo\"bar'", 0, "foo\"bar"},
        {"0;url=\"\"foo", 0, ""},
        {"0;'foo'", 0, "foo"},
        {"0;u", 0, "u"},
        {"0;ur='foo'", 0, "ur='foo'"},
        {"0;urn:x", 0, "urn:x"},
        {"0;url", 0, "url"},
        {"0;url.html", 0, "url.html"},
        {"0;url'foo'", 0, "url'foo'"},
        {"0;url=", 0, ""},
        {"0;url= url=x", 0, "url=x"},
        {"1.9; foo", 1, "foo"},
        {".5; foo", 0, "foo"},
        {".; foo", 0, "foo"},
        {"1..3.4; foo", 1, "foo"},
        {"007;x", 7, "x"},
        {"99999999999999999999999;x", 604800, "x"},
        {"604801", 604800, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct refresh refresh;
        const char *value = cases[i].value;
        if (refresh_parse(&refresh, value, strlen(value)))
            fail_msg("%s", value);
        assert_int_equal(refresh.delay, cases[i].seconds * NSEC_PER_SEC);
        assert_int_equal(refresh.length, strlen(cases[i].url));
        assert_memory_equal(value + refresh.url, cases[i].url, refresh.length);
    }
}

static void passed_over(void **state)
{
    static const char *const values[] = {
        "",        " ",       "x",      "-1; foo", "+1; foo", "; foo",
        "url=foo", "1x; foo", "1: foo", "1/foo",   "five",
    };
    struct refresh refresh;
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        assert_int_equal(refresh_parse(&refresh, values[i], strlen(values[i])), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taken),
        cmocka_unit_test(passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
