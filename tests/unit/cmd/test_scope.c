/* scope.h: each rule, alone and before others. */
#include "cmd/crawl/scope.h"

#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SEED "http://h.example/a/b/start.html?x"

static struct scope *make(const struct scope_options *options, const char *seed)
{
    struct url_resolved url;
    struct scope *scope = NULL;
    char *why = NULL;
    assert_int_equal(scope_new(&scope, options, &why), 0);
    assert_true(url_split(&url, seed, strlen(seed)));
    assert_int_equal(scope_add_seed(scope, &url), 0);
    return scope;
}

static enum scope_rule judge_link(struct scope *scope, const char *text, unsigned level)
{
    struct url_resolved url;
    assert_true(url_split(&url, text, strlen(text)));
    struct scope_link link = {.url = &url, .level = level};
    return scope_judge(scope, &link);
}

static enum scope_rule judge_need(struct scope *scope, const char *text, unsigned chain)
{
    struct url_resolved url;
    assert_true(url_split(&url, text, strlen(text)));
    struct scope_link link = {.url = &url, .level = 9, .is_requisite = true, .chain = chain};
    return scope_judge(scope, &link);
}

struct expected {
    const char *text;
    enum scope_rule rule;
};

/* Of links one level from the seed. */
static void check(const struct scope_options *options, const struct expected *cases, size_t count)
{
    struct scope *scope = make(options, SEED);
    for (size_t i = 0; i < count; i++) {
        enum scope_rule rule = judge_link(scope, cases[i].text, 1);
        if (rule != cases[i].rule)
            fail_msg("%s: %s", cases[i].text, scope_rule_word(rule));
    }
    scope_free(scope);
}

#define CHECK(options, cases) check(&(options), cases, sizeof(cases) / sizeof *(cases))

static void hosts(void **state)
{
    static const struct scope_options options = {.level = -1};
    static const struct expected cases[] = {
        {"http://h.example/", SCOPE_LINK},      {"https://h.example/x", SCOPE_LINK},
        {"http://h.example:8080/", SCOPE_LINK}, {"http://u:p@h.example/", SCOPE_LINK},
        {"http://www.h.example/", SCOPE_HOST},  {"http://example/", SCOPE_HOST},
        {"http://[::1]/", SCOPE_HOST},          {"ftp://h.example/", SCOPE_SCHEME},
    };
    (void)state;
    CHECK(options, cases);
}

static void several_seeds(void **state)
{
    static const struct scope_options options = {.level = -1, .no_parent = true};
    struct scope *scope = make(&options, SEED);
    struct url_resolved url;
    (void)state;
    assert_true(url_split(&url, "ftp://g/c/d/", 12));
    assert_int_equal(scope_add_seed(scope, &url), 0);
    assert_true(url_split(&url, "http://g/c/", 11));
    assert_int_equal(scope_add_seed(scope, &url), 0);
    assert_int_equal(judge_link(scope, "http://g/c/x", 1), SCOPE_LINK);
    assert_int_equal(judge_link(scope, "ftp://g/c/d/x", 1), SCOPE_LINK);
    assert_int_equal(judge_link(scope, "http://g/a/b/", 1), SCOPE_PARENT);
    assert_int_equal(judge_link(scope, "http://h.example/a/b/", 1), SCOPE_LINK);
    assert_int_equal(judge_link(scope, "http://f/", 1), SCOPE_HOST);
    assert_int_equal(judge_link(scope, "http://f/", 0), SCOPE_SEED);
    scope_free(scope);
}

static void spanning(void **state)
{
    static const struct scope_options any = {.level = -1, .span_hosts = true};
    static const struct scope_options listed = {.level = -1, .domains = "cdn.org, .net,"};
    static const struct scope_options only = {
        .level = -1, .span_hosts = true, .domains = "cdn.org"};
    static const struct expected of_any[] = {{"http://other/", SCOPE_LINK}};
    static const struct expected of_listed[] = {
        {"http://h.example/", SCOPE_LINK}, {"http://cdn.org/", SCOPE_LINK},
        {"http://a.cdn.org/", SCOPE_LINK}, {"http://acdn.org/", SCOPE_DOMAINS},
        {"http://x.net/", SCOPE_LINK},     {"http://org/", SCOPE_DOMAINS},
    };
    static const struct expected of_only[] = {
        {"http://h.example/", SCOPE_DOMAINS},
        {"http://a.cdn.org/", SCOPE_LINK},
    };
    (void)state;
    CHECK(any, of_any);
    CHECK(listed, of_listed);
    CHECK(only, of_only);
}

