/* job.h - one run of the program that fetches: what all have in common, whatever the work is.
 *
 * The main thread owns a job: it finds out what is to be fetched, gives names, holds the hosts'
 * state and writes log and summary; fetch_one() runs wherever the work, or the mode, wants it to.
 *
 * Ownership: job_do() sets it up and tears it down. Thread: main. Parks: work and modes run
 * schedulers themselves and are called from outside any task.
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

struct job;

/* What a job is about: a list of URLs, say. All return 0 or -errno. */
struct work {
    /* Before DIR is touched: is what it needs there? On an error *place may get a new string for
     * the user; likewise open(). */
    int (*prepare)(struct job *job, char **place);
    /* Directory, report, history and hosts are there. */
    int (*open)(struct job *job, char **place);
    /* Fetches all and settles every entry. -ECANCELED when interrupted; -EINVAL when it has refused
     * the options and said so. */
    int (*run)(struct job *job);
    /* Tells what run() has left over, and what else belongs before the summary. */
    void (*end)(struct job *job, int error);
    /* An error of run() in words; NULL: it needs none of its own. */
    const char *(*problem)(const struct job *job);
    /* Also when prepare() or open() have failed, or were never called. */
    void (*close)(struct job *job);
};

struct job {
    const struct work *work;
    const struct get_options *options;
    struct url_list *list;     /* of work that has one, */
    struct dispatch *dispatch; /* likewise */
    struct hosts *hosts;
    struct store_directory directory;
    struct history history;
    struct report *report;
    struct namer *namer; /* of the names that answers ask for; the work's */
    struct namer_local list_namer;
    struct children *children; /* mode processes; else NULL */
    /* An entry has ended, before it is recorded and reported; NULL: nobody wants to know. */
    void (*landed)(struct job *job, struct entry *entry, struct outcome *outcome);
};

/* Does job->work, all else zeroed, as the options say, which it adjusts to the machine. The exit
 * status; everything is said. */
int job_do(struct job *job, struct get_options *options);

/* Ends an entry: records and reports its outcome (a wrong line's problem included), frees both. */
void job_settle(struct job *job, struct entry *entry, struct outcome *outcome);

/* Each fetches all entries and reports every outcome. 0, -ECANCELED when interrupted, another
 * -errno when the mode itself cannot go on (said on standard error). */
int job_run_async(struct job *job);     /* coroutines, on options->threads schedulers */
int job_run_sync(struct job *job);      /* plain blocking calls, one after another */
int job_run_threads(struct job *job);   /* a pool of blocking threads */
int job_run_processes(struct job *job); /* a pool of blocking processes; forks before all else */

#endif
