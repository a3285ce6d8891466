#include "cmd/get/gate_local.h"
#include "cmd/get/job.h"
#include "cmd/get/main_loop.h"
#include "cmd/get/posts.h"
#include "cmd/get/worker.h"
#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>

/* A worker with its entry, as it goes to a thread of the pool and comes back. Any thread may run
 * it, but only one at a time. */
struct errand {
    struct threads *threads;
    struct worker worker; /* opened for the first entry */
    struct gate_local gate;
    struct entry *entry;
    struct outcome *outcome;
    int error; /* why the worker could not be opened */
};

struct threads {
    struct posts posts;
    struct offload_pool *pool; /* a thread a post */
    struct errand *errands;    /* one a post */
};

static void *errand_fetch(void *arg)
{
    struct errand *errand = arg;
    struct job *job = errand->threads->posts.job;
    if (!errand->worker.client) {
        errand->error = worker_open(&errand->worker, job->options, &job->directory);
        if (errand->error)
            return NULL;
        errand->worker.namer = job->namer;
        errand->worker.postpones = true;
        errand->worker.gate = gate_local_init(&errand->gate, job->hosts);
    }
    fetch_one(&errand->worker, errand->entry, errand->outcome);
    return NULL;
}

static void *errand_close(void *arg)
{
    struct errand *errand = arg;
    worker_close(&errand->worker);
    return NULL;
}

/* Once a thread has begun it is waited for: a signal ends what it blocks in. */
static int threads_serve(struct posts *posts, unsigned post, struct entry *entry,
                         struct outcome *outcome)
{
    struct threads *threads = (struct threads *)posts; /* its first member */
    struct errand *errand = &threads->errands[post];
    errand->threads = threads;
    errand->entry = entry;
    errand->outcome = outcome;
    int error = offload_on(threads->pool, errand_fetch, errand, NULL, DEADLINE_NEVER);
    if (!error)
        error = errand->error;
    if (error && entry->leased)
        hosts_leave(posts->job->hosts, entry_gate(entry));
    return error;
}

static int threads_body(void *arg)
{
    struct threads *threads = arg;
    int error = posts_run(&threads->posts);
    task_shield(DEADLINE_NEVER);
    for (unsigned i = 0; i < threads->posts.count; i++)
        if (threads->errands[i].worker.client)
            offload_on(threads->pool, errand_close, &threads->errands[i], NULL, DEADLINE_NEVER);
    return error;
}

int job_run_threads(struct job *job)
{
    unsigned count = job->options->jobs;
    struct threads threads = {
        .posts = {.job = job, .count = count, .serve = threads_serve},
        .pool = offload_pool_new(count, count),
        .errands = calloc(count, sizeof *threads.errands),
        .posts.meters = calloc(count, sizeof *threads.posts.meters),
    };
    int error = -ENOMEM;
    if (threads.pool && threads.errands && threads.posts.meters)
        error = main_loop_run(job, threads_body, &threads);
    offload_pool_free(threads.pool);
    free(threads.posts.meters);
    free(threads.errands);
    return error;
}
