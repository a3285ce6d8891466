#include "engine/offload/pool.h"
#include "engine/limits.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { THREADS_DEFAULT = 4 };

struct offload_pool {
    unsigned threads_max;
    size_t queue_length;
    pthread_t *threads; /* owned; those started */
    struct {            /* guarded by mutex */
        pthread_mutex_t mutex;
        pthread_cond_t work;
        struct list queue; /* jobs, first come first run */
        size_t queued;
        struct list line; /* jobs whose submitters wait for room in the queue */
        unsigned started;
        unsigned idle;
        bool closing;
    } _shared;
};

struct offload_pool *offload_pool_new(unsigned threads, size_t queue_length)
{
    struct offload_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return NULL;
    pool->threads_max = threads ? threads : 1;
    pool->queue_length = queue_length ? queue_length : LIMIT_OFFLOAD_QUEUE;
    pool->threads = calloc(pool->threads_max, sizeof(*pool->threads));
    if (!pool->threads) {
        free(pool);
        return NULL;
    }
    pthread_mutex_init(&pool->_shared.mutex, NULL);
    pthread_cond_init(&pool->_shared.work, NULL);
    list_init(&pool->_shared.queue);
    list_init(&pool->_shared.line);
    return pool;
}

static void pool_enqueue(struct offload_pool *pool, struct offload_job *job)
{
    list_push_back(&pool->_shared.queue, &job->node);
    pool->_shared.queued++;
}

static void *pool_thread(void *arg);

/* A thread that takes no signals: they are for the program's own threads. */
static int pool_start_thread(struct offload_pool *pool)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&pool->threads[pool->_shared.started], NULL, pool_thread, pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error)
        return -error;
    pool->_shared.started++;
    return 0;
}

/* Sees to it that somebody runs what is about to be queued; fewer threads than wished will do. */
static int pool_rouse(struct offload_pool *pool)
{
    if (pool->_shared.idle > 0)
        pthread_cond_signal(&pool->_shared.work);
    if (pool->_shared.queued < pool->_shared.idle || pool->_shared.started == pool->threads_max)
        return 0;
    int error = pool_start_thread(pool);
    return pool->_shared.started > 0 ? 0 : error;
}

/* The line moves up as far as there is room. */
static void pool_admit(struct offload_pool *pool)
{
    while (pool->_shared.queued < pool->queue_length) {
        struct list_node *node = list_pop_front(&pool->_shared.line);
        if (!node)
            return;
        struct offload_job *job = list_entry(node, struct offload_job, node);
        struct waker *submitter = job->submitter;
        job->submitter = NULL;
        /* Whether one more thread could be started is no matter: there is one. */
        (void)pool_rouse(pool);
        pool_enqueue(pool, job);
        waker_wake(submitter);
    }
}

/* The first job of the queue; NULL when the pool closes and all have run. Holds the mutex. */
static struct offload_job *pool_take(struct offload_pool *pool)
{
    while (list_empty(&pool->_shared.queue) && !pool->_shared.closing) {
        pool->_shared.idle++;
        pthread_cond_wait(&pool->_shared.work, &pool->_shared.mutex);
        pool->_shared.idle--;
    }
    struct list_node *node = list_pop_front(&pool->_shared.queue);
    if (!node)
        return NULL;
    pool->_shared.queued--;
    pool_admit(pool);
    return list_entry(node, struct offload_job, node);
}

static void *pool_thread(void *arg)
{
    struct offload_pool *pool = arg;
    struct offload_job *job;
    pthread_mutex_lock(&pool->_shared.mutex);
    while ((job = pool_take(pool))) {
        pthread_mutex_unlock(&pool->_shared.mutex);
        job->value = job->fn(job->arg);
        job->finished(job);
        pthread_mutex_lock(&pool->_shared.mutex);
    }
    pthread_mutex_unlock(&pool->_shared.mutex);
    return NULL;
}

static int pool_push_locked(struct offload_pool *pool, struct offload_job *job)
{
    int error = pool->_shared.closing ? -EPIPE : pool_rouse(pool);
    if (!error)
        pool_enqueue(pool, job);
    return error;
}

int pool_push(struct offload_pool *pool, struct offload_job *job)
{
    pthread_mutex_lock(&pool->_shared.mutex);
    int error = pool_push_locked(pool, job);
    pthread_mutex_unlock(&pool->_shared.mutex);
    return error;
}

static bool pool_leave_line(struct offload_pool *pool, struct offload_job *job)
{
    pthread_mutex_lock(&pool->_shared.mutex);
    bool waiting = job->submitter != NULL;
    if (waiting)
        list_remove(&job->node);
    pthread_mutex_unlock(&pool->_shared.mutex);
    return waiting;
}

/* Waits for admission. When that is on its way already, a cancellation comes too late. */
static int pool_await_admission(struct offload_pool *pool, struct offload_job *job,
                                struct waker *waker)
{
    int error = waker_wait(waker, DEADLINE_NEVER);
    if (!error)
        return 0;
    if (pool_leave_line(pool, job))
        return error;
    waker_settle(waker);
    return 0;
}

int pool_submit(struct offload_pool *pool, struct offload_job *job)
{
    pthread_mutex_lock(&pool->_shared.mutex);
    bool full = pool->_shared.queued >= pool->queue_length && !pool->_shared.closing;
    bool may_wait = !sched_self() || task_self(); /* a callback on the loop's own stack may not */
    if (!full || !may_wait) {
        int error = full ? -EAGAIN : pool_push_locked(pool, job);
        pthread_mutex_unlock(&pool->_shared.mutex);
        return error;
    }
    struct waker waker;
    waker_init(&waker);
    job->submitter = &waker;
    list_push_back(&pool->_shared.line, &job->node);
    pthread_mutex_unlock(&pool->_shared.mutex);
    int error = pool_await_admission(pool, job, &waker);
    waker_destroy(&waker);
    return error ? error : job->admission;
}

bool pool_withdraw(struct offload_pool *pool, struct offload_job *job)
{
    pthread_mutex_lock(&pool->_shared.mutex);
    bool waiting = list_linked(&job->node);
    if (waiting) {
        list_remove(&job->node);
        pool->_shared.queued--;
        pool_admit(pool);
    }
    pthread_mutex_unlock(&pool->_shared.mutex);
    return waiting;
}

/* Those in line were never accepted, and hear so. */
static void pool_refuse_line(struct offload_pool *pool)
{
    struct list_node *node;
    while ((node = list_pop_front(&pool->_shared.line))) {
        struct offload_job *job = list_entry(node, struct offload_job, node);
        struct waker *submitter = job->submitter;
        job->submitter = NULL;
        job->admission = -EPIPE;
        waker_wake(submitter);
    }
}

void offload_pool_free(struct offload_pool *pool)
{
    if (!pool)
        return;
    pthread_mutex_lock(&pool->_shared.mutex);
    pool->_shared.closing = true;
    pool_refuse_line(pool);
    pthread_cond_broadcast(&pool->_shared.work);
    pthread_mutex_unlock(&pool->_shared.mutex);
    for (unsigned i = 0; i < pool->_shared.started; i++)
        pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->_shared.work);
    pthread_mutex_destroy(&pool->_shared.mutex);
    free(pool->threads);
    free(pool);
}

struct offload_pool *sched_offload_pool(struct sched *sched)
{
    if (!sched->pool) {
        unsigned threads = sched->options.offload_threads;
        sched->pool = offload_pool_new(threads ? threads : THREADS_DEFAULT, 0);
    }
    return sched->pool;
}
