/* names.h: where the copies of a site lie, and who gives way when two want the same place. */
#include "cmd/mirror/names.h"
#include "tests/unit/cmd/unit.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct url parsed(const char *text)
{
    struct url url;
    const char *why = NULL;
    if (url_parse(&url, text, strlen(text), &why))
        fail_msg("%s: %s", text, why ? why : "no reason");
    return url;
}

static void expect_in(const struct names_layout *layout, const char *text, const char *type,
                      const char *expected)
{
    struct url url = parsed(text);
    char *name = names_plain(layout, &url, type);
    assert_non_null(name);
    assert_string_equal(name, expected);
    free(name);
    url_clear(&url);
}

/* The plain name of http://h.example/PATH, below the host. */
static void expect(const char *path, const char *type, const char *expected)
{
    char text[1024];
    char name[1024];
    snprintf(text, sizeof text, "http://h.example/%s", path);
    snprintf(name, sizeof name, "h.example/%s", expected);
    expect_in(&(struct names_layout){0}, text, type, name);
}

static void test_types(void **state)
{
    (void)state;
    expect("a.html", "text/html", "a.html");
    expect("a.HTM", "text/html; charset=utf-8", "a.HTM");
    expect("a", "text/html", "a.html");
    expect("a.php", "Text/HTML;charset=x", "a.php.html");
    expect("a.b.c", "text/html", "a.b.c.html");
    expect("v1.2", "text/css", "v1.2.css");
    expect("x.js", "application/javascript", "x.js");
    expect("x.mjs", "text/javascript", "x.mjs");
    expect("x", "image/svg+xml", "x.svg");
    expect("photo", "image/jpeg", "photo.jpg");
    expect("photo.JPEG", "image/jpeg", "photo.JPEG");
    expect("photo.png", "image/webp", "photo.png.webp");
    expect("page.html", "application/xhtml+xml", "page.html.xhtml");
    expect("feed", "application/atom+xml", "feed.atom");
    expect("html", "text/html", "html.html");
    expect("a.", "text/html", "a..html");
    /* Types that say nothing. */
    expect("a.tar.gz", "application/octet-stream", "a.tar.gz");
    expect("a.html", NULL, "a.html");
    expect("a", "", "a");
    expect("a", "nonsense", "a");
    expect("a.c", "text/plain", "a.c");
    expect("README", "text/plain", "README");
    /* Text that a browser would render. */
    expect("a.html", "text/plain", "a.html.txt");
    expect("a.svg", "text/plain; charset=utf-8", "a.svg.txt");
}

static void test_queries(void **state)
{
    (void)state;
    expect("x.css?v=1", "text/css", "x.css@v=1.css");
    expect("x.css?v=1.css", "text/css", "x.css@v=1.css");
    expect("x.php?a=b&c=d", "text/html", "x.php@a=b&c=d.html");
    expect("get?file=a.html", "text/css", "get@file=a.html.css");
    expect("get?file=a.html", "text/html", "get@file=a.html");
    expect("x.zip?v=1", "application/octet-stream", "x.zip@v=1.zip");
    expect("x.woff?#iefix", NULL, "x.woff");
    expect("x.tar.gz?v=1", NULL, "x.tar.gz@v=1.gz");
    expect("x?v=1", NULL, "x@v=1");
    expect("x.c?raw", "text/plain", "x.c@raw");
    expect("a%3Fb", "text/html", "a_b.html");
    expect("a?b%2Fc/d", "text/html", "a@b_c_d.html");
    expect("a?%3Cb%3E:%22*%7C", "text/html", "a@_b_____.html");
    expect("a?x%00y", "text/html", "a@x_y.html");
}

