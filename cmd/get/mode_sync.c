#include "cmd/get/gate_local.h"
#include "cmd/get/job.h"
#include "cmd/get/signals.h"
#include "cmd/get/worker.h"
#include "engine/deadline.h"
#include "engine/sched/blocking.h"
#include <errno.h>

/* A transfer may take long, and nobody else draws the progress or writes what has waited. */
static int64_t tick(void *ctx, int64_t now)
{
    struct job *job = ctx;
    return deadline_min(report_tick(job->report, now), history_tick(&job->history, now));
}

int job_run_sync(struct job *job)
{
    struct gate_local gate;
    struct worker worker;
    int error = worker_open(&worker, job->options, &job->directory);
    if (error)
        return error;
    worker.namer = job->namer;
    worker.postpones = true;
    worker.gate = gate_local_init(&gate, job->hosts);
    blocking_set_tick(tick, job);

    struct entry *entry;
    error = dispatch_begin(job->dispatch, job->options);
    while (!error && !signals_caught()) {
        error = dispatch_next(job->dispatch, &entry);
        if (error)
            break;
        struct outcome outcome = {0};
        struct meter meter;
        report_started(job->report, entry, &meter);
        report_flight(job->report, 1);
        if (!entry->problem)
            fetch_one(&worker, entry, &outcome);
        job_settle(job, entry, &outcome);
        report_tick(job->report, deadline_clock());
    }
    dispatch_end(job->dispatch);
    blocking_set_tick(NULL, NULL);
    worker_close(&worker);
    if (signals_caught())
        return -ECANCELED;
    return error == 1 ? 0 : error;
}
