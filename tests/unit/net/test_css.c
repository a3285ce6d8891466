/* css.h: every place a sheet can name a resource, every place that only looks like one, and the
 * same wherever the sheet is cut. */
#include "net/css/css.h"
#include "tests/unit/net/unit.h"
#include <stdlib.h>
#include <string.h>

struct collected {
    const char *sheet;
    uint64_t position;
    char text[2048]; /* "kind form text;" for each URL, the raw one too where it differs */
    size_t length;
};

static void put(struct collected *all, const char *text, size_t length)
{
    assert_true(all->length + length < sizeof all->text);
    memcpy(all->text + all->length, text, length);
    all->length += length;
    all->text[all->length] = '\0';
}

static void collect(void *ctx, const struct css_url *url)
{
    struct collected *all = ctx;
    const char *raw = all->sheet + (url->offset - all->position);
    put(all, url->kind == CSS_IMPORT ? "@" : "", url->kind == CSS_IMPORT);
    put(all, &"('\""[url->form == CSS_DOUBLE ? 2 : url->form == CSS_SINGLE], 1);
    put(all, url->text, url->text_length);
    if (url->length != url->text_length || memcmp(raw, url->text, url->length) != 0) {
        put(all, "<", 1);
        put(all, raw, url->length);
    }
    put(all, ";", 1);
}

/* The URLs of a sheet at `position`, fed in chunks of this size, each in a block of its own. */
static void scan(struct collected *all, const char *sheet, size_t length, size_t chunk,
                 uint64_t position)
{
    struct css css;
    *all = (struct collected){.sheet = sheet, .position = position};
    css_init(&css, collect, all);
    css_begin(&css, position);
    for (size_t at = 0; at < length; at += chunk) {
        size_t size = length - at < chunk ? length - at : chunk;
        char *copy = malloc(size);
        assert_non_null(copy);
        memcpy(copy, sheet + at, size);
        assert_int_equal(css_feed(&css, copy, size), 0);
        free(copy);
    }
    assert_int_equal(css_finish(&css), 0);
    css_clear(&css);
}

static void expect_bytes(const char *sheet, size_t length, const char *expected)
{
    struct collected all;
    for (size_t chunk = 1; chunk <= length + 1; chunk++) {
        scan(&all, sheet, length, chunk, chunk * 1000);
        if (strcmp(all.text, expected) != 0)
            fail_msg("\"%s\" in chunks of %zu: \"%s\", not \"%s\"", sheet, chunk, all.text,
                     expected);
    }
}

static void expect(const char *sheet, const char *expected)
{
    expect_bytes(sheet, strlen(sheet), expected);
}

static void test_urls(void **state)
{
    (void)state;
    expect("a { background: url(x.png) }", "(x.png;");
    expect("a { background: url(\"x.png\") }", "\"x.png;");
    expect("a { background: url('x.png') }", "'x.png;");
    expect("a{b:url( x.png )}", "(x.png;");
    expect("a{b:url(\n\t'x y.png'\n)}", "'x y.png;");
    expect("a{b:URL(x),uRl(y)}", "(x;(y;");
    expect("@font-face{src:url(a.woff2)format(\"woff2\"),url(b.woff)format('woff')}",
           "(a.woff2;(b.woff;");
    expect("a{--x:url(v);b:var(--y,url(z))}", "(v;(z;");
    expect("a{b:url(#f) url(/a?b=c&d#e)}", "(#f;(/a?b=c&d#e;");
    expect("a{b:url(data:image/png;base64,AA==)}", "(data:image/png;base64,AA==;");
    expect("a{b:url(\"x\" crossorigin)}", "\"x;");
    expect(".url(x) #a.url(y)", "(x;(y;");
}

static void test_no_urls(void **state)
{
    (void)state;
    expect("", "");
    expect("a{b:url()c:url( )d:url(\"\")e:url('')}", "");
    expect("a{content:\"url(x)\";b:'url(y)'}", "");
    expect("/* url(x) @import 'y'; */", "");
    expect("a{b:burl(x) -url(x) url-(x) url (x) u/**/rl(x)}", "");
    expect("#url(x) @url(x) 5url(x) .5url(x) 1e3url(x) --url(x)", "");
    expect("a{content:\"a\\\nurl(x)\"}", "");
    expect("url/* */(x)", "");
    expect("\\5curl(x)", "");
    expect("@charset \"utf-8\";", "");
}

