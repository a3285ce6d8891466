/* task.c - tasks: spawned, parked, woken, canceled, joined. */
#include "engine/sched/task.h"
#include "engine/limits.h"
#include "engine/sched/blocking.h"
#include "engine/sched/census.h"
#include "engine/sched/core.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void *task_main(void *in)
{
    struct task *task = in;
    task->value = task->fn(task->arg);
    task->state = TASK_ENDED;
    return NULL;
}

static void task_make_ready(struct task *task)
{
    task->state = TASK_READY;
    list_push_back(&task->sched->ready, &task->ready_node);
}

/* Ends a park. */
static void task_unpark(struct task *task, int result)
{
    task->park_result = result;
    timer_stop(&task->sched->timers, &task->timer);
    task_make_ready(task);
}

bool task_is_canceled(const struct task *task)
{
    return task->canceled && task->shield_until <= task->sched->now;
}

/* Either the deadline of the park or the end of a shield, whichever was earlier. */
static void task_timer_fired(struct timer *timer)
{
    struct task *task = list_entry(timer, struct task, timer);
    task_unpark(task, task_is_canceled(task) ? -ECANCELED : -ETIMEDOUT);
}

static struct task *task_alloc(struct sched *sched)
{
    struct list_node *node = list_pop_front(&sched->spare);
    if (!node)
        return malloc(sizeof(struct task));
    sched->spare_count--;
    return list_entry(node, struct task, ready_node);
}

static void task_dealloc(struct sched *sched, struct task *task)
{
    if (sched->spare_count == LIMIT_SPARE_TASKS) {
        free(task);
        return;
    }
    list_push_front(&sched->spare, &task->ready_node);
    sched->spare_count++;
}

/* A task with all it will ever need, so that nothing can fail later; not yet listed anywhere. */
static struct task *task_new(struct sched *sched)
{
    struct task *task = task_alloc(sched);
    if (!task)
        return NULL;
    *task = (struct task){.sched = sched, .waits_fd = -1};
    if (timer_heap_reserve(&sched->timers))
        goto no_timer;
    task->co = co_new(task_main, sched->options.stack_bytes);
    if (!task->co)
        goto no_stack;
    timer_init(&task->timer, task_timer_fired);
    wait_list_init(&task->joiner);
    return task;

no_stack:
    timer_heap_release(&sched->timers);
no_timer:
    task_dealloc(sched, task);
    return NULL;
}

struct task *task_spawn_at(struct group *group, task_fn fn, void *arg, const char *name,
                           const char *site)
{
    struct sched *sched = sched_self();
    if (!sched) {
        errno = ENOTSUP;
        return NULL;
    }
    if (!group)
        group = &sched->root;
    if (group->canceled) {
        errno = ECANCELED;
        return NULL;
    }
    struct task *task = task_new(sched);
    if (!task) {
        errno = ENOMEM;
        return NULL;
    }
    task->fn = fn;
    task->arg = arg;
    task->name = name;
    task->site = site;
    task->group = group;
    group->running++;
    list_push_back(&group->tasks, &task->group_node);
    list_push_back(&sched->tasks, &task->alive_node);
    sched->tasks_alive++;
    sched->stats.spawned++;
    task_make_ready(task);
    return task;
}

/* The stack goes at once, the struct when it is joined. */
static void task_ended(struct task *task)
{
    struct sched *sched = task->sched;
    struct group *group = task->group;
    if (LIMIT_CENSUS)
        census_add(sched->census, task->name, task->site, co_stack_used(task->co));
    co_free(task->co);
    task->co = NULL;
    timer_heap_release(&sched->timers);
    list_remove(&task->alive_node);
    sched->tasks_alive--;
    /* Who joins frees; should the group be closed in this very tick, it must not. */
    if (wait_wake_one(&task->joiner))
        list_remove(&task->group_node);
    else if (task->detached)
        task_free(task);
    group_task_ended(group);
}

void task_run(struct task *task)
{
    struct sched *sched = task->sched;
    task->state = TASK_RUNNING;
    sched->running = task;
    sched->stats.switches++;
    sched_begin(sched, task->name, task->site);
    co_resume(task->co, task);
    sched_end(sched);
    sched->running = NULL;
    if (task->state == TASK_ENDED)
        task_ended(task);
}

