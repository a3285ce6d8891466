/* elements.h - which elements of a sitemap or feed have a URL, and where. Private to net/feed/.
 *
 * Names are without the prefix of the document's first element. Any thread; nothing here parks.
 */
#ifndef NET_FEED_ELEMENTS_H
#define NET_FEED_ELEMENTS_H

#include "net/feed/feed.h"
#include <stdbool.h>

/* What an element is for those in it. */
enum container {
    IN_ANY, /* in the table: wherever it is */
    IN_NOTHING_KNOWN,
    IN_URL,
    IN_SITEMAP,
    IN_IMAGE,
    IN_VIDEO,
    IN_CHANNEL,
    IN_ITEM,
    IN_RSS_IMAGE,
    IN_FEED,
    IN_ENTRY,
};

struct element {
    enum feed_format format;
    enum container parent;
    const char *name;
    const char *attribute; /* that has the URL; NULL: the element's text is it */
    enum feed_link_kind kind;
    bool by_rel; /* an attribute `rel` has a say: element_find() knows */
};

/* FEED_UNKNOWN: neither sitemap nor feed. */
enum feed_format element_format(const char *root);

enum container element_container(enum feed_format format, const char *name);

/* NULL: no URL to be had. `attributes` as expat gives them. */
const struct element *element_find(enum feed_format format, enum container parent, const char *name,
                                   const char *const *attributes, enum feed_link_kind *kind);

/* NULL: not there. */
const char *element_attribute(const char *const *attributes, const char *name);

#endif
