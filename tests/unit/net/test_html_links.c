#include "tests/unit/net/unit.h"

#include "net/html/links.h"
#include "net/html/names.h"
#include "net/html/value.h"
#include "net/robots/directives.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a page says, in a line each. */
struct transcript {
    const char *page;
    bool lines;
    uint64_t last; /* end of the range before */
    char said[1 << 14];
    size_t length;
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

/* The range says the URL, between its quotes, and ranges follow each other. */
static void check_range(struct transcript *t, const struct html_link *link)
{
    char decoded[4096];
    const char *raw = t->page + link->offset;
    assert_true(link->offset >= t->last);
    assert_true(link->offset + link->size <= strlen(t->page));
    t->last = link->offset + link->size;
    if (link->form == HTML_FORM_CSS || link->outer)
        return;
    size_t length = html_value_decode(raw, link->size, HTML_IN_ATTRIBUTE, decoded, sizeof decoded);
    assert_int_equal(length, link->length);
    assert_memory_equal(decoded, link->url, length);
}

static void take_link(void *arg, const struct html_link *link)
{
    static const char kinds[] = "NRAXB", forms[] = "ulsrc";
    struct transcript *t = arg;
    check_range(t, link);
    say(t, "%c%c %s.%s %.*s", kinds[link->kind], forms[link->form], link->element, link->attribute,
        (int)link->length, link->url);
    if (link->descriptor)
        say(t, " (%.*s)%u", (int)link->descriptor_length, link->descriptor, link->set);
    if (link->form == HTML_FORM_CSS)
        say(t, " [%.*s]", (int)link->size, t->page + link->offset);
    say(t, "%s%s", link->nofollow ? " nofollow" : "", link->stylesheet ? " css" : "");
    if (t->lines)
        say(t, " %u", (unsigned)link->line);
    say(t, "\n");
}

static void take_base(void *arg, const char *url, size_t length)
{
    say(arg, "base %.*s\n", (int)length, url);
}

static void take_title(void *arg, const char *title, size_t length)
{
    say(arg, "title %.*s\n", (int)length, title);
}

static void take_anchor(void *arg, const char *name, size_t length)
{
    say(arg, "#%.*s\n", (int)length, name);
}

static void take_robots(void *arg, unsigned bits)
{
    say(arg, "robots %u\n", bits);
}

static const struct html_links_handler handler = {
    .link = take_link,
    .base = take_base,
    .title = take_title,
    .anchor = take_anchor,
    .robots = take_robots,
    .agent = "fetch",
};

static void read_page(struct html_links *links, struct transcript *t, const char *page,
                      size_t chunk)
{
    size_t length = strlen(page);
    t->page = page;
    t->length = 0;
    t->said[0] = '\0';
    t->last = 0;
    html_links_reset(links);
    if (t->lines)
        html_links_count_lines(links);
    for (size_t done = 0; done < length; done += chunk) {
        size_t size = length - done < chunk ? length - done : chunk;
        char *copy = malloc(size);
        memcpy(copy, page + done, size);
        assert_int_equal(html_links_feed(links, copy, size), 0);
        free(copy);
    }
    assert_int_equal(html_links_finish(links), 0);
}

static void expect_of(const char *page, const char *said, bool lines)
{
    static struct transcript t;
    const size_t chunks[] = {1, 2, 3, 5, 11, 64};
    struct html_links *links = html_links_new(&handler, &t);
    assert_non_null(links);
    t.lines = lines;
    read_page(links, &t, page, strlen(page));
    assert_string_equal(t.said, said);
    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        read_page(links, &t, page, chunks[i]);
        assert_string_equal(t.said, said);
    }
    html_links_free(links);
}

static void expect(const char *page, const char *said)
{
    expect_of(page, said, false);
}

