/* page.h: copies whose links lead to copies. Each copy is read again: every link says what it was
 * made to say, and what is between them is as it was served. */
#include "cmd/mirror/page.h"
#include "net/html/links.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has a copy; others have none. */
static const char *const copied[][2] = {
    {"http://h/", "h/index.html"},
    {"http://h/d/", "h/d/index.html"},
    {"http://h/d/a", "h/d/a.html"},
    {"http://h/b.css?v=1", "h/b.css@v=1.css"},
    {"http://h/p%20q.png", "h/p q.png"},
    {"http://h/d/s.js", "h/d/s.js"},
    {"https://cdn:8443/x,y.png", "cdn:8443/x,y.png"},
};

static int find(struct page_copies *copies, const char *url, const char **name)
{
    (void)copies;
    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++) {
        if (strcmp(copied[i][0], url) == 0) {
            *name = copied[i][1];
            return 1;
        }
    }
    return 0;
}

struct text_output {
    struct convert_output output;
    char *text;
    size_t length;
};

static int take(struct convert_output *output, const char *data, size_t size)
{
    struct text_output *text = (struct text_output *)output;
    text->text = realloc(text->text, text->length + size + 1);
    assert_non_null(text->text);
    memcpy(text->text + text->length, data, size);
    text->length += size;
    text->text[text->length] = '\0';
    return 0;
}

typedef int convert_function(struct page_converter *converter, const struct page_source *page,
                             struct convert_output *output);

/* The copy of http://h/d/a, whose name is h/d/a.html; a new string. */
static char *converted_bytes(convert_function *convert, const char *document, size_t size,
                             const char *content_type)
{
    struct page_copies copies = {find};
    struct page_converter *converter = page_converter_new(&copies);
    struct text_output out = {.output.write = take};
    const struct page_source page = {.data = document,
                                     .size = size,
                                     .url = "http://h/d/a",
                                     .name = "h/d/a.html",
                                     .content_type = content_type};
    assert_non_null(converter);
    assert_int_equal(take(&out.output, "", 0), 0);
    assert_int_equal(convert(converter, &page, &out.output), 0);
    /* Once more, by the same converter, gives the same. */
    struct text_output again = {.output.write = take};
    assert_int_equal(take(&again.output, "", 0), 0);
    assert_int_equal(convert(converter, &page, &again.output), 0);
    assert_string_equal(out.text, again.text);
    free(again.text);
    page_converter_free(converter);
    return out.text;
}

static char *converted(convert_function *convert, const char *document, const char *content_type)
{
    return converted_bytes(convert, document, strlen(document), content_type);
}

static void expect(const char *document, const char *expected)
{
    char *copy = converted(page_convert_html, document, NULL);
    assert_string_equal(copy, expected);
    free(copy);
}

static void test_links(void **state)
{
    (void)state;
    expect("<a href='/'>x</a>", "<a href='../index.html'>x</a>");
    expect("<a href=\"../d/#f\">", "<a href=\"index.html#f\">");
    expect("<link rel=stylesheet href=/b.css?v=1>",
           "<link rel=stylesheet href=../b.css@v&#61;1.css>");
    expect("<img src=' /p%20q.png '>", "<img src=' ../p%20q.png '>");
    expect("<img src=//h/p%20q.png>", "<img src=../p%20q.png>");
    expect("<script src=\"https://cdn:8443/x,y.png\">",
           "<script src=\"../../cdn%3A8443/x,y.png\">");
    expect("<img srcset='https://cdn:8443/x,y.png 1x,s.js 2x, ../nope 3x'>",
           "<img srcset='../../cdn%3A8443/x,y.png 1x,s.js 2x, http://h/nope 3x'>");
    expect("<meta http-equiv=refresh content='3; URL=\"/d/\"'>",
           "<meta http-equiv=refresh content='3; URL=\"index.html\"'>");
}

