/* request.h - the head of an HTTP/1.x request, parsed from bytes as they arrive (RFC 9112).
 *
 * Strict and bounded: what is not plainly a request is refused, so that a test that sends nonsense
 * learns of it. Ownership: the spans point into the caller's buffer. Any thread; nothing here
 * parks.
 */
#ifndef ORIGIN_REQUEST_H
#define ORIGIN_REQUEST_H

#include "tests/origin/span.h"
#include <sys/types.h>

enum {
    REQUEST_SIZE_MAX = 16384, /* of a whole head, bytes */
    REQUEST_HEADERS_MAX = 64,
};

struct request_header {
    struct span name;
    struct span value; /* without blanks around it */
};

struct request {
    struct span method;
    struct span target; /* as it came: "/a?b", or "http://host/a?b" when we are asked as a proxy */
    struct span path;   /* of the target, still percent-encoded, begins with a slash */
    struct span query;  /* without the '?' */
    struct span host;   /* the Host header; empty: none (HTTP/1.0) */
    int minor;          /* HTTP/1.minor: 0 or 1 */
    bool keep_alive;    /* may another request follow on this connection? */
    bool has_body;      /* something follows the head that is not the next request */
    struct request_header headers[REQUEST_HEADERS_MAX];
    size_t header_count;
};

/* Parses the head at the start of `data`. Returns its length, blank line included; -EAGAIN when it
 * is not all there yet; -EBADMSG when it is no request; -EMSGSIZE when it is larger than
 * REQUEST_SIZE_MAX or has too many headers. */
ssize_t request_parse(const char *data, size_t size, struct request *request);

/* The value of the first header of that name (case does not matter); data NULL: there is none. */
struct span request_header(const struct request *request, const char *name);

#endif
