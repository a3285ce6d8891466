/* sched.h - the scheduler: one thread's loop that runs tasks, timers and I/O.
 *
 * One tick: run ready tasks (at most 64 of them or 1 ms) -> hooks prepare -> due timers -> flush
 * changed descriptors -> wait for I/O -> hand events out -> hooks finish. A hook is how a library
 * with an event interface of its own (libcurl, c-ares) joins in without a coroutine of its own: it
 * runs on the thread's own stack.
 *
 * Ownership: sched_new() to sched_free(). Thread: a scheduler belongs to the thread that made it,
 * one a thread; only sched_post() may be called from others. Nothing here parks; sched_run() is
 * the loop itself and is called from outside any task.
 */
#ifndef ENGINE_SCHED_H
#define ENGINE_SCHED_H

#include "engine/deadline.h"
#include "engine/export.h"
#include "engine/list.h"
#include "engine/sched/task.h"

struct sched;

struct sched_options {
    size_t stack_bytes;       /* of a task; 0: 64 KiB */
    int64_t watchdog_ns;      /* report a task that blocks the loop for longer; 0: no watchdog */
    unsigned offload_threads; /* at most so many for offload(); 0: 4 */
    uint64_t shuffle_seed;    /* tests: run ready tasks in a random order drawn from it; 0: FIFO */
    /* Tests: time begins at one second, stands still while tasks run, and jumps to the next
     * deadline when all wait, no descriptor is ready and nobody holds the loop. */
    bool virtual_clock;
    /* Where reports go, a line at a time without its newline; NULL: standard error. The watchdog
     * calls it from its own thread. */
    void (*report)(void *ctx, const char *line);
    void *report_ctx;
};

/* What the loop has done so far. */
struct sched_stats {
    uint64_t ticks;
    uint64_t switches; /* into tasks */
    uint64_t spawned;
    uint64_t polls; /* waits for I/O, those without waiting included */
    size_t tasks;   /* alive now */
};

/* `options` may be NULL. NULL when memory or descriptors run out, or this thread has one (errno).
 */
ENGINE_API struct sched *sched_new(const struct sched_options *options);

/* Runs until no task is left. 0; -EDEADLK when tasks were left that nothing could ever wake: they
 * are reported by name and spawn site, then canceled; another -errno when polling failed: then
 * all are canceled too. */
ENGINE_API int sched_run(struct sched *sched);

/* Everything must have ended. NULL is fine. */
ENGINE_API void sched_free(struct sched *sched);

/* This thread's scheduler, or NULL. */
ENGINE_API struct sched *sched_self(void);

ENGINE_API void sched_stats(const struct sched *sched, struct sched_stats *stats);

/* Writes a line for every task alive: name, spawn site, what it waits for. In debug builds
 * (ENGINE_TESTING) the stack census follows: the most any task of each spawn site has used. */
ENGINE_API void sched_report_tasks(struct sched *sched);

/* The short way: a scheduler with default options runs fn(arg) as its first task until all tasks
 * have ended; `value` (may be NULL) gets what fn returned. As sched_run(), or -ENOMEM. */
#define engine_run(fn, arg, value) engine_run_at((fn), (arg), (value), #fn, ENGINE_SITE)
ENGINE_API int engine_run_at(task_fn fn, void *arg, void **value, const char *name,
                             const char *site);

/* A library driven by the loop. The struct belongs to the caller and stays put until removed. */
struct sched_hook {
    /* Before waiting: do what is due, wake tasks. Returns when to be called again at the latest;
     * DEADLINE_NEVER when only a descriptor or a task can bring work. One in the past means that
     * the loop must not wait at all. */
    int64_t (*prepare)(struct sched_hook *hook);
    /* After the events of one wait were handed out. May be NULL. */
    void (*finish)(struct sched_hook *hook);
    struct list_node node;
};

ENGINE_API void sched_hook_add(struct sched *sched, struct sched_hook *hook);
ENGINE_API void sched_hook_remove(struct sched_hook *hook);

/* A message from another thread: run(message) is called on the scheduler's own stack, in the order
 * of posting. The struct belongs to the poster and stays put until run() is called. */
struct sched_message {
    void (*run)(struct sched_message *message);
    struct sched_message *next; /* the mailbox's */
};

/* Any thread, never blocks. The scheduler must be alive: sched_hold() keeps its loop from ending
 * (and from calling a deadlock) while somebody outside may still post. */
ENGINE_API void sched_post(struct sched *sched, struct sched_message *message);
ENGINE_API void sched_hold(struct sched *sched);   /* own thread */
ENGINE_API void sched_unhold(struct sched *sched); /* own thread */

#endif
