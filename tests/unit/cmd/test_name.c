/* name.h: every way a URL can try to choose a dangerous file name. */
#include "cmd/get/name.h"
#include "tests/unit/cmd/unit.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct url parsed(const char *text)
{
    struct url url;
    const char *why = NULL;
    int error = url_parse(&url, text, strlen(text), &why);
    if (error)
        fail_msg("%s: %s", text, why ? why : "no reason");
    return url;
}

static char *name_of(const char *text, enum layout layout)
{
    struct url url = parsed(text);
    char *name = name_from_url(&url, layout);
    assert_non_null(name);
    url_clear(&url);
    return name;
}

static void expect(const char *text, enum layout layout, const char *expected)
{
    char *name = name_of(text, layout);
    assert_string_equal(name, expected);
    free(name);
}

/* The flat name of a URL with this path. */
static void flat(const char *path, const char *expected)
{
    char text[512];
    snprintf(text, sizeof text, "http://h.example/%s", path);
    expect(text, LAYOUT_FLAT, expected);
}

static void path(const char *text, const char *expected)
{
    expect(text, LAYOUT_PATH, expected);
}

/* The name of a path that libcurl has not looked at: of "%2e%2e" older ones leave what it is, newer
 * ones go up. */
static void untouched(const char *path, enum layout layout, const char *expected)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", path);
    struct url url = parsed("http://h.example/");
    url.path = copy;
    char *name = name_from_url(&url, layout);
    assert_non_null(name);
    assert_string_equal(name, expected);
    free(name);
    url_clear(&url);
}

static void usual(void **state)
{
    (void)state;
    expect("http://h.example", LAYOUT_FLAT, "index.html");
    flat("", "index.html");
    flat("dir/", "index.html");
    flat("dir/file.txt", "file.txt");
    flat("file.txt?query=1&b=2", "file.txt");
    flat("file.txt#part", "file.txt");
    flat("?query", "index.html");
    flat("a;params=1", "a;params=1");
    flat("a+b", "a+b");
    flat("archive.tar.gz", "archive.tar.gz");
    flat("con", "con");
    flat("%C3%BCber.txt", "\xc3\xbc"
                          "ber.txt");
    flat("\xc3\xbc.txt", "\xc3\xbc.txt");
    flat("a%20b", "a b");
}

static void separators(void **state)
{
    (void)state;
    flat("../../etc/passwd", "passwd");
    flat("..%2f..%2fetc%2fpasswd", "_.._.._etc_passwd");
    flat("%2e%2e%2f", "_.._");
    untouched("/%2e%2e", LAYOUT_FLAT, "___");
    untouched("/%2e", LAYOUT_FLAT, "__");
    flat("a%5cb", "a_b");
    flat("a\\b", "a_b");
    flat("%2fetc%2fpasswd", "_etc_passwd");
    flat("%252e%252e%252f", "%2e%2e%2f"); /* decoded once */
    flat("a%2", "a%2");
    flat("a%zz", "a%zz");
    flat("a%", "a%");
}

static void bytes(void **state)
{
    (void)state;
    flat("a%00b", "a_b");
    flat("%00", "_");
    flat("a%0ab%0d%1b[2J", "a_b__[2J");
    flat("a%7f", "a_");
    flat("a%ff%fe", "a__");
    flat("a%c3", "a_");           /* cut short */
    flat("a%c0%af", "a__");       /* overlong slash */
    flat("a%e0%80%af", "a___");   /* again */
    flat("a%ed%a0%80b", "a___b"); /* surrogate */
    flat("a%f4%90%80%80", "a____");
    flat("a%f8%88%80%80%80", "a_____");
    flat("a%c2%9b2J", "a_2J"); /* C1: an escape sequence on some terminals */
    flat("invoice%e2%80%aefdp.exe", "invoice_fdp.exe"); /* shown as invoiceexe.pdf */
    flat("a%e2%81%a6", "a_");
    flat("%f0%9f%98%80", "\xf0\x9f\x98\x80");
}

static void ends(void **state)
{
    (void)state;
    flat("-rf", "_-rf");
    flat(".bashrc", "_.bashrc");
    flat(".fetch", "_.fetch");
    flat(".FETCH", "_.FETCH");
    flat("~", "_~");
    flat("~root", "_~root");
    flat("%20x", "_ x");
    flat("x%20", "x_");
    flat("x.", "x_");
    flat("x.%20.", "x___");
    flat("...", "____");
    flat("x.part", "x.part_");
    flat("x.PART", "x.PART_");
    flat(".part", "_.part_");
    flat("x.part.txt", "x.part.txt");
    flat("x.parts", "x.parts");
}