static void test_indexes(void **state)
{
    (void)state;
    expect("", "text/html", "index.html");
    expect("d/", "text/html; charset=utf-8", "d/index.html");
    expect("d/", NULL, "d/index.html");
    expect("d/", "application/json", "d/index.json");
    expect("d/", "text/plain", "d/index.txt");
    expect("d/?C=M;O=A", "text/html", "d/index@C=M;O=A.html");
    expect("a//b///", "text/html", "a/b/index.html");
}

static void test_unsafe(void **state)
{
    (void)state;
    expect("%2e%2e%2f%2e%2e%2fetc/passwd", NULL, "_.._.._etc/passwd");
    expect(".well-known/.x", "text/html", "_.well-known/_.x.html");
    expect(".fetch/journal.db", NULL, "_.fetch/journal.db");
    expect("-rf/~x", NULL, "_-rf/_~x");
    expect("a%5Cb%0Ac%7F%1B", NULL, "a_b_c__");
    expect("%FF%C0%AF/%C3%A9", NULL, "___/é");
    expect("wiki/Special:Search", "text/html", "wiki/Special_Search.html");
    expect("a*b%22c%3Cd%3Ee%7Cf", NULL, "a_b_c_d_e_f");
    expect("x.part", NULL, "x.part_");
    expect("d./x%20/y.", NULL, "d_/x_/y_");
    expect("a%E2%80%AEfdp.html", "text/html", "a_fdp.html");
}

static void test_devices(void **state)
{
    (void)state;
    expect("con", NULL, "_con");
    expect("NUL.txt", NULL, "_NUL.txt");
    expect("aux/com1/x", NULL, "_aux/_com1/x");
    expect("lpt9.a.b", "text/html", "_lpt9.a.b.html");
    expect("con", "text/html", "_con.html");
    expect("console/com/com0/com10/conf", NULL, "console/com/com0/com10/conf");
}

static void test_hosts(void **state)
{
    (void)state;
    const struct names_layout plain = {0};
    expect_in(&plain, "http://H.example:80/a", NULL, "h.example/a");
    expect_in(&plain, "http://h.example:8080/a", NULL, "h.example:8080/a");
    expect_in(&plain, "https://u:p@h.example/a", NULL, "h.example/a");
    expect_in(&plain, "http://[::1]:81/a", NULL, "[::1]:81/a");
    const struct names_layout no_host = {.no_host = true};
    expect_in(&no_host, "http://h.example/", "text/html", "index.html");
    expect_in(&no_host, "http://h.example/a/b.css", "text/css", "a/b.css");
    const struct names_layout cut = {.cut_dirs = 2};
    expect_in(&cut, "http://h.example/a/b/c/d", NULL, "h.example/c/d");
    expect_in(&cut, "http://h.example/a/b/", NULL, "h.example/index.html");
    expect_in(&cut, "http://h.example/a//b", NULL, "h.example/b");
    expect_in(&cut, "http://h.example/b", NULL, "h.example/b");
    const struct names_layout both = {.no_host = true, .cut_dirs = 1};
    expect_in(&both, "http://h.example/a/b/c", NULL, "b/c");
}

static char *long_name(char fill, size_t length, const char *end, const char *type)
{
    char text[4096];
    int start = snprintf(text, sizeof text, "http://h.example/");
    memset(text + start, fill, length);
    snprintf(text + (size_t)start + length, sizeof text - (size_t)start - length, "%s", end);
    struct url url = parsed(text);
    char *name = names_plain(&(struct names_layout){.no_host = true}, &url, type);
    assert_non_null(name);
    url_clear(&url);
    return name;
}

