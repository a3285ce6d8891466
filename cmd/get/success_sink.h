/* success_sink.h - lets the body of a success through to another sink and drops all others, ranges
 * that were not asked for or do not fit among them.
 *
 * Nobody wants the page that came with a 404 or a redirect under a final name. Dropped bodies are
 * bounded: past 1 MiB the transfer is ended, for the status has said all there is to know.
 *
 * Ownership: the caller's struct, `next`, `meter`, `condition` and `ctx` too. Thread: the
 * transfer's; nothing here parks.
 */
#ifndef CMD_GET_SUCCESS_SINK_H
#define CMD_GET_SUCCESS_SINK_H

#include "cmd/get/condition.h"
#include "cmd/get/meter.h"
#include "net/xfer/sink.h"
#include <stdbool.h>

struct success_sink {
    struct sink sink;
    struct sink *next;
    struct meter *meter;               /* of what gets through; NULL: none */
    const struct condition *condition; /* of the transfer to come */
    /* Called with each answer before its body; may change `next`. Ends the transfer unless it
     * returns 0. NULL: nobody listens. */
    int (*on_answer)(void *ctx, const struct transfer_result *result);
    void *ctx;
    bool success;   /* of the answer that is arriving */
    size_t dropped; /* bytes of it */
};

void success_sink_init(struct success_sink *success, struct sink *next, struct meter *meter);

#endif
