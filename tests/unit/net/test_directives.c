/* directives.h: meta robots and X-Robots-Tag. */
#include "net/robots/directives.h"

#include "tests/unit/net/unit.h"
#include <string.h>

enum { BOTH = ROBOTS_NOINDEX | ROBOTS_NOFOLLOW };

static void meta(void **state)
{
    static const struct {
        const char *content;
        unsigned directives;
    } cases[] = {
        {"", 0},
        {"all", 0},
        {"index, follow", 0},
        {"noindex", ROBOTS_NOINDEX},
        {"NoFollow", ROBOTS_NOFOLLOW},
        {"none", BOTH},
        {"noindex,nofollow", BOTH},
        {" noindex ,\n nofollow ", BOTH},
        {"noindex nofollow", 0},
        {"nofollowed", 0},
        {",,nofollow,,", ROBOTS_NOFOLLOW},
        {"max-snippet:-1, nofollow", ROBOTS_NOFOLLOW},
        {"unavailable_after: Saturday, 25-Jun-22 15:00:00 GMT, nofollow", ROBOTS_NOFOLLOW},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (robots_read_meta(cases[i].content, strlen(cases[i].content)) != cases[i].directives)
            fail_msg("%s", cases[i].content);
}

static void meta_names(void **state)
{
    (void)state;
    assert_true(robots_is_meta("robots", 6, "fetch"));
    assert_true(robots_is_meta(" ROBOTS ", 8, "fetch"));
    assert_true(robots_is_meta("Fetch", 5, "fetch"));
    assert_false(robots_is_meta("googlebot", 9, "fetch"));
    assert_false(robots_is_meta("", 0, ""));
}

static void tags(void **state)
{
    static const struct {
        const char *value;
        unsigned directives;
    } cases[] = {
        {"noindex", ROBOTS_NOINDEX},
        {"noindex, nofollow", BOTH},
        {"googlebot: nofollow", 0},
        {"fetch: nofollow", ROBOTS_NOFOLLOW},
        {"FETCH:nofollow", ROBOTS_NOFOLLOW},
        {"*: none", BOTH},
        {"googlebot: noindex, nofollow", 0},
        {"googlebot: noindex, fetch: nofollow", ROBOTS_NOFOLLOW},
        {"noindex, otherbot: nofollow", ROBOTS_NOINDEX},
        {"fetch: noindex, otherbot: nofollow, robots: nofollow", BOTH},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST", 0},
        {"unavailable_after: 25 Jun 2010 15:00:00 PST, none", BOTH},
        {"max-image-preview: large, nofollow", ROBOTS_NOFOLLOW},
        {":", 0},
        {": nofollow", 0},
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (robots_read_tag(cases[i].value, strlen(cases[i].value), "fetch") != cases[i].directives)
            fail_msg("%s", cases[i].value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meta),
        cmocka_unit_test(meta_names),
        cmocka_unit_test(tags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
