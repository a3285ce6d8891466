/* feed.h: which URLs come out of sitemaps, RSS and Atom, and what is refused. */
#include "net/feed/feed.h"

#include "tests/unit/net/packed.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    [FEED_PAGE] = "page",
    [FEED_ALTERNATE] = "alternate",
    [FEED_MEDIA] = "media",
    [FEED_FEED] = "feed",
};

/* All links, one a line: kind, element, URL. */
struct found {
    char text[16384];
    size_t used;
    size_t links;
    uint64_t last_line;
};

static void on_link(void *ctx, const struct feed_link *link)
{
    struct found *found = ctx;
    assert_int_equal(strlen(link->url), link->length);
    if (found->used < sizeof found->text)
        found->used += (size_t)snprintf(found->text + found->used, sizeof found->text - found->used,
                                        "%s %s %s\n", kinds[link->kind], link->element, link->url);
    found->links++;
    found->last_line = link->line;
}

/* The result of the last call; the problem, if there is one, is a literal. */
static int read_bits(struct found *found, const void *data, size_t size, size_t bit,
                     const char **problem)
{
    struct feed *feed = feed_new(on_link, found);
    const char *bytes = data;
    assert_non_null(feed);
    for (size_t at = 0; at < size; at += bit)
        (void)feed_write(feed, bytes + at, size - at < bit ? size - at : bit);
    int error = feed_finish(feed);
    if (problem)
        *problem = error ? feed_problem(feed) : NULL;
    if (error)
        assert_int_equal(feed_finish(feed), error);
    feed_free(feed);
    return error;
}

/* However it is cut. */
static void check(const char *text, const char *expected)
{
    static const size_t bits[] = {1, 2, 3, 7, 64, 1 << 20};
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        struct found found = {0};
        const char *problem = NULL;
        if (read_bits(&found, text, strlen(text), bits[i], &problem))
            fail_msg("%s", problem);
        assert_string_equal(found.text, expected);
    }
}

static void sitemap(void **state)
{
    (void)state;
    check("\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?>\n"
          "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n"
          "<url><loc>\n http://h/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod>\n"
          "<xhtml:link rel='alternate' hreflang='de' href='http://h/de/a'/>\n"
          "<xhtml:link rel='stylesheet' href='http://h/no'/>\n"
          "<image:image><image:loc>http://h/a.png</image:loc></image:image>\n"
          "<video:video><video:thumbnail_loc>http://h/t</video:thumbnail_loc>\n"
          "<video:content_loc>http://h/v</video:content_loc></video:video></url>\n"
          "<url><loc><![CDATA[http://h/b]]></loc></url><loc>http://h/no</loc>\n"
          "<url><loc/><loc> </loc></url></urlset>\n",
          "page loc http://h/a?x=1&y=2\nalternate xhtml:link http://h/de/a\n"
          "media image:loc http://h/a.png\nmedia video:thumbnail_loc http://h/t\n"
          "media video:content_loc http://h/v\npage loc http://h/b\n");
}

static void sitemap_index(void **state)
{
    (void)state;
    check(" \n<sm:sitemapindex xmlns:sm='x'><sm:sitemap><sm:loc>http://h/1.xml.gz</sm:loc>"
          "</sm:sitemap><sitemap><loc>b</loc></sitemap></sm:sitemapindex>",
          "feed loc http://h/1.xml.gz\nfeed loc b\n");
}

