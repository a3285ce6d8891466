#include "cmd/get/posts.h"

#include "engine/sched/group.h"
#include "engine/sync/queue.h"
#include <errno.h>

/* Settles an entry that no post took up. */
static void posts_return(struct posts *posts, struct entry *entry)
{
    if (entry->leased)
        hosts_leave(posts->job->hosts, entry_gate(entry));
    job_settle(posts->job, entry, &(struct outcome){0});
}

static void *post_task(void *arg)
{
    struct posts *posts = arg;
    unsigned post = posts->next++;
    int error = 0;
    void *item;
    while (!error && queue_get(posts->entries, &item, DEADLINE_NEVER) == 0) {
        struct outcome outcome = {0};
        report_started(posts->job->report, item, &posts->meters[post]);
        report_flight(posts->job->report, ++posts->flying);
        error = posts->serve(posts, post, item, &outcome);
        report_flight(posts->job->report, --posts->flying);
        posts->returned = posts->returned || outcome.postponed;
        job_settle(posts->job, item, &outcome);
        posts->out--;
        event_set(&posts->changed);
        if (!error)
            semaphore_release(&posts->idle);
    }
    /* Nobody is left: the dispatcher is to find that out, not to wait for an idle post. */
    if (--posts->manned == 0) {
        event_set(&posts->changed);
        queue_close(posts->entries);
        semaphore_release(&posts->idle);
    }
    return NULL;
}

/* One entry, as soon as a post is idle. An entry that dispatch has given out holds a connection to
 * its host, which somebody at a post may be waiting for: it must not wait for a post itself. */
static int posts_dispatch_one(struct posts *posts)
{
    struct entry *entry;
    int error = semaphore_acquire(&posts->idle, DEADLINE_NEVER);
    if (error)
        return error;
    error = report_keep_pace(posts->job->report);
    if (!error)
        error = dispatch_next(posts->job->dispatch, &entry);
    if (error) {
        semaphore_release(&posts->idle);
        return error;
    }
    if (entry->problem) {
        job_settle(posts->job, entry, &(struct outcome){0});
        semaphore_release(&posts->idle);
        return 0;
    }
    error = queue_put(posts->entries, entry, DEADLINE_NEVER);
    if (error)
        posts_return(posts, entry);
    else
        posts->out++;
    return error;
}

/* The list has ended, but what is under way may come back. 0 when something has; 1 when nothing
 * will; -ECANCELED. */
static int posts_await_return(struct posts *posts)
{
    int error = 0;
    while (!error && !posts->returned && posts->out > 0 && posts->manned > 0) {
        event_clear(&posts->changed);
        error = event_wait(&posts->changed, DEADLINE_NEVER);
    }
    return error || posts->returned ? error : 1;
}

static int posts_dispatch(struct posts *posts)
{
    int end, error;
    do {
        end = error = posts_dispatch_one(posts);
        if (end && end != -ECANCELED && dispatch_ended(posts->job->dispatch))
            error = posts_await_return(posts);
        posts->returned = false;
    } while (!error);
    if (error == 1)
        error = end;
    return error == 1 ? 0 : error;
}

/* What was put and never got: after an interruption, or when the last post was given up. */
static void posts_drain(struct posts *posts)
{
    void *item;
    while (queue_get(posts->entries, &item, DEADLINE_NOW) == 0)
        posts_return(posts, item);
}

int posts_run(struct posts *posts)
{
    struct group group;
    posts->entries = queue_new(posts->count);
    if (!posts->entries)
        return -ENOMEM;
    semaphore_init(&posts->idle, posts->count);
    event_init(&posts->changed);
    posts->manned = posts->count;
    int error = group_init(&group);
    for (unsigned i = 0; i < posts->count && !error; i++)
        error = group_spawn(&group, post_task, posts);
    if (!error)
        error = dispatch_begin(posts->job->dispatch, posts->job->options);
    if (!error)
        error = posts_dispatch(posts);
    dispatch_end(posts->job->dispatch);
    queue_close(posts->entries);
    /* A list that cannot be read on does not end what is under way; only an interruption does. */
    int left = error == -ECANCELED ? error : group_wait(&group, DEADLINE_NEVER);
    if (left)
        error = left;
    group_close(&group);
    task_shield(DEADLINE_NEVER);
    posts_drain(posts);
    task_unshield();
    queue_free(posts->entries);
    return error;
}
