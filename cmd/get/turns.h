/* turns.h - entries whose host could not be entered, a lane for each host, and whose turn it is.
 *
 * A lane waits until somebody leaves its host or until its host's pause ends; then its first entry
 * may try again, the earliest of the list before others.
 *
 * Ownership: turns_new() to turns_free(); the hosts outlive it, and nobody leaves one any more
 * then. Thread: one, but hosts tell of connections given back from any. Parks (or blocks), when
 * entries are on disk: turns_take, turns_put. One task at a time.
 */
#ifndef CMD_GET_TURNS_H
#define CMD_GET_TURNS_H

#include "cmd/get/entry.h"
#include "cmd/get/hosts.h"
#include "engine/sched/waker.h"

struct turns;

/* NULL when memory runs out. */
struct turns *turns_new(struct hosts *hosts);
void turns_free(struct turns *turns); /* NULL is fine */

/* The earliest entry whose host can be entered now, and is (entry->leased), or is paused for longer
 * than anybody waits; with `crowding` also if the host has its share already. 0; -EAGAIN when there
 * is none; another -errno. */
int turns_take(struct turns *turns, bool crowding, struct entry **entry);

/* Lets an entry wait that could not enter its host, or whose host others wait for already. 0, or
 * -errno: then it is still the caller's. */
int turns_put(struct turns *turns, struct entry *entry);

/* The same of one that was there before: it goes before all others of its host but the first. Any
 * task of the thread may call it. */
int turns_put_early(struct turns *turns, struct entry *entry);

/* Do others wait for this host already? */
bool turns_wait_for(struct turns *turns, const char *host_key);

/* Is there a lane that waits for nothing but its host's share? */
bool turns_crowded(struct turns *turns);

/* Put no more: memory and disk hold what they may. */
bool turns_full(const struct turns *turns);

/* Entries that wait. */
uint64_t turns_count(const struct turns *turns);

/* When the next pause ends that an entry waits for. */
int64_t turns_due(const struct turns *turns);

/* From now on `waker` is woken, once, when turns_take() may find something before turns_due().
 * False when that is so already: then it is not. */
bool turns_arm(struct turns *turns, struct waker *waker);

/* No longer. False when it has been woken, or is just about to be. */
bool turns_disarm(struct turns *turns);

/* Wakes it for a reason of the caller's, if it has not been woken yet. */
void turns_wake(struct turns *turns);

#endif
