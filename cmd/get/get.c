#include "cmd/get/get.h"

#include "cmd/exit_status.h"
#include "cmd/get/argument.h"
#include "cmd/get/dry_run.h"
#include "cmd/get/job.h"
#include "cmd/get/learnt.h"
#include "cmd/get/signals.h"
#include "cmd/get/worker.h"
#include "engine/deadline.h"
#include "net/xfer/limiter.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Descriptors besides those of transfers: standard ones, epoll, event and lock descriptors,
 * resolver sockets, list and log; a few for each scheduler. */
#define DESCRIPTORS_BESIDES 64

/* Files of large bodies that are open at once, beyond what is likely. */
#define FILES_MAX 2048

/* How long an interrupted job counts the lines that nobody took up. */
#define COUNTING_TIME (200 * NSEC_PER_MSEC)

/* Says what went wrong and where; `place` is freed. */
static void complain(char *place, int error)
{
    fprintf(stderr, "fetch: %s\n", place ? place : strerror(-error));
    free(place);
}

/* No more jobs than URLs, where these are counted already: fewer jobs get larger buffers. */
static void fit_jobs(struct get_options *options)
{
    for (size_t i = 0; i < options->source_count; i++)
        if (!argument_is_url(options, options->sources[i]))
            return;
    if (options->source_count < options->jobs)
        options->jobs = (unsigned)options->source_count;
}

/* What a job has open at most: its sockets and the file of a large body. In mode threads each has a
 * libcurl and a resolver of its own besides, with two sockets each. */
static rlim_t descriptors_each(const struct get_options *options)
{
    return options->mode == MODE_THREADS ? 6 : 1 + options->split;
}

static rlim_t descriptors_wanted(const struct get_options *options)
{
    return descriptors_each(options) * options->jobs +
           DESCRIPTORS_BESIDES * (rlim_t)options->threads;
}

/* How many jobs `limit` descriptors are enough for. Small bodies have no file open while they
 * arrive; that so many large ones arrive at once is unlikely where connections are that many. */
static rlim_t jobs_within(const struct get_options *options, rlim_t limit)
{
    rlim_t besides = DESCRIPTORS_BESIDES * (rlim_t)options->threads;
    rlim_t left = limit > besides ? limit - besides : 0;
    rlim_t each = descriptors_each(options);
    rlim_t jobs = left / each;
    if (each == 2 && left > 2 * (rlim_t)FILES_MAX)
        jobs = left - FILES_MAX;
    return jobs > 0 ? jobs : 1;
}

/* Raises the limit of open files to what --jobs needs, or lowers --jobs to what it allows. */
static void fit_descriptors(struct get_options *options)
{
    struct rlimit limit;
    rlim_t wanted = descriptors_wanted(options);
    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= wanted)
        return;
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit))
        limit.rlim_cur = before;
    rlim_t jobs = jobs_within(options, limit.rlim_cur);
    if (jobs >= options->jobs)
        return;
    options->jobs = (unsigned)jobs;
    fprintf(stderr, "fetch: only %llu open files are allowed: running %u jobs\n",
            (unsigned long long)limit.rlim_cur, options->jobs);
}

static unsigned connections_most(const struct get_options *options)
{
    uint64_t most = (uint64_t)options->jobs * (options->mode == MODE_ASYNC ? options->split : 1);
    return most < JOBS_MAX ? (unsigned)most : JOBS_MAX;
}

/* What only libcurl and c-ares can tell of the options. Mode async finds out by itself; the others
 * would find out once a worker. 0 or -errno, said on standard error. */
static int job_check(const struct job *job)
{
    struct worker worker;
    if (job->options->mode == MODE_ASYNC)
        return 0;
    int error = worker_open(&worker, job->options, &job->directory);
    if (!error)
        worker_close(&worker);
    return error;
}

static int job_run(struct job *job)
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
static void job_count_rest(struct job *job)
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

static void on_list_warning(void *ctx, const char *text)
{
    report_problem(ctx, text);
}

/* Opens what needs neither thread nor libcurl, then forks the children of mode processes, then the
 * rest. 0 or -errno, said on standard error. */
