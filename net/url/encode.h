/* encode.h - writes the parts of a URL as the URL Standard has them percent-encoded. Private to
 * net/url/.
 *
 * Every writer takes bytes from `*at` up to `end` or to what closes its part, moves `*at` there and
 * returns the end of what it wrote: at most three bytes a byte, which the caller has made room for.
 * Percent triplets get upper-case digits. Any thread; nothing here parks.
 */
#ifndef NET_URL_ENCODE_H
#define NET_URL_ENCODE_H

#include <stddef.h>

/* Segments behind the slash that ends at `out`; `root` is the path's first slash, up to which ".."
 * leads. Up to '?' or '#'. */
char *encode_path(const char *root, char *out, const char **at, const char *end);

/* Up to '#'. */
char *encode_query(char *out, const char **at, const char *end);

char *encode_fragment(char *out, const char **at, const char *end);

/* A user's name or password. */
char *encode_user(char *out, const char **at, const char *end);

#endif
