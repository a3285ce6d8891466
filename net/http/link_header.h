/* link_header.h - the links of a Link field (RFC 8288): where to, and in which relation.
 *
 *     struct link_text field = {value, length};
 *     struct link link;
 *     while (link_next(&field, &link))
 *         if (link_relates(&link, "next")) ... link.target ...
 *
 * A field may have several links, and several fields may be joined by commas. Read leniently: what
 * is no link is passed over up to the next comma. Nothing is copied: texts lie within the field.
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_LINK_HEADER_H
#define NET_HTTP_LINK_HEADER_H

#include <stdbool.h>
#include <stddef.h>

struct link_text {
    const char *at;
    size_t length;
};

struct link {
    struct link_text target;     /* a URI reference, what is between < and >; may be empty */
    struct link_text parameters; /* ; name=value ; ... */
};

/* The next link, which is taken from the front of `field`. False: there are no more. */
bool link_next(struct link_text *field, struct link *link);

/* The value of the first parameter with that name (in any case of letters), without quotes and
 * escapes, NUL-terminated, in `value` of `size` bytes, cut where that is too small. False, and "":
 * there is none, or no value. */
bool link_parameter(const struct link *link, const char *name, char *value, size_t size);

/* Is the link of this type ("next"), among others perhaps? One with an anchor is not: it is about
 * another resource than the one that was asked for (section 3.2). */
bool link_relates(const struct link *link, const char *relation);

#endif