static void rss(void **state)
{
    (void)state;
    check("<!DOCTYPE rss PUBLIC '-//Netscape//DTD RSS 0.91//EN' 'http://h/rss.dtd'>"
          "<rss><channel><title>&nbsp;x</title><link>http://h/</link>"
          "<atom:link rel='self' href='http://h/rss'/><atom:link rel='hub' href='http://no/'/>"
          "<image><url>http://h/i.png</url><link>http://h/no</link></image>"
          "<item><link>http://h/1</link><guid>http://h/g1</guid><comments>http://h/1#c</comments>"
          "<enclosure url='http://h/1.mp3' length='1'/><media:content url='http://h/m'>"
          "<media:thumbnail url='http://h/mt'/></media:content>"
          "<description>&lt;a href='http://h/no'&gt;</description>"
          "<source url='http://other/rss'>x</source></item>"
          "<item><guid isPermaLink='false'>http://h/no</guid></item></channel></rss>",
          "page link http://h/\nfeed atom:link http://h/rss\nmedia url http://h/i.png\n"
          "page link http://h/1\npage guid http://h/g1\npage comments http://h/1#c\n"
          "media enclosure http://h/1.mp3\nmedia media:content http://h/m\n"
          "media media:thumbnail http://h/mt\nfeed source http://other/rss\n");
}

static void rss_1(void **state)
{
    (void)state;
    check("<rdf:RDF><channel rdf:about='x'><link>http://h/</link></channel>"
          "<item><link>http://h/1</link></item></rdf:RDF>",
          "page link http://h/\npage link http://h/1\n");
}

static void atom(void **state)
{
    (void)state;
    check("<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:link href='/'/><a:link rel='self' "
          "href='/atom'/><a:link rel='next' href='/atom?2'/><a:link rel='edit' href='/no'/>"
          "<a:icon>/icon</a:icon><a:id>http://h/no</a:id><a:entry><a:link rel='alternate' "
          "href=' /1 '/><a:link rel='ENCLOSURE' href='/1.mp3'/><a:content src='/1.pdf'/>"
          "<a:content><link href='/no'/></a:content></a:entry></a:feed>",
          "page link /\nfeed link /atom\nfeed link /atom?2\nmedia icon /icon\npage link /1\n"
          "media link /1.mp3\npage content /1.pdf\n");
}

static void text(void **state)
{
    (void)state;
    check("http://h/a\r\n\n  \nno\nHTTPS://h/b \nhttp://h/c",
          "page  http://h/a\npage  HTTPS://h/b\npage  http://h/c\n");
}

/* Windows-1251 is none of expat's. */
static void encodings(void **state)
{
    (void)state;
    check("<?xml version='1.0' encoding='windows-1251'?><urlset><!-- \xcf\xf0 --><url>"
          "<loc>http://h/a</loc></url></urlset>",
          "page loc http://h/a\n");
    check("<?xml version='1.0' encoding='ISO-8859-1'?><urlset><url><loc>http://h/\xe9</loc></url>"
          "</urlset>",
          "page loc http://h/\xc3\xa9\n");
}

static int read_text(struct found *found, const char *text, const char **problem)
{
    return read_bits(found, text, strlen(text), 1 << 20, problem);
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        const char *problem;
    } cases[] = {
        {"", "no element found"},
        {"hello, world\nhttp://h/b\n", "neither sitemap nor feed"},
        {"h", "neither sitemap nor feed"},
        {"no, world", "syntax error"},
        {"<html><body/></html>", "neither sitemap nor feed"},
        {"<urlset><url></urlset>", "mismatched tag"},
        {"<urlset><url>", "no element found"},
        {"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><urlset>&b;</urlset>",
         "an entity declaration, which feeds have no use for"},
        {"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><urlset>&a;</urlset>",
         "an entity declaration, which feeds have no use for"},
        {"<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://h/'> %p;]><urlset/>",
         "an entity declaration, which feeds have no use for"},
        {"\x1f\x8bnonsense", "a broken gzip stream"},
        {"\x1f", "a gzip stream that does not end"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct found found = {0};
        const char *problem = NULL;
        assert_int_equal(read_text(&found, cases[i].text, &problem), -EINVAL);
        assert_string_equal(problem, cases[i].problem);
        assert_int_equal(found.links, 0);
    }
}

