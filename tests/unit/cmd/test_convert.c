/* convert.h and reference.h: what a copy says instead, and how one file names another. */
#include "cmd/mirror/convert.h"
#include "cmd/mirror/reference.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct text_output {
    struct convert_output output;
    char text[4096];
    size_t length;
    size_t room; /* then there is no space */
};

static int take(struct convert_output *output, const char *data, size_t size)
{
    struct text_output *text = (struct text_output *)output;
    if (size > text->room)
        return -ENOSPC;
    text->room -= size;
    memcpy(text->text + text->length, data, size);
    text->length += size;
    text->text[text->length] = '\0';
    return 0;
}

static struct text_output taking(size_t room)
{
    return (struct text_output){.output.write = take, .room = room};
}

/* The copy in which `what` of the document says `text`. */
static void expect(const char *document, const char *what, enum convert_syntax syntax, char quote,
                   const char *text, const char *expected)
{
    const char *at = strstr(document, what);
    assert_non_null(at);
    struct convert_range range = {
        .offset = (uint64_t)(at - document),
        .length = strlen(what),
        .syntax = syntax,
        .quote = quote,
        .text = text,
    };
    struct text_output out = taking(4000);
    assert_int_equal(convert_write(&out.output, document, strlen(document), &range, 1), 0);
    assert_string_equal(out.text, expected);
}

static void test_attributes(void **state)
{
    (void)state;
    expect("<a href=\"x\">", "x", CONVERT_URL, '"', "a?b&c=\"'<d>",
           "<a href=\"a?b&amp;c=&#34;'<d>\">");
    expect("<a href='x'>", "x", CONVERT_URL, '\'', "a&\"'", "<a href='a&amp;\"&#39;'>");
    expect("<a href=x>", "x", CONVERT_URL, ' ', "a&\"'=<>`b",
           "<a href=a&amp;&#34;&#39;&#61;&#60;&#62;&#96;b>");
    expect("<a href=\"x\">", "x", CONVERT_URL, '"', "a b\tc\n", "<a href=\"a%20b%09c%0A\">");
    expect("<p ping=\"x y\">", "y", CONVERT_URL, '"', "z", "<p ping=\"x z\">");
    expect("<a href=\"x\">", "x", CONVERT_URL, '"', "../é.html", "<a href=\"../é.html\">");
}

static void test_removed(void **state)
{
    (void)state;
    expect("<link integrity=\"sha\" x>", "sha", CONVERT_VERBATIM, '"', "",
           "<link integrity=\"\" x>");
    expect("<link integrity=sha x>", "sha", CONVERT_VERBATIM, ' ', "", "<link integrity=\"\" x>");
    expect("<script crossorigin src=a>", "crossorigin", CONVERT_VERBATIM, 0, "", "<script  src=a>");
    expect("<base href=/d/ target=x>", "/d/", CONVERT_URL, ' ', "", "<base href=\"\" target=x>");
}

static void test_srcset(void **state)
{
    (void)state;
    expect("<img srcset=\"a 1x, b\">", "a", CONVERT_SRCSET, '"', ",,x,y,,",
           "<img srcset=\"%2C,x,y%2C%2C 1x, b\">");
    expect("<img srcset=\"x 1x\">", "x", CONVERT_SRCSET, '"', ",", "<img srcset=\"%2C 1x\">");
    expect("<img srcset=\"x 1x\">", "x", CONVERT_SRCSET, '"', "a b", "<img srcset=\"a%20b 1x\">");
}

static void test_refresh(void **state)
{
    (void)state;
    expect("content=\"0;url='x'\"", "x", CONVERT_REFRESH, '"', "a'b\"c&d",
           "content=\"0;url='a%27b%22c&amp;d'\"");
}

/* What would be taken for what is before the URL. */
static void test_refresh_begins(void **state)
{
    (void)state;
    expect("content='0 x'", "x", CONVERT_REFRESH, '\'', ",;a", "content='0 %2C;a'");
    expect("content='0 x'", "x", CONVERT_REFRESH, '\'', ";,a", "content='0 %3B,a'");
    expect("content='0;x'", "x", CONVERT_REFRESH, '\'', "URL=a", "content='0;%55RL=a'");
    expect("content='0;x'", "x", CONVERT_REFRESH, '\'', "u.html", "content='0;u.html'");
}

static void test_css(void **state)
{
    (void)state;
    expect("a{b:url(x)}", "x", CONVERT_CSS, 0, "a(b)'c\"d\\e f",
           "a{b:url(a\\28 b\\29 \\27 c\\22 d\\5c e%20f)}");
    expect("<style>@import 'x'</style>", "x", CONVERT_CSS, 0, "</style>",
           "<style>@import '\\3c /style>'</style>");
    expect("<p style=\"b:url('x')\">", "x", CONVERT_CSS, '"', "a?b&c'd",
           "<p style=\"b:url('a?b&amp;c\\27 d')\">");
    expect("<p style=b:url(x)>", "x", CONVERT_CSS, ' ', "a=(b)",
           "<p style=b:url(a&#61;\\28&#32;b\\29&#32;)>");
}

