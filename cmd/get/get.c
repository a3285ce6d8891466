#include "cmd/get/get.h"

#include "cmd/exit_status.h"
#include "cmd/get/argument.h"
#include "cmd/get/dry_run.h"
#include "cmd/get/job.h"
#include "cmd/get/worker.h"
#include "engine/deadline.h"
#include <errno.h>

/* How long an interrupted job counts the lines that nobody took up. */
#define COUNTING_TIME (200 * NSEC_PER_MSEC)

/* No more jobs than URLs, where these are counted already: fewer jobs get larger buffers. */
static void fit_jobs(struct get_options *options)
{
    for (size_t i = 0; i < options->source_count; i++)
        if (!argument_is_url(options, options->sources[i]))
            return;
    if (options->source_count < options->jobs)
        options->jobs = (unsigned)options->source_count;
}

/* Before any thread and libcurl: can the list be read? */
static int list_prepare(struct job *job, char **place)
{
    return url_list_open(&job->list, job->options, place);
}

static int list_open(struct job *job, char **place)
{
    (void)place; /* it is memory that runs out */
    report_watch_list(job->report, job->list);
    int error = url_list_recall(job->list, job->history.reader, job->history.after_kill,
                                job->history.goes_on);
    if (error)
        return error;
    job->namer = namer_local_init(&job->list_namer, url_list_naming(job->list));
    job->dispatch = dispatch_new(job->list, job->hosts);
    return job->dispatch ? 0 : -ENOMEM;
}

static int list_run(struct job *job)
{
    switch (job->options->mode) {
    case MODE_SYNC:
        return job_run_sync(job);
    case MODE_THREADS:
        return job_run_threads(job);
    case MODE_PROCESSES:
        return job_run_processes(job);
    case MODE_ASYNC:
        break;
    }
    return job_run_async(job);
}

/* What an interruption left over: entries that wait, and lines that were never read. */
static void count_rest(struct job *job)
{
    uint64_t rest = dispatch_waiting(job->dispatch);
    int64_t until = deadline_clock() + COUNTING_TIME;
    struct entry *entry;
    bool in_time = true;
    while (in_time && url_list_ready(job->list) && url_list_next(job->list, &entry) == 0) {
        rest++;
        entry_free(entry);
        in_time = deadline_clock() < until;
    }
    rest += url_list_holds_back(job->list);
    report_not_tried(job->report, rest, !in_time);
}

static void list_end(struct job *job, int error)
{
    if (error)
        count_rest(job);
    report_duplicates(job->report, url_list_skipped(job->list));
}

static const char *list_problem(const struct job *job)
{
    return url_list_problem(job->list);
}

static void list_close(struct job *job)
{
    dispatch_free(job->dispatch);
    url_list_close(job->list);
}

int get_run(const struct get_options *given)
{
    static const struct work list_work = {
        .prepare = list_prepare,
        .open = list_open,
        .run = list_run,
        .end = list_end,
        .problem = list_problem,
        .close = list_close,
    };
    int error = worker_check(given);
    if (error)
        return error == -EINVAL ? EXIT_USAGE : EXIT_MACHINE;
    if (given->dry_run)
        return dry_run(given);
    struct get_options options = *given;
    struct job job = {.work = &list_work};
    fit_jobs(&options);
    return job_do(&job, &options);
}
