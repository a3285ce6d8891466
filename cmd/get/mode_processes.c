#include "cmd/get/children.h"
#include "cmd/get/job.h"
#include "cmd/get/main_loop.h"
#include "cmd/get/posts.h"
#include <errno.h>

static int processes_serve(struct posts *posts, unsigned post, struct entry *entry,
                           struct outcome *outcome)
{
    struct job *job = posts->job;
    return children_serve(job->children, post, job->hosts, job->namer, entry, outcome);
}

static int processes_body(void *arg)
{
    int error = posts_run(arg);
    return error == -EPIPE ? -ECHILD : error; /* no child is left */
}

int job_run_processes(struct job *job)
{
    struct posts posts = {
        .job = job,
        .count = children_count(job->children),
        .serve = processes_serve,
        .meters = children_meters(job->children),
    };
    return main_loop_run(job, processes_body, &posts);
}