/* A page that is a value: what stands in it is written as both ask. */
static void test_srcdoc(void **state)
{
    (void)state;
    expect("<iframe srcdoc=\"<a href='/'>x</a><p>&amp;lt;\">",
           "<iframe srcdoc=\"<a href='../index.html'>x</a><p>&amp;lt;\">");
    expect("<iframe srcdoc='&lt;a href=\"c?x&amp;amp;y\">'>",
           "<iframe srcdoc='&lt;a href=\"http://h/d/c?x&amp;amp;y\">'>");
    expect("<iframe srcdoc=\"<link rel=stylesheet href=/b.css?v=1>\">",
           "<iframe srcdoc=\"<link rel=stylesheet href=../b.css@v&amp;#61;1.css>\">");
    expect("<iframe srcdoc=&lt;img&#32;src=/p%20q.png&gt;>",
           "<iframe srcdoc=&lt;img&#32;src=../p%20q.png&gt;>");
    expect("<base href=/><iframe srcdoc='<style>a{b:url(s.js)}</style><form action=/d/>'>",
           "<base href=\"\"><iframe srcdoc='<style>a{b:url(http://h/s.js)}</style>"
           "<form action=http://h/d/>'>");
}

/* What is not there leads to the web. */
static void test_absolute(void **state)
{
    (void)state;
    expect("<a href=c?x&amp;y#z>", "<a href=http://h/d/c?x&amp;y#z>");
    expect("<a href='c?x&y'>", "<a href='http://h/d/c?x&amp;y'>");
    expect("<a href=/d/a/>", "<a href=http://h/d/a/>");
    expect("<a href='//other/'>", "<a href='http://other/'>");
    expect("<form method=POST action=/d/><a ping='/ /x' href=/>",
           "<form method=POST action=http://h/d/>"
           "<a ping='http://h/ http://h/x' href=../index.html>");
    expect("<form action=/d/><button formaction=/d/><input formmethod=post formaction=/d/>",
           "<form action=index.html><button formaction=index.html>"
           "<input formmethod=post formaction=http://h/d/>");
}

/* What stays. */
static void test_untouched(void **state)
{
    (void)state;
    static const char *const same[] = {
        "",
        "text & < no tags",
        "<A HREF = \"s.js\" foo>x</A  >\r\n<!-- <a href=/> -->",
        "<a href=#top><a href='#'><a href=''><a href>",
        "<a href=\"mailto:a@b\"><a href='javascript:void(\"/\")'><img src=data:,x>",
        "<a href=http://other/x?y#z>",
        "<a href='http://[broken'>",
        "<script>a = '<a href=/>'</script><style>/* url(/) */</style>",
        "<a href=http://other/x?a&b=c>",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++)
        expect(same[i], same[i]);
}

static void test_css_in_html(void **state)
{
    (void)state;
    expect("<style>@import '/b.css?v=1';a{b:url( /p%20q.png )}</style>",
           "<style>@import '../b.css@v=1.css';a{b:url( ../p%20q.png )}</style>");
    expect("<p style=\"b:url(&quot;/p%20q.png&quot;)\">",
           "<p style=\"b:url(&quot;../p%20q.png&quot;)\">");
    expect("<p style='b:url(no?a&b)'>", "<p style='b:url(http://h/d/no?a&amp;b)'>");
}

static void test_base(void **state)
{
    (void)state;
    expect("<base href=/d/><a href=a#x><a href=#x>",
           "<base href=\"\"><a href=#x><a href=index.html#x>");
    expect("<base href='http://h/'><a href='#x'><a href='d/'>",
           "<base href=''><a href='../index.html#x'><a href='index.html'>");
    /* Links before it are relative to it, too. */
    expect("<a href=d/><base target=_top href=/ ><a href=d/>",
           "<a href=index.html><base target=_top href=\"\" ><a href=index.html>");
    expect("<base href='data:,x'><a href='/d/'>", "<base href=''><a href='index.html'>");
    expect("<base href=/><base href=/d/ ><a href=a>",
           "<base href=\"\"><base href=\"\" ><a href=http://h/a>");
}