/* Each row of the table, once. */
static const struct {
    const char *page;
    const char *said;
} rows[] = {
    {"<a href=x>", "Nu a.href x\n"},
    {"<area href=x>", "Nu area.href x\n"},
    {"<img src=x longdesc=y lowsrc=z>", "Ru img.src x\nAu img.longdesc y\nRu img.lowsrc z\n"},
    {"<script src=x></script>", "Ru script.src x\n"},
    {"<iframe src=x></iframe><frame src=y>", "Ru iframe.src x\nRu frame.src y\n"},
    {"<video src=x poster=y><source src=z><track src=w></video>",
     "Ru video.src x\nRu video.poster y\nRu source.src z\nRu track.src w\n"},
    {"<audio src=x><embed src=y><input src=z type=image>",
     "Ru audio.src x\nRu embed.src y\nRu input.src z\n"},
    {"<object data=x>", "Ru object.data x\n"},
    {"<form action=x><button formaction=y><input formaction=z>",
     "Xu form.action x\nXu button.formaction y\nXu input.formaction z\n"},
    {"<a ping=' x  y ' href=z>", "Xl a.ping x\nXl a.ping y\nNu a.href z\n"},
    {"<q cite=x><blockquote cite=y><ins cite=z><del cite=w>",
     "Au q.cite x\nAu blockquote.cite y\nAu ins.cite z\nAu del.cite w\n"},
    {"<body background=x><td background=y>", "Ru body.background x\nRu td.background y\n"},
    {"<html manifest=x><head profile=y>", "Ru html.manifest x\nAu head.profile y\n"},
    {"<img data-src=a data-srcset='b 2x' data-original=c data-lazy=d data-lazy-src=e>",
     "Ru img.data-src a\nRs img.data-srcset b (2x)1\nRu img.data-original c\nRu img.data-lazy d\n"
     "Ru img.data-lazy-src e\n"},
    {"<div data-bg=x data-background='url(y)' data-background-image=z>",
     "Ru .data-bg x\nRc .data-background y [y]\nRu .data-background-image z\n"},
    {"<div src=x href=y data-src=z>", ""},
    {"<link href=x rel=stylesheet><link href=x rel='alternate Stylesheet'>",
     "Ru link.href x css\nRu link.href x css\n"},
    {"<link rel='shortcut icon' href=x><link rel=canonical href=y><link href=z>",
     "Ru link.href x\nAu link.href y\nAu link.href z\n"},
    {"<link rel=preconnect href=x><link rel=dns-prefetch href=//y><link rel=pingback href=z>",
     "Xu link.href z\n"},
    {"<link rel=preload as=image href=x imagesrcset='y 1x'>",
     "Ru link.href x\nRs link.imagesrcset y (1x)1\n"},
    {"<svg><a href=x xlink:href=y><image href=z /><use xlink:href='w#i'/></svg><use href=v>",
     "Nu a.href x\nNu a.xlink:href y\nRu image.href z\nRu use.xlink:href w#i\n"},
    {"<svg><feImage href=x /><script href=y></script></svg><script href=z></script>",
     "Ru feimage.href x\nRu script.href y\n"},
    {"<meta property=og:image content=x><meta name='twitter:image' content=' y '>",
     "Au meta.content x\nAu meta.content y\n"},
    {"<meta itemprop=image content=x><meta name=description content='http://y/'>",
     "Au meta.content x\n"},
    {"<meta http-equiv=Refresh content='5; URL=\"x y\"'>", "Nr meta.content x y\n"},
    {"<meta http-equiv=refresh content='5'>", ""},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        expect(rows[i].page, rows[i].said);
}

static void test_ranges(void **state)
{
    (void)state;
    expect("<a href=' a?x=1&amp;y=2 ' rel='x NoFollow'>", "Nu a.href a?x=1&y=2 nofollow\n");
    expect("<a href=\"&#32;a&#x2f;b&#32;\">", "Nu a.href a/b\n");
    expect("<a href=''><a href=' '><a href><img srcset=','>", "");
    expect("<img srcset='a&amp;b 1x, c,d  2x ,e&#44; , f 100w'>",
           "Rs img.srcset a&b (1x)1\nRs img.srcset c,d (2x)1\nRs img.srcset e ()1\n"
           "Rs img.srcset f (100w)1\n");
    expect("<img srcset=a><img srcset=b>", "Rs img.srcset a ()1\nRs img.srcset b ()2\n");
}

static void test_styles(void **state)
{
    (void)state;
    expect("<style>@import 'a';b{c:url(\"d\")}</style><p style='e:url(f&amp;g)'>url(h)",
           "Rc style. a [a] css\nRc style. d [d]\nRc .style f&g [f&amp;g]\n");
    expect("<style>a{b:url(c", "Rc style. c [c]\n");
    expect("<style></style><style>a{b:url(c)}</style>", "Rc style. c [c]\n");
    expect("<td style='color:red'><td style='a:url(\"&quot;)'>", "");
    expect("<svg><style>a{b:url(c)}</style>url(d)<style><![CDATA[e{f:url(g)}]]></style></svg>"
           "<svg><style/>url(h)</svg>",
           "Rc style. c [c]\nRc style. g [g]\n");
    expect("<i style=\"a:url('b\\'c'),url(&quot;d\\20 e&quot;)\">",
           "Rc .style b'c [b\\'c]\nRc .style d e [d\\20 e]\n");
}