static int job_open(struct job *job)
{
    const struct get_options *options = job->options;
    char *place = NULL;
    int error = url_list_open(&job->list, options, &place);
    if (!error)
        error = store_directory_open(&job->directory, options, &place);
    if (!error)
        error = report_new(&job->report, options, &place);
    if (!error)
        error = signals_install();
    if (error) {
        complain(place, error);
        return error;
    }
    report_watch_bytes(job->report, job->directory.received);
    report_watch_list(job->report, job->list);
    url_list_on_warning(job->list, on_list_warning, job->report);
    if (options->mode == MODE_PROCESSES)
        error = children_fork(&job->children, options, &job->directory);
    if (error)
        return error;
    error = history_open(&job->history, options, &job->directory, &place);
    if (!error)
        error = url_list_recall(job->list, job->history.reader, job->history.after_kill,
                                job->history.goes_on);
    if (error) {
        complain(place, error);
        return error;
    }
    namer_local_init(&job->namer, url_list_naming(job->list));
    job->hosts = hosts_new(&(struct hosts_limits){
        .per_host = options->per_host,
        .jobs = options->jobs,
        .patience = options->retry_max_time_ns,
        .rest = options->retry_delay_ns,
        .interval = options->rate_interval_ns,
    });
    job->dispatch = job->hosts ? dispatch_new(job->list, job->hosts) : NULL;
    error = job->dispatch ? client_global_init() : -ENOMEM;
    if (error)
        complain(NULL, error);
    return error;
}

static void job_close(struct job *job)
{
    children_end(job->children);
    learnt_free(job->options->learnt);
    dispatch_free(job->dispatch);
    hosts_free(job->hosts);
    report_free(job->report);
    url_list_close(job->list);
    history_close(&job->history);
    store_directory_close(&job->directory);
    client_global_cleanup();
}

/* The last rows. What cannot be written is told once. */
static void job_finish_history(struct job *job, bool broken_off)
{
    int error = history_finish(&job->history, broken_off);
    if (!error || job->history.told)
        return;
    char *problem = history_problem(&job->history, error);
    report_trouble(job->report, problem ? problem : strerror(-error));
    free(problem);
}

/* Nothing is fetched any more: workers in other processes end too and bring home what they learnt.
 * 0 or -errno, said on standard error. */
static int job_save_learnt(struct job *job)
{
    char *place = NULL;
    children_end(job->children);
    job->children = NULL;
    int error = learnt_save(job->options->learnt, &place);
    if (error)
        report_problem(job->report, place ? place : strerror(-error));
    free(place);
    return error;
}

/* --min-free has stopped the job. */
static void say_crowded(struct job *job)
{
    char *problem = reserve_problem(&job->directory.reserve, job->directory.dir);
    report_problem(job->report, problem ? problem : strerror(ENOMEM));
    free(problem);
}

/* Runs the mode and writes the summary. The exit status. */
static int job_run_to_end(struct job *job)
{
    int error = job_check(job);
    if (!error)
        error = job_run(job);
    /* Options that are refused: said already, and nothing was tried. */
    if (error == -EINVAL) {
        job_finish_history(job, true);
        return EXIT_USAGE;
    }
    bool crowded = reserve_is_reached(&job->directory.reserve);
    bool interrupted = error == -ECANCELED || signals_caught();
    /* What the machine refused is there to be gone on with, too. */
    job_finish_history(job, error || crowded || interrupted ||
                                report_exit_status(job->report) == EXIT_MACHINE);
    int saved = job_save_learnt(job);
    if (error)
        job_count_rest(job);
    report_duplicates(job->report, url_list_skipped(job->list));
    /* The summary is the end of all that is said. */
    const char *problem = url_list_problem(job->list);
    if (crowded)
        say_crowded(job);
    else if (error && !interrupted)
        report_problem(job->report, problem ? problem : strerror(-error));
    int reported = report_finish(job->report, interrupted);
    if ((interrupted || reported == -ECANCELED) && !crowded)
        return EXIT_INTERRUPTED;
    if (error || crowded || saved || reported)
        return EXIT_MACHINE;
    return report_exit_status(job->report);
}

/* Before children are forked, who share it. 0 or -errno. */
static int make_limiter(struct get_options *options)
{
    return options->limit_rate ? limiter_new(&options->transfer.limiter, options->limit_rate) : 0;
}

int get_run(const struct get_options *given)
{
    if (given->dry_run)
        return dry_run(given);
    struct get_options options = *given;
    struct job job = {.options = &options, .directory = {.dir_fd = -1, .parts_fd = -1}};
    fit_jobs(&options);
    fit_descriptors(&options);
    options.transfer.jobs = connections_most(&options);
    int status = EXIT_MACHINE;
    int error = learnt_open(&options);
    if (!error)
        error = make_limiter(&options);
    if (error)
        complain(NULL, error);
    else if (job_open(&job) == 0)
        status = job_run_to_end(&job);
    else if (signals_caught())
        status = EXIT_INTERRUPTED;
    job_close(&job);
    limiter_free(options.transfer.limiter);
    return status;
}
