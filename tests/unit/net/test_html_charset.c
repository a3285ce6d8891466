#include "tests/unit/net/unit.h"

#include "net/html/charset.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *field;
    const char *head;
    const char *name;
    enum html_charset_source source;
} pages[] = {
    {NULL, "", "windows-1252", HTML_CHARSET_ASSUMED},
    {"text/html", "<p>", "windows-1252", HTML_CHARSET_ASSUMED},
    {"text/html; charset=utf-8", "<p>", "UTF-8", HTML_CHARSET_FIELD},
    {"text/html;charset=\"Latin1\"", "<p>", "windows-1252", HTML_CHARSET_FIELD},
    {"text/html; charset = 'koi8-r' ; x", "<p>", "KOI8-R", HTML_CHARSET_FIELD},
    {"text/html; charset=nonsense", "<meta charset=sjis>", "CP932", HTML_CHARSET_META},
    {"text/html; charset=", "<meta charset=sjis>", "CP932", HTML_CHARSET_META},
    {"text/html; charset=\"utf-8", "", "windows-1252", HTML_CHARSET_ASSUMED},
    {"text/html; charset=koi8-r", "\xef\xbb\xbf<p>", "UTF-8", HTML_CHARSET_MARK},
    {"text/html; charset=utf-16be", "", "UTF-16BE", HTML_CHARSET_FIELD},
    {NULL, "\xff\xfe<", "UTF-16LE", HTML_CHARSET_MARK},
    {NULL, "\xfe\xff", "UTF-16BE", HTML_CHARSET_MARK},
    {NULL, "<!doctype html><html lang=en><meta charset=\"UTF8\">", "UTF-8", HTML_CHARSET_META},
    {NULL, "<META CHARSET='gb2312'/>", "GB18030", HTML_CHARSET_META},
    {NULL, "<meta/charset=utf-16>", "UTF-8", HTML_CHARSET_META},
    {NULL, "<meta http-equiv=Content-Type content='text/html; charset=euc-kr'>", "CP949",
     HTML_CHARSET_META},
    {NULL, "<meta content='text/html; charset=euc-kr' http-equiv=content-type>", "CP949",
     HTML_CHARSET_META},
    {NULL, "<meta content='text/html; charset=euc-kr'>", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, "<metal charset=utf-8>", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, "<!-- <meta charset=utf-8> --><meta charset=big5>", "BIG5-HKSCS", HTML_CHARSET_META},
    {NULL, "<!--><meta charset=utf-8>-->", "UTF-8", HTML_CHARSET_META},
    {NULL, "<a title='<meta charset=big5>'><meta charset=utf-8>", "UTF-8", HTML_CHARSET_META},
    {NULL, "</a title='<meta charset=big5>'><?x <meta?><!x <meta charset=big5><meta charset=utf-8>",
     "UTF-8", HTML_CHARSET_META},
    {NULL, "<meta charset=nonsense><meta charset=utf-8>", "UTF-8", HTML_CHARSET_META},
    {NULL, "<?xml version='1.0' encoding = 'koi8-r' ?><p>", "KOI8-R", HTML_CHARSET_META},
    {NULL, "<?xml encoding=koi8-r?><meta charset=utf-8>", "UTF-8", HTML_CHARSET_META},
    {NULL, "<?xml encoding='utf-16'?>", "UTF-8", HTML_CHARSET_META},
    {NULL, "<?xml encoding?>", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, "<?xml encoding=", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, " <?xml encoding='koi8-r'?>", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, "<meta charset=utf-8", "windows-1252", HTML_CHARSET_ASSUMED},
    {NULL, "< meta charset=utf-8><", "windows-1252", HTML_CHARSET_ASSUMED},
};

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        struct html_charset charset;
        size_t length = strlen(pages[i].head);
        /* A copy of exactly its size. */
        char *head = malloc(length ? length : 1);
        memcpy(head, pages[i].head, length);
        html_charset_find(&charset, pages[i].field, head, length);
        free(head);
        assert_string_equal(charset.name, pages[i].name);
        assert_int_equal(charset.source, pages[i].source);
        assert_int_equal(charset.recoded, !strncmp(charset.name, "UTF-16", 6));
    }
}