void task_free(struct task *task)
{
    list_remove(&task->group_node);
    task_dealloc(task->sched, task);
}

/* Leaves for the loop. The state says whether and how we come back. */
static void task_leave(struct task *task)
{
    /* A generator that a task resumes has no way to park: its resumer would get control. */
    assert(co_self() == task->co);
    co_yield (NULL);
}

static int task_suspend(struct task *task, int64_t deadline)
{
    if (task->canceled && !task->uncancelable)
        deadline = deadline_min(deadline, task->shield_until);
    if (deadline != DEADLINE_NEVER)
        timer_start(&task->sched->timers, &task->timer, deadline);
    task->state = TASK_PARKED;
    task_leave(task);
    task->waits_for = NULL;
    task->waits_fd = -1;
    return task->park_result;
}

int task_park(int64_t deadline)
{
    struct task *task = task_self();
    if (!task)
        return -ENOTSUP;
    if (task_is_canceled(task))
        return -ECANCELED;
    if (task->wake_pending) {
        task->wake_pending = false;
        return 0;
    }
    if (deadline <= task->sched->now)
        return -ETIMEDOUT;
    return task_suspend(task, deadline);
}

int task_park_uncancelable(void)
{
    struct task *task = task_self();
    if (!task)
        return -ENOTSUP;
    if (task->wake_pending) {
        task->wake_pending = false;
        return 0;
    }
    task->uncancelable = true;
    int result = task_suspend(task, DEADLINE_NEVER);
    task->uncancelable = false;
    return result;
}

void task_wake(struct task *task)
{
    if (task->state == TASK_PARKED)
        task_unpark(task, 0);
    else
        task->wake_pending = true;
}

void task_cancel(struct task *task)
{
    if (task->canceled || task->state == TASK_ENDED)
        return;
    task->canceled = true;
    if (task->state != TASK_PARKED || task->uncancelable)
        return;
    struct timer *timer = &task->timer;
    if (task_is_canceled(task))
        task_unpark(task, -ECANCELED);
    else if (!timer->place || task->shield_until < timer->deadline)
        timer_start(&task->sched->timers, timer, task->shield_until);
}

bool task_canceled(void)
{
    const struct task *task = task_self();
    if (task)
        return task_is_canceled(task);
    return !sched_self() && blocking_interrupted();
}

void task_shield(int64_t deadline)
{
    struct task *task = task_self();
    if (task)
        task->shield_until = deadline;
}

void task_unshield(void)
{
    task_shield(0);
}

int task_yield(void)
{
    struct task *task = task_self();
    if (!task)
        return -ENOTSUP;
    task_make_ready(task);
    task_leave(task);
    return task_is_canceled(task) ? -ECANCELED : 0;
}

int task_sleep(int64_t deadline)
{
    const struct task *task = task_self();
    if (!task)
        return sched_self() ? -ENOTSUP : blocking_wait(NULL, 0, deadline);
    if (deadline <= task->sched->now)
        return task_yield();
    int error = 0;
    while (!error) {
        task_waits_for("sleep", -1);
        error = task_park(deadline);
    }
    return error == -ETIMEDOUT ? 0 : error;
}

void task_waits_for(const char *what, int fd)
{
    struct task *task = task_self();
    if (!task)
        return;
    task->waits_for = what;
    task->waits_fd = fd;
}

int task_join(struct task *task, void **value, int64_t deadline)
{
    if (task == task_self())
        return -EDEADLK;
    if (!list_empty(&task->joiner.waiters))
        return -EBUSY;
    if (task->state != TASK_ENDED) {
        task_waits_for("task_join", -1);
        int error = wait_on(&task->joiner, deadline);
        if (error)
            return error;
    }
    if (value)
        *value = task->value;
    task_free(task);
    return 0;
}

int task_joinall(struct task **tasks, size_t n, int64_t deadline)
{
    for (size_t i = 0; i < n; i++) {
        int error = tasks[i] ? task_join(tasks[i], NULL, deadline) : 0;
        if (error)
            return error;
        tasks[i] = NULL;
    }
    return 0;
}

const char *task_name(const struct task *task)
{
    return task->name;
}
