/* link_reader.h - the inside of links.h, for its own files: links.c goes through the tags,
 * link_value.c reads the links out of a value, link_charset.c knows what the bytes are.
 */
#ifndef NET_HTML_LINK_READER_H
#define NET_HTML_LINK_READER_H

#include "net/html/charset.h"
#include "net/html/link_table.h"
#include "net/html/links.h"
#include "net/html/tokenizer.h"
#include "net/html/value.h"

/* Whose text is being read. */
enum html_reading { HTML_READING_NOTHING, HTML_READING_TITLE, HTML_READING_STYLE };

/* A value that somebody wants, with its references read. */
struct html_link_value {
    const struct html_attribute *attribute;
    const char *text;
    size_t length;
    bool coded; /* `text` is not what the document has */
    struct html_value_cursor cursor;
};

struct html_links {
    const struct html_links_handler *handler;
    void *arg;
    struct html_tokenizer *tokenizer;
    int error; /* sticky */
    bool has_base;
    bool has_title;
    uint32_t sets;

    /* The charset, as far as somebody asked for it. */
    bool sniffs;
    bool has_charset; /* it is known; until then the page's bytes are kept in `head` */
    struct html_charset charset;
    struct html_recoder *recoder; /* NULL: it is ASCII-compatible */
    void *iconv;                  /* to UTF-8, opened when it is needed */
    size_t head_length;
    char head[HTML_CHARSET_PRESCAN];
    char content_type[256];

    const struct html_tag *tag; /* whose attributes are being read */
    bool nofollow;              /* it says so */

    enum html_reading reading;
    uint64_t text_end; /* of that text so far; text that does not follow is not of it */

    /* A style sheet: an element's, or with a value an attribute's. */
    struct css css;
    struct html_link_value *css_value;
    struct html_link css_link;

    /* The reader of srcdocs, made for the first; NULL: there was none. In that reader: whose it is.
     */
    struct html_links *nested;
    struct html_links *parent;
    const struct html_link *nested_link; /* what is the same for all links of a srcdoc */
    struct html_link_value *nested_value;

    size_t title_length;
    char title[HTML_TITLE_MAX]; /* raw */
    char decoded[HTML_VALUE_ROOM(HTML_VALUE_MAX)];
    char utf8[HTML_VALUE_ROOM(HTML_VALUE_MAX)]; /* of a legacy charset's bytes, */
    char url[HTML_VALUE_ROOM(HTML_VALUE_MAX)];  /* and what they say as a URL */
};

/* The value of an attribute of the tag, until the next one is asked for. */
struct html_link_value html_link_value_of(struct html_links *links,
                                          const struct html_attribute *attribute);

/* NULL when the tag has none. */
const struct html_attribute *html_link_attribute(const struct html_tag *tag, enum html_attr name);

/* Where its bytes that are no blanks begin and end. */
void html_link_trim(const struct html_link_value *value, size_t *from, size_t *to);

void html_link_read(struct html_links *links, const struct html_link_rule *rule,
                    const struct html_attribute *attribute);

/* nested.c: the links of a srcdoc. */
void html_link_read_nested(struct html_links *links, const struct html_link *link,
                           struct html_link_value *value);

/* Where in the document the byte `at` of the value stands; places are asked for in their order. */
uint64_t html_link_place(struct html_link_value *value, size_t at);

/* link_charset.c: the page's bytes go to the tokenizer as what they are. */
void html_link_charset_reset(struct html_links *links);
void html_link_charset_feed(struct html_links *links, const char *data, size_t size);
void html_link_charset_finish(struct html_links *links);

/* Raw bytes of the page as UTF-8: themselves, or what has been written to links->utf8. */
const char *html_link_to_utf8(struct html_links *links, const char *raw, size_t *length);

/* Makes the link's URL, whose raw bytes are `raw`, UTF-8. */
void html_link_url_to_utf8(struct html_links *links, struct html_link *link, const char *raw);

/* The text of a <style>, from its place in the document on. */
void html_link_css_begin(struct html_links *links, uint64_t offset);
void html_link_css_feed(struct html_links *links, const char *data, size_t size);
void html_link_css_finish(struct html_links *links);

/* Of links->css, whose context is the links. */
css_found html_link_css_found;

#endif
