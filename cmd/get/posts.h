/* posts.h - a fixed number of posts, each serving one entry at a time: what the modes threads and
 * processes have in common.
 *
 * A post is a task of the main thread that hands an entry to something that blocks - a thread, a
 * process - and waits until that is done with it.
 *
 * Ownership: posts_run() starts and ends everything. Thread: main, on its scheduler. Parks:
 * posts_run.
 */
#ifndef CMD_GET_POSTS_H
#define CMD_GET_POSTS_H

#include "cmd/get/job.h"
#include "engine/sync/event.h"
#include "engine/sync/semaphore.h"

struct posts {
    struct job *job;
    unsigned count;
    /* Serves one entry; parks until it is over. 0, or -errno when this post cannot go on: the
     * others do, and `outcome` tells what became of the entry. */
    int (*serve)(struct posts *posts, unsigned post, struct entry *entry, struct outcome *outcome);
    struct meter *meters; /* one a post, the mode's */
    /* Private to posts.c. */
    struct queue *entries; /* for whichever idle post comes first */
    struct semaphore idle; /* posts without an entry */
    unsigned next;         /* number of the next post to start */
    unsigned manned;       /* posts that can still serve */
    unsigned flying;
    unsigned out;         /* entries given to posts and not settled or postponed yet */
    bool returned;        /* one was postponed, since the dispatcher last looked */
    struct event changed; /* of these two, and of `manned` */
};

/* Dispatches all entries to the posts and settles them. 0, -ECANCELED, -EPIPE when no post is left,
 * or -errno. */
int posts_run(struct posts *posts);

#endif
