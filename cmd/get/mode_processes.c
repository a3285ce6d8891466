#include "cmd/get/children.h"
#include "cmd/get/job.h"
#include "cmd/get/main_loop.h"
#include "cmd/get/posts.h"

static int processes_serve(struct posts *posts, unsigned post, struct entry *entry,
                           struct outcome *outcome)
{
    return children_serve(posts->job->children, post, posts->job->hosts, entry, outcome);
}

static int processes_body(void *arg)
{
    return posts_run(arg);
}

int job_run_processes(struct job *job)
{
    struct posts posts = {
        .job = job,
        .count = children_count(job->children),
        .serve = processes_serve,
    };
    return main_loop_run(job, processes_body, &posts);
}
