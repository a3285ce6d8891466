#include "cmd/get/crew.h"
#include "cmd/get/job.h"
#include "cmd/get/main_loop.h"
#include "cmd/get/slots.h"
#include "engine/sched/task.h"
#include <errno.h>

/* So many lines are read ahead, that their names be known when they get a slot. */
#define FORESEEN_MAX 256

struct async {
    struct job *job;
    struct slots *slots;
    struct crew *crew;
};

static void foresee(void *ctx, const struct entry *entry)
{
    struct async *async = ctx;
    crew_foresee(async->crew, entry);
}

/* What nobody has begun with: after an interruption. */
static void give_back(struct async *async, struct entry *entry)
{
    hosts_leave(async->job->hosts, entry_gate(entry));
    job_settle(async->job, entry, &(struct outcome){0});
}

/* One entry, as soon as there is a slot for it. 1 at the end of the list. First the host, then the
 * slot, here as in fetch_one(): whoever waits for a host has no slot, so those who have both go on
 * and nobody waits for ever. While there is no slot for any entry, though, dispatch is not asked
 * for one: it would read the list on in search of a host that has a connection free. */
static int dispatch_one(struct async *async)
{
    struct entry *entry;
    dispatch_foresee(async->job->dispatch, FORESEEN_MAX, foresee, async);
    int error = slots_await(async->slots);
    if (!error)
        error = report_keep_pace(async->job->report);
    if (!error)
        error = dispatch_next(async->job->dispatch, &entry);
    if (error)
        return error;
    if (entry->problem) {
        job_settle(async->job, entry, &(struct outcome){0});
        return 0;
    }
    error = slots_acquire(async->slots, DEADLINE_NEVER);
    if (error)
        give_back(async, entry);
    else
        crew_start(async->crew, entry);
    return error;
}

static int async_body(void *arg)
{
    struct async *async = arg;
    int error = crew_open(&async->crew, async->job, async->slots);
    if (error)
        return error;
    error = dispatch_begin(async->job->dispatch, async->job->options);
    while (!error)
        error = dispatch_one(async);
    dispatch_end(async->job->dispatch);
    /* A list that cannot be read on does not end what is under way; only an interruption does. */
    int landed = error == -ECANCELED ? error : crew_wait(async->crew);
    if (landed) {
        task_shield(DEADLINE_NEVER);
        crew_cancel(async->crew);
        crew_wait(async->crew);
    }
    crew_close(async->crew);
    if (landed)
        return landed;
    return error == 1 ? 0 : error;
}

int job_run_async(struct job *job)
{
    struct async async = {.job = job, .slots = slots_new(job->options->jobs)};
    if (!async.slots)
        return -ENOMEM;
    int error = main_loop_run(job, async_body, &async);
    slots_free(async.slots);
    return error;
}
