/* speed.h - transfers that are too fast are held back (--limit-rate), those that are too slow ended
 * (--speed-limit). Private to net/xfer.
 *
 * Time in which a transfer is paused, by its sink or by the limit, is not held against it.
 *
 * Ownership: the client's and the transfer's. Thread: the client's. Nothing here parks.
 */
#ifndef NET_XFER_SPEED_H
#define NET_XFER_SPEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct transfer;

/* May `length` body bytes be delivered now? Else the transfer is on loop->delayed, to be paused. */
bool speed_allows(struct transfer *transfer, size_t length);

/* They were. */
void speed_delivered(struct transfer *transfer, size_t length);

/* From now on it is watched for slowness, if that is wanted; no longer. */
void speed_watch(struct transfer *transfer);
void speed_unwatch(struct transfer *transfer);

/* The transfer is over: what it has not used is others'. */
void speed_transfer_ended(struct transfer *transfer);

/* Resumes those that may go on, ends those that were too slow. */
void speed_tick(struct loop *loop, int64_t now);

/* When to call it again. */
int64_t speed_next(const struct loop *loop);

#endif
