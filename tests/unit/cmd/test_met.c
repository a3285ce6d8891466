/* met.h: what is kept is found under the same conditions and no others. */
#include "cmd/crawl/met.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <string.h>

static uint64_t enter(struct met *met, const char *url, unsigned judged_as)
{
    return met_enter(met, url, strlen(url), judged_as);
}

static struct met_reference reference_to(uint64_t place, const char *text)
{
    return (struct met_reference){.place = place, .text = text, .length = strlen(text)};
}

static bool is_met(const struct met *met, uint64_t place, const char *text)
{
    struct met_reference reference = reference_to(place, text);
    int refused;
    return met_find(met, &reference, &refused);
}

static void add(struct met *met, uint64_t place, const char *text)
{
    struct met_reference reference = reference_to(place, text);
    met_add(met, &reference, MET_FOLLOWED);
}

static void test_places(void **state)
{
    (void)state;
    struct met *met = met_new();
    uint64_t place = enter(met, "http://h.test/a/b.html", 1);
    assert_int_not_equal(place, 0);
    assert_int_equal(enter(met, "http://h.test/a/c.html?x=/y/z", 1), place);
    assert_int_equal(enter(met, "http://h.test/a/", 1), place);
    assert_int_not_equal(enter(met, "http://h.test/a", 1), place);
    assert_int_not_equal(enter(met, "http://h.test/a/b/", 1), place);
    assert_int_not_equal(enter(met, "http://h.test/a/b.html", 2), place);
    assert_int_not_equal(enter(met, "https://h.test/a/b.html", 1), place);
    met_free(met);
    met_free(NULL);
}

static void test_references(void **state)
{
    (void)state;
    struct met *met = met_new();
    uint64_t place = enter(met, "http://h.test/a/b.html", 0);
    uint64_t other = enter(met, "http://h.test/b/", 0);
    assert_false(is_met(met, place, "../x.html"));
    add(met, place, "../x.html");
    assert_true(is_met(met, place, "../x.html"));
    assert_false(is_met(met, other, "../x.html"));
    assert_false(is_met(met, place, "../x.htm"));
    struct met_reference requisite = reference_to(place, "../x.html");
    int refused = 0;
    requisite.requisite = true;
    assert_false(met_find(met, &requisite, &refused));
    met_add(met, &requisite, 7);
    assert_true(met_find(met, &requisite, &refused));
    assert_int_equal(refused, 7);
    met_forget(met);
    assert_int_not_equal(enter(met, "http://h.test/a/b.html", 0), place);
    assert_false(is_met(met, enter(met, "http://h.test/a/b.html", 0), "../x.html"));
    met_free(met);
}

/* What depends on more than the directory is not kept, nor is what has no room. */
static void test_what_is_not_kept(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        "?q",
        "#f",      " ?q",
        "\t#f",    "\x01?q",
        "\x7f?q",  "http:?q",
        "http:x",  "mailto:a@h.test",
        "a?b=c:d", "https:/x",
        "x:://h",  "a-very-long-reference/that-has-no-room/in-a-line-of-the-cache.html",
    };
    static const char *const kept[] = {"/",   "a",   "./", "../", "//h.test/x", "http://h.test/",
                                       "%20", "a?q", "-",  "~u/"};
    struct met *met = met_new();
    uint64_t place = enter(met, "http://h.test/", 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        add(met, place, texts[i]);
        assert_false(is_met(met, place, texts[i]));
    }
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        add(met, place, kept[i]);
        assert_true(is_met(met, place, kept[i]));
    }
    add(met, 0, "a");
    assert_false(is_met(met, 0, "a"));
    met_free(met);
}

/* More than there is room for: what is found is right all the same. */
static void test_crowd(void **state)
{
    (void)state;
    enum { CROWD = 100000 };
    struct met *met = met_new();
    char text[32];
    int found = 0;
    for (unsigned i = 0; i < CROWD; i++) {
        snprintf(text, sizeof text, "http://h.test/%u/", i / 50);
        struct met_reference reference = reference_to(enter(met, text, 0), text);
        met_add(met, &reference, (int)(i / 50 % 100));
    }
    for (unsigned i = 0; i < CROWD / 50; i++) {
        int refused;
        snprintf(text, sizeof text, "http://h.test/%u/", i);
        struct met_reference reference = reference_to(enter(met, text, 0), text);
        if (!met_find(met, &reference, &refused))
            continue;
        assert_int_equal(refused, i % 100);
        found++;
    }
    assert_true(found > 10);
    met_free(met);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_what_is_not_kept),
        cmocka_unit_test(test_crowd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
