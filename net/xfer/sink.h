/* sink.h - where a body goes, straight from libcurl's buffer.
 *
 * A sink is a struct of the caller's with these three functions. They run inside libcurl's write
 * callback on the thread's own stack: they must not park, and must not call libcurl. A sink that
 * cannot take more says SINK_PAUSE; the same bytes come again after transfer_resume().
 *
 * Ownership: the caller's; it outlives the transfer. Thread: the transfer's.
 */
#ifndef NET_XFER_SINK_H
#define NET_XFER_SINK_H

#include <stddef.h>
#include <stdint.h>

struct transfer;
struct transfer_result;

enum { SINK_PAUSE = 1 }; /* result of write() */

struct sink {
    /* The headers of the final answer of this hop are complete. Returning an -errno ends the
     * transfer with it. `result` is filled so far: status, header fields, content length. */
    int (*begin)(struct sink *sink, struct transfer *transfer,
                 const struct transfer_result *result);
    /* Decoded body bytes. 0 when all were taken, SINK_PAUSE when none were, -errno to end the
     * transfer. */
    int (*write)(struct sink *sink, const void *data, size_t size);
};

/* Throws bodies away; the transfer counts them. */
extern const struct sink sink_discard;

#endif
