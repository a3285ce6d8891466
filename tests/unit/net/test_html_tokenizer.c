/* What the html5lib tests do not ask: offsets, bounds, lines, text modes by name, foreign content.
 */
#include "tests/unit/net/unit.h"

#include "net/html/foreign.h"
#include "net/html/tokenizer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What came, in a line each; ranges are read back from the document itself. */
struct transcript {
    const char *document;
    bool lines;
    char said[1 << 16];
    size_t length;
    uint64_t last_text; /* the end of the text before */
    enum html_mode last_mode;
    struct html_tokenizer *tokenizer;
};

static void say(struct transcript *t, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    t->length +=
        (size_t)vsnprintf(t->said + t->length, sizeof t->said - t->length, format, arguments);
    va_end(arguments);
    assert_true(t->length < sizeof t->said);
}

static void take_start_tag(void *arg, const struct html_tag *tag)
{
    struct transcript *t = arg;
    assert_int_equal(t->document[tag->offset], '<');
    assert_int_equal(t->document[tag->end - 1], '>');
    say(t, "\n<%.*s", (int)tag->name_length, tag->name);
    for (size_t i = 0; i < tag->count; i++) {
        const struct html_attribute *attribute = &tag->attributes[i];
        const char *value = t->document + attribute->value_offset;
        say(t, " %.*s", (int)attribute->name_length, attribute->name);
        if (!attribute->quote) {
            assert_int_equal(attribute->value_length, 0);
            continue;
        }
        assert_memory_equal(value, attribute->value, attribute->value_length);
        assert_true(attribute->cut || attribute->value_length == attribute->value_size);
        if (attribute->quote != ' ') {
            assert_int_equal(value[-1], attribute->quote);
            assert_int_equal(value[attribute->value_size], attribute->quote);
        }
        say(t, "=%.*s%s", (int)(attribute->value_length < 40 ? attribute->value_length : 40),
            attribute->value, attribute->cut ? "~" : "");
    }
    say(t, "%s%s%s>", tag->self_closing ? "/" : "", tag->foreign ? " foreign" : "",
        tag->cut ? " cut" : "");
    if (t->lines)
        say(t, "%u", (unsigned)html_tokenizer_line(t->tokenizer));
}

static void take_end_tag(void *arg, const struct html_tag *tag)
{
    struct transcript *t = arg;
    assert_int_equal(t->document[tag->offset], '<');
    assert_int_equal(t->document[tag->offset + 1], '/');
    assert_int_equal(t->document[tag->end - 1], '>');
    say(t, "\n</%.*s>", (int)tag->name_length, tag->name);
}

static void take_text(void *arg, const struct html_text *text)
{
    struct transcript *t = arg;
    assert_memory_equal(t->document + text->offset, text->at, text->length);
    if (text->offset != t->last_text || text->mode != t->last_mode)
        say(t, "\n%d:", text->mode);
    t->last_text = text->offset + text->length;
    t->last_mode = text->mode;
    say(t, "%.*s", (int)text->length, text->at);
}

static const struct html_handler handler = {
    .start_tag = take_start_tag,
    .end_tag = take_end_tag,
    .text = take_text,
    .text_modes = ~0U,
};

static void read_document(struct transcript *t, const char *document, size_t length, size_t chunk)
{
    t->document = document;
    t->length = 0;
    t->said[0] = '\0';
    t->last_text = UINT64_MAX;
    html_tokenizer_reset(t->tokenizer);
    if (t->lines)
        html_tokenizer_count_lines(t->tokenizer);
    for (size_t done = 0; done < length; done += chunk) {
        size_t size = length - done < chunk ? length - done : chunk;
        char *copy = malloc(size);
        memcpy(copy, document + done, size);
        html_tokenizer_feed(t->tokenizer, copy, size);
        free(copy);
    }
    html_tokenizer_finish(t->tokenizer);
}