static void test_ranges(void **state)
{
    (void)state;
    static const char document[] = "0123456789";
    struct convert_range ranges[] = {
        {.offset = 0, .length = 0, .text = "<"}, {.offset = 0, .length = 1, .text = "a"},
        {.offset = 1, .length = 2, .text = ""},  {.offset = 3, .length = 0, .text = "b"},
        {.offset = 9, .length = 1, .text = "c"}, {.offset = 10, .length = 0, .text = ">"},
    };
    struct text_output out = taking(100);
    assert_int_equal(convert_write(&out.output, document, 10, ranges, 6), 0);
    assert_string_equal(out.text, "<ab345678c>");
    out = taking(100);
    assert_int_equal(convert_write(&out.output, document, 10, NULL, 0), 0);
    assert_string_equal(out.text, document);
    out = taking(100);
    assert_int_equal(convert_write(&out.output, "", 0, ranges, 1), 0);
    assert_string_equal(out.text, "<");
}

static void test_wrong_ranges(void **state)
{
    (void)state;
    static const struct convert_range wrong[][2] = {
        {{.offset = 5, .length = 1, .text = ""}, {.offset = 4, .length = 1, .text = ""}},
        {{.offset = 4, .length = 2, .text = ""}, {.offset = 5, .length = 1, .text = ""}},
        {{.offset = 0, .length = 1, .text = ""}, {.offset = 9, .length = 2, .text = ""}},
        {{.offset = 0, .length = 1, .text = ""}, {.offset = 11, .length = 0, .text = ""}},
        {{.offset = 0, .length = 1, .text = ""}, {.offset = 5, .length = UINT64_MAX, .text = ""}},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct text_output out = taking(100);
        assert_int_equal(convert_write(&out.output, "0123456789", 10, wrong[i], 2), -EINVAL);
        assert_int_equal(out.length, 0);
    }
}

static void test_output_fails(void **state)
{
    (void)state;
    static char document[4000];
    memset(document, 'x', sizeof document);
    const struct convert_range range = {.offset = 2000, .length = 100, .text = "abc"};
    for (size_t room = 0; room < 3903; room += 100) {
        struct text_output out = taking(room);
        int error = convert_write(&out.output, document, sizeof document, &range, 1);
        assert_int_equal(error, -ENOSPC);
    }
    struct text_output out = taking(3903);
    assert_int_equal(convert_write(&out.output, document, sizeof document, &range, 1), 0);
    assert_int_equal(out.length, 3903);
    assert_memory_equal(out.text + 1998, "xxabcxx", 7);
}

static void expect_reference(const char *from, const char *to, const char *fragment,
                             const char *expected)
{
    char *reference = malloc(reference_room(from, to, fragment));
    assert_non_null(reference);
    assert_int_equal(reference_to_file(reference, from, to, fragment), strlen(expected));
    assert_string_equal(reference, expected);
    free(reference);
}

static void test_references(void **state)
{
    (void)state;
    expect_reference("h/a.html", "h/b.html", NULL, "b.html");
    expect_reference("h/a.html", "h/d/b.html", "x", "d/b.html#x");
    expect_reference("h/d/a.html", "h/b.html", "", "../b.html#");
    expect_reference("h/d/e/a.html", "g:80/b.html", NULL, "../../../g%3A80/b.html");
    expect_reference("h/dd/a.html", "h/d/a.html", NULL, "../d/a.html");
    expect_reference("h/d/a.html", "h/dd/a.html", NULL, "../dd/a.html");
    expect_reference("h/a.html", "h/a.html", "x%20y", "#x%20y");
    expect_reference("h/a.html", "h/a.html", NULL, "a.html");
    expect_reference("a", "b:c", NULL, "b%3Ac");
    expect_reference("a", "é x?#%&;'\"()<>\\", NULL,
                     "%C3%A9%20x%3F%23%25%26%3B%27%22%28%29%3C%3E%5C");
    expect_reference("a", "x@v=1,2+3~4_5-6.css", NULL, "x@v=1,2+3~4_5-6.css");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attributes),     cmocka_unit_test(test_removed),
        cmocka_unit_test(test_srcset),         cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_refresh_begins), cmocka_unit_test(test_css),
        cmocka_unit_test(test_ranges),         cmocka_unit_test(test_wrong_ranges),
        cmocka_unit_test(test_output_fails),   cmocka_unit_test(test_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
