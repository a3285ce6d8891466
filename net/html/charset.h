/* charset.h - in which charset a page is written, as browsers find out (WHATWG HTML 13.2.3,
 * Encoding standard 4.2): a byte order mark, else the Content-Type field, else a <meta> or an XML
 * declaration in the first HTML_CHARSET_PRESCAN bytes, else windows-1252.
 *
 * Tokens need no more than ASCII where ASCII stands, which all charsets of the web give but UTF-16,
 * UTF-32, ISO-2022-JP and the like: those are recoded to UTF-8 before they are read. Ranges are
 * then of the UTF-8 text and not of the page's bytes: such a page is changed in its recoded copy,
 * or not at all.
 *
 * Ownership: html_recoder_new() to html_recoder_free(). One thread at a time; nothing here parks.
 */
#ifndef NET_HTML_CHARSET_H
#define NET_HTML_CHARSET_H

#include <stdbool.h>
#include <stddef.h>

#define HTML_CHARSET_PRESCAN 1024

enum html_charset_source {
    HTML_CHARSET_MARK,   /* a byte order mark, or UTF-16's look */
    HTML_CHARSET_FIELD,  /* Content-Type */
    HTML_CHARSET_META,   /* in the page */
    HTML_CHARSET_ASSUMED /* nobody said */
};

struct html_charset {
    const char *name; /* as iconv takes it: "UTF-8", "UTF-16LE", "windows-1252" */
    enum html_charset_source source;
    size_t mark;  /* bytes of the byte order mark */
    bool recoded; /* to be read through a recoder */
};

/* `content_type`: the field's value, or NULL. `head`: the page's first bytes, best
 * HTML_CHARSET_PRESCAN of them or all there are. Labels that the Encoding standard has not are as
 * if nothing had been said. */
void html_charset_find(struct html_charset *charset, const char *content_type, const char *head,
                       size_t length);

/* The charset of a label ("latin1", "utf8"), as iconv takes it; NULL: the web has none such. */
const char *html_charset_of_label(const char *label, size_t length);

/* What pages call a charset that one of the above has named: "shift_jis" for "CP932"; `length`
 * bytes, not ended by NUL. */
const char *html_charset_label(const char *name, size_t *length);

/* UTF-8 out of what is not ASCII-compatible, chunk for chunk. A mark is left out. */
struct html_recoder;
typedef void html_recoded(void *arg, const char *text, size_t length);

/* NULL with errno: EINVAL when the system knows no such charset, or ENOMEM. */
struct html_recoder *html_recoder_new(const struct html_charset *charset, html_recoded *take,
                                      void *arg);
void html_recoder_free(struct html_recoder *recoder);

/* Calls `take` for what comes of the chunk; what cannot be read is U+FFFD. */
void html_recoder_feed(struct html_recoder *recoder, const char *data, size_t size);
void html_recoder_finish(struct html_recoder *recoder);

#endif