static void levels(void **state)
{
    static const struct scope_options options = {.level = 2, .requisites = true};
    struct scope *scope = make(&options, SEED);
    (void)state;
    assert_int_equal(judge_link(scope, "http://h.example/", 0), SCOPE_SEED);
    assert_int_equal(judge_link(scope, "http://h.example/", 2), SCOPE_LINK);
    assert_int_equal(judge_link(scope, "http://h.example/", 3), SCOPE_LEVEL);
    assert_int_equal(judge_need(scope, "http://h.example/", 1), SCOPE_REQUISITE);
    scope_free(scope);
}

static void parents(void **state)
{
    static const struct scope_options options = {
        .level = -1, .no_parent = true, .span_hosts = true};
    static const struct expected cases[] = {
        {"http://h.example/a/b/", SCOPE_LINK},   {"http://h.example/a/b/c/d?e", SCOPE_LINK},
        {"https://h.example/a/b/c", SCOPE_LINK}, {"http://h.example/a/b", SCOPE_PARENT},
        {"http://h.example/a/bc", SCOPE_PARENT}, {"http://h.example/", SCOPE_PARENT},
        {"http://other/", SCOPE_LINK},
    };
    (void)state;
    CHECK(options, cases);
}

static void files(void **state)
{
    static const struct scope_options accept = {.level = 1, .accept = "pdf,*.tar.*"};
    static const struct scope_options reject = {.level = 1, .reject = ".gif, [0-9]*"};
    static const struct scope_options both = {.level = 1, .accept = "html", .reject = "x*"};
    static const struct expected of_accept[] = {
        {"http://h.example/a.pdf", SCOPE_LINK},
        {"http://h.example/a.pdf?b.txt", SCOPE_LINK},
        {"http://h.example/a.%70df", SCOPE_LINK},
        {"http://h.example/a.tar.gz", SCOPE_LINK},
        {"http://h.example/a.PDF", SCOPE_ACCEPT},
        {"http://h.example/a.txt?b.pdf", SCOPE_ACCEPT},
        {"http://h.example/a.pdf/b", SCOPE_ACCEPT},
        {"http://h.example/x.html", SCOPE_ACCEPT}, /* it would lead nowhere */
    };
    static const struct expected of_reject[] = {
        {"http://h.example/a.gif", SCOPE_REJECT},
        {"http://h.example/1", SCOPE_REJECT},
        {"http://h.example/a1", SCOPE_LINK},
        {"http://h.example/1/", SCOPE_LINK},
    };
    static const struct expected of_both[] = {
        {"http://h.example/a.html", SCOPE_LINK},
        {"http://h.example/", SCOPE_LINK},
        {"http://h.example/x.html", SCOPE_REJECT},
        {"http://h.example/a.txt", SCOPE_ACCEPT},
    };
    (void)state;
    CHECK(accept, of_accept);
    CHECK(reject, of_reject);
    CHECK(both, of_both);
}

/* Pages lead to what is wanted, even if they are not. */
static void passages(void **state)
{
    static const struct scope_options options = {.level = 2, .accept = "pdf"};
    struct scope *scope = make(&options, SEED);
    (void)state;
    assert_int_equal(judge_link(scope, "http://h.example/", 1), SCOPE_PASSAGE);
    assert_int_equal(judge_link(scope, "http://h.example/a.html", 1), SCOPE_PASSAGE);
    assert_int_equal(judge_link(scope, "http://h.example/a.HTM", 1), SCOPE_PASSAGE);
    assert_int_equal(judge_link(scope, "http://h.example/a.shtml", 1), SCOPE_PASSAGE);
    assert_int_equal(judge_link(scope, "http://h.example/a.xyhtml", 1), SCOPE_ACCEPT);
    assert_int_equal(judge_link(scope, "http://h.example/html", 1), SCOPE_ACCEPT);
    assert_int_equal(judge_link(scope, "http://h.example/a.html", 2), SCOPE_ACCEPT);
    assert_int_equal(judge_link(scope, "http://h.example/a.pdf", 2), SCOPE_LINK);
    assert_true(SCOPE_PASSAGE < SCOPE_ADMITTED);
    scope_free(scope);
}

static void directories(void **state)
{
    static const struct scope_options options = {
        .level = -1,
        .include_directories = "/docs, /pub/*/new/",
        .exclude_directories = "docs/old,/*/*/private,/docs/a b",
    };
    static const struct expected cases[] = {
        {"http://h.example/docs", SCOPE_LINK},
        {"http://h.example/docs/x/y", SCOPE_LINK},
        {"http://h.example/docs2", SCOPE_INCLUDE},
        {"http://h.example/", SCOPE_INCLUDE},
        {"http://h.example/pub/x/new/y/z", SCOPE_LINK},
        {"http://h.example/pub/new/y", SCOPE_INCLUDE},
        {"http://h.example/docs/old/x", SCOPE_EXCLUDE},
        {"http://h.example/docs/%6Fld/x", SCOPE_EXCLUDE},
        {"http://h.example/docs/older", SCOPE_LINK},
        {"http://h.example/docs/x/private/y/z", SCOPE_EXCLUDE},
        {"http://h.example/docs/a%20b/c", SCOPE_EXCLUDE},
        {"http://h.example/docs%2Fold/x", SCOPE_INCLUDE},
    };
    (void)state;
    CHECK(options, cases);
}

