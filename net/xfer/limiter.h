/* limiter.h - --limit-rate: so many body bytes a second, all transfers of a job together.
 *
 * Before it delivers bytes a transfer books them, and learns when they would have arrived if all
 * that was booked came one after another at the limit; until then it pauses. Every byte has a time
 * of its own, so the sum is exact however many transfers there are, and as each has no more than
 * one booking at a time they take turns: those that have data get equal shares.
 *
 * The time up to which is booked lies in memory that threads and child processes share; booking is
 * a handful of atomic instructions.
 *
 * Ownership: limiter_new() to limiter_free(), before children are forked and after they have ended.
 * Thread: any. Nothing here parks.
 */
#ifndef NET_XFER_LIMITER_H
#define NET_XFER_LIMITER_H

#include <stddef.h>
#include <stdint.h>

struct limiter;

/* `rate` bytes a second, at least 1. 0 or -errno. */
int limiter_new(struct limiter **limiter, int64_t rate);
void limiter_free(struct limiter *limiter); /* NULL is fine */

/* Books `length` bytes at `now` (monotonic ns), and of those that will follow, `expected` in all,
 * as many as make a turn, for libcurl hands over more to one and less to another:
 * *booked of them may be delivered when the returned time has come. */
int64_t limiter_book(struct limiter *limiter, size_t length, size_t expected, int64_t now,
                     size_t *booked);

/* Gives back what was booked and not used: the transfer is over. */
void limiter_return(struct limiter *limiter, size_t booked);

/* In what pieces bodies should be received, so that turns are short: 1 to 16 KiB. */
size_t limiter_piece(const struct limiter *limiter);

#endif
