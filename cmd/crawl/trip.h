/* trip.h - one URL on its way from the frontier and back: how it takes off, and how it ends when it
 * does not.
 *
 * Ownership: who calls has the trip, and has it no more. Thread: main. Parks: trip_start.
 */
#ifndef CMD_CRAWL_TRIP_H
#define CMD_CRAWL_TRIP_H

#include "cmd/crawl/core.h"

/* A trip for what was leased. 0, or -errno: -EINVAL, it is no URL that libcurl takes; then the
 * lease is still the caller's. */
int trip_new(struct crawl *crawl, struct frontier_lease *lease, struct trip **trip);

/* Hands it to the crew, as soon as there is a slot for it. 0, or -ECANCELED: it has ended. */
int trip_start(struct trip *trip);

/* It does not come to be. */
void trip_end(struct trip *trip, enum frontier_end end);

/* It failed before it was asked for, and is reported. */
void trip_fail(struct trip *trip, struct outcome *outcome);

/* Its lease ends, and it counts for the traps or not. 0 or the frontier's error. */
int trip_ack(struct trip *trip, enum frontier_end end);

/* When all else is done. */
void trip_free(struct trip *trip);

#endif