static void expressions(void **state)
{
    static const struct scope_options options = {
        .level = -1,
        .accept_regex = "/(news|blog)/\\d{4}",
        .reject_regex = "[?&]print=1$|(a+)+$",
    };
    static const struct expected cases[] = {
        {"http://h.example/news/2026/", SCOPE_LINK},
        {"http://h.example/news/x", SCOPE_ACCEPT_REGEX},
        {"http://h.example/blog/2026?print=1", SCOPE_REJECT_REGEX},
        {"http://h.example/blog/2026?print=12", SCOPE_LINK},
    };
    struct scope *scope = make(&options, SEED);
    char text[512] = "http://h.example/blog/2026/";
    (void)state;
    CHECK(options, cases);
    /* What would take until the end of days is given up. */
    memset(text + 27, 'a', 100);
    strcpy(text + 127, "b");
    for (int i = 0; i < 10; i++)
        assert_int_equal(judge_link(scope, text, 1), SCOPE_EXPRESSION);
    assert_int_equal(judge_link(scope, "http://h.example/blog/2026", 1), SCOPE_LINK);
    scope_free(scope);
}

static void expressions_that_are_none(void **state)
{
    static const struct scope_options accept = {.accept_regex = "a(b"};
    static const struct scope_options reject = {.accept_regex = "a", .reject_regex = "[z-a]"};
    struct scope *scope = NULL;
    char *why = NULL;
    (void)state;
    assert_int_equal(scope_new(&scope, &accept, &why), -EINVAL);
    assert_string_equal(why, "missing closing parenthesis at byte 3 of 'a(b'");
    free(why);
    assert_int_equal(scope_new(&scope, &reject, &why), -EINVAL);
    assert_non_null(why);
    free(why);
    assert_null(scope);
    scope_free(scope);
}

/* A scope of their own, as wide as can be, but for what is named. */
static void requisites(void **state)
{
    static const struct scope_options off = {.level = -1};
    static const struct scope_options on = {
        .level = 1,
        .no_parent = true,
        .requisites = true,
        .domains = "nowhere",
        .accept = "html",
        .accept_regex = "^https",
        .include_directories = "/a",
        .reject = "*.mp4",
        .reject_regex = "tracker",
        .exclude_directories = "/ads",
    };
    struct scope *scope = make(&off, SEED);
    (void)state;
    assert_int_equal(judge_need(scope, "http://h.example/a/b/x.png", 1), SCOPE_NO_REQUISITES);
    scope_free(scope);
    scope = make(&on, SEED);
    assert_int_equal(judge_need(scope, "http://cdn.example/x.png", 1), SCOPE_REQUISITE);
    assert_int_equal(judge_need(scope, "http://h.example/x.png", 1), SCOPE_REQUISITE);
    assert_int_equal(judge_need(scope, "http://cdn.example/x.mp4?y", 1), SCOPE_REJECT);
    assert_int_equal(judge_need(scope, "http://tracker.example/x.gif", 1), SCOPE_REJECT_REGEX);
    assert_int_equal(judge_need(scope, "http://cdn.example/ads/x.png", 1), SCOPE_EXCLUDE);
    assert_int_equal(judge_need(scope, "ftp://cdn.example/x.png", 1), SCOPE_SCHEME);
    assert_int_equal(judge_need(scope, "http://c/x", SCOPE_CHAIN_MAX), SCOPE_REQUISITE);
    assert_int_equal(judge_need(scope, "http://c/x", SCOPE_CHAIN_MAX + 1), SCOPE_CHAIN);
    scope_free(scope);
}

static void words(void **state)
{
    (void)state;
    for (int rule = 0; rule < SCOPE_RULES; rule++)
        for (int other = 0; other <= rule; other++)
            assert_true(other == rule || strcmp(scope_rule_word((enum scope_rule)rule),
                                                scope_rule_word((enum scope_rule)other)) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),       cmocka_unit_test(several_seeds),
        cmocka_unit_test(spanning),    cmocka_unit_test(levels),
        cmocka_unit_test(parents),     cmocka_unit_test(files),
        cmocka_unit_test(passages),    cmocka_unit_test(directories),
        cmocka_unit_test(expressions), cmocka_unit_test(expressions_that_are_none),
        cmocka_unit_test(requisites),  cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
