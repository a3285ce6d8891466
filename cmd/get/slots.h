/* slots.h - --jobs: how many transfers of the job are under way at once, over all its threads.
 *
 * First come, first served. Ownership: slots_new() to slots_free(), nobody waiting any more.
 * Thread: any. Parks (or blocks): slots_acquire, slots_await.
 */
#ifndef CMD_GET_SLOTS_H
#define CMD_GET_SLOTS_H

#include <stddef.h>
#include <stdint.h>

struct slots;

struct slots *slots_new(unsigned count);
void slots_free(struct slots *slots); /* NULL is fine */

/* 0, -ETIMEDOUT, -ECANCELED. */
int slots_acquire(struct slots *slots, int64_t deadline);

/* As slots_acquire(), but nothing ends the wait: for whoever must have a slot to go on, even if
 * only to clean up. The others are certain to give theirs back. */
void slots_acquire_certainly(struct slots *slots);

/* Waits until there is a free slot, and takes none: for whoever must get something else first.
 * Those who wait to take one come before. 0 or -ECANCELED. */
int slots_await(struct slots *slots);

void slots_release(struct slots *slots);

#endif
