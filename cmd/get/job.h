/* job.h - one run of `fetch get`: what all modes share, and the modes themselves.
 *
 * The main thread owns a job: it reads the list, gives names, holds the hosts' state and writes log
 * and summary in every mode; a mode only decides on what fetch_one() runs.
 *
 * Ownership: get_run() sets it up and tears it down. Thread: main. Parks: the modes run schedulers
 * themselves and are called from outside any task.
 */
#ifndef CMD_GET_JOB_H
#define CMD_GET_JOB_H

#include "cmd/get/children.h"
#include "cmd/get/dispatch.h"
#include "cmd/get/history.h"
#include "cmd/get/hosts.h"
#include "cmd/get/namer.h"
#include "cmd/get/options.h"
#include "cmd/get/report.h"
#include "cmd/get/store.h"
#include "cmd/get/url_list.h"

struct job {
    const struct get_options *options;
    struct url_list *list;
    struct hosts *hosts;
    struct dispatch *dispatch;
    struct store_directory directory;
    struct history history;
    struct report *report;
    struct namer_local namer;  /* of the names that servers suggest */
    struct children *children; /* mode processes; else NULL */
    /* An entry has ended, before it is recorded and reported; NULL: nobody wants to know. */
    void (*landed)(struct job *job, struct entry *entry, struct outcome *outcome);
};

/* Ends an entry: records and reports its outcome (a wrong line's problem included), frees both. */
void job_settle(struct job *job, struct entry *entry, struct outcome *outcome);

/* Each fetches all entries and reports every outcome. 0, -ECANCELED when interrupted, another
 * -errno when the mode itself cannot go on (said on standard error). */
int job_run_async(struct job *job);     /* coroutines, on options->threads schedulers */
int job_run_sync(struct job *job);      /* plain blocking calls, one after another */
int job_run_threads(struct job *job);   /* a pool of blocking threads */
int job_run_processes(struct job *job); /* a pool of blocking processes; forks before all else */

#endif