/* The same whatever the chunks; the tokenizer is used again and again. */
static void expect_of(const char *document, size_t length, const char *said, bool lines)
{
    static struct transcript t;
    const size_t chunks[] = {SIZE_MAX, 1, 2, 3, 5, 7, 64, 1000};
    t.lines = lines;
    t.tokenizer = html_tokenizer_new(&handler, &t);
    assert_non_null(t.tokenizer);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        read_document(&t, document, length, chunks[i] < length ? chunks[i] : length);
        assert_string_equal(t.said, said);
    }
    html_tokenizer_free(t.tokenizer);
}

static void expect(const char *document, const char *said)
{
    expect_of(document, strlen(document), said, false);
}

static void test_tags(void **state)
{
    (void)state;
    expect("<p>a<p class=x>b</p>", "\n<p>\n0:a\n<p class=x>\n0:b\n</p>");
    expect("<A HREF='a.html' Href=b>", "\n<a href=a.html>");
    expect("<a href = \"x\"b='y'/>", "\n<a href=x b=y/>");
    expect("<a href=x/>", "\n<a href=x/>");
    expect("<a b c= d=e>", "\n<a b c=d=e>");
    expect("<a b c=>", "\n<a b c=>");
    expect("<a =b=c>", "\n<a =b=c>");
    expect("< a><1></><//><a/b/c>", "\n0:< a><1>\n<a b c>");
    expect("a<b", "\n0:a");
    expect("a<", "\n0:a<");
    expect("a</", "\n0:a</");
    expect("a<?php echo '>' ?>b", "\n0:a\n0:' ?>b");
    expect("<!doctype html><!-- <p> -- > --!><p><!-><q><!--><i>", "\n<p>\n<q>\n<i>");
}

static void test_text_modes(void **state)
{
    (void)state;
    expect("<title>a<b>&amp;</Title >c", "\n<title>\n1:a<b>&amp;\n</title>\n0:c");
    expect("<style><p></styles></style><p>", "\n<style>\n2:<p></styles>\n</style>\n<p>");
    expect("<script>if (a</b/)</script x='>'><p>", "\n<script>\n3:if (a</b/)\n</script>\n<p>");
    expect("<script><!--<script></script><p></script><p>",
           "\n<script>\n3:<!--<script></script><p>\n</script>\n<p>");
    expect("<script><!--<script>--></script><p>", "\n<script>\n3:<!--<script>-->\n</script>\n<p>");
    expect("<script><!--><script></script><p>", "\n<script>\n3:<!--><script>\n</script>\n<p>");
    expect("<textarea></textarea><iframe><a></iframe><noscript><a></noscript>",
           "\n<textarea>\n</textarea>\n<iframe>\n2:<a>\n</iframe>\n<noscript>\n<a>\n</noscript>");
    expect("<plaintext></plaintext>", "\n<plaintext>\n4:</plaintext>");
    expect("<xmp></xm</xmp", "\n<xmp>\n2:</xm</xmp");
}

static void test_foreign(void **state)
{
    (void)state;
    expect("<svg><title>a<a></title><style>a<b></style></svg><title><b></title>",
           "\n<svg foreign>\n<title foreign>\n0:a\n<a>\n</title>\n<style foreign>\n0:a\n<b>"
           "\n</style>\n</svg>\n<title>\n1:<b>\n</title>");
}

static void test_cdata(void **state)
{
    (void)state;
    expect("<svg><![CDATA[a]]b]]]>c</svg><![CDATA[d]]>", "\n<svg foreign>\n5:a]]b]\n0:c\n</svg>");
    expect("<svg><![CDATA[]]]]a]]>", "\n<svg foreign>\n5:]]]]a");
    expect("<svg/><![CDATA[<p>]]>", "\n<svg/ foreign>\n0:]]>");
    expect("<svg><foreignObject><style><a></style><![CDATA[<p>]]></foreignObject><![CDATA[<p>]]>",
           "\n<svg foreign>\n<foreignobject foreign>\n<style>\n2:<a>\n</style>\n0:]]>"
           "\n</foreignobject>\n5:<p>");
    expect("<svg><p><![CDATA[<p>]]>", "\n<svg foreign>\n<p>\n0:]]>");
    expect("<math><mi><title><a></title></mi><title><a>",
           "\n<math foreign>\n<mi foreign>\n<title>\n1:<a>\n</title>\n</mi>\n<title foreign>"
           "\n<a foreign>");
}

