/* mailbox.h - messages from other threads on their way to the loop. Private to engine.
 *
 * Posting is a push on a lock-free stack. It writes the eventfd only when the loop sleeps or is
 * about to (mailbox_arm), so that a burst of messages costs one system call at most.
 *
 * Ownership: a part of its scheduler; messages stay their posters'. Thread: the scheduler's; the
 * posting side is sched_post() in sched.h. Nothing here parks.
 */
#ifndef ENGINE_MAILBOX_H
#define ENGINE_MAILBOX_H

#include <stdbool.h>

struct sched;

/* Makes the eventfd and has the poller watch it: after poller_init(). 0 or -errno. */
int mailbox_open(struct sched *sched);

/* Waits for posters that are still inside sched_post(), then closes: before poller_free(). Nothing
 * may be in the box. Fine when mailbox_open() failed or sched->mailbox_fd is -1. */
void mailbox_close(struct sched *sched);

/* Runs what has been posted so far, in the order of posting. True when there was any. What is
 * posted meanwhile waits for the next call. */
bool mailbox_run(struct sched *sched);

/* Just before the loop sleeps: from now on posts write the eventfd, until the next mailbox_run().
 * False when something is in the box already: do not sleep. */
bool mailbox_arm(struct sched *sched);

#endif