static void test_imports(void **state)
{
    (void)state;
    expect("@import \"a.css\";@import 'b.css' screen;", "@\"a.css;@'b.css;");
    expect("@import url(a.css);@import url( 'b.css' ) layer(x) supports(y:z)", "@(a.css;@'b.css;");
    expect("@IMPORT/**/ /*\"n\"*/\n'a.css'", "@'a.css;");
    expect("@import'a.css'", "@'a.css;");
    expect("@import url('a'), url('b');", "@'a;'b;");
    expect("@imports 'a';@-import 'b';@ import 'c'", "");
    expect("@import;'a'", "");
    expect("@import x 'a'", "");
    expect("@import (x) 'a'", "");
    expect("@import /'a'", "");
    expect("@import <!--'a'", "");
    expect("@import 'a\n'b'", "");
    expect("@import url(a b);'c' url(d)", "(d;");
    expect("@import\\\n'a'", "");
}

static void test_image_sets(void **state)
{
    (void)state;
    expect("a{b:image-set(\"x\" 1x, 'y' 2x)}c{content:'d'}", "\"x;'y;");
    expect("a{b:-webkit-image-set(url(x) 1x,url('y') 2x,\"z\" 3x)}", "(x;'y;\"z;");
    expect("a{b:image-set('x' type('image/avif'),'y' type(\"image/png\"))}", "'x;'y;");
    expect("a{b:image-set(linear-gradient(red,'n'),url(\"x\" foo('n')) 2x)'n'}", "\"x;");
    expect("a{b:image-set([ 'n' ] {'n'} (')') 'y')'n'}", "'y;");
    expect("a{b:image-set('x'", "'x;");
}

static void test_namespaces(void **state)
{
    (void)state;
    expect("@namespace svg url(http://w3/svg);a{b:url(c)}", "(c;");
    expect("@namespace \"n\";@namespace url('n');@import 'a'", "@'a;");
    expect("@-moz-document url(n),url-prefix(\"n\"){a{b:url(c)}}", "(c;");
    expect("@document url(\"n\"){a{b:url(c)}}", "(c;");
}

static void test_escapes(void **state)
{
    (void)state;
    expect("a{b:u\\72l(x)\\75 rl(y)\\000055\\72\r\n\\6c (z)}", "(x;(y;(z;");
    expect("@\\69mport 'a'", "@'a;");
    expect("@i\\6dport 'a'", "@'a;");
    expect("#\\75rl(x) 5\\75rl(x) url\\28(x)", "");
    expect("a{b:url(a\\)b\\ c)}", "(a)b c<a\\)b\\ c;");
    expect("a{b:url('a\\'b\\\"c')}", "'a'b\"c<a\\'b\\\"c;");
    expect("a{b:url('a\\\nb\\\r\nc\\\fd\\\re')}", "'abcde<a\\\nb\\\r\nc\\\fd\\\re;");
    expect("a{b:url(\\61\\62 \\63  )}", "(abc<\\61\\62 \\63 ;");
    expect("a{b:url('\\61\r\nb')}", "'ab<\\61\r\nb;");
    expect("a{b:url(\\e9\\20ac\\1f600)}", "(é€😀<\\e9\\20ac\\1f600;");
    expect("a{b:url(\\0\\d800\\110000x)}", "(���x<\\0\\d800\\110000x;");
    expect("a{b:url(\\0000411)}", "(A1<\\0000411;");
    expect("a{b:url(é)}", "(é;");
}

static void test_broken(void **state)
{
    (void)state;
    expect("a{b:url(x y)c:url(z)}", "(z;");
    expect("a{b:url(x\"y)c:url(z)}", "(z;");
    expect("a{b:url(x(y)c:url(z)}", "(z;");
    expect("a{b:url(x\x01y)c:url(z)}", "(z;");
    expect("a{b:url(x\\\ny)c:url(z)}", "(z;");
    expect("a{b:url(x y\\)url(w) c:url(z)}", "(z;");
    expect("a{b:url(/**/'x')c:url(z)}", "(z;");
    expect("a{b:url('x\ny');c:url(n)}'url(z)", "(z;");
    expect("a{b:\"x\nurl(y)\"z:url(n)\"}", "(y;");
    expect("<!--url(x)--><!--a{}<!-url(n)<!url(y)<url(z)", "(x;(y;(z;");
    expect("a/url(x)//url(y)*/", "(x;(y;");
    expect("/**/url(x)/***/url(y)/*/url(n)*/", "(x;(y;");
}

