/* tokenizer.h - HTML as tags and text, after the tokenization rules of the WHATWG's HTML standard
 * (section 13.2.5), while it arrives.
 *
 * The document is fed in chunks of any size; the tokens do not depend on where it was cut. Every
 * tag and every attribute value says where in the document it lies, so that a copy can be changed
 * by replacing ranges. Values come as they were written: html_value_decode() (net/html/value.h)
 * reads the character references of the few that somebody wants. Text comes raw, too.
 *
 * There is no tree. What the tree builder would tell the tokenizer is told by the names of the tags
 * alone: text modes follow a start tag, and foreign content (SVG, MathML: no text modes there, and
 * CDATA sections) is followed by net/html/foreign.h. Scripts do not run: <noscript> is markup.
 *
 * Memory is one block of about HTML_TAG_BYTES, whatever the document; nothing is allocated after
 * html_tokenizer_new(), and feeding cannot fail. What exceeds a bound is cut off, and flagged. The
 * input is ASCII-compatible text: UTF-16 is recoded first (net/html/charset.h). A byte order mark
 * is text.
 *
 * Ownership: html_tokenizer_new() to html_tokenizer_free(); tokens live as long as their callback.
 * One thread at a time; nothing here parks. A callback must not feed its own tokenizer.
 */
#ifndef NET_HTML_TOKENIZER_H
#define NET_HTML_TOKENIZER_H

#include "net/html/names.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds, in bytes of the document. */
#define HTML_NAME_MAX       256   /* of a name; the rest is cut off */
#define HTML_VALUE_MAX      32768 /* of a value; the rest is cut off */
#define HTML_TAG_BYTES      98304 /* of all names and values of one tag */
#define HTML_ATTRIBUTES_MAX 128   /* of a tag; further ones are left out */

/* What the text is that follows. */
enum html_mode {
    HTML_DATA,
    HTML_RCDATA,  /* title, textarea: character references, but no tags */
    HTML_RAWTEXT, /* style, xmp, iframe, noembed, noframes */
    HTML_SCRIPT,
    HTML_PLAINTEXT, /* up to the end */
    HTML_CDATA,     /* a section in foreign content */
};
#define HTML_MODE_BIT(mode) (1U << (mode))

struct html_attribute {
    const char *name;  /* lower case, NUL as U+FFFD; not ended by NUL */
    const char *value; /* as it was written, between its quotes; never NULL */
    uint32_t name_length;
    uint32_t value_length;
    uint64_t offset;       /* of the name in the document */
    uint64_t value_offset; /* of the value's first byte, behind a quote */
    uint64_t value_size;   /* in the document; more than value_length when it was cut off */
    char quote;            /* '"' or '\''; ' ' without quotes; 0: there is no value */
    bool cut;              /* the value */
};

struct html_tag {
    const char *name; /* lower case, NUL as U+FFFD; not ended by NUL */
    size_t name_length;
    enum html_element element;
    bool foreign;                            /* it stands in SVG or MathML, or begins it */
    bool self_closing;                       /* "/>" */
    bool cut;                                /* a name, a value or attributes were cut off */
    uint64_t offset;                         /* of the '<' */
    uint64_t end;                            /* behind the '>' */
    const struct html_attribute *attributes; /* each name once: the first counts */
    size_t count;
};

struct html_text {
    const char *at;
    size_t length;
    uint64_t offset; /* pieces are one text as long as their offsets follow each other */
    enum html_mode mode;
};

/* Each may be NULL, and then costs nothing. */
struct html_handler {
    void (*start_tag)(void *arg, const struct html_tag *tag);
    void (*end_tag)(void *arg, const struct html_tag *tag); /* without its attributes */
    /* As it was written: CR, NUL and character references stay. Pieces of any size. */
    void (*text)(void *arg, const struct html_text *text);
    unsigned text_modes; /* whose text is wanted: HTML_MODE_BIT()s */
    /* Without its dashes; pieces of any size, CR and NUL stay. `last`: the comment ends with it. */
    void (*comment)(void *arg, const char *data, size_t size, bool last);
};

struct html_tokenizer;

/* `handler` must outlive the tokenizer. NULL when memory runs out. */
struct html_tokenizer *html_tokenizer_new(const struct html_handler *handler, void *arg);
void html_tokenizer_free(struct html_tokenizer *tokenizer);

/* Ready for another document. */
void html_tokenizer_reset(struct html_tokenizer *tokenizer);

/* After new or reset: the document begins in this mode, as if behind a start tag of that name
 * (NULL: none), for pieces of documents. HTML_CDATA: in foreign content. */
void html_tokenizer_begin(struct html_tokenizer *tokenizer, enum html_mode mode, const char *name);

/* After new or reset: the document is XHTML or other XML, in which an element that closes itself
 * has no text, CDATA sections are everywhere, and <?xml-stylesheet ...?> is a start tag of that
 * name with "?" before it. The rest is read like HTML, mistakes and all. */
void html_tokenizer_read_xml(struct html_tokenizer *tokenizer);

/* Whose text is wanted from now on: HTML_MODE_BIT()s. Also in a callback. Reset brings the
 * handler's back. */
void html_tokenizer_want_text(struct html_tokenizer *tokenizer, unsigned modes);

void html_tokenizer_feed(struct html_tokenizer *tokenizer, const char *data, size_t size);

/* The document ends. A tag that does not end is none. Only reset and free may follow. */
void html_tokenizer_finish(struct html_tokenizer *tokenizer);

/* In a callback of a tag: the line in which the tag stands, from 1. Lines end with LF. They are
 * counted when html_tokenizer_count_lines() was called before the first byte, else it is 0. */
uint64_t html_tokenizer_line(struct html_tokenizer *tokenizer);
void html_tokenizer_count_lines(struct html_tokenizer *tokenizer);

#endif
