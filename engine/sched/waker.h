/* waker.h - one wake-up that may come from any thread, for a task or for a plain thread.
 *
 *     struct waker waker;
 *     waker_init(&waker);             // names us: the running task, or this thread
 *     lock; list it; unlock;          // somebody will find it there
 *     error = waker_wait(&waker, deadline);
 *     if (error) {                    // canceled or too late
 *         lock; taken = unlist it; unlock;
 *         if (!taken) waker_settle(&waker);   // its waker is on the way: let it arrive
 *     }
 *     waker_destroy(&waker);
 *
 * This is what lets the same function wait for a shared object as a coroutine or as a blocking
 * thread. Ownership: the struct is the waiter's, usually on its stack. Thread: init, wait, settle
 * and destroy by the waiter; waker_wake() by anyone, once. Parks (or blocks): waker_wait,
 * waker_settle.
 */
#ifndef ENGINE_WAKER_H
#define ENGINE_WAKER_H

#include "engine/sched/sched.h"
#include <pthread.h>

struct waker {
    struct sched_message message; /* carries the wake-up to another thread's scheduler */
    struct sched *sched;          /* NULL: the waiter is a plain thread */
    struct task *task;
    pthread_mutex_t mutex; /* plain thread: guards woken */
    pthread_cond_t cond;
    bool woken;
};

ENGINE_API void waker_init(struct waker *waker);

/* 0 when woken, else -ETIMEDOUT or -ECANCELED (a plain thread: blocking_interrupt()). */
ENGINE_API int waker_wait(struct waker *waker, int64_t deadline);

/* Waits for a wake-up that is certain to come, whatever else happens. */
ENGINE_API void waker_settle(struct waker *waker);

ENGINE_API void waker_wake(struct waker *waker);
ENGINE_API void waker_destroy(struct waker *waker);

#endif