static void test_long(void **state)
{
    (void)state;
    for (size_t length = NAME_MAX - 10; length < NAME_MAX + 10; length++) {
        char *name = long_name('x', length, "", "text/css");
        assert_true(strlen(name) <= NAME_MAX);
        assert_string_equal(name + strlen(name) - 4, ".css");
        assert_int_equal(strlen(name) == length + 4, length + 4 <= NAME_MAX);
        free(name);
    }
    char *one = long_name('x', 300, "?a", "text/html");
    char *other = long_name('x', 300, "?b", "text/html");
    assert_int_equal(strlen(one), NAME_MAX);
    assert_int_equal(one[NAME_MAX - 14], '~');
    assert_string_not_equal(one, other);
    free(other);
    other = long_name('x', 300, "?a", "text/html");
    assert_string_equal(one, other);
    free(other);
    free(one);
    one = long_name('y', 400, "/z", NULL);
    assert_int_equal(strcspn(one, "/"), NAME_MAX);
    assert_string_equal(one + NAME_MAX, "/z");
    free(one);
    one = long_name('x', 1, "/nul.x-y-z-nul.x-y-z/a", NULL);
    assert_string_equal(one, "x/_nul.x-y-z-nul.x-y-z/a");
    free(one);
    one = long_name('-', 300, "", NULL);
    assert_true(strlen(one) <= NAME_MAX);
    free(one);
    one = long_name('.', 300, "", NULL);
    assert_true(strlen(one) <= NAME_MAX);
    free(one);
}

static void test_keys(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"A/b.HTML", "a/B.html"}, {"ÀÉÞ×ß", "àéþ×ß"},     {"ΑΩ", "αω"},
        {"АЯЁЏ", "аяёџ"},         {"[@`{_^]", "[@`{_^]"}, {"日本", "日本"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *a = names_key(pairs[i][0]);
        char *b = names_key(pairs[i][1]);
        assert_string_equal(a, b);
        free(a);
        free(b);
    }
    char *key = names_key("a_b");
    assert_string_equal(key, "a_b");
    free(key);
}

/* Remembers in an array. */
struct array_store {
    struct names_store store;
    unsigned count;
    struct {
        char *url;
        char *name;
        char *key;
    } rows[32];
    int error; /* what all calls give, after so many good ones */
    unsigned good;
};

static int failing(struct array_store *array)
{
    if (!array->error)
        return 0;
    return array->good > 0 ? (array->good--, 0) : array->error;
}

static int array_holder(struct names_store *store, const char *key, const char *url)
{
    struct array_store *array = (struct array_store *)store;
    size_t length = strlen(key);
    if (failing(array))
        return array->error;
    for (unsigned i = 0; i < array->count; i++) {
        if (strcmp(array->rows[i].key, key) == 0)
            return strcmp(array->rows[i].url, url) == 0 ? NAMES_SELF : NAMES_OTHER;
        if (strncmp(array->rows[i].key, key, length) == 0 && array->rows[i].key[length] == '/')
            return NAMES_DIRECTORY;
    }
    return NAMES_NOBODY;
}

static int array_recall(struct names_store *store, const char *url, char **name)
{
    struct array_store *array = (struct array_store *)store;
    if (failing(array))
        return array->error;
    *name = NULL;
    for (unsigned i = 0; i < array->count && !*name; i++) {
        if (strcmp(array->rows[i].url, url) == 0)
            *name = strdup(array->rows[i].name);
    }
    return 0;
}

static int array_record(struct names_store *store, const char *url, const char *name,
                        const char *key)
{
    struct array_store *array = (struct array_store *)store;
    unsigned i = 0;
    if (failing(array))
        return array->error;
    while (i < array->count && strcmp(array->rows[i].url, url) != 0)
        i++;
    assert_true(i < 32);
    if (i < array->count) {
        free(array->rows[i].name);
        free(array->rows[i].key);
    } else {
        array->rows[i].url = strdup(url);
        array->count++;
    }
    array->rows[i].name = strdup(name);
    array->rows[i].key = strdup(key);
    return 0;
}

static struct array_store *array_new(void)
{
    struct array_store *array = calloc(1, sizeof *array);
    assert_non_null(array);
    array->store = (struct names_store){array_holder, array_recall, array_record};
    return array;
}

