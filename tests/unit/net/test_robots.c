/* robots.h: what files mean, as RFC 9309 and Google's description of it have them. */
#include "net/robots/robots.h"

#include "engine/deadline.h"
#include "tests/unit/net/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool allows(const char *text, const char *path)
{
    struct robots *robots = robots_parse(text, strlen(text), "fetch");
    assert_non_null(robots);
    bool allowed = robots_allows(robots, path, strlen(path), NULL);
    robots_free(robots);
    return allowed;
}

static void groups(void **state)
{
    static const struct {
        const char *text;
        bool allowed; /* of "/x" */
    } cases[] = {
        {"", true},
        {"User-agent: *\nDisallow: /", false},
        {"User-agent: *\nDisallow:", true},
        {"User-agent: fetch\nDisallow: /x", false},
        {"USER-AGENT: FeTcH\nDISALLOW: /x", false},
        {"user-agent:fetch/2.0 (x)\ndisallow:/x", false},
        {"User-agent: fetcher\nDisallow: /x", true},
        {"User-agent: fetch-er\nDisallow: /x", true},
        {"User-agent: other\nDisallow: /x", true},
        /* Those for us count alone... */
        {"User-agent: *\nDisallow: /\n\nUser-agent: fetch\nDisallow: /y", true},
        {"User-agent: fetch\nDisallow: /x\n\nUser-agent: *\nAllow: /", false},
        {"User-agent: fetch\n\nUser-agent: *\nDisallow: /", false},
        {"User-agent: *\nDisallow: /\nUser-agent: fetch", true},
        /* ... and all of them. */
        {"User-agent: fetch\nDisallow: /y\nUser-agent: a\nAllow: /\nUser-agent: fetch\n"
         "Disallow: /x",
         false},
        {"User-agent: *\nDisallow: /y\n\nUser-agent: a\nAllow: /\n\nUser-agent: *\nDisallow: /x",
         false},
        /* Several names in a row; what is between them does not matter, but for rules. */
        {"User-agent: fetch\nUser-agent: b\nDisallow: /", false},
        {"User-agent: a\nUser-agent: fetch\nDisallow: /", false},
        {"User-agent: fetch\n\n# x\nUser-agent: b\nDisallow: /", false},
        {"User-agent: fetch\nSitemap: http://h/s\nUser-agent: b\nDisallow: /", false},
        {"User-agent: fetch\nCrawl-delay: 1\nUser-agent: b\nDisallow: /", false},
        {"User-agent: fetch\nNonsense\nUser-agent: b\nDisallow: /", false},
        {"User-agent: fetch\nDisallow:\nUser-agent: b\nDisallow: /", true},
        {"User-agent: b\nDisallow: /\nUser-agent: fetch\nAllow: /", true},
        {"User-agent: *x\nDisallow: /", true},
        {"User-agent: * x\nDisallow: /", false},
        {"Disallow: /\nUser-agent: *", true},
        {"User-agent:\nDisallow: /", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (allows(cases[i].text, "/x") != cases[i].allowed)
            fail_msg("%s", cases[i].text);
}

static void lines(void **state)
{
    static const char *const disallowing[] = {
        "\xef\xbb\xbfUser-agent: *\nDisallow: /x",
        "User-agent: *\r\nDisallow: /x\r\n",
        "User-agent: *\rDisallow: /x\r",
        "User-agent: *\n\rDisallow: /x",
        "\n\n  User-agent :\t* \n \t Disallow  :  /x  \n",
        "User-agent: * # all\nDisallow: /x# y",
        "User-agent: *\nDisallow: /x #/y",
        "<html>\nUser-agent: *\n:\n::\nDisallow\nDisallow: /x\n",
        "User-agent: *\nAllow /x\nDisallow: /x",
    };
    (void)state;
    for (size_t i = 0; i < sizeof disallowing / sizeof *disallowing; i++)
        if (allows(disallowing[i], "/x"))
            fail_msg("%s", disallowing[i]);
    assert_true(allows("User-agent: *\n#Disallow: /x", "/x"));
    assert_true(allows("User-agent: *\n\xef\xbb\xbf"
                       "Disallow: /x",
                       "/x"));
}

struct match {
    const char *rule;
    const char *path;
    bool matches;
};

static void patterns(void **state)
{
    static const struct match cases[] = {
        {"/", "/", true},
        {"/fish", "/fish", true},
        {"/fish", "/fish.html", true},
        {"/fish", "/fishheads/yummy.html", true},
        {"/fish", "/fish.php?id=anything", true},
        {"/fish", "/Fish.asp", false},
        {"/fish", "/catfish", false},
        {"/fish", "/?id=fish", false},
        {"/fish*", "/fishheads", true},
        {"/fish/", "/fish", false},
        {"/fish/", "/fish/?id=anything", true},
        {"fish", "/fish", false},
        {"/*.php", "/folder/filename.php?parameters", true},
        {"/*.php", "/", false},
        {"/*.php", "/windows.PHP", false},
        {"/*.php$", "/filename.php", true},
        {"/*.php$", "/filename.php?parameters", false},
        {"/*.php$", "/a.php.php", true},
        {"/*.php$", "/filename.php/", false},
        {"/fish*.php", "/fishheads/catfish.php?parameters", true},
        {"/fish*.php", "/Fish.PHP", false},
        {"*", "/x", true},
        {"**", "/x", true},
        {"/*", "/", true},
        {"/a$", "/a", true},
        {"/a$", "/ab", false},
        {"/a*$", "/abc", true},
        {"/$", "/", true},
        {"/$", "/x", false},
        {"$", "/", false},
        {"/a$b", "/a$b", true},
        {"/a%24", "/a$", true},
        {"/a%24", "/ax", false},
        {"/a%2A", "/a*", true},
        {"/a%2a", "/a*b", true},
        {"/a%2a", "/ab", false},
        {"/a*b*c", "/axxbxxc", true},
        {"/a*b*c", "/axxcxxb", false},
        {"*/b$", "/a/b/b", true},
        {"/aa*aa", "/aaa", false},
        /* One spelling. */
        {"/foo/bar?baz=quz", "/foo/bar?baz=quz", true},
        {"/foo/bar/\xe3\x83\x84", "/foo/bar/%E3%83%84", true},
        {"/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", true},
        {"/foo/bar/%62%61%7A", "/foo/bar/baz", true},
        {"/foo/bar/baz", "/foo/bar/%62%61%7A", true},
        {"/%7Ejoe", "/~joe", true},
        {"/a%3cd.html", "/a%3Cd.html", true},
        {"/a%2Fb", "/a/b", false},
        {"/a b", "/a%20b", true},
        {"/a|\"", "/a%7C%22", true},
        {"/%zz%", "/%zz%25", true},
        {"/%25zz", "/%zz", true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "User-agent: *\nDisallow: %s", cases[i].rule);
        if (allows(text, cases[i].path) == cases[i].matches)
            fail_msg("%s and %s", cases[i].rule, cases[i].path);
    }
}

static void longest_decides(void **state)
{
    static const struct {
        const char *rules;
        const char *path;
        bool allowed;
    } cases[] = {
        {"Allow: /p\nDisallow: /", "/page", true},
        {"Allow: /folder\nDisallow: /folder", "/folder/page", true},
        {"Disallow: /folder\nAllow: /folder", "/folder/page", true},
        {"Allow: /page\nDisallow: /*.htm", "/page.htm", false},
        {"Allow: /page\nDisallow: /*.ph", "/page.php5", true},
        {"Allow: /$\nDisallow: /", "/", true},
        {"Allow: /$\nDisallow: /", "/page.htm", false},
        {"Disallow: /x/page.html\nAllow: /x/", "/x/page.html", false},
        {"Disallow: /x/page.html\nAllow: /x/", "/x/", true},
        {"Disallow: /\nAllow:", "/x", false},
        {"Disallow: /", "/robots.txt", true},
        {"Disallow: /", "/robots.txt?", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        snprintf(text, sizeof text, "User-agent: *\n%s", cases[i].rules);
        if (allows(text, cases[i].path) != cases[i].allowed)
            fail_msg("%s and %s", cases[i].rules, cases[i].path);
    }
}

static void rule_is_told(void **state)
{
    static const char text[] = "User-agent: *\nAllow: /a\n\nDisallow: /a/%7Eb\n";
    struct robots *robots = robots_parse(text, sizeof text - 1, "fetch");
    struct robots_rule rule;
    (void)state;
    assert_false(robots_allows(robots, "/a/~b/c", 7, &rule));
    assert_false(rule.allow);
    assert_int_equal(rule.line, 4);
    assert_string_equal(rule.pattern, "/a/~b");
    assert_true(robots_allows(robots, "/a/c", 4, &rule));
    assert_int_equal(rule.line, 2);
    assert_true(robots_allows(robots, "/c", 2, &rule));
    assert_int_equal(rule.line, 0);
    assert_string_equal(rule.pattern, "");
    robots_free(robots);
}

static int64_t delay_of(const char *value)
{
    char text[256];
    snprintf(text, sizeof text, "User-agent: *\nCrawl-delay: %s\n", value);
    struct robots *robots = robots_parse(text, strlen(text), "fetch");
    int64_t delay = robots_delay(robots);
    robots_free(robots);
    return delay;
}

static void delays(void **state)
{
    static const char merged[] = "User-agent: a\nCrawl-delay: 9\nUser-agent: *\nCrawl-delay: 3\n"
                                 "Disallow: /x\nUser-agent: *\nCrawl-delay: 2\n";
    (void)state;
    assert_int_equal(delay_of("5"), 5 * NSEC_PER_SEC);
    assert_int_equal(delay_of("0"), 0);
    assert_int_equal(delay_of("0.5"), NSEC_PER_SEC / 2);
    assert_int_equal(delay_of(".25"), NSEC_PER_SEC / 4);
    assert_int_equal(delay_of("1."), NSEC_PER_SEC);
    assert_int_equal(delay_of("1.00000000000000000000001"), NSEC_PER_SEC);
    assert_int_equal(delay_of("99999999999999999999999"), INT64_C(86400) * NSEC_PER_SEC);
    assert_int_equal(delay_of(""), -1);
    assert_int_equal(delay_of("."), -1);
    assert_int_equal(delay_of("-1"), -1);
    assert_int_equal(delay_of("5s"), -1);
    assert_int_equal(delay_of("1e3"), -1);
    assert_int_equal(delay_of("1,5"), -1);
    struct robots *robots = robots_parse(merged, sizeof merged - 1, "fetch");
    assert_int_equal(robots_delay(robots), 3 * NSEC_PER_SEC);
    robots_free(robots);
}

static void sitemaps(void **state)
{
    static const char text[] = "Sitemap: http://h/a.xml\nUser-agent: other\nsitemap:/b.xml # x\n"
                               "Disallow: /\nSitemap:\nSITEMAP :  http://h/c d.xml.gz";
    struct robots *robots = robots_parse(text, sizeof text - 1, "fetch");
    (void)state;
    assert_int_equal(robots_sitemap_count(robots), 3);
    assert_string_equal(robots_sitemap(robots, 0), "http://h/a.xml");
    assert_string_equal(robots_sitemap(robots, 1), "/b.xml");
    assert_string_equal(robots_sitemap(robots, 2), "http://h/c d.xml.gz");
    robots_free(robots);
}

static void answers(void **state)
{
    (void)state;
    assert_int_equal(robots_answer(200, 0), ROBOTS_PARSE);
    assert_int_equal(robots_answer(206, 5), ROBOTS_PARSE);
    assert_int_equal(robots_answer(301, 0), ROBOTS_FOLLOW);
    assert_int_equal(robots_answer(308, 4), ROBOTS_FOLLOW);
    assert_int_equal(robots_answer(302, 5), ROBOTS_ALLOW_ALL);
    assert_int_equal(robots_answer(401, 0), ROBOTS_ALLOW_ALL);
    assert_int_equal(robots_answer(404, 0), ROBOTS_ALLOW_ALL);
    assert_int_equal(robots_answer(410, 0), ROBOTS_ALLOW_ALL);
    assert_int_equal(robots_answer(429, 0), ROBOTS_DISALLOW_ALL);
    assert_int_equal(robots_answer(500, 0), ROBOTS_DISALLOW_ALL);
    assert_int_equal(robots_answer(503, 0), ROBOTS_DISALLOW_ALL);
    assert_int_equal(robots_answer(0, 0), ROBOTS_DISALLOW_ALL);
    assert_int_equal(robots_answer(100, 0), ROBOTS_DISALLOW_ALL);
    assert_int_equal(robots_answer(999, 0), ROBOTS_DISALLOW_ALL);
}

/* What is behind the limit does not count, nor the line that it cuts. */
static void size_limit(void **state)
{
    static const char head[] = "User-agent: *\n";
    static const char last[] = "Disallow: /xyz\n";
    char *text = malloc(ROBOTS_SIZE_MAX + 100);
    size_t used = ROBOTS_SIZE_MAX - sizeof last + 1 - sizeof head + 1;
    (void)state;
    assert_non_null(text);
    memcpy(text, head, sizeof head - 1);
    memset(text + sizeof head - 1, '\n', used);
    char *end = stpcpy(text + sizeof head - 1 + used, last);
    assert_int_equal(end - text, ROBOTS_SIZE_MAX);
    strcpy(end, "Disallow: /y\n");
    assert_false(allows(text, "/xyz"));
    assert_true(allows(text, "/y"));
    memmove(text + sizeof head, text + sizeof head - 1, strlen(text + sizeof head - 1) + 1);
    assert_true(allows(text, "/xyz"));
    free(text);
}

/* As many stars as there is room for, against a path that nearly matches: linear, or the time limit
 * of the tests is met. */
static void hostile_patterns(void **state)
{
    enum { SIZE = 500000, PATH = 65536 };
    char *text = malloc(SIZE + 1);
    char *path = malloc(PATH);
    size_t used = (size_t)sprintf(text, "User-agent: *\nDisallow: /");
    (void)state;
    memset(path, 'a', PATH);
    path[0] = '/';
    while (used < SIZE - 8)
        used += (size_t)sprintf(text + used, "*a");
    sprintf(text + used, "*b");
    struct robots *robots = robots_parse(text, strlen(text), "fetch");
    for (int i = 0; i < 4; i++)
        assert_true(robots_allows(robots, path, PATH, NULL));
    robots_free(robots);
    /* And as many rules: not thought through, so not allowed. */
    for (used = (size_t)sprintf(text, "User-agent: *\n"); used < SIZE - 32;)
        used += (size_t)sprintf(text + used, "Allow: *aaab\n");
    robots = robots_parse(text, used, "fetch");
    assert_true(robots_allows(robots, path, 100, NULL));
    assert_false(robots_allows(robots, path, PATH, NULL));
    robots_free(robots);
    free(path);
    free(text);
}

static void nul_bytes(void **state)
{
    static const char text[] = "User-agent: *\0\nDisallow: /a\0b\nSitemap: a\0b\n";
    struct robots *robots = robots_parse(text, sizeof text - 1, "fetch");
    (void)state;
    assert_true(robots_allows(robots, "/a%00b", 6, NULL));
    assert_int_equal(robots_sitemap_count(robots), 0);
    robots_free(robots);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups),       cmocka_unit_test(lines),
        cmocka_unit_test(patterns),     cmocka_unit_test(longest_decides),
        cmocka_unit_test(rule_is_told), cmocka_unit_test(delays),
        cmocka_unit_test(sitemaps),     cmocka_unit_test(answers),
        cmocka_unit_test(size_limit),   cmocka_unit_test(hostile_patterns),
        cmocka_unit_test(nul_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
