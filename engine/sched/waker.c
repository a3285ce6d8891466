#include "engine/sched/waker.h"
#include "engine/sched/blocking.h"
#include "engine/sched/core.h"
#include <assert.h>
#include <errno.h>
#include <time.h>

/* A plain thread sleeps on a condition variable, which a signal handler cannot signal: it looks
 * for blocking_interrupt() so often. A descriptor to poll() would save that, but cost one a waiter
 * and make waker_init() fail when there are none left. */
static const int64_t interrupt_check_ns = 100 * NSEC_PER_MSEC;

static void waker_deliver(struct sched_message *message)
{
    struct waker *waker = (struct waker *)(void *)message; /* its first member */
    waker->woken = true;
    task_wake(waker->task);
}

void waker_init(struct waker *waker)
{
    struct task *task = task_self();
    *waker = (struct waker){.message.run = waker_deliver, .task = task};
    if (task) {
        waker->sched = task->sched;
        return;
    }
    /* The loop's own stack can neither park nor block. */
    assert(!sched_self());
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_mutex_init(&waker->mutex, NULL);
    pthread_cond_init(&waker->cond, &attr);
    pthread_condattr_destroy(&attr);
}

/* One turn of waiting, with the mutex held: 0 or -ETIMEDOUT, -ECANCELED. */
static int waker_block(struct waker *waker, int64_t deadline)
{
    if (blocking_interrupted())
        return -ECANCELED;
    int64_t now = deadline_clock();
    if (now >= deadline)
        return -ETIMEDOUT;
    int64_t until = deadline_min(deadline, now + interrupt_check_ns);
    struct timespec ts = {.tv_sec = until / NSEC_PER_SEC, .tv_nsec = until % NSEC_PER_SEC};
    pthread_cond_timedwait(&waker->cond, &waker->mutex, &ts);
    return 0;
}

static int waker_wait_thread(struct waker *waker, int64_t deadline)
{
    int error = 0;
    pthread_mutex_lock(&waker->mutex);
    while (!waker->woken && !error)
        error = waker_block(waker, deadline);
    if (waker->woken)
        error = 0;
    pthread_mutex_unlock(&waker->mutex);
    return error;
}

int waker_wait(struct waker *waker, int64_t deadline)
{
    if (!waker->task)
        return waker_wait_thread(waker, deadline);
    int error = 0;
    sched_hold(waker->sched);
    while (!waker->woken && !error)
        error = task_park(deadline);
    sched_unhold(waker->sched);
    return waker->woken ? 0 : error;
}

static void waker_settle_thread(struct waker *waker)
{
    pthread_mutex_lock(&waker->mutex);
    while (!waker->woken)
        pthread_cond_wait(&waker->cond, &waker->mutex);
    pthread_mutex_unlock(&waker->mutex);
}

void waker_settle(struct waker *waker)
{
    if (!waker->task) {
        waker_settle_thread(waker);
        return;
    }
    sched_hold(waker->sched);
    while (!waker->woken)
        task_park_uncancelable();
    sched_unhold(waker->sched);
}

void waker_wake(struct waker *waker)
{
    if (waker->sched && waker->sched == sched_self()) {
        waker_deliver(&waker->message);
    } else if (waker->sched) {
        sched_post(waker->sched, &waker->message);
    } else {
        pthread_mutex_lock(&waker->mutex);
        waker->woken = true;
        /* Signaled under the lock: once it is free, the waiter may be gone with his waker. */
        pthread_cond_signal(&waker->cond);
        pthread_mutex_unlock(&waker->mutex);
    }
}

void waker_destroy(struct waker *waker)
{
    if (waker->task)
        return;
    pthread_cond_destroy(&waker->cond);
    pthread_mutex_destroy(&waker->mutex);
}
