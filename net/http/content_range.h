/* content_range.h - which bytes of a file an answer brings (RFC 9110 section 14.4).
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_HTTP_CONTENT_RANGE_H
#define NET_HTTP_CONTENT_RANGE_H

#include <stddef.h>
#include <stdint.h>

struct content_range {
    int64_t first; /* -1: none, as with 416 */
    int64_t last;  /* inclusive; -1: none */
    int64_t total; /* of the whole file; -1: not said */
};

#define CONTENT_RANGE_NONE ((struct content_range){-1, -1, -1})

/* "bytes 100-199/1000", "bytes 100-199/" and a star, "bytes " star "/1000". All else, other units
 * and what contradicts itself are CONTENT_RANGE_NONE. */
struct content_range content_range_parse(const char *text, size_t length);

#endif
