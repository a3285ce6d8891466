/* copies.h: what is remembered of a site while it is copied, and that names and links agree. */
#include "cmd/mirror/copies.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_name(struct copies *copies, const char *url, const char *expected)
{
    const char *name = copies_name(copies, url);
    if (expected && name)
        assert_string_equal(name, expected);
    else
        assert_ptr_equal(name, expected);
}

static void expect_url(struct copies *copies, const char *name, const char *expected)
{
    const char *url = copies_url(copies, name);
    if (expected && url)
        assert_string_equal(url, expected);
    else
        assert_ptr_equal(url, expected);
}

static void test_both_ways(void **state)
{
    (void)state;
    struct copies *copies = copies_new();
    assert_int_equal(copies_add(copies, "http://h/a", "h/a.html"), 0);
    assert_int_equal(copies_add(copies, "http://h/d/b", "h/d/B.css"), 0);
    expect_name(copies, "http://h/a", "h/a.html");
    expect_name(copies, "http://h/b", NULL);
    expect_url(copies, "h/a.html", "http://h/a");
    expect_url(copies, "h/d/B.css", "http://h/d/b");
    expect_url(copies, "h/d/b.css", NULL);
    expect_url(copies, "h/d", NULL);
    expect_url(copies, "h", NULL);
    /* Under another name, and then another's under that name. */
    assert_int_equal(copies_add(copies, "http://h/a", "h/a.txt"), 0);
    expect_name(copies, "http://h/a", "h/a.txt");
    expect_url(copies, "h/a.html", NULL);
    assert_int_equal(copies_add(copies, "http://h/c", "h/A.txt"), 0);
    expect_name(copies, "http://h/a", NULL);
    expect_url(copies, "h/A.txt", "http://h/c");
    copies_remove(copies, "http://h/c");
    copies_remove(copies, "http://h/c");
    expect_name(copies, "http://h/c", NULL);
    expect_url(copies, "h/A.txt", NULL);
    copies_free(copies);
    copies_free(NULL);
}

static void test_redirects(void **state)
{
    (void)state;
    struct copies *copies = copies_new();
    assert_int_equal(copies_redirect(copies, "http://h/1", "http://h/2"), 0);
    assert_int_equal(copies_redirect(copies, "http://h/2", "http://h/3"), 0);
    expect_name(copies, "http://h/1", NULL);
    assert_int_equal(copies_add(copies, "http://h/3", "h/3"), 0);
    expect_name(copies, "http://h/1", "h/3");
    expect_url(copies, "h/3", "http://h/3");
    /* It is a page now, and the other leads in a circle. */
    assert_int_equal(copies_add(copies, "http://h/1", "h/1"), 0);
    expect_name(copies, "http://h/1", "h/1");
    assert_int_equal(copies_redirect(copies, "http://h/3", "http://h/2"), 0);
    expect_name(copies, "http://h/2", NULL);
    expect_url(copies, "h/3", NULL);
    copies_free(copies);
}

/* A small picture for which the large one stands in, until somebody wants the small one itself. */
static void test_replaced(void **state)
{
    (void)state;
    struct copies *copies = copies_new();
    assert_int_equal(copies_add(copies, "http://h/large", "h/large"), 0);
    assert_int_equal(copies_replace(copies, "http://h/small", "http://h/large"), 0);
    expect_name(copies, "http://h/small", "h/large");
    assert_int_equal(copies_add(copies, "http://h/small", "h/small"), 0);
    assert_int_equal(copies_replace(copies, "http://h/small", "http://h/large"), 0);
    expect_name(copies, "http://h/small", "h/small");
    copies_free(copies);
}

static char *give(struct copies *copies, const char *text)
{
    struct url url;
    const char *why = NULL;
    char *name = NULL;
    const struct names_layout layout = {.no_host = true};
    assert_int_equal(url_parse(&url, text, strlen(text), &why), 0);
    assert_int_equal(names_give(copies_names(copies), &layout, &url, NULL, &name), 0);
    assert_string_equal(copies_name(copies, url.text), name);
    assert_string_equal(copies_url(copies, name), url.text);
    url_clear(&url);
    return name;
}

/* Those of a mark: "f~" for "f~0123abcd". */
static void leave_out_digits(char *name)
{
    size_t at = strcspn(name, "~");
    if (name[at])
        memmove(name + at + 1, name + at + 9, strlen(name + at + 9) + 1);
}

/* As test_names.c has it, with the store that is used. */
static void test_names(void **state)
{
    (void)state;
    static const char *const given[][2] = {
        {"http://h/f", "f"},     {"http://h/f/a", "f~/a"}, {"http://h/F/b", "F~/b"},
        {"http://h/d/a", "d/a"}, {"http://h/d", "d~"},     {"http://h/x", "x"},
        {"http://h/X", "X~"},    {"http://i/x", "x~"},     {"http://h/e/f/g", "e/f/g"},
        {"http://h/E", "E~"},    {"http://h/e/F", "e/F~"},
    };
    struct copies *copies = copies_new();
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < sizeof given / sizeof given[0]; i++) {
            char *name = give(copies, given[i][0]);
            leave_out_digits(name);
            assert_string_equal(name, given[i][1]);
            free(name);
        }
    }
    copies_free(copies);
}

/* Many, and what a converter is told of them. */
static void test_many(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct copies *copies = copies_new();
    struct page_copies *pages = copies_pages(copies);
    char url[64];
    char name[64];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(url, sizeof url, "http://h/%u/%u", i % 100, i);
        snprintf(name, sizeof name, "h/%u/%u", i % 100, i);
        assert_int_equal(copies_add(copies, url, name), 0);
    }
    for (unsigned i = 0; i < MANY; i++) {
        const char *found;
        snprintf(url, sizeof url, "http://h/%u/%u", i % 100, i);
        snprintf(name, sizeof name, "h/%u/%u", i % 100, i);
        assert_int_equal(pages->find(pages, url, &found), 1);
        assert_string_equal(found, name);
        if (i % 2)
            copies_remove(copies, url);
        assert_int_equal(pages->find(pages, url, &found), !(i % 2));
    }
    copies_free(copies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways), cmocka_unit_test(test_redirects),
        cmocka_unit_test(test_replaced),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
