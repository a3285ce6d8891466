/* links.h - what a page refers to: every URL in its HTML, with the bytes that say it.
 *
 * One table (net/html/link_table.c) says which attribute of which element holds what. Links come in
 * the order of the document, each with the range of raw bytes that says it, so that a copy is
 * changed by replacing ranges; what stands there then must be written as its form and its quote
 * ask. URLs are as the page has them - character references and escapes read, blanks at the ends
 * left off - and not resolved: what they are relative to is told by base(), or else is the page's
 * own URL. What is empty is no link; what is longer than HTML_VALUE_MAX is none either.
 *
 * The input is ASCII-compatible text, unless html_links_sniff() says that it may be anything.
 * The page in an iframe's srcdoc is read with the page that it is in, whose base is its own. What
 * it says of itself - anchors, title, robots - is not told, and neither are links below a <base> of
 * its own, or a srcdoc in it.
 *
 * Memory: about four times what the tokenizer has, whatever the page, and what a style sheet's
 * URLs take (net/css/css.h); twice that as soon as there is a srcdoc.
 *
 * Ownership: html_links_new() to html_links_free(); what a callback is given lives as long as the
 * call. One thread at a time; nothing here parks.
 */
#ifndef NET_HTML_LINKS_H
#define NET_HTML_LINKS_H

#include "net/css/css.h"
#include "net/html/charset.h"
#include "net/html/tokenizer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTML_TITLE_MAX 1024 /* bytes; the rest is cut off */

/* What a link is to the page. */
enum html_link_kind {
    HTML_LINK_NAVIGATION, /* somebody may go there: a, area, meta refresh */
    HTML_LINK_REQUISITE,  /* the page is not itself without it: pictures, scripts, frames */
    HTML_LINK_ALTERNATE,  /* instead of the page or about it: canonical, next, cite, og:image */
    HTML_LINK_ACTION,     /* where something is sent: forms, pings; not for a GET of its own */
    HTML_LINK_BASE,       /* what the others are relative to */
};

/* How a URL is written at its place. */
enum html_link_form {
    HTML_FORM_URL,     /* it is the value, but for blanks */
    HTML_FORM_LIST,    /* one of several between blanks */
    HTML_FORM_SRCSET,  /* of one candidate: no blanks in it, no commas at its ends */
    HTML_FORM_REFRESH, /* in a meta refresh, behind "url=" */
    HTML_FORM_CSS,     /* in a style sheet, as css_form says */
};

struct html_link {
    enum html_link_kind kind;
    enum html_link_form form;
    enum css_form css_form; /* of HTML_FORM_CSS */
    const char *url;        /* not ended by NUL */
    size_t length;
    uint64_t offset;       /* of the raw bytes that say it, */
    uint64_t size;         /* and their number */
    uint64_t line;         /* of its tag, from 1; 0 when lines are not counted */
    const char *element;   /* "img"; "" for one that net/html/names.h has not */
    const char *attribute; /* "srcset", "style"; "" for the text of <style> */
    char outer;            /* as `quote`: around the srcdoc in which all this stands; 0: in none */
    char quote;      /* around the value: '"', '\'', or ' ' for none; 0: the text of <style> */
    bool nofollow;   /* its rel says so; the page's own word is given to robots() */
    bool stylesheet; /* what is fetched is CSS */
    const char *descriptor; /* of HTML_FORM_SRCSET: "2x", "100w", or ""; NULL else */
    size_t descriptor_length;
    uint32_t set; /* candidates of one attribute share a number, from 1; 0 else */
};

/* Each may be NULL, and then costs nothing. */
struct html_links_handler {
    void (*link)(void *arg, const struct html_link *link);
    /* Every start tag, before its links. */
    void (*tag)(void *arg, const struct html_tag *tag);
    /* The first <base href>: links before and behind it are relative to it. It is a link, too. */
    void (*base)(void *arg, const char *url, size_t length);
    /* The first <title>: references read, blanks joined. */
    void (*title)(void *arg, const char *title, size_t length);
    /* What a fragment may lead to: every id, and a's name. */
    void (*anchor)(void *arg, const char *name, size_t length);
    /* A <meta> about robots, or about `agent`: bits of net/robots/directives.h; may come again. */
    void (*robots)(void *arg, unsigned bits);
    const char *agent; /* product token, or NULL */
};

struct html_links;

/* `handler` must outlive it. NULL when memory runs out. */
struct html_links *html_links_new(const struct html_links_handler *handler, void *arg);
void html_links_free(struct html_links *links);

/* Ready for another page; after an error, too. */
void html_links_reset(struct html_links *links);

/* After new or reset: links tell their lines. */
void html_links_count_lines(struct html_links *links);

/* After new or reset: what the page is, is found out, by its Content-Type (NULL: none) and its
 * first HTML_CHARSET_PRESCAN bytes, which are kept back. URLs and titles then come in UTF-8, but
 * for a query, whose bytes are sent in the page's charset, and for URLs in CSS. What is not
 * ASCII-compatible is recoded, and ranges are of the UTF-8 text. In XHTML and SVG an element that
 * closes itself has no text. Without this call it is HTML whose bytes stay as they are. */
void html_links_sniff(struct html_links *links, const char *content_type);

/* What was found out; NULL before the first callback, or when nobody asked. */
const struct html_charset *html_links_charset(const struct html_links *links);

/* 0, or -ENOMEM: no more links come. */
int html_links_feed(struct html_links *links, const char *data, size_t size);
int html_links_finish(struct html_links *links);

#endif
