/* report.c - lines for people: deadlocks, tasks alive. */
#include "engine/sched/report.h"
#include "engine/sched/census.h"
#include "engine/sched/core.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void report_line(struct sched *sched, const char *format, ...)
{
    char line[512];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (sched->options.report)
        sched->options.report(sched->options.report_ctx, line);
    else
        fprintf(stderr, "%s\n", line);
}

/* What a parked task waits for, in words. */
static const char *describe_wait(const struct task *task, char *text, size_t size)
{
    const char *what = task->waits_for ? task->waits_for : "a wake-up";
    bool timed = task->timer.place > 0;
    double seconds = timed ? (double)(task->timer.deadline - task->sched->now) / NSEC_PER_SEC : 0;
    int used = snprintf(text, size, "waits for %s", what);
    if (task->waits_fd >= 0)
        used += snprintf(text + used, size - (size_t)used, " on descriptor %d", task->waits_fd);
    if (timed)
        snprintf(text + used, size - (size_t)used, ", %.3f s at most", seconds);
    return text;
}

static void report_task(const struct task *task)
{
    char wait[128];
    const char *state = "is ready to run";
    if (task->state == TASK_RUNNING)
        state = "is running";
    else if (task->state == TASK_PARKED)
        state = describe_wait(task, wait, sizeof(wait));
    report_line(task->sched, "  task %s (spawned at %s) %s%s", task->name, task->site, state,
                task->canceled ? ", canceled" : "");
}

static void report_tasks(struct sched *sched)
{
    for (struct list_node *node = list_first(&sched->tasks); node;
         node = list_next(&sched->tasks, node))
        report_task(list_entry(node, struct task, alive_node));
}

void report_deadlock(struct sched *sched)
{
    report_line(sched, "engine: deadlock: tasks that nothing can wake: %zu", sched->tasks_alive);
    report_tasks(sched);
}

void sched_report_tasks(struct sched *sched)
{
    report_line(sched, "engine: tasks alive: %zu", sched->tasks_alive);
    report_tasks(sched);
    census_report(sched->census, sched);
}
