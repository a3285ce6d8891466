/* traps.h and url_pattern.h: what is taken for a trap, and what large and honest sites have. */
#include "cmd/crawl/traps.h"

#include "cmd/crawl/url_pattern.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void read_pattern(struct url_pattern *pattern, const char *text)
{
    struct url_resolved url;
    assert_true(url_split(&url, text, strlen(text)));
    url_pattern_read(pattern, &url);
    assert_int_equal(strlen(pattern->text), pattern->length);
}

static void patterns(void **state)
{
    static const struct {
        const char *text;
        const char *pattern;
    } cases[] = {
        {"http://h/", "h/"},
        {"https://u:p@h:8/a/b", "h/a/b"},
        {"http://h/item/123", "h/item/#"},
        {"http://h/item12b3/", "h/item#b#/"},
        {"http://h/a.html?b=1&a=2&c", "h/a.html?a&b&c"},
        {"http://h/?a=1&a=2", "h/?a&a"},
        {"http://h/a;jsessionid=0123ABC/b", "h/a;jsessionid/b"},
        {"http://h/0a1b2c3d4e5f.png", "h/#.png"},
        {"http://h/f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "h/#"},
        {"http://h/deadbeef/feedback", "h/deadbeef/feedback"},
        {"http://h/2026-11-21", "h/#"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url_pattern pattern;
        read_pattern(&pattern, cases[i].text);
        assert_string_equal(pattern.text, cases[i].pattern);
    }
}

static void counts(void **state)
{
    struct url_pattern pattern;
    (void)state;
    read_pattern(&pattern, "http://h/ab/cd/ab/cd/x?a&b=&c=d");
    assert_int_equal(pattern.segments, 5);
    assert_int_equal(pattern.repeats, 2);
    assert_int_equal(pattern.parameters, 3);
    read_pattern(&pattern, "http://h/tiles/0/0/0/0/a/a/a.png");
    assert_int_equal(pattern.repeats, 1);
    read_pattern(&pattern, "http://h/a////b");
    assert_int_equal(pattern.repeats, 3);
    read_pattern(&pattern, "http://h/");
    assert_int_equal(pattern.segments, 1);
    assert_int_equal(pattern.parameters, 0);
}

static void calendars(void **state)
{
    static const char *const yes[] = {
        "http://h/2026/11/",
        "http://h/cal/2026/11/21",
        "http://h/cal/2026/1/2.html",
        "http://h/2026-11",
        "http://h/events/2026-11-21/",
        "http://h/20261121.htm",
        "http://h/2026/11/index.php",
        "http://h/x?date=2026-11-21",
        "http://h/x?d=20261121",
        "http://h/x?month=11&year=2026",
        "http://h/x?tribe-bar-date=2026-11",
        "http://h/x?WEEK=3",
        "http://h/2026.11.21",
    };
    static const char *const no[] = {
        "http://h/2026/",
        "http://h/2026/11/21/title",
        "http://h/2026/13",
        "http://h/1024/5/7",
        "http://h/2026/11/title.html",
        "http://h/20269921",
        "http://h/123456789",
        "http://h/x?update=3",
        "http://h/x?date",
        "http://h/x?day=monday",
        "http://h/x?id=20269999",
        "http://h/2026-11-21-title",
        "http://h/2026-11/21",
        "http://h/",
    };
    struct url_pattern pattern;
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        read_pattern(&pattern, yes[i]);
        if (!pattern.is_calendar)
            fail_msg("%s", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        read_pattern(&pattern, no[i]);
        if (pattern.is_calendar)
            fail_msg("%s", no[i]);
    }
}

static uint64_t last_family;

static enum trap_rule judge(struct traps *traps, const char *text)
{
    struct url_resolved url;
    assert_true(url_split(&url, text, strlen(text)));
    return traps_judge(traps, &url, &last_family);
}

static struct traps *make(void)
{
    static const struct trap_limits limits = {
        .length = 100,
        .segments = 6,
        .repeats = 3,
        .parameters = 5,
        .calendar = 10,
        .families = {50, 40, 30, 20, 10, 5},
    };
    struct traps *traps = traps_new(&limits, 7);
    assert_non_null(traps);
    return traps;
}

static void alone(void **state)
{
    struct traps *traps = make();
    char text[128] = "http://h/";
    (void)state;
    assert_int_equal(judge(traps, "http://h/a/b/c/d/e/f"), TRAP_NONE);
    assert_int_equal(judge(traps, "http://h/a/b/c/d/e/f/g"), TRAP_SEGMENTS);
    assert_int_equal(judge(traps, "http://h/xy/xy/xy"), TRAP_NONE);
    assert_int_equal(judge(traps, "http://h/xy/xy/xy/xy"), TRAP_REPEATS);
    assert_int_equal(judge(traps, "http://h/xy/xy/b/xy/xy"), TRAP_REPEATS);
    assert_int_equal(judge(traps, "http://h/?a&b&c&d&e"), TRAP_NONE);
    assert_int_equal(judge(traps, "http://h/?a&b&c&d&e&f"), TRAP_PARAMETERS);
    memset(text + 9, 'x', 91);
    assert_int_equal(judge(traps, text), TRAP_NONE);
    memset(text + 9, 'x', 92);
    assert_int_equal(judge(traps, text), TRAP_LENGTH);
    traps_free(traps);
}

/* Writes `number` in the place of every '#'. */
static void fill_in(char *out, const char *text, int number)
{
    for (; *text; text++) {
        if (*text == '#')
            out += sprintf(out, "%d", number);
        else
            *out++ = *text;
    }
    *out = '\0';
}

/* How many of 100 are let in. */
static int count_let_in(struct traps *traps, const char *family, enum trap_rule expected)
{
    int count = 0;
    for (int i = 1; i <= 100; i++) {
        char text[128];
        fill_in(text, family, i);
        enum trap_rule rule = judge(traps, text);
        assert_true(rule == TRAP_NONE || rule == expected);
        count += rule == TRAP_NONE;
    }
    return count;
}

static void budgets(void **state)
{
    struct traps *traps = make();
    (void)state;
    assert_int_equal(count_let_in(traps, "http://h/item/#", TRAP_FAMILY), 50);
    assert_int_equal(count_let_in(traps, "http://h/item/#", TRAP_FAMILY), 0);
    assert_int_equal(count_let_in(traps, "http://g/item/#", TRAP_FAMILY), 50);
    assert_int_equal(count_let_in(traps, "http://h/items/#", TRAP_FAMILY), 50);
    assert_int_equal(count_let_in(traps, "http://h/a?page=#", TRAP_FAMILY), 40);
    assert_int_equal(count_let_in(traps, "http://h/a?page=#&a=#", TRAP_FAMILY), 30);
    assert_int_equal(count_let_in(traps, "http://h/a?a=#&page=#", TRAP_FAMILY), 0);
    assert_int_equal(count_let_in(traps, "http://h/a?a=#&b=#&c&d&e", TRAP_FAMILY), 5);
    assert_int_equal(count_let_in(traps, "http://h/?year=#", TRAP_CALENDAR), 10);
    assert_int_equal(count_let_in(traps, "http://h/x#/2026/11", TRAP_CALENDAR), 10);
    /* Each is a family of its own. */
    for (int i = 0; i < 26 * 26; i++) {
        char text[] = "http://h/aa/";
        text[9] = (char)('a' + i / 26);
        text[10] = (char)('a' + i % 26);
        assert_int_equal(judge(traps, text), TRAP_NONE);
    }
    traps_free(traps);
}

/* More families than there is room for push each other out, but not the large ones. */
static void large_families_stay(void **state)
{
    struct traps *traps = make();
    char text[128];
    (void)state;
    for (int i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "http://h/large/%d", i);
        assert_int_equal(judge(traps, text), TRAP_NONE);
    }
    for (int i = 0; i < 300000; i++) {
        snprintf(text, sizeof text, "http://h/%c%c%c%c%c", 'a' + i % 26, 'a' + i / 26 % 26,
                 'a' + i / 676 % 26, 'a' + i / 17576 % 26, 'g');
        assert_int_equal(judge(traps, text), TRAP_NONE);
    }
    assert_int_equal(judge(traps, "http://h/large/51"), TRAP_FAMILY);
    traps_free(traps);
}

static void let_in(struct traps *traps, int number)
{
    char text[64];
    snprintf(text, sizeof text, "http://h/item/%d", number);
    assert_int_equal(judge(traps, text), TRAP_NONE);
    assert_true(last_family != 0);
}

/* Broken off again and again, it lets in as many in all. */
static void gone_on_with(void **state)
{
    (void)state;
    uint64_t family = 0;
    uint32_t kept = 0;
    for (int run = 0; run < 4; run++) {
        struct traps *traps = make();
        if (kept)
            traps_recall(traps, family, kept);
        for (int i = 0; i < 12; i++) {
            let_in(traps, i);
            assert_true(!family || family == last_family);
            family = last_family;
            if (i % 4 == 3) /* given back, and let in again */
                traps_return(traps, family);
            let_in(traps, i);
            uint32_t settled = traps_settle(traps, family);
            kept = settled ? settled : kept;
            if (i % 4 != 3)
                traps_return(traps, family);
        }
        let_in(traps, 50); /* under way when it is killed */
        traps_free(traps);
    }
    assert_int_equal(kept, 48);
    struct traps *traps = make();
    traps_recall(traps, family, kept);
    let_in(traps, 51);
    let_in(traps, 52);
    assert_int_equal(judge(traps, "http://h/item/53"), TRAP_FAMILY);
    assert_true(last_family == 0);
    assert_int_equal(traps_settle(traps, UINT64_C(12345) << 20), 0);
    traps_return(traps, UINT64_C(12345) << 20);
    traps_free(traps);
}

/* A family of one is not worth keeping. */
static void first_ones_are_not_kept(void **state)
{
    (void)state;
    struct traps *traps = make();
    let_in(traps, 1);
    assert_int_equal(traps_settle(traps, last_family), 0);
    let_in(traps, 2);
    assert_int_equal(traps_settle(traps, last_family), 2);
    assert_int_equal(judge(traps, "http://h/?a&b&c&d&e&f"), TRAP_PARAMETERS);
    assert_true(last_family == 0);
    traps_free(traps);
}

/* What real sites have passes the limits that are used. */
static void honest_sites(void **state)
{
    static const char *const texts[] = {
        "http://h/en/java/javase/21/docs/api/java.base/java/util/concurrent/atomic/package.html",
        "http://h/viewtopic.php?f=3&t=123&start=45&hilit=x&sid=0123456789abcdef",
        "http://h/usr/share/doc/doc-base/doc/index.html",
        "http://h/search?q=a&filter=a&filter=b&filter=c&sort=up&page=3",
        "http://h/2026/11/21/a-title/",
        "http://h/tiles/5/5/5/5.png",
    };
    struct traps *traps = traps_new(&trap_limits_default, 7);
    (void)state;
    assert_non_null(traps);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(judge(traps, texts[i]), TRAP_NONE);
    for (int i = 0; i < 100000; i++) {
        char text[64];
        snprintf(text, sizeof text, "http://h/issues/%d", i);
        assert_int_equal(judge(traps, text), TRAP_NONE);
    }
    traps_free(traps);
}

static void words(void **state)
{
    (void)state;
    for (int rule = 0; rule < TRAP_RULES; rule++)
        assert_non_null(trap_rule_word((enum trap_rule)rule));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),     cmocka_unit_test(counts),
        cmocka_unit_test(calendars),    cmocka_unit_test(alone),
        cmocka_unit_test(budgets),      cmocka_unit_test(large_families_stay),
        cmocka_unit_test(honest_sites), cmocka_unit_test(words),
        cmocka_unit_test(gone_on_with), cmocka_unit_test(first_ones_are_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