static void test_barriers(void **state)
{
    (void)state;
    expect("<script integrity='sha256-x' crossorigin=anonymous src=s.js></script>",
           "<script integrity=''  src=s.js></script>");
    expect("<script src=s.js crossorigin integrity=x></script>",
           "<script src=s.js  integrity=\"\"></script>");
    expect("<LINK CROSSORIGIN=\"\" REL=STYLESHEET HREF='/b.css?v=1' INTEGRITY=\"x\">",
           "<LINK  REL=STYLESHEET HREF='../b.css@v=1.css' INTEGRITY=\"\">");
    /* On the web they are right. */
    expect("<script src=http://o/s.js crossorigin integrity=x></script>",
           "<script src=http://o/s.js crossorigin integrity=x></script>");
    expect("<meta http-equiv=Content-Security-Policy content=\"default-src 'self'\">",
           "<meta http-equiv=Content-Security-Policy content=\"\">");
    expect("<a crossorigin integrity=x href=s.js>", "<a crossorigin integrity=x href=s.js>");
}

static void expect_charset(const char *document, const char *content_type, const char *expected)
{
    char *copy = converted(page_convert_html, document, content_type);
    assert_string_equal(copy, expected);
    free(copy);
}

static void test_charset(void **state)
{
    (void)state;
    static const char utf8[] = "text/html; charset=UTF-8";
    expect_charset("<!doctype html><html lang=en><head><title>x", utf8,
                   "<!doctype html><html lang=en><head><meta charset=\"utf-8\"/><title>x");
    expect_charset("<html><title>x", utf8, "<html><meta charset=\"utf-8\"/><title>x");
    expect_charset("<p>x<base href=/><a href=a>", "text/html;charset=cp1251",
                   "<meta charset=\"windows-1251\"/><p>x<base href=\"\"><a href=http://h/a>");
    expect_charset("<p>", "text/html;charset=windows-31j", "<meta charset=\"shift_jis\"/><p>");
    expect_charset("<head><meta charset=koi8-r>", utf8,
                   "<head><meta charset=\"utf-8\"/><meta charset=koi8-r>");
    /* It says so itself, or nobody does. */
    expect_charset("<head><meta charset=utf8>", utf8, "<head><meta charset=utf8>");
    expect_charset("\xef\xbb\xbf<p>", "text/html;charset=koi8-r", "\xef\xbb\xbf<p>");
    expect_charset("<p>", "text/html;charset=\"><script>\"", "<p>");
    expect_charset("<p>", "text/html", "<p>");
    expect_charset("text", utf8, "text");
}

/* XML says it otherwise, and UTF-8 need not be said. */
static void test_xml(void **state)
{
    (void)state;
    static const char utf8[] = "application/xhtml+xml;charset=utf-8";
    static const char latin2[] = "Application/XML;charset=latin2";
    expect_charset("<html><script src='s.js'/><a href='/'/></html>", utf8,
                   "<html><script src='s.js'/><a href='../index.html'/></html>");
    expect_charset("<svg><a href='/'/></svg>", latin2,
                   "<?xml version=\"1.0\" encoding=\"iso-8859-2\"?>"
                   "<svg><a href='../index.html'/></svg>");
    expect_charset("<?xml version='1.0'?><svg/>", latin2, "<?xml version='1.0'?><svg/>");
    expect_charset("<?xml-stylesheet href='/b.css?v=1'?><svg/>", utf8,
                   "<?xml-stylesheet href='../b.css@v=1.css'?><svg/>");
}

/* URLs are what a browser asks for, so a path in another charset is UTF-8. */
static void test_other_charset(void **state)
{
    (void)state;
    expect_charset("<head><meta charset=koi8-r><a href='\xd1?\xd1'><a href=/>", NULL,
                   "<head><meta charset=koi8-r><a href='http://h/d/%D1%8F?%D1'>"
                   "<a href=../index.html>");
}