static void broken_off(void **state)
{
    struct found found = {0};
    struct feed *feed = feed_new(on_link, &found);
    static const char text[] = "<urlset>\n<url>\n<loc>http://h/a</loc></url>\n<oops<";
    (void)state;
    assert_int_equal(feed_write(feed, text, sizeof text - 1), -EINVAL);
    assert_int_equal(feed_write(feed, "x", 1), -EINVAL);
    assert_int_equal(feed_line(feed), 4);
    assert_int_equal(feed_format(feed), FEED_SITEMAP);
    assert_string_equal(found.text, "page loc http://h/a\n");
    assert_int_equal(found.last_line, 3);
    feed_free(feed);
}

/* A URL that is too long is passed over, all else is not. */
static void long_ones(void **state)
{
    char *text = malloc(4 << 20);
    struct found found = {0};
    const char *problem = NULL;
    (void)state;
    assert_non_null(text);
    char *end = stpcpy(text, "<urlset><url><loc>");
    memset(end, 'a', FEED_URL_MAX + 1);
    end = stpcpy(end + FEED_URL_MAX + 1, "</loc><loc>");
    memset(end, 'b', FEED_URL_MAX);
    strcpy(end + FEED_URL_MAX, "</loc></url></urlset>");
    assert_int_equal(read_bits(&found, text, strlen(text), 1000, &problem), 0);
    assert_int_equal(found.links, 1);
    /* In text, too. */
    end = stpcpy(text, "http://h/");
    memset(end, 'a', FEED_URL_MAX);
    strcpy(end + FEED_URL_MAX, "\nhttp://h/");
    assert_int_equal(read_bits(&found, text, strlen(text), 1000, &problem), 0);
    assert_int_equal(found.links, 2);
    /* Elements within each other. */
    end = stpcpy(text, "<urlset>");
    for (int i = 1; i < FEED_DEPTH_MAX + 1; i++)
        end = stpcpy(end, "<a>");
    assert_int_equal(read_text(&found, text, &problem), -EINVAL);
    assert_string_equal(problem, "elements nested too deep");
    /* One token that does not end. */
    end = stpcpy(text, "<urlset><url x='");
    memset(end, 'a', 1 << 20);
    end[1 << 20] = '\0';
    assert_int_equal(read_text(&found, text, &problem), -EINVAL);
    assert_string_equal(problem, "an element longer than 128 KiB");
    free(text);
}

static void packed(void **state)
{
    static const char text[] = "<urlset><url><loc>http://h/a</loc></url></urlset>";
    static const size_t bits[] = {1, 2, 17, 4096};
    char gzip[256];
    (void)state;
    size_t size = pack(PACKING_GZIP, gzip, sizeof gzip, text, sizeof text - 1);
    for (size_t i = 0; i < sizeof bits / sizeof *bits; i++) {
        struct found found = {0};
        assert_int_equal(read_bits(&found, gzip, size, bits[i], NULL), 0);
        assert_string_equal(found.text, "page loc http://h/a\n");
        assert_int_equal(read_bits(&found, gzip, size - 1, bits[i], NULL), -EINVAL);
    }
}

/* What unpacks to more than a sitemap may have. */
static void bomb(void **state)
{
    enum { BLANKS = 1 << 20 };
    struct found found = {0};
    struct feed *feed = feed_new(on_link, &found);
    char *blanks = malloc(BLANKS);
    int error = feed_write(feed, "<urlset>", 8);
    (void)state;
    memset(blanks, ' ', BLANKS);
    for (uint64_t size = 0; size <= FEED_SIZE_MAX && !error; size += BLANKS)
        error = feed_write(feed, blanks, BLANKS);
    assert_int_equal(error, -EFBIG);
    assert_string_equal(feed_problem(feed), "longer than 128 MiB");
    feed_free(feed);
    free(blanks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sitemap),   cmocka_unit_test(sitemap_index), cmocka_unit_test(rss),
        cmocka_unit_test(rss_1),     cmocka_unit_test(atom),          cmocka_unit_test(encodings),
        cmocka_unit_test(text),      cmocka_unit_test(refused),       cmocka_unit_test(broken_off),
        cmocka_unit_test(long_ones), cmocka_unit_test(packed),        cmocka_unit_test(bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
