#include "cmd/get/main_loop.h"

#include "cmd/get/loop_options.h"
#include "cmd/get/signals.h"
#include "engine/io/watch.h"
#include "engine/sched/group.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct main_loop {
    struct job *job;
    int (*body)(void *arg);
    void *arg;
    struct task *task; /* that runs the body */
    int result;
};

static void on_signal(void *ctx, int fd, unsigned events)
{
    struct main_loop *loop = ctx;
    (void)events; /* it can only be readable */
    task_cancel(loop->task);
    /* Once is enough; the descriptor stays readable. */
    watch_fd(fd, 0, NULL, NULL);
}

static void *progress_task(void *arg)
{
    struct report *report = arg;
    while (task_sleep(report_tick(report, deadline_clock())) == 0)
        continue;
    return NULL;
}

static void *body_task(void *arg)
{
    struct main_loop *loop = arg;
    struct group aside;
    loop->task = task_self();
    group_init(&aside);
    int error = group_spawn(&aside, progress_task, loop->job->report);
    if (!error)
        error = watch_fd(signals_fd(), IO_IN, on_signal, loop);
    history_attach(&loop->job->history);
    loop->result = error ? error : loop->body(loop->arg);
    history_detach(&loop->job->history);
    watch_fd(signals_fd(), 0, NULL, NULL);
    group_close(&aside);
    return NULL;
}

int main_loop_run(struct job *job, int (*body)(void *arg), void *arg)
{
    struct main_loop loop = {.job = job, .body = body, .arg = arg};
    struct sched_options options = sched_options_for(job->options);
    struct sched *sched = sched_new(&options);
    int error = sched ? 0 : -errno;
    if (!error)
        error = task_spawn(NULL, body_task, &loop) ? sched_run(sched) : -ENOMEM;
    sched_free(sched);
    if (error)
        fprintf(stderr, "fetch: the event loop failed: %s\n", strerror(-error));
    return error ? error : loop.result;
}