static void test_page(void **state)
{
    (void)state;
    expect("<title> A &amp;\n B </title><base href=' /x/ '><base href=y><title>no</title>",
           "title A & B\nbase /x/\nBu base.href /x/\nBu base.href y\n");
    expect("<title></title><svg><title>a</title></svg>", "title \n");
    expect("<p id=a&amp;b><a name=c><a id=d href=e><input name=f>", "#a&b\n#c\n#d\nNu a.href e\n");
    expect("<meta name=robots content='noindex, NOFOLLOW'><meta name=fetch content=none>"
           "<meta name=other content=none>",
           "robots 3\nrobots 3\n");
    expect("<!-- <a href=x> --><noscript><img src=y></noscript><textarea><a href=z></textarea>",
           "Ru img.src y\n");
}

static void test_lines(void **state)
{
    (void)state;
    expect_of("<a href=x>\n<a\nhref=y\n><style>\na{b:url(z)}</style>\n<a href=w>",
              "Nu a.href x 1\nNu a.href y 2\nRc style. z [z] 4\nNu a.href w 6\n", true);
}

/* What is longer than a value may be is none; what follows it is. */
static void test_long(void **state)
{
    (void)state;
    static char page[100000];
    memset(page, 'x', sizeof page - 1);
    memcpy(page, "<img src='data:", 15);
    strcpy(page + 50000, "' data-src=y>");
    expect(page, "Ru img.data-src y\n");
}

#define PAGE(text) text, sizeof text - 1

static const struct {
    const char *type;
    const char *page;
    size_t length;
    const char *said;
    const char *charset;
} charsets[] = {
    {NULL, PAGE("<title>\xe9</title><a href='\xe9&amp;&eacute;?\xe9'>"),
     "title \xc3\xa9\n\xc3\xa9&\xc3\xa9?\xe9\n", "windows-1252"},
    {NULL, PAGE("<a href='\xc3\xa9?\xc3\xa9'>"), "\xc3\xa9?\xc3\xa9\n", "windows-1252"},
    {"text/html; charset=utf-8", PAGE("<a href=\xe9>"), "\xe9\n", "UTF-8"},
    {"text/html; charset=latin1", PAGE("<a href=\xc3\xa9>"), "\xc3\x83\xc2\xa9\n", "windows-1252"},
    {NULL, PAGE("<meta charset=sjis><img srcset='\x83\\&amp;b 1x, \x83] 2x'>"),
     "\xe3\x82\xbd&b\n\xe3\x82\xbe\n", "CP932"},
    {"text/html; charset=shift_jis",
     PAGE("<a href=a\x81"
          "0>"),
     "a\xef\xbf\xbd"
     "0\n",
     "CP932"},
    {NULL, PAGE("\xff\xfe<\0a\0 \0h\0r\0e\0f\0=\0\xe9\0>\0"), "\xc3\xa9\n", "UTF-16LE"},
};

static void say_link(void *arg, const struct html_link *link)
{
    say(arg, "%.*s\n", (int)link->length, link->url);
}

static void test_charsets(void **state)
{
    (void)state;
    static struct transcript t;
    const struct html_links_handler says = {.link = say_link, .title = take_title};
    struct html_links *links = html_links_new(&says, &t);
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++) {
        for (size_t chunk = 1; chunk < charsets[i].length; chunk += 7) {
            t.length = 0;
            html_links_reset(links);
            html_links_sniff(links, charsets[i].type);
            assert_null(html_links_charset(links));
            for (size_t done = 0; done < charsets[i].length; done += chunk) {
                size_t left = charsets[i].length - done;
                html_links_feed(links, charsets[i].page + done, left < chunk ? left : chunk);
            }
            assert_int_equal(html_links_finish(links), 0);
            assert_string_equal(html_links_charset(links)->name, charsets[i].charset);
            assert_string_equal(t.said, charsets[i].said);
        }
    }
    html_links_free(links);
}

/* In XML what closes itself is closed, and CDATA is no comment. */
static void test_xml(void **state)
{
    (void)state;
    static struct transcript t;
    const char page[] = "<title/><script src=a /><style/><a href=b /><![CDATA[<a href=c>]]>"
                        "<style><![CDATA[a{b:url(d)}]]></style>";
    const char *const types[] = {"application/xhtml+xml", "text/XML;charset=utf-8", "text/html"};
    const struct html_links_handler says = {.link = say_link};
    struct html_links *links = html_links_new(&says, &t);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        t.length = 0;
        html_links_reset(links);
        html_links_sniff(links, types[i]);
        html_links_feed(links, page, sizeof page - 1);
        html_links_finish(links);
        assert_string_equal(t.said, i < 2 ? "a\nb\nd\n" : "");
        t.said[0] = '\0';
    }
    html_links_free(links);
}

