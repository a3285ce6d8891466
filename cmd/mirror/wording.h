/* wording.h - how a document is written: as text that can be read, and with the charset that its
 * copy must say because only the server did.
 *
 * Ownership: a zeroed struct is empty and ready, wording_clear() frees its buffer, which is used
 * again. Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_MIRROR_WORDING_H
#define CMD_MIRROR_WORDING_H

#include "cmd/mirror/page.h"
#include <stdbool.h>

struct wording {
    const char *text; /* ASCII-compatible: the page's own, or recoded to UTF-8 */
    size_t size;
    bool recoded;
    bool is_xml;         /* XHTML, SVG: its charset is said by an XML declaration */
    const char *charset; /* to be said in the copy, a label of `charset_length` bytes; or NULL */
    size_t charset_length;

    char *buffer; /* private, owned */
    size_t room;
    bool failed;
};

/* What a browser makes of the page's first bytes and its Content-Type. 0 or -ENOMEM. A page in a
 * charset that the system does not know stays as it is. */
int wording_read_html(struct wording *wording, const struct page_source *page);

/* As that. A style sheet in ASCII needs no charset. */
int wording_read_css(struct wording *wording, const struct page_source *page);

void wording_clear(struct wording *wording);

#endif
