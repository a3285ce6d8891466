/* pool.h - jobs and how they get to a pool's threads. Private to engine/offload.
 *
 * A job is part of something bigger (a future, or a waiting task's stack frame); the pool links it
 * and never allocates. At most `queue_length` submitted jobs wait in the queue. Who submits one
 * more waits itself, with his job in line behind the queue, and is admitted in turn.
 *
 * Ownership: the job is its submitter's and stays put until finished() is called or it was
 * withdrawn. Thread: any. Parks (or blocks): pool_submit.
 */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include "engine/list.h"
#include "engine/offload/offload.h"
#include "engine/sched/waker.h"

struct offload_job {
    offload_fn fn;
    void *arg;
    void *value; /* set before finished() */
    /* Called on the pool's thread, which does not touch the job after it. */
    void (*finished)(struct offload_job *job);
    struct list_node node;   /* pool's queue or line; unlinked: taken by a thread */
    struct waker *submitter; /* in line: who waits for admission */
    int admission;           /* what admission brought: 0, or -EPIPE */
};

/* Puts a job into the queue, full or not: for a submitter that waits for its end anyway. 0, -EPIPE
 * when the pool shuts down, -EAGAIN when not even one thread can be started. */
int pool_push(struct offload_pool *pool, struct offload_job *job);

/* As pool_push(), but waits while the queue is full: also -ECANCELED. Called on a scheduler's own
 * stack it cannot: -EAGAIN. */
int pool_submit(struct offload_pool *pool, struct offload_job *job);

/* Takes a job out of the queue again. False: a thread has it, finished() was or will be called. */
bool pool_withdraw(struct offload_pool *pool, struct offload_job *job);

#endif
