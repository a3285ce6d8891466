/* content_range.h: what servers send, and what contradicts itself. */
#include "net/http/content_range.h"
#include "tests/unit/net/unit.h"
#include <string.h>

static void check(const char *text, int64_t first, int64_t last, int64_t total)
{
    struct content_range range = content_range_parse(text, strlen(text));
    if (range.first != first || range.last != last || range.total != total)
        fail_msg("%s: %ld-%ld/%ld", text, (long)range.first, (long)range.last, (long)range.total);
}

static void forms(void **state)
{
    (void)state;
    check("bytes 100-199/1000", 100, 199, 1000);
    check("Bytes 0-0/1", 0, 0, 1);
    check("bytes 5-9/*", 5, 9, -1);
    check("bytes */47", -1, -1, 47);
    check("bytes */0", -1, -1, 0);
    check("bytes 0-9223372036854775806/9223372036854775807", 0, INT64_MAX - 1, INT64_MAX);
}

static void nonsense(void **state)
{
    static const char *const wrong[] = {
        "",
        "bytes",
        "bytes ",
        "bytes */*",
        "bytes 0-1",
        "bytes 0-1/",
        "bytes -1/2",
        "bytes 1-0/2",
        "bytes 0-2/2",
        "bytes 0-1/2 ",
        "bytes 0-1/2,3-4/5",
        "bytes 0 -1/2",
        "bytes +0-1/2",
        "lines 0-1/2",
        "bytes 0-1/99999999999999999999",
        "bytes 0-9223372036854775808/*",
        "bytes=0-1/2",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        check(wrong[i], -1, -1, -1);
}

static void bounded(void **state)
{
    (void)state;
    struct content_range range = content_range_parse("bytes 0-1/23", 11);
    assert_int_equal(range.total, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(nonsense),
        cmocka_unit_test(bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
