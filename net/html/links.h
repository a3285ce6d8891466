/* links.h - what a page refers to: every URL in its HTML, with the bytes that say it.
 *
 * One table (net/html/link_table.h) says which attribute of which element holds what. Links come in
 * the order of the document, each with the range of raw bytes that names it, so that a copy is
 * changed by replacing ranges; what stands there must be written as its form and its quote ask.
 * URLs are as written (character references read, blanks at the ends left off), not resolved: what
 * they are relative to is told by base(), or else the page's own URL. What is empty is no link;
 * what was cut off (HTML_VALUE_MAX) is none either.
 *
 * The input is ASCII-compatible text (net/html/charset.h). Memory: the tokenizer's, and as much
 * again.
 *
 * Ownership: html_links_new() to html_links_free(); what a callback is given lives as long as the
 * call. One thread at a time; nothing here parks.
 */
#ifndef NET_HTML_LINKS_H
#define NET_HTML_LINKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a link is to the page. */
enum html_link_kind {
    HTML_LINK_NAVIGATION, /* somebody may go there: a, area, iframe's kin are requisites */
    HTML_LINK_REQUISITE,  /* the page is not itself without it */
    HTML_LINK_ALTERNATE,  /* about the page or instead of it: canonical, next, cite, og:image */
    HTML_LINK_ACTION,     /* where something is sent: forms, pings; never fetched by itself */
    HTML_LINK_BASE,       /* what the others are relative to */
};

/* How a URL is written at its place. */
enum html_link_form {
    HTML_FORM_URL,     /* it is the value, but for blanks */
    HTML_FORM_LIST,    /* one of several, between blanks (ping) or commas (archive) */
    HTML_FORM_SRCSET,  /* of one candidate; blanks and commas at its ends would not be its own */
    HTML_FORM_REFRESH, /* in a meta refresh, behind "url=" */
    HTML_FORM_CSS,     /* in a style sheet: see css_form */
};

struct html_link {
    enum html_link_kind kind;
    enum html_link_form form;
    const char *url; /* not ended by NUL */
    size_t length;
    uint64_t offset;        /* of the raw bytes that say it, */
    uint64_t size;          /* and their number */
    uint64_t line;          /* of its tag, from 1; 0 when lines are not counted */
    const char *element;    /* "img"; "" for one that the table does not know by name */
    const char *attribute;  /* "srcset", "style"; "" for the text of <style> */
    char quote;             /* around the value: '"', '\'' or ' ' for none; 0: text of <style> */
    bool nofollow;          /* rel says so; the page's own word is in robots() */
    bool stylesheet;        /* what is fetched is to be read as CSS, whatever it says it is */
    uint8_t css_form;       /* enum css_form, for HTML_FORM_CSS */
    const char *descriptor; /* of a candidate: "2x", "100w", or "" */
    size_t descriptor_length;
    uint32_t set; /* candidates of one attribute share a number, from 1; else 0 */
};

/* What a page says about itself to who comes by machine; bits of robots(). */
#define HTML_ROBOTS_NOINDEX  1U
#define HTML_ROBOTS_NOFOLLOW 2U

/* Each may be NULL, and then costs nothing. */
struct html_links_handler {
    void (*link)(void *arg, const struct html_link *link);
    /* The first <base href>: links before and behind it are relative to it. It is a link, too. */
    void (*base)(void *arg, const char *url, size_t length);
    /* <title>, in UTF-8 but for bytes of another charset; blanks joined; at most HTML_TITLE_MAX. */
    void (*title)(void *arg, const char *title, size_t length);
    /* What a fragment may lead to: every id, and a's name. */
    void (*anchor)(void *arg, const char *name, size_t length);
    /* <meta name=robots> or one for `agent`: HTML_ROBOTS_ bits; may come more than once. */
    void (*robots)(void *arg, unsigned bits);
    const char *agent; /* product token that meta elements may name beside "robots"; or NULL */
};
#define HTML_TITLE_MAX 1024

struct html_links;

/* `handler` must outlive it. NULL when memory runs out. */
struct html_links *html_links_new(const struct html_links_handler *handler, void *arg);
void html_links_free(struct html_links *links);

/* Ready for another page. */
void html_links_reset(struct html_links *links);

/* After new or reset: links tell their lines. */
void html_links_count_lines(struct html_links *links);

void html_links_feed(struct html_links *links, const char *data, size_t size);
void html_links_finish(struct html_links *links);

#endif