/* A page in a page: its links stand where they are said, in the quotes of both. */
static void test_srcdoc(void **state)
{
    (void)state;
    expect("<iframe srcdoc=\"<a href='x&amp;amp;y'><img srcset='s 1x, t 2x'>\" src=z></iframe>"
           "<img srcset=u>",
           "Nu a.href x&y\nRs img.srcset s (1x)1\nRs img.srcset t (2x)1\nRu iframe.src z\n"
           "Rs img.srcset u ()2\n");
    expect("<base href=b><iframe srcdoc='&lt;style>a{b:url(c)}&lt;/style>"
           "<iframe srcdoc=\"<a href=no>\"></iframe><p style=\"d:url(e)\">'>",
           "base b\nBu base.href b\nRc style. c [c]\nRc .style e [e]\n");
    expect("<iframe srcdoc='<a href=a><base href=x><a href=b>'></iframe>"
           "<iframe srcdoc=text></iframe><iframe srcdoc='<a href=c>'></iframe>",
           "Nu a.href a\nNu a.href c\n");
}

/* An instruction of XML's is read like a tag, wherever it is cut; in HTML it is a comment. */
static void test_xml_stylesheet(void **state)
{
    (void)state;
    static struct transcript t;
    static const char page[] =
        "<?xml version='1.0'?><?xml-stylesheet type=\"text/css\" href='a.css?x&amp;y>'?>"
        "<?xml-stylesheet href=\"b.xsl\" type=\"text/xsl\"?><?other href='c>'?><?x?>"
        "<?xml-stylesheets href='d'?><svg><a href='e'/><?xml-stylesheet?></svg>";
    struct html_links *links = html_links_new(&handler, &t);
    for (size_t chunk = 1; chunk < sizeof page; chunk++) {
        t = (struct transcript){.page = page};
        html_links_reset(links);
        html_links_sniff(links, "image/svg+xml");
        for (size_t done = 0; done < sizeof page - 1; done += chunk) {
            size_t left = sizeof page - 1 - done;
            html_links_feed(links, page + done, left < chunk ? left : chunk);
        }
        assert_int_equal(html_links_finish(links), 0);
        assert_string_equal(t.said, "Ru ?xml-stylesheet.href a.css?x&y> css\n"
                                    "Ru ?xml-stylesheet.href b.xsl\nNu a.href e\n");
    }
    html_links_free(links);
    expect("<?xml-stylesheet href='a.css'?><a href=b>", "Nu a.href b\n");
}

/* What is behind the first bytes is not kept back. */
static void test_long_page(void **state)
{
    (void)state;
    static struct transcript t;
    static char page[3000];
    const struct html_links_handler says = {.link = say_link};
    struct html_links *links = html_links_new(&says, &t);
    memset(page, ' ', sizeof page);
    memcpy(page + 1020, "<a href=x>", 10);
    html_links_sniff(links, NULL);
    html_links_feed(links, page, 1023);
    assert_null(html_links_charset(links));
    html_links_feed(links, page + 1023, 1000);
    assert_string_equal(t.said, "x\n");
    html_links_free(links);
}

static void test_names(void **state)
{
    (void)state;
    for (unsigned i = 1; i < HTML_ELEMENTS; i++) {
        const char *name = html_element_name((enum html_element)i);
        assert_int_equal(html_element_find(name, strlen(name)), i);
    }
    for (unsigned i = 1; i < HTML_ATTRS; i++) {
        const char *name = html_attr_name((enum html_attr)i);
        assert_int_equal(html_attr_find(name, strlen(name)), i);
    }
    assert_int_equal(html_element_find("spam", 4), HTML_OTHER);
    assert_int_equal(html_attr_find("data-lazy-srcset-of-more", 24), HTML_ATTR_OTHER);
    assert_int_equal(html_attr_find("", 0), HTML_ATTR_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),  cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_styles), cmocka_unit_test(test_page),
        cmocka_unit_test(test_lines),  cmocka_unit_test(test_long),
        cmocka_unit_test(test_names),  cmocka_unit_test(test_charsets),
        cmocka_unit_test(test_xml),    cmocka_unit_test(test_xml_stylesheet),
        cmocka_unit_test(test_srcdoc), cmocka_unit_test(test_long_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
