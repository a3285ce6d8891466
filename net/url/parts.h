/* parts.h - a URL's parts, and how they are packed into struct url. Private to net/url/.
 *
 * Ownership: whose the strings are is the maker's business; url_pack() copies them. Any thread;
 * nothing here parks.
 */
#ifndef NET_URL_PARTS_H
#define NET_URL_PARTS_H

#include "net/url/url.h"

struct url_parts {
    char *text; /* the whole; NULL: to be put together from the parts */
    char *scheme;
    char *host; /* as CURLU has it: IPv6 in brackets */
    char *zone; /* NULL: none */
    char *port;
    bool default_port; /* the scheme's own: not in the text */
    char *path;
    char *query; /* NULL: none */
};

/* Fills all of `url` but `parsed` and `has_credentials`. 0 or -ENOMEM. */
int url_pack(struct url *url, const struct url_parts *parts);

#endif