static void array_forget(struct array_store *array, unsigned row)
{
    free(array->rows[row].url);
    free(array->rows[row].name);
    free(array->rows[row].key);
    array->rows[row] = array->rows[--array->count];
}

static void array_free(struct array_store *array)
{
    while (array->count > 0)
        array_forget(array, 0);
    free(array);
}

static char *give(struct array_store *array, const char *path, const char *type)
{
    char text[256];
    char *name = NULL;
    snprintf(text, sizeof text, "http://h/%s", path);
    struct url url = parsed(text);
    const struct names_layout layout = {.no_host = true};
    int error = names_give(&array->store, &layout, &url, type, &name);
    if (array->error) {
        assert_int_equal(error, array->error);
        assert_null(name);
    } else {
        assert_int_equal(error, 0);
    }
    url_clear(&url);
    return name;
}

/* Gives http://h/PATH a name; '#' in `expected` stands for a hexadecimal digit. */
static void expect_given(struct array_store *array, const char *path, const char *expected)
{
    char *name = give(array, path, NULL);
    bool same = strlen(name) == strlen(expected);
    for (size_t i = 0; same && name[i]; i++)
        same = expected[i] == '#' ? strchr("0123456789abcdef", name[i]) != NULL
                                  : expected[i] == name[i];
    if (!same)
        fail_msg("%s: %s, not %s", path, name, expected);
    free(name);
}

static void test_clashes(void **state)
{
    (void)state;
    struct array_store *array = array_new();
    for (unsigned pass = 0; pass < 2; pass++) {
        expect_given(array, "a@b", "a@b");
        expect_given(array, "a?b", "a@b~########");
        expect_given(array, "d/x.html", "d/x.html");
        expect_given(array, "D/X.HTML", "D/X~########.HTML");
        expect_given(array, "d//x.html", "d/x~########.html");
        assert_int_equal(array->count, 5);
    }
    array_free(array);
}

static void test_files_and_directories(void **state)
{
    (void)state;
    struct array_store *array = array_new();
    for (unsigned pass = 0; pass < 2; pass++) {
        expect_given(array, "f", "f");
        expect_given(array, "f/a", "f~########/a");
        expect_given(array, "F/b/c", "F~########/b/c");
        expect_given(array, "f/a/z.html", "f~########/a~########/z.html");
        expect_given(array, "d/a", "d/a");
        expect_given(array, "d", "d~########");
        expect_given(array, "x.html", "x.html");
        expect_given(array, "x.html/y", "x~########.html/y");
        expect_given(array, "d/", "d/index.html");
        assert_int_equal(array->count, 9);
    }
    array_free(array);
}

/* A name once given stays, also when its reason is gone; but not when it should be another. */
static void test_recall(void **state)
{
    (void)state;
    struct array_store *array = array_new();
    expect_given(array, "a@b", "a@b");
    expect_given(array, "a?b", "a@b~########");
    array_forget(array, 0);
    expect_given(array, "a?b", "a@b~########");
    char *name = give(array, "a?b", "text/html");
    assert_string_equal(name, "a@b.html");
    free(name);
    expect_given(array, "a@b", "a@b");
    expect_given(array, "a?b", "a@b~########");
    array_free(array);
}

/* Whichever question the store does not answer. */
static void test_store_fails(void **state)
{
    (void)state;
    for (unsigned good = 0; good < 5; good++) {
        struct array_store *array = array_new();
        expect_given(array, "f", "f");
        array->error = -5;
        array->good = good;
        assert_null(give(array, "f/g", NULL));
        array_free(array);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),   cmocka_unit_test(test_queries),
        cmocka_unit_test(test_indexes), cmocka_unit_test(test_unsafe),
        cmocka_unit_test(test_devices), cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_long),    cmocka_unit_test(test_keys),
        cmocka_unit_test(test_clashes), cmocka_unit_test(test_files_and_directories),
        cmocka_unit_test(test_recall),  cmocka_unit_test(test_store_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