static void test_prescan_ends(void **state)
{
    (void)state;
    static char head[2000];
    struct html_charset charset;
    memset(head, ' ', sizeof head);
    memcpy(head + HTML_CHARSET_PRESCAN - 19, "<meta charset=utf-8>", 20);
    html_charset_find(&charset, NULL, head, sizeof head);
    assert_int_equal(charset.source, HTML_CHARSET_ASSUMED);
    memmove(head + HTML_CHARSET_PRESCAN - 21, "<meta charset=utf-8>>", 21);
    html_charset_find(&charset, NULL, head, sizeof head);
    assert_int_equal(charset.source, HTML_CHARSET_META);
}

static void test_labels(void **state)
{
    (void)state;
    assert_string_equal(html_charset_of_label(" UTF-8\n", 7), "UTF-8");
    assert_null(html_charset_of_label("utf-8 utf8", 10));
    assert_null(html_charset_of_label("utf-8\0", 6));
    assert_null(html_charset_of_label("", 0));
    assert_null(html_charset_of_label("utf-7", 5));
}

struct text {
    char at[64];
    size_t length;
};

static void take(void *arg, const char *text, size_t length)
{
    struct text *taken = arg;
    assert_true(taken->length + length <= sizeof taken->at);
    memcpy(taken->at + taken->length, text, length);
    taken->length += length;
}

static void expect_recoded(const char *head, size_t length, const char *field, const char *wanted)
{
    struct html_charset charset;
    html_charset_find(&charset, field, head, length);
    assert_true(charset.recoded);
    for (size_t chunk = 1; chunk <= length; chunk++) {
        struct text text = {.length = 0};
        struct html_recoder *recoder = html_recoder_new(&charset, take, &text);
        assert_non_null(recoder);
        for (size_t done = 0; done < length; done += chunk) {
            size_t size = length - done < chunk ? length - done : chunk;
            char *copy = malloc(size);
            memcpy(copy, head + done, size);
            html_recoder_feed(recoder, copy, size);
            free(copy);
        }
        html_recoder_finish(recoder);
        html_recoder_free(recoder);
        assert_int_equal(text.length, strlen(wanted));
        assert_memory_equal(text.at, wanted, text.length);
    }
}

static void test_recoding(void **state)
{
    (void)state;
    expect_recoded("\xff\xfe<\0a\0>\0\xe9\0=\xd8\0\xde", 14, NULL, "<a>\xc3\xa9\xf0\x9f\x98\x80");
    expect_recoded("\xfe\xff\0<\0p\0>", 8, "text/html; charset=utf-8", "<p>");
    expect_recoded("<\0?\0x\0", 6, NULL, "<?x");
    expect_recoded("\0\0\xfe\xff\0\0\0<\0\x01\xf6\0", 12, NULL, "<\xf0\x9f\x98\x80");
    /* What is none: half a pair, half a unit, a byte that is no escape. */
    expect_recoded("\xff\xfe\0\xdc<\0", 6, NULL, "\xef\xbf\xbd<");
    expect_recoded("\xff\xfe<\0=\xd8", 6, NULL, "<\xef\xbf\xbd");
    expect_recoded("\xff\xfe<\0<", 5, NULL, "<\xef\xbf\xbd");
    expect_recoded("\x1b$B$\"\x1b(B<", 9, "text/html; charset=iso-2022-jp", "\xe3\x81\x82<");
    expect_recoded("a\xff<", 3, "text/html; charset=iso-2022-jp", "a\xef\xbf\xbd<");
}

static void test_unknown(void **state)
{
    (void)state;
    const struct html_charset charset = {.name = "no-such-charset"};
    assert_null(html_recoder_new(&charset, take, NULL));
    assert_int_equal(errno, EINVAL);
    html_recoder_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),   cmocka_unit_test(test_prescan_ends),
        cmocka_unit_test(test_labels),  cmocka_unit_test(test_recoding),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
