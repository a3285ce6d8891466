#include "cmd/get/batch.h"

#include "engine/sched/task.h"
#include <assert.h>

/* On a thread of the pool. The list is the thread's until the future is done. */
static void *batch_run(void *arg)
{
    struct batch *batch = arg;
    for (struct list_node *node = list_first(&batch->jobs); node;
         node = list_next(&batch->jobs, node)) {
        struct batch_job *job = list_entry(node, struct batch_job, node);
        job->run(job);
    }
    return NULL;
}

/* Tells all who wait. They run later, so their jobs are still there while we go through them. */
static void batch_finish(struct batch *batch)
{
    struct list_node *node;
    while ((node = list_pop_front(&batch->jobs))) {
        struct batch_job *job = list_entry(node, struct batch_job, node);
        job->done = true;
        task_wake(job->task);
    }
    future_free(batch->future);
    batch->future = NULL;
}

static int64_t batcher_start_batches(struct batcher *batcher);

/* On the loop's own stack. What has been listed meanwhile goes off before the tasks that were
 * waiting run on, so that the pool works while they do. */
static void batch_done(void *ctx, void *value)
{
    struct batch *batch = ctx;
    (void)value; /* results are in the jobs */
    batch_finish(batch);
    /* When more may go is asked again before the loop waits. */
    (void)batcher_start_batches(batch->batcher);
}

static struct batch *batcher_idle(struct batcher *batcher)
{
    for (size_t i = 0; i < LIMIT_BATCHES; i++)
        if (!batcher->batches[i].future)
            return &batcher->batches[i];
    return NULL;
}

static void batch_start(struct batch *batch)
{
    batch->started = deadline_now();
    int error = offload_submit(NULL, batch_run, batch, &batch->future);
    if (!error)
        error = future_then(batch->future, batch_done, batch);
    if (!error)
        return;
    /* No thread, or a queue that is full: slow is better than not at all. */
    assert(!batch->future);
    batch_run(batch);
    batch_finish(batch);
}

/* When the next batch may start: at once if none is under way. */
static int64_t batcher_next_start(const struct batcher *batcher)
{
    int64_t next = DEADLINE_NOW;
    for (size_t i = 0; i < LIMIT_BATCHES; i++) {
        const struct batch *batch = &batcher->batches[i];
        if (batch->future && batch->started + batcher->patience > next)
            next = batch->started + batcher->patience;
    }
    return next;
}

/* Hands over what may be; returns when more may be. */
static int64_t batcher_start_batches(struct batcher *batcher)
{
    struct batch *batch;
    while (!list_empty(&batcher->waiting) && (batch = batcher_idle(batcher))) {
        int64_t start = batcher_next_start(batcher);
        if (start > deadline_now())
            return start;
        struct list_node *node;
        for (unsigned i = 0; i < batcher->jobs_max && (node = list_pop_front(&batcher->waiting));
             i++)
            list_push_back(&batch->jobs, node);
        batch_start(batch);
    }
    /* What still waits goes when a batch has ended. */
    return DEADLINE_NEVER;
}

static int64_t batcher_prepare(struct sched_hook *hook)
{
    return batcher_start_batches(list_entry(hook, struct batcher, hook));
}

void batcher_init(struct batcher *batcher, bool in_place, bool alone)
{
    *batcher = (struct batcher){
        .sched = in_place ? NULL : sched_self(),
        .hook.prepare = batcher_prepare,
        .jobs_max = alone ? 1 : LIMIT_BATCH_JOBS,
        .patience = alone ? 0 : LIMIT_BATCH_PATIENCE,
    };
    list_init(&batcher->waiting);
    for (size_t i = 0; i < LIMIT_BATCHES; i++) {
        batcher->batches[i].batcher = batcher;
        list_init(&batcher->batches[i].jobs);
    }
    if (batcher->sched)
        sched_hook_add(batcher->sched, &batcher->hook);
}

void batcher_clear(struct batcher *batcher)
{
    assert(list_empty(&batcher->waiting));
    if (batcher->sched)
        sched_hook_remove(&batcher->hook);
    batcher->sched = NULL;
}

void batcher_run(struct batcher *batcher, struct batch_job *job)
{
    if (!batcher->sched) {
        job->run(job);
        return;
    }
    job->task = task_self();
    assert(job->task);
    job->done = false;
    list_push_back(&batcher->waiting, &job->node);
    while (!job->done)
        (void)task_park_uncancelable(); /* woken for something else: it waits on */
}
