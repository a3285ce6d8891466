/* group.c - groups of tasks, and their deadline. */
#include "engine/sched/group.h"
#include "engine/sched/core.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct group_timer {
    struct timer timer;
    struct group *group;
};

int group_init(struct group *group)
{
    *group = (struct group){0};
    list_init(&group->tasks);
    wait_list_init(&group->waiters);
    return sched_self() ? 0 : -ENOTSUP;
}

int group_spawn_at(struct group *group, task_fn fn, void *arg, const char *name, const char *site)
{
    struct task *task = task_spawn_at(group, fn, arg, name, site);
    if (!task)
        return -errno;
    task->detached = true;
    return 0;
}

void group_task_ended(struct group *group)
{
    if (--group->running == 0)
        wait_wake_all(&group->waiters);
}

static void group_timer_fired(struct timer *timer)
{
    struct group *group = list_entry(timer, struct group_timer, timer)->group;
    group->timed_out = true;
    group_cancel(group);
}

static void group_drop_timer(struct group *group)
{
    if (!group->timer)
        return;
    struct timer_heap *timers = &sched_self()->timers;
    timer_stop(timers, group->timer);
    timer_heap_release(timers);
    free(list_entry(group->timer, struct group_timer, timer));
    group->timer = NULL;
}

static int group_make_timer(struct group *group)
{
    struct group_timer *made = malloc(sizeof(*made));
    if (!made)
        return -ENOMEM;
    int error = timer_heap_reserve(&sched_self()->timers);
    if (error) {
        free(made);
        return error;
    }
    timer_init(&made->timer, group_timer_fired);
    made->group = group;
    group->timer = &made->timer;
    return 0;
}

int group_deadline(struct group *group, int64_t deadline)
{
    if (deadline == DEADLINE_NEVER) {
        group_drop_timer(group);
        return 0;
    }
    int error = group->timer ? 0 : group_make_timer(group);
    if (!error)
        timer_start(&sched_self()->timers, group->timer, deadline);
    return error;
}

int group_wait(struct group *group, int64_t deadline)
{
    while (group->running > 0) {
        task_waits_for("group_wait", -1);
        int error = wait_on(&group->waiters, deadline);
        if (error)
            return error;
    }
    return group->timed_out ? -ETIMEDOUT : 0;
}

void group_cancel(struct group *group)
{
    group->canceled = true;
    for (struct list_node *node = list_first(&group->tasks); node;
         node = list_next(&group->tasks, node))
        task_cancel(list_entry(node, struct task, group_node));
}

void group_close(struct group *group)
{
    assert(task_self() ? task_self()->group != group : group->running == 0);
    group_cancel(group);
    group_drop_timer(group);
    while (group->running > 0) {
        task_waits_for("group_close", -1);
        wait_on_uncancelable(&group->waiters);
    }
    struct list_node *node;
    while ((node = list_first(&group->tasks)))
        task_free(list_entry(node, struct task, group_node));
}
