/* link_table.h - which attribute of which element holds what: all that is known of links by name.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTML_LINK_TABLE_H
#define NET_HTML_LINK_TABLE_H

#include "net/html/links.h"
#include "net/html/names.h"

/* What is in the value, and so how links are read out of it. */
enum html_link_content {
    HTML_CONTENT_URL,
    HTML_CONTENT_LIST,
    HTML_CONTENT_SRCSET,
    HTML_CONTENT_CSS,
    HTML_CONTENT_CSS_OR_URL, /* what scripts put into a style later: "x.png" or "url(x.png)" */
    HTML_CONTENT_RELATED,    /* a URL whose kind is in rel */
    HTML_CONTENT_DOCUMENT,   /* a page in the page */
    HTML_CONTENT_META,       /* what it is, other attributes of the element say */
};

struct html_link_rule {
    enum html_attr attribute;
    enum html_link_kind kind;
    enum html_link_content content;
    bool foreign;      /* only in SVG and MathML */
    uint64_t elements; /* bits; 0: all */
};

/* NULL when it holds no link. */
const struct html_link_rule *html_link_rule_find(enum html_element element,
                                                 enum html_attr attribute, bool foreign);

/* What the rel of a <link> makes of it; false: it is no link to a document. */
bool html_link_rel(const char *rel, size_t length, enum html_link_kind *kind, bool *stylesheet);

static inline bool html_is_blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\f' || byte == '\r';
}

/* Is `word` one of the words in a value between blanks? Without regard to case. */
bool html_has_word(const char *text, size_t length, const char *word);

/* Does the content of a <meta> with that name, property or itemprop hold a URL? */
bool html_meta_is_link(const char *name, size_t length);

#endif
