/* authority.h - user, password, host and port of a URL as a document writes them. Private to
 * net/url/.
 *
 * Plain names are done here; what has letters beyond ASCII, triplets, or is an address goes through
 * url_parse(), so that no host means one thing to us and another to libcurl. Any thread; nothing
 * here parks.
 */
#ifndef NET_URL_AUTHORITY_H
#define NET_URL_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>

/* A scheme that is fetched. */
struct url_scheme {
    const char *name;
    size_t length;
    unsigned port; /* its own */
};

/* In any case of letters. NULL: not one that is fetched. */
const struct url_scheme *url_scheme_find(const char *name, size_t length);

/* What authority_write() may add to three bytes a byte. */
#define AUTHORITY_GROWTH 512

/* Writes "user:password@host:port" from the bytes between the slashes, as far as they are there and
 * the port is not the scheme's own. `zone`: an interface may be named ("[fe80::1%25eth0]"), which
 * no document has business with. Moves *out. 0, -ENOMEM, or -EINVAL with the reason in `why`. */
int authority_write(char **out, const struct url_scheme *scheme, const char *text, size_t length,
                    bool zone, const char **why);

#endif
