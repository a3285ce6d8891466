/* css.h - the URLs in a style sheet, found while it streams by.
 *
 * Reads as CSS Syntax Level 3 tokenizes, as far as it takes to find what names a resource: url(),
 * the string after @import, the strings in image-set(); with escapes, comments, bad strings and bad
 * URLs. Names of namespaces (@namespace, @document) are no resources, and the empty URL is none.
 * What a browser drops because the rule around it is invalid is reported nevertheless.
 *
 * It serves whole sheets, <style> elements and style="" attributes alike, in any encoding that
 * contains ASCII; UTF-16 must be transcoded before. Chunks may be of any size and cut anywhere.
 * Memory stays bounded: of a URL longer than CSS_URL_MAX, as most data: URLs are, only the end is
 * looked for.
 *
 * Ownership: the struct is the caller's, css_init() to css_clear(); its buffer serves one sheet
 * after the other. Thread: one at a time. Nothing here parks.
 */
#ifndef NET_CSS_CSS_H
#define NET_CSS_CSS_H

#include "net/css/name.h"
#include "net/css/text.h"
#include <stdbool.h>
#include <stdint.h>

/* Longest URL that is reported, bytes with the escapes undone. */
#define CSS_URL_MAX CSS_TEXT_MAX

enum css_kind {
    CSS_IMPORT,   /* another sheet */
    CSS_RESOURCE, /* an image, a font, a filter, ... */
};

/* What stands around the raw text, and so which escapes a replacement needs. */
enum css_form {
    CSS_UNQUOTED, /* url(TEXT) */
    CSS_DOUBLE,   /* "TEXT" */
    CSS_SINGLE,   /* 'TEXT' */
};

struct css_url {
    enum css_kind kind;
    enum css_form form;
    uint64_t offset;  /* of the raw text, without quotes or the blanks around it */
    uint64_t length;  /* bytes of the raw text, escapes included */
    const char *text; /* escapes undone; no zero at its end; until the callback returns */
    size_t text_length;
};

typedef void css_found(void *ctx, const struct css_url *url);

/* Private: where in the sheet we are. */
enum css_state {
    CSS_BEGIN,   /* there may be a byte order mark */
    CSS_BETWEEN, /* tokens, or in one that does not matter */
    CSS_LESS,    /* after "<", "<!" or "<!-" */
    CSS_SLASH,
    CSS_COMMENT,
    CSS_COMMENT_STAR,
    CSS_NAME,
    CSS_KEYWORD, /* a name after '@' */
    CSS_STRING,
    CSS_URL_BEGIN, /* after "url(" */
    CSS_URL_TEXT,
    CSS_URL_END, /* blanks after the text */
    CSS_URL_BAD,
    CSS_ESCAPE, /* after the backslash */
    CSS_ESCAPE_HEX,
    CSS_ESCAPE_BLANK,
    CSS_ESCAPE_NEWLINE, /* after CR, which may go on with LF */
};

/* Private: what strings and functions mean here. */
enum css_context {
    CSS_ANYWHERE,
    CSS_AFTER_IMPORT,
    CSS_IN_NAMESPACE,
    CSS_IN_IMAGE_SET,
};

struct css {
    css_found *found;
    void *ctx;

    /* Private. */
    enum css_state state;
    enum css_state escaped; /* where to go on after the escape */
    enum css_context context;
    uint64_t position; /* of the chunk's begin */
    const char *chunk; /* only while it is fed */
    unsigned depth;    /* of brackets, image-set()'s own included */
    unsigned matched;  /* bytes of "<!--" or the byte order mark */
    char quote;        /* of the string; 0: unquoted */
    bool wanted;       /* the string or url() is to be reported */
    struct css_name name;
    unsigned digits;     /* of the escape */
    uint32_t code_point; /* of the escape */
    uint64_t begin;      /* of the raw text */
    uint64_t end;
    struct css_text text;
};

/* `found` is called with `ctx` for each URL, in the order of the document. */
void css_init(struct css *css, css_found *found, void *ctx);
void css_clear(struct css *css);

/* A new sheet begins; the offsets of its URLs count from `position`, where it lies in a document
 * around it, or 0. css_init() has begun one at 0. */
void css_begin(struct css *css, uint64_t position);

/* 0 or -ENOMEM; after an error only css_begin() or css_clear() may follow. */
int css_feed(struct css *css, const char *data, size_t size);

/* The sheet ends, which closes what is open (a URL without its bracket is one). As css_feed(). */
int css_finish(struct css *css);

#endif
