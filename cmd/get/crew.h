/* crew.h - the schedulers of an async job: the main thread's own and --threads - 1 more.
 *
 * Members share nothing but the job's slots and hosts; each has its own loop, libcurl, resolver and
 * store. A flight is one entry on its way: the main thread hands it to a member, the member fetches
 * it on a task of its own, and it lands on the main thread again, which reports it.
 *
 * Ownership: crew_open() to crew_close(). Thread: main, on its scheduler. Parks: crew_open,
 * crew_wait, crew_close.
 */
#ifndef CMD_GET_CREW_H
#define CMD_GET_CREW_H

#include "cmd/get/job.h"
#include "cmd/get/slots.h"

struct crew;

/* Opens the main thread's worker and starts the other threads. 0 or -errno, said on standard
 * error. */
int crew_open(struct crew **crew, struct job *job, struct slots *slots);

/* From now on the main thread, which has other work with each entry, has less of them to fetch: two
 * of eight, when two threads share them. */
void crew_burden_main(struct crew *crew);

/* Fetches `entry`, for which the caller has taken a slot; the slot is given back and the entry
 * settled when it lands. Never parks. */
void crew_start(struct crew *crew, struct entry *entry);

/* Has what `entry` will need seen to ahead of its flight: its host's name is asked for. */
void crew_foresee(struct crew *crew, const struct entry *entry);

/* Cancels all flights; they land as not tried. */
void crew_cancel(struct crew *crew);

/* Waits until all have landed. 0, or -ECANCELED: then some are still in the air. */
int crew_wait(struct crew *crew);

/* Ends threads and workers; nothing is in the air. */
void crew_close(struct crew *crew);

#endif