/* "http://h.example/" and `count` times `unit` and `end`. */
static char *long_url(const char *unit, size_t count, const char *end)
{
    static const char start[] = "http://h.example/";
    size_t size = strlen(unit);
    char *text = malloc(sizeof start + count * size + strlen(end));
    assert_non_null(text);
    strcpy(text, start);
    for (size_t i = 0; i < count; i++)
        memcpy(text + sizeof start - 1 + i * size, unit, size);
    strcpy(text + sizeof start - 1 + count * size, end);
    return text;
}

static void too_long(void **state)
{
    (void)state;
    static const struct {
        const char *unit, *end, *tail;
        size_t length;
    } cases[] = {
        {"a", "", "aaa", 255},
        {"a", ".tar.gz", "aaa.gz", 255},
        {"a", ".", "aaa", 255},
        {"a", ".notanextensionatall", "aaa", 255},
        {"a", ".part", "aa.par_", 255},
        {"%C3%BC", ".txt", "\xc3\xbc.txt", 254},       /* 125 of two bytes, and .txt */
        {"%E2%82%AC", "", "\xe2\x82\xac", 255},        /* 85 of three */
        {"%F0%9F%98%80", "", "\xf0\x9f\x98\x80", 252}, /* 63 of four */
        {"%F0%9F%98%80", ".x", "\xf0\x9f\x98\x80.x", 254},
        {"%ff", ".x", "__.x", 255},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = long_url(cases[i].unit, 1000, cases[i].end);
        char *name = name_of(text, LAYOUT_FLAT);
        assert_int_equal(strlen(name), cases[i].length);
        assert_string_equal(name + strlen(name) - strlen(cases[i].tail), cases[i].tail);
        free(name);
        free(text);
    }
}

static void layout_path(void **state)
{
    (void)state;
    path("http://H.Example/a/b.txt", "h.example/a/b.txt");
    path("http://h.example:80/a", "h.example/a");
    path("https://h.example:443/a", "h.example/a");
    path("http://h.example:8080/a", "h.example:8080/a");
    path("http://[::1]/a", "[::1]/a");
    path("http://[::1]:8080/a", "[::1]:8080/a");
    path("http://user:secret@h.example/a", "h.example/a");
    path("http://h.example./a", "h.example_/a");
    path("http://h.example", "h.example/index.html");
    path("http://h.example/d/", "h.example/d/index.html");
    path("http://h.example/d/?q=1", "h.example/d/index.html?q=1");
    path("http://h.example/f?a=/../b&c=%2fd", "h.example/f?a=_.._b&c=_d");
    path("http://h.example/f?", "h.example/f");
    path("http://h.example/f?x.part", "h.example/f?x.part_");
    path("http://h.example/../../etc/passwd", "h.example/etc/passwd");
    untouched("/%2e%2e/%2e%2e/x", LAYOUT_PATH, "h.example/___/___/x");
    untouched("/a/%2e/x", LAYOUT_PATH, "h.example/a/__/x");
    untouched("/../x", LAYOUT_PATH, "h.example/___/x");
    path("http://h.example/a%2fb/x", "h.example/a_b/x");
    path("http://h.example//a///b", "h.example/a/b");
    path("http://h.example/.git/-x/y", "h.example/_.git/_-x/y");
    path("http://h.example/a.part/b", "h.example/a.part_/b");
}

static void deep_path(void **state)
{
    (void)state;
    char *text = long_url("directory/", 3000, "file.txt");
    char *name = name_of(text, LAYOUT_PATH);
    assert_true(strlen(name) < PATH_MAX - 200);
    assert_true(strlen(name) > PATH_MAX - 400);
    assert_memory_equal(name, "h.example/directory/directory/", 30);
    assert_string_equal(name + strlen(name) - 19, "/directory/file.txt");
    free(name);
    free(text);
    text = long_url("./%2e/", 3000, "");
    name = name_of(text, LAYOUT_PATH);
    assert_true(strlen(name) < PATH_MAX);
    free(name);
    free(text);
}

static void distinct_from(const char *name, const struct url *url, unsigned attempt,
                          const char *expected)
{
    char *distinct = name_distinct(name, url, attempt);
    assert_string_equal(distinct, expected);
    free(distinct);
}

static void distinct(void **state)
{
    (void)state;
    struct url url = parsed("http://h.example/file.txt#part");
    /* printf %s http://h.example/file.txt | sha256sum */
    static const char digits[] = "1bf98a92aac39318d8fc6604143743f7ba27610ed80ebcb9277a23904ce86ac8";
    char expected[128];
    distinct_from("file.txt", &url, 0, "file~1bf98a92.txt");
    distinct_from("file.txt", &url, 1, "file~1bf98a92aac39318.txt");
    distinct_from("a.b/file", &url, 0, "a.b/file~1bf98a92");
    distinct_from("_.bashrc", &url, 0, "_~1bf98a92.bashrc");
    snprintf(expected, sizeof expected, "file~%s.txt", digits);
    distinct_from("file.txt", &url, 7, expected);
    snprintf(expected, sizeof expected, "file~%s~8.txt", digits);
    distinct_from("file.txt", &url, 8, expected);
    url_clear(&url);
}

