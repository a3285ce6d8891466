/* offload.h - a bounded pool of threads for what would block the loop: files, getaddrinfo().
 *
 * offload(fn, arg, ...) is the straight line: the task parks, a thread runs fn(arg), the task goes
 * on with its value. Off a scheduler it simply calls fn(arg). For more than one at a time,
 * offload_submit() returns a future; future_then() calls back on the submitting scheduler.
 *
 * Ownership: a pool from offload_pool_new() to offload_pool_free(); every scheduler has one of its
 * own, made at first use. A future belongs to its submitter. `arg` must live until the job has
 * run. Thread: futures belong to the scheduler (or plain thread) that submitted; jobs run on pool
 * threads and must not call anything that parks. Parks (or blocks): offload, offload_submit (when
 * the pool's queue is full), future_wait.
 */
#ifndef ENGINE_OFFLOAD_H
#define ENGINE_OFFLOAD_H

#include "engine/deadline.h"
#include "engine/export.h"
#include <stdbool.h>
#include <stddef.h>

struct future;
struct offload_pool;

typedef void *(*offload_fn)(void *arg);

/* At most `threads` threads, started as needed, and `queue_length` jobs waiting (0: 1024). NULL
 * when memory runs out. */
ENGINE_API struct offload_pool *offload_pool_new(unsigned threads, size_t queue_length);

/* Orderly: no new jobs, those queued still run, threads are joined. NULL is fine. Blocks. */
ENGINE_API void offload_pool_free(struct offload_pool *pool);

/* Runs fn(arg) on the scheduler's own pool and returns its value in `value` (may be NULL). 0;
 * -ETIMEDOUT or -ECANCELED when it had not begun yet and now never will. A job that has begun is
 * always waited for: it works on the caller's memory. */
ENGINE_API int offload(offload_fn fn, void *arg, void **value, int64_t deadline);

/* As offload(), on a given pool. Both are for tasks: -ENOTSUP on a scheduler's own stack. Jobs of
 * waiting tasks do not count against the pool's queue: their tasks are held up as it is. */
ENGINE_API int offload_on(struct offload_pool *pool, offload_fn fn, void *arg, void **value,
                          int64_t deadline);

/* Queues a job; `pool` NULL: the scheduler's own (-ENOTSUP off a scheduler). On success *future is
 * to be freed with future_free(). 0, -ENOMEM, -ECANCELED, -EPIPE when the pool shuts down; -EAGAIN
 * when no thread can be started, or when the queue is full and a callback on the scheduler's own
 * stack asks, which cannot wait. */
ENGINE_API int offload_submit(struct offload_pool *pool, offload_fn fn, void *arg,
                              struct future **future);

/* Waits for the job. 0, -ETIMEDOUT, -ECANCELED (the job goes on). */
ENGINE_API int future_wait(struct future *future, void **value, int64_t deadline);
ENGINE_API bool future_done(const struct future *future);

/* Calls done(ctx, value) once, on the submitter's scheduler stack, when the job has ended; at once
 * if it has. One callback a future: -EBUSY for a second. Needs a scheduler: -ENOTSUP without. */
ENGINE_API int future_then(struct future *future, void (*done)(void *ctx, void *value), void *ctx);

/* Gives the handle back, at any time, from the callback too. The job runs all the same, and a
 * callback that was asked for is still called. NULL is fine. */
ENGINE_API void future_free(struct future *future);

#endif