static void test_marks(void **state)
{
    (void)state;
    expect("\xef\xbb\xbfurl(x)", "(x;");
    expect("\xef\xbb\xbf@import 'x'", "@'x;");
    expect("\xef\xbburl(n) \xef\xbb\xbfurl(n)", "");
    expect("\xef\xbb\xbf\xef\xbb\xbfurl(n)", "");
    expect("\xef'x'url(y)", "(y;");
}

/* What is open at the end is closed there. */
static void test_cut_off(void **state)
{
    (void)state;
    expect("a{b:url(x", "(x;");
    expect("a{b:url( x ", "(x;");
    expect("a{b:url('x", "'x;");
    expect("a{b:url('x\\", "'x<x\\;");
    expect("a{b:url(x\\", "(x�<x\\;");
    expect("a{b:url(\\78", "(x<\\78;");
    expect("a{b:url(", "");
    expect("a{b:url", "");
    expect("a{b:url(x y", "");
    expect("@import 'x", "@'x;");
    expect("/* url(x)", "");
    expect("a{b:'x", "");
}

static void test_zeros(void **state)
{
    (void)state;
    static const char sheet[] = "\0url(x) url(y)\0 url('z') url\0(n)";
    expect_bytes(sheet, sizeof sheet - 1, "(y;'z;");
}

struct counted {
    unsigned count;
    size_t length; /* of the latest */
};

static void count(void *ctx, const struct css_url *url)
{
    struct counted *counted = ctx;
    counted->count++;
    counted->length = url->text_length;
}

/* "url(xxx...) url(y)", x times `length`. */
static void scan_long(size_t length, size_t chunk, unsigned expected)
{
    struct css css;
    struct counted counted = {0};
    size_t size = length + 12;
    char *sheet = malloc(size);
    assert_non_null(sheet);
    memset(sheet, 'x', size);
    memcpy(sheet, "url(", 4);
    memcpy(sheet + 4 + length, ") url(y)", 8);
    css_init(&css, count, &counted);
    for (size_t at = 0; at < size; at += chunk)
        assert_int_equal(css_feed(&css, sheet + at, size - at < chunk ? size - at : chunk), 0);
    assert_int_equal(css_finish(&css), 0);
    assert_true(css.text.size <= CSS_URL_MAX);
    assert_int_equal(counted.count, expected);
    assert_int_equal(counted.length, 1);
    css_clear(&css);
    free(sheet);
}

/* A URL as long as may be is reported, one that is longer is not, and costs no memory. */
static void test_long(void **state)
{
    (void)state;
    for (size_t chunk = 1000; chunk <= 10000000; chunk *= 100) {
        scan_long(CSS_URL_MAX, chunk, 2);
        scan_long(CSS_URL_MAX + 1, chunk, 1);
        scan_long(1000000, chunk, 1);
    }
}

/* One scanner for many sheets, whatever the one before ended in. */
static void test_again(void **state)
{
    (void)state;
    static const char *const sheets[] = {"@import",    "a{b:url(x", "image-set(", "/*",
                                         "@namespace", "'\\",       "url(x\\6"};
    struct counted counted = {0};
    struct css css;
    css_init(&css, count, &counted);
    for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++) {
        css_begin(&css, 0);
        assert_int_equal(css_feed(&css, sheets[i], strlen(sheets[i])), 0);
        css_begin(&css, 7);
        counted = (struct counted){0};
        assert_int_equal(css_feed(&css, "'a' url(b)", 10), 0);
        assert_int_equal(css_finish(&css), 0);
        assert_int_equal(counted.count, 1);
    }
    css_clear(&css);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),       cmocka_unit_test(test_no_urls),
        cmocka_unit_test(test_imports),    cmocka_unit_test(test_image_sets),
        cmocka_unit_test(test_namespaces), cmocka_unit_test(test_escapes),
        cmocka_unit_test(test_broken),     cmocka_unit_test(test_cut_off),
        cmocka_unit_test(test_zeros),      cmocka_unit_test(test_marks),
        cmocka_unit_test(test_long),       cmocka_unit_test(test_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