static void distinct_lengths(void **state)
{
    (void)state;
    struct url url = parsed("http://h.example/file.txt");
    char name[NAME_MAX + 1];
    for (unsigned attempt = 0; attempt < 12; attempt++) {
        memset(name, 'a', NAME_MAX);
        memcpy(name + NAME_MAX - 4, ".txt", 5);
        char *distinct = name_distinct(name, &url, attempt);
        assert_int_equal(strlen(distinct), NAME_MAX);
        assert_string_equal(distinct + NAME_MAX - 4, ".txt");
        char *same = name_distinct(name, &url, attempt);
        assert_string_equal(distinct, same);
        char *other = name_distinct(name, &url, attempt + 1);
        assert_string_not_equal(distinct, other);
        free(distinct);
        free(same);
        free(other);
    }
    url_clear(&url);
}

static void given_as(const char *dir, const char *path, const char *expected)
{
    char *name = name_given(dir, path);
    assert_string_equal(name, expected);
    free(name);
}

/* What a list says is taken as it is written, but for what is not safe. */
static void given(void **state)
{
    (void)state;
    given_as(NULL, "file.txt", "file.txt");
    given_as(NULL, "dir/sub/file.txt", "dir/sub/file.txt");
    given_as("d", "file", "d/file");
    given_as("/d//e/", "file", "d/e/file");
    given_as("", "file", "file");
    given_as("./.", "././file", "file");
    given_as(NULL, "/etc/passwd", "etc/passwd");
    given_as("..", "../file", "___/___/file");
    given_as(NULL, "a/..", "a/___");
    given_as(NULL, ".", "__");
    given_as(NULL, "%2e%2e%2ffile", "%2e%2e%2ffile");
    given_as(NULL, "-rf", "_-rf");
    given_as(".fetch", "x.part", "_.fetch/x.part_");
    given_as(NULL, "a\\b\x01\xff", "a_b__");

    char name[600];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    memcpy(name + 300, "/", 1);
    char *cut = name_given(NULL, name);
    assert_int_equal(strcspn(cut, "/"), NAME_MAX);
    assert_int_equal(strlen(cut), NAME_MAX + 1 + NAME_MAX);
    free(cut);
}

/* Of too many directories the inner ones go. */
static void given_deep(void **state)
{
    (void)state;
    char path[3 * PATH_MAX + 8];
    for (size_t i = 0; i < 3 * PATH_MAX / 2; i++)
        memcpy(path + 2 * i, "d/", 2);
    strcpy(path + 3 * PATH_MAX, "file");
    char *name = name_given("top", path);
    assert_true(strlen(name) < PATH_MAX);
    assert_memory_equal(name, "top/d/", 6);
    assert_string_equal(name + strlen(name) - 5, "/file");
    free(name);
}

static void numbered_as(const char *name, unsigned number, const char *expected)
{
    char *numbered = name_numbered(name, number);
    assert_string_equal(numbered, expected);
    free(numbered);
}

static void numbered(void **state)
{
    (void)state;
    numbered_as("file.txt", 1, "file.1.txt");
    numbered_as("file", 12, "file.12");
    numbered_as("_.bashrc", 1, "_.1.bashrc");
    numbered_as("h.example/dir.d/file", 3, "h.example/dir.d/file.3");
    numbered_as("a.b/c.txt", UINT_MAX, "a.b/c.4294967295.txt");
    numbered_as("f?x=1.5&y", 1, "f?x=1.5&y.1");
    char name[NAME_MAX + 1];
    memset(name, 'a', NAME_MAX);
    name[NAME_MAX] = '\0';
    char *long_one = name_numbered(name, 7);
    assert_int_equal(strlen(long_one), NAME_MAX);
    assert_string_equal(long_one + NAME_MAX - 3, "a.7");
    free(long_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual),     cmocka_unit_test(separators),
        cmocka_unit_test(bytes),     cmocka_unit_test(ends),
        cmocka_unit_test(too_long),  cmocka_unit_test(layout_path),
        cmocka_unit_test(deep_path), cmocka_unit_test(distinct_lengths),
        cmocka_unit_test(distinct),  cmocka_unit_test(numbered),
        cmocka_unit_test(given),     cmocka_unit_test(given_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
