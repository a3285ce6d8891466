/* glob.h: shell patterns, and that they cost no more than they say. */
#include "cmd/crawl/glob.h"

#include "tests/unit/cmd/unit.h"
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

static struct glob_text text(const char *string)
{
    return (struct glob_text){string, strlen(string)};
}

/* The same as fnmatch(), as far as that goes. */
static void as_fnmatch(void **state)
{
    static const char *const patterns[] = {
        "",     "*",    "**",     "a",      "a*",          "*a",   "*a*",  "a?c",
        "?",    "??",   "[abc]",  "[a-c]x", "[!a-c]",      "[^a]", "[]]",  "[]a]",
        "[!]]", "[a-]", "*.[ch]", "a*b*c",  "*aab",        "\\*",  "a\\?", "\\a",
        "[a",   "a[",   "*[0-9]", "*.htm?", "[a-c]*[x-z]",
    };
    static const char *const names[] = {
        "",  "a",  "b",  "ab", "abc",    "aXc",   "a.c",   "x.h",    "]",  "-",
        "*", "a?", "[a", "a[", "aabaab", "axbxc", "file9", "a.html", "cz", "aaab",
    };
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (glob_matches(text(patterns[i]), text(names[j])) !=
                (fnmatch(patterns[i], names[j], 0) == 0))
                fail_msg("%s and %s", patterns[i], names[j]);
}

static void folders(void **state)
{
    static const struct {
        const char *pattern;
        const char *path;
        bool leads;
    } cases[] = {
        {"a", "a", true},
        {"a", "a/b", true},
        {"a", "ab", false},
        {"a/b", "a", false},
        {"*", "a/b/c", true},
        {"*/b", "a/b/c", true},
        {"*/c", "a/b/c", false},
        {"a*", "ab/c", true},
        {"?/b", "a/b", true},
        {"a?b", "a/b", false},
        {"a[/]b", "a/b", false},
        {"*b", "a/b", false},
        {"a*b/c", "axbxb/c/d", true},
        {"a*", "", false},
        {"*", "", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (glob_leads_to(text(cases[i].pattern), text(cases[i].path)) != cases[i].leads)
            fail_msg("%s and %s", cases[i].pattern, cases[i].path);
}

/* What takes fnmatch() for ever. */
static void stars_are_cheap(void **state)
{
    enum { SIZE = 65536 };
    char *name = malloc(SIZE);
    (void)state;
    memset(name, 'a', SIZE);
    for (int i = 0; i < 10; i++)
        assert_false(
            glob_matches(text("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"), (struct glob_text){name, SIZE}));
    free(name);
}

static void patterns_are_known(void **state)
{
    (void)state;
    assert_true(glob_is_pattern("a*", 2));
    assert_true(glob_is_pattern("?", 1));
    assert_true(glob_is_pattern("[a]", 3));
    assert_false(glob_is_pattern("a.b", 3));
    assert_false(glob_is_pattern("a*", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_fnmatch),
        cmocka_unit_test(folders),
        cmocka_unit_test(stars_are_cheap),
        cmocka_unit_test(patterns_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
