#include "engine/offload/pool.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

/* A future of a scheduler is finished by a message to it, so that all but the job is the
 * scheduler's own and needs no lock. One of a plain thread has nothing but `_shared.word`, where
 * whoever comes second (the job's end, or the waiting or freeing thread) finds what the first
 * left. */
struct future {
    struct offload_job job;
    struct sched *sched; /* NULL: of a plain thread */
    struct sched_message message;
    bool done;
    bool released; /* future_free() came before the end */
    struct wait_list waiters;
    void (*then)(void *ctx, void *value);
    void *then_ctx;
    struct {
        _Atomic(void *) word; /* NULL, a struct waker that waits, or one of the marks below */
    } _shared;
};

static char future_mark_done;
static char future_mark_released;

static void future_deliver(struct sched_message *message)
{
    struct future *future = list_entry(message, struct future, message);
    void *value = future->job.value;
    void (*then)(void *ctx, void *value) = future->then;
    void *ctx = future->then_ctx;
    sched_unhold(future->sched);
    future->done = true;
    wait_wake_all(&future->waiters);
    if (future->released)
        free(future);
    if (then)
        then(ctx, value); /* may free a future that was not released */
}

static void future_finished(struct offload_job *job)
{
    struct future *future = list_entry(job, struct future, job);
    if (future->sched) {
        sched_post(future->sched, &future->message);
        return;
    }
    void *before = atomic_exchange(&future->_shared.word, &future_mark_done);
    if (before == &future_mark_released)
        free(future);
    else if (before)
        waker_wake(before);
}

static int future_submit(struct offload_pool *pool, struct future *future)
{
    /* Held from before the job may end. */
    if (future->sched)
        sched_hold(future->sched);
    int error = pool_submit(pool, &future->job);
    if (error && future->sched)
        sched_unhold(future->sched);
    return error;
}

int offload_submit(struct offload_pool *pool, offload_fn fn, void *arg, struct future **future)
{
    struct sched *sched = sched_self();
    if (!pool && !sched)
        return -ENOTSUP;
    if (!pool)
        pool = sched_offload_pool(sched);
    struct future *made = calloc(1, sizeof(*made));
    if (!pool || !made) {
        free(made);
        return -ENOMEM;
    }
    made->job = (struct offload_job){.fn = fn, .arg = arg, .finished = future_finished};
    made->sched = sched;
    made->message.run = future_deliver;
    wait_list_init(&made->waiters);
    int error = future_submit(pool, made);
    if (error)
        free(made);
    else
        *future = made;
    return error;
}

bool future_done(const struct future *future)
{
    if (future->sched)
        return future->done;
    return atomic_load(&future->_shared.word) == &future_mark_done;
}

static int future_wait_thread(struct future *future, int64_t deadline)
{
    struct waker waker;
    waker_init(&waker);
    int error = 0;
    void *found = NULL;
    if (atomic_compare_exchange_strong(&future->_shared.word, &found, &waker))
        error = waker_wait(&waker, deadline);
    found = &waker;
    /* Too late: take the waker back, or let the wake-up that is on its way arrive. */
    if (error && !atomic_compare_exchange_strong(&future->_shared.word, &found, NULL)) {
        waker_settle(&waker);
        error = 0;
    }
    waker_destroy(&waker);
    return error;
}

static int future_wait_task(struct future *future, int64_t deadline)
{
    while (!future->done) {
        task_waits_for("future_wait", -1);
        int error = wait_on(&future->waiters, deadline);
        if (error)
            return error;
    }
    return 0;
}

int future_wait(struct future *future, void **value, int64_t deadline)
{
    int error =
        future->sched ? future_wait_task(future, deadline) : future_wait_thread(future, deadline);
    if (!error && value)
        *value = future->job.value;
    return error;
}

int future_then(struct future *future, void (*done)(void *ctx, void *value), void *ctx)
{
    if (!future->sched)
        return -ENOTSUP;
    if (future->then)
        return -EBUSY;
    future->then = done;
    future->then_ctx = ctx;
    if (future->done)
        done(ctx, future->job.value);
    return 0;
}

void future_free(struct future *future)
{
    if (!future)
        return;
    void *found = NULL;
    if (future->sched && !future->done)
        future->released = true;
    else if (future->sched ||
             !atomic_compare_exchange_strong(&future->_shared.word, &found, &future_mark_released))
        free(future);
}

/* The straight line: one job on the stack of the task that waits for it. */
struct offload_call {
    struct offload_job job;
    struct waker waker;
};

static void call_finished(struct offload_job *job)
{
    struct offload_call *call = list_entry(job, struct offload_call, job);
    waker_wake(&call->waker);
}

static int call_await(struct offload_pool *pool, struct offload_call *call, int64_t deadline)
{
    task_waits_for("offload", -1);
    int error = waker_wait(&call->waker, deadline);
    if (!error || pool_withdraw(pool, &call->job))
        return error;
    waker_settle(&call->waker); /* it runs, on our memory */
    return 0;
}

static int call_run(struct offload_pool *pool, struct offload_call *call, int64_t deadline)
{
    waker_init(&call->waker);
    int error = pool_push(pool, &call->job);
    if (!error)
        error = call_await(pool, call, deadline);
    waker_destroy(&call->waker);
    return error;
}

int offload_on(struct offload_pool *pool, offload_fn fn, void *arg, void **value, int64_t deadline)
{
    struct offload_call call = {.job = {.fn = fn, .arg = arg, .finished = call_finished}};
    int error = 0;
    if (!sched_self())
        call.job.value = fn(arg);
    else if (!task_self())
        error = -ENOTSUP; /* the loop's own stack can neither park nor block */
    else if (task_canceled())
        error = -ECANCELED;
    else
        error = call_run(pool, &call, deadline);
    if (!error && value)
        *value = call.job.value;
    return error;
}

int offload(offload_fn fn, void *arg, void **value, int64_t deadline)
{
    struct sched *sched = sched_self();
    struct offload_pool *pool = sched ? sched_offload_pool(sched) : NULL;
    if (sched && !pool)
        return -ENOMEM;
    return offload_on(pool, fn, arg, value, deadline);
}
