/* unit.h - what the tests of engine include first: cmocka, and the short way to run a task under a
 * scheduler with given options.
 */
#ifndef ENGINE_UNIT_H
#define ENGINE_UNIT_H

#include "engine/engine.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* sched_run()'s result; `options` may be NULL. */
#define unit_run(options, fn, arg) unit_run_at((options), (fn), (arg), #fn, ENGINE_SITE)
static inline int unit_run_at(const struct sched_options *options, task_fn fn, void *arg,
                              const char *name, const char *site)
{
    struct sched *sched = sched_new(options);
    assert_non_null(sched);
    struct task *task = task_spawn_at(NULL, fn, arg, name, site);
    assert_non_null(task);
    int result = sched_run(sched);
    sched_free(sched);
    return result;
}

/* Time stands still but for what tasks wait for: nothing takes real time. */
static const struct sched_options unit_virtual = {.virtual_clock = true};

/* Lines of reports, one after another, each with its newline. Any thread. */
struct unit_report {
    pthread_mutex_t mutex;
    size_t used;
    unsigned lines;
    char text[8192];
};

static inline void unit_report_line(void *ctx, const char *line)
{
    struct unit_report *report = ctx;
    pthread_mutex_lock(&report->mutex);
    int n =
        snprintf(report->text + report->used, sizeof(report->text) - report->used, "%s\n", line);
    assert_true(n > 0 && report->used + (size_t)n < sizeof(report->text));
    report->used += (size_t)n;
    report->lines++;
    pthread_mutex_unlock(&report->mutex);
}

#endif
