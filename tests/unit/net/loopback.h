/* loopback.h - an HTTP server on 127.0.0.1 in a thread of its own, that does as a test says.
 *
 * "/size/N" answers N bytes of body_byte(), "/chunked/N" the same in chunks, "/echo" the request
 * itself as body; "/first..." does so too, but only as the first request of its connection: later
 * ones find it closed. "/drip/N" sends N header fields, 100 ms apart, and no body. Everything else
 * is looked up in the test's list of replies. Connections are kept alive unless a reply says
 * otherwise.
 *
 * Ownership: loopback_start() to loopback_stop(); the replies are the test's. Thread: the counters
 * may be read from any.
 */
#ifndef TESTS_UNIT_NET_LOOPBACK_H
#define TESTS_UNIT_NET_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

enum loopback_then {
    THEN_KEEP,  /* wait for the next request */
    THEN_CLOSE, /* orderly */
    THEN_RESET,
    THEN_STALL, /* say nothing more, until the peer closes */
};

struct reply {
    const char *path;
    const char *text;
    enum loopback_then then;
};

/* A whole answer that is no string. */
struct answer {
    const char *path;
    const void *data;
    size_t size;
};

struct loopback {
    unsigned port;
    struct loopback_server *server; /* private */
};

/* `replies` ends with a NULL path and may be NULL. Aborts the test when there is no socket. */
void loopback_start(struct loopback *loopback, const struct reply *replies);
/* As well, before the first request; ends with a NULL path. */
void loopback_offer(struct loopback *loopback, const struct answer *answers);
void loopback_stop(struct loopback *loopback);

/* So far. */
unsigned loopback_connections(const struct loopback *loopback);
unsigned loopback_requests(const struct loopback *loopback);

/* What stands at `offset` of a body. */
static inline unsigned char body_byte(size_t offset)
{
    return (unsigned char)(offset * 31 + (offset >> 8) * 7);
}

#endif