/* What cannot be spliced as it is becomes UTF-8. */
static void test_utf16(void **state)
{
    (void)state;
    static const char page[] = "\xff\xfe<\0a\0 \0h\0r\0e\0f\0=\0/\0>\0\xe9\0";
    char *copy = converted_bytes(page_convert_html, page, sizeof page - 1, NULL);
    assert_string_equal(copy, "\xef\xbb\xbf<a href=../index.html>\xc3\xa9");
    free(copy);
    static const char sheet[] = "\xfe\xff\0u\0r\0l\0(\0/\0)";
    copy = converted_bytes(page_convert_css, sheet, sizeof sheet - 1, "text/css;charset=utf-8");
    assert_string_equal(copy, "\xef\xbb\xbfurl(../index.html)");
    free(copy);
}

static void expect_css(const char *document, const char *content_type, const char *expected)
{
    char *copy = converted(page_convert_css, document, content_type);
    assert_string_equal(copy, expected);
    free(copy);
}

static void test_css(void **state)
{
    (void)state;
    expect_css("@import url(/b.css?v=1);a{b:url('../p\\20 q.png')url(no)}", NULL,
               "@import url(../b.css@v=1.css);a{b:url('../p%20q.png')url(http://h/d/no)}");
    expect_css("a{b:url(#x)url(data:,x)url(s.js)}", NULL, "a{b:url(#x)url(data:,x)url(s.js)}");
    expect_css("a{b:url(no\\28)}", NULL, "a{b:url(http://h/d/no\\28 )}");
}

static void test_css_charset(void **state)
{
    (void)state;
    static const char utf8[] = "text/css; charset=utf-8";
    expect_css("a{b:url(/)}", utf8, "a{b:url(../index.html)}");
    expect_css("a{b:url(/)'é'}", utf8, "@charset \"utf-8\";a{b:url(../index.html)'é'}");
    expect_css("a{b:'é'}", "text/css", "a{b:'é'}");
    expect_css("@charset \"UTF-8\";a{b:'é'}", utf8, "@charset \"UTF-8\";a{b:'é'}");
    expect_css("@charset \"koi8-r\";a{b:'é'}", utf8,
               "@charset \"utf-8\";@charset \"koi8-r\";a{b:'é'}");
    expect_css("\xef\xbb\xbf"
               "a{b:'é'}",
               "text/css;charset=koi8-r",
               "\xef\xbb\xbf"
               "a{b:'é'}");
}

static int find_fails(struct page_copies *copies, const char *url, const char **name)
{
    (void)copies, (void)url, (void)name;
    return -EIO;
}

static int take_fails(struct convert_output *output, const char *data, size_t size)
{
    (void)output, (void)data, (void)size;
    return -ENOSPC;
}

static void test_failures(void **state)
{
    (void)state;
    struct page_copies copies = {find_fails};
    struct page_converter *converter = page_converter_new(&copies);
    struct text_output out = {.output.write = take_fails};
    struct page_source page = {.data = "<a href=x>", .size = 10, .url = "http://h/", .name = "h/x"};
    assert_int_equal(page_convert_html(converter, &page, &out.output), -EIO);
    page.size = 0;
    assert_int_equal(page_convert_html(converter, &page, &out.output), 0);
    page.data = "x";
    page.size = 1;
    assert_int_equal(page_convert_html(converter, &page, &out.output), -ENOSPC);
    page.url = "nonsense";
    assert_int_equal(page_convert_html(converter, &page, &out.output), -EINVAL);
    page_converter_free(converter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_links),         cmocka_unit_test(test_srcdoc),
        cmocka_unit_test(test_absolute),      cmocka_unit_test(test_untouched),
        cmocka_unit_test(test_css_in_html),   cmocka_unit_test(test_base),
        cmocka_unit_test(test_barriers),      cmocka_unit_test(test_charset),
        cmocka_unit_test(test_css),           cmocka_unit_test(test_css_charset),
        cmocka_unit_test(test_utf16),         cmocka_unit_test(test_xml),
        cmocka_unit_test(test_other_charset), cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
