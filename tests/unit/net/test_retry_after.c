/* retry_after.h: seconds, dates, and everything else that servers send. */
#include "engine/deadline.h"
#include "net/http/retry_after.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <string.h>

#define WEEK (604800 * NSEC_PER_SEC)

/* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110's own example. */
#define NOW ((time_t)784111777)

static int64_t parse(const char *value)
{
    return retry_after_parse(value, strlen(value), NOW);
}

static void seconds(void **state)
{
    (void)state;
    assert_int_equal(parse("0"), 0);
    assert_int_equal(parse("120"), 120 * NSEC_PER_SEC);
    assert_int_equal(parse("  7\t"), 7 * NSEC_PER_SEC);
    assert_int_equal(parse("007"), 7 * NSEC_PER_SEC);
    assert_int_equal(parse("604799"), 604799 * NSEC_PER_SEC);
    assert_int_equal(parse("604801"), WEEK);
    assert_int_equal(parse("99999999999999999999999999999999"), WEEK);
}

static void dates(void **state)
{
    (void)state;
    assert_int_equal(parse("Sun, 06 Nov 1994 08:49:47 GMT"), 10 * NSEC_PER_SEC);
    assert_int_equal(parse("Sunday, 06-Nov-94 08:49:47 GMT"), 10 * NSEC_PER_SEC);
    assert_int_equal(parse("Sun Nov  6 08:49:47 1994"), 10 * NSEC_PER_SEC);
    assert_int_equal(parse("Sun, 06 Nov 1994 08:49:37 GMT"), 0);
    assert_int_equal(parse("Sat, 05 Nov 1994 08:49:37 GMT"), 0);
    assert_int_equal(parse("Fri, 31 Dec 2037 23:59:59 GMT"), WEEK);
}

static void nonsense(void **state)
{
    static const char *const values[] = {
        "",
        " ",
        "-5",
        "+5",
        "1.5",
        "5s",
        "soon",
        "noon",
        "Sun",
        "Sun, 06 Nov 1994",
        "0x10",
        ":::::",
        "NULL",
        "5 5",
        "\xff\xfe:\xfd",
        "Sun, 99 Nov 1994 08:49:47 GMT",
        "Sun, 06 Nov 1994 08:49:47 GMT and then a good deal more than any date can be long",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (parse(values[i]) != -EINVAL)
            fail_msg("accepted: %s", values[i]);
    }
    assert_int_equal(retry_after_parse("5\0"
                                       "5",
                                       3, NOW),
                     -EINVAL);
    assert_int_equal(retry_after_parse("Sun, 06 Nov 1994\0 08:49:47", 26, NOW), -EINVAL);
}

static void bounded(void **state)
{
    (void)state;
    /* Only `length` bytes are looked at. */
    assert_int_equal(retry_after_parse("12999", 2, NOW), 12 * NSEC_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds),
        cmocka_unit_test(dates),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
