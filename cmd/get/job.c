#include "cmd/get/job.h"

#include "cmd/exit_status.h"
#include "cmd/get/descriptors.h"
#include "cmd/get/learnt.h"
#include "cmd/get/signals.h"
#include "net/xfer/limiter.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Says what went wrong and where; `place` is freed. Returns the error. */
static int complain(char *place, int error)
{
    fprintf(stderr, "fetch: %s\n", place ? place : strerror(-error));
    free(place);
    return error;
}

/* A journal that cannot be written does not end the downloads. */
static void job_record(struct job *job, const struct entry *entry, const struct outcome *outcome)
{
    int error = history_record(&job->history, entry, outcome);
    if (!error || job->history.told)
        return;
    char *problem = history_problem(&job->history, error);
    report_trouble(job->report, problem ? problem : "out of memory");
    free(problem);
    job->history.told = true;
}

/* 0: the entry waits in the list again. Else it is settled after all. */
static int job_postpone(struct job *job, struct entry *entry, struct outcome *outcome)
{
    entry->past = outcome->past;
    report_landed(job->report, entry);
    int error = dispatch_return(job->dispatch, entry);
    if (!error)
        return 0;
    outcome_fail(outcome, "%s", strerror(-error));
    outcome->machine_error = error;
    return error;
}

void job_settle(struct job *job, struct entry *entry, struct outcome *outcome)
{
    if (outcome->postponed && job_postpone(job, entry, outcome) == 0) {
        outcome_clear(outcome);
        return;
    }
    if (entry->problem)
        outcome_refuse(outcome, entry->option, entry->problem);
    if (outcome->kind == OUTCOME_NOT_TRIED && reserve_is_reached(&job->directory.reserve))
        signals_stop();
    if (job->landed)
        job->landed(job, entry, outcome);
    report_landed(job->report, entry);
    if (!entry->aside) {
        job_record(job, entry, outcome);
        report_outcome(job->report, entry, outcome);
    }
    outcome_clear(outcome);
    entry_free(entry);
}

/* Opens what needs neither thread nor libcurl. 0, or -errno with *place. */
static int open_ends(struct job *job, char **place)
{
    const struct get_options *options = job->options;
    int error = job->work->prepare(job, place);
    if (!error)
        error = store_directory_open(&job->directory, options, place);
    if (!error)
        error = report_new(&job->report, options, place);
    if (!error)
        error = signals_install();
    if (!error)
        report_watch_bytes(job->report, job->directory.received);
    return error;
}

/* Once all is forked that will be. 0, or -errno with *place. */
static int open_middle(struct job *job, char **place)
{
    const struct get_options *options = job->options;
    int error = history_open(&job->history, options, &job->directory, place);
    if (error)
        return error;
    job->hosts = hosts_new(&(struct hosts_limits){
        .per_host = options->per_host,
        .jobs = options->jobs,
        .patience = options->retry_max_time_ns,
        .rest = options->retry_delay_ns,
        .interval = options->rate_interval_ns,
    });
    error = job->hosts ? job->work->open(job, place) : -ENOMEM;
    return error ? error : client_global_init();
}

/* 0 or -errno, said on standard error. */
static int job_open(struct job *job)
{
    char *place = NULL;
    int error = open_ends(job, &place);
    if (error)
        return complain(place, error);
    if (job->options->mode == MODE_PROCESSES)
        error = children_fork(&job->children, job->options, &job->directory);
    if (error)
        return error; /* said by the children */
    error = open_middle(job, &place);
    return error ? complain(place, error) : 0;
}

static void job_close(struct job *job)
{
    children_end(job->children);
    learnt_free(job->options->learnt);
    job->work->close(job);
    hosts_free(job->hosts);
    report_free(job->report);
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

/* Does the work and writes the summary. The exit status. */
static int job_run_to_end(struct job *job)
{
    int error = job->work->run(job);
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
    job->work->end(job, error);
    /* The summary is the end of all that is said. */
    const char *problem = job->work->problem(job);
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

static unsigned connections_most(const struct get_options *options)
{
    uint64_t most = (uint64_t)options->jobs * (options->mode == MODE_ASYNC ? options->split : 1);
    return most < JOBS_MAX ? (unsigned)most : JOBS_MAX;
}

/* Before children are forked, who share it. 0 or -errno. */
static int make_limiter(struct get_options *options)
{
    return options->limit_rate ? limiter_new(&options->transfer.limiter, options->limit_rate) : 0;
}

int job_do(struct job *job, struct get_options *options)
{
    int status = EXIT_MACHINE;
    job->options = options;
    job->directory = (struct store_directory){.dir_fd = -1, .parts_fd = -1};
    descriptors_fit(options);
    options->transfer.jobs = connections_most(options);
    char *place = NULL;
    int error = learnt_open(options, &place);
    if (!error)
        error = make_limiter(options);
    if (error)
        (void)complain(place, error);
    else if (job_open(job) == 0)
        status = job_run_to_end(job);
    else if (signals_caught())
        status = EXIT_INTERRUPTED;
    job_close(job);
    limiter_free(options->transfer.limiter);
    return status;
}