static char *repeat(char *out, const char *text, size_t times)
{
    for (size_t length = strlen(text); times > 0; times--, out += length)
        memcpy(out, text, length);
    *out = '\0';
    return out;
}

/* Deeper than is followed, and back. */
static void test_deep_foreign(void **state)
{
    (void)state;
    static char document[4096], said[1 << 16];
    const size_t depth = HTML_FOREIGN_DEPTH + 10;
    char *at = document, *end = said;
    at = repeat(at, "<svg>", depth);
    end = repeat(end, "\n<svg foreign>", depth);
    at = repeat(at, "</svg>", depth - 1);
    end = repeat(end, "\n</svg>", depth - 1);
    at = stpcpy(at, "<style><a></style></svg><style><a></style>");
    strcpy(end, "\n<style foreign>\n<a foreign>\n</style>\n</svg>\n<style>\n2:<a>\n</style>");
    expect(document, said);
}

static void test_lines(void **state)
{
    (void)state;
    const char document[] = "<a>\n\n<b\nc='\n'>\r\n<d></d>\n<";
    expect_of(document, sizeof document - 1, "\n<a>1\n0:\n\n\n<b c=\n>3\n0:\r\n\n<d>6\n</d>\n0:\n<",
              true);
}

/* What exceeds a bound is cut off and said to be, and what is behind it is read as ever. */
static void test_bounds(void **state)
{
    (void)state;
    static char document[1 << 20], said[1 << 16];
    char *end = stpcpy(document, "<a title='");
    end = repeat(end, "x", HTML_VALUE_MAX + 1);
    strcpy(end, "' href=y><b>");
    expect(document, "\n<a title=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~ href=y cut>\n<b>");

    end = stpcpy(document, "<");
    end = repeat(end, "n", HTML_NAME_MAX + 1);
    end = stpcpy(end, " ");
    end = repeat(end, "A", HTML_NAME_MAX + 1);
    strcpy(end, "='1' href='2'>");
    end = repeat(stpcpy(said, "\n<"), "n", HTML_NAME_MAX);
    strcpy(end, " href=2 cut>");
    expect(document, said);
}

/* More values than a tag may have: those that still fit are there. */
static void test_tag_bytes(void **state)
{
    (void)state;
    static char document[1 << 20];
    char *end = stpcpy(document, "<a");
    for (int i = 0; i < 4; i++) {
        end += sprintf(end, " v%d='", i);
        end = repeat(end, "x", HTML_VALUE_MAX);
        *end++ = '\'';
    }
    strcpy(end, " w='1'><b w='2'>");
    expect(document, "\n<a v0=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                     " v1=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                     " v2=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~ cut>\n<b w=2>");
}

static void test_many_attributes(void **state)
{
    (void)state;
    static char document[1 << 16], said[1 << 16];
    char *at = stpcpy(document, "<a"), *end = stpcpy(said, "\n<a");
    for (int i = 0; i < HTML_ATTRIBUTES_MAX + 10; i++) {
        at += sprintf(at, " a%d='%d'", i, i);
        if (i < HTML_ATTRIBUTES_MAX)
            end += sprintf(end, " a%d=%d", i, i);
    }
    strcpy(at, "><b A='1' A='2'>");
    strcpy(end, " cut>\n<b a=1>");
    expect(document, said);
}

/* NUL makes a name three times as long, at most as long as it may be. */
static void test_nul_names(void **state)
{
    (void)state;
    static char document[1024], said[1024];
    size_t length = 2 + HTML_NAME_MAX - 1;
    memset(document, 0, sizeof document);
    memcpy(document, "<a", 2);
    memcpy(document + length, ">", 1);
    char *end = repeat(stpcpy(said, "\n<a"), "\xef\xbf\xbd", (HTML_NAME_MAX - 1) / 3);
    strcpy(end, " cut>");
    expect_of(document, length + 1, said, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_text_modes),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_cdata),
        cmocka_unit_test(test_deep_foreign),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_tag_bytes),
        cmocka_unit_test(test_many_attributes),
        cmocka_unit_test(test_nul_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
