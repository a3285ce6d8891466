/* page.h - the copy of a page or a style sheet in which links lead to the other copies.
 *
 * A link becomes a relative path to the copy of what it leads to, or an absolute URL where there is
 * none; its fragment stays. What is posted goes to no copy. What already says so, what leads to
 * another place of the page, and what cannot be fetched (mailto:, data:, ...) stays as it is. So
 * does every other byte, but for <base>, which is emptied, because the copy's links are relative to
 * the copy; barriers (barriers.h); and the charset, put in where only the server said it
 * (wording.h).
 *
 * Made from the document as it was served, so doing it again gives the same. What is not
 * ASCII-compatible, as UTF-16 is not, becomes UTF-8 with a byte order mark.
 *
 * Ownership: page_converter_new() to page_converter_free(); one converter serves many documents,
 * one after the other. All that is given is borrowed. Thread: one at a time. Nothing here parks;
 * page_copies and the output may block.
 */
#ifndef CMD_MIRROR_PAGE_H
#define CMD_MIRROR_PAGE_H

#include "cmd/mirror/convert.h"

/* Who knows what has a copy. */
struct page_copies {
    /* 1 and *name, as names_give() gave it, until the next call; 0: the canonical URL has no copy;
     * -errno, which ends the conversion. */
    int (*find)(struct page_copies *copies, const char *url, const char **name);
};

struct page_source {
    const char *data; /* as served, but decoded from its transfer's codings */
    size_t size;
    const char *url;          /* its own, canonical, where redirects have led to */
    const char *name;         /* of its copy */
    const char *content_type; /* as the server said it, NULL: it did not */
};

struct page_converter;

/* NULL when memory runs out. */
struct page_converter *page_converter_new(struct page_copies *copies);
void page_converter_free(struct page_converter *converter); /* NULL is fine */

/* Writes the copy. 0, -ENOMEM, or what find() or write() said: then the output is not complete. */
int page_convert_html(struct page_converter *converter, const struct page_source *page,
                      struct convert_output *output);
int page_convert_css(struct page_converter *converter, const struct page_source *page,
                     struct convert_output *output);

#endif
