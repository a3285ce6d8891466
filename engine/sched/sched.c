/* sched.c - the loop. sched_tick() is the whole of it. */
#include "engine/sched/sched.h"
#include "engine/co/stack.h"
#include "engine/limits.h"
#include "engine/sched/census.h"
#include "engine/sched/core.h"
#include "engine/sched/mailbox.h"
#include "engine/sched/report.h"
#include "engine/sched/watchdog.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum {
    SCHED_BUDGET_NS = 1000 * 1000,
    SCHED_TRIM_NS = 100 * 1000 * 1000,
};

/* Initial-exec: one load instead of a call in the shared library. */
static _Thread_local struct sched *current __attribute__((tls_model("initial-exec")));

struct sched *sched_self(void)
{
    return current;
}

struct task *task_self(void)
{
    return current ? current->running : NULL;
}

static void sched_init(struct sched *sched, const struct sched_options *options)
{
    if (options)
        sched->options = *options;
    sched->random = sched->options.shuffle_seed;
    sched->mailbox_fd = -1;
    list_init(&sched->ready);
    list_init(&sched->tasks);
    list_init(&sched->hooks);
    list_init(&sched->spare);
    timer_heap_init(&sched->timers);
    /* A virtual clock starts at one second, the same in every run; zero would be DEADLINE_NOW. */
    sched->now = sched->options.virtual_clock ? NSEC_PER_SEC : deadline_clock();
}

static int sched_open(struct sched *sched)
{
    int error = poller_init(&sched->poller);
    if (error)
        return error;
    error = mailbox_open(sched);
    if (error)
        goto no_mailbox;
    error = watchdog_start(sched);
    if (error)
        goto no_watchdog;
    if (LIMIT_CENSUS && !(sched->census = census_new())) {
        error = -ENOMEM;
        goto no_census;
    }
    return 0;

no_census:
    watchdog_stop(sched);
no_watchdog:
    mailbox_close(sched);
no_mailbox:
    poller_free(&sched->poller);
    return error;
}

struct sched *sched_new(const struct sched_options *options)
{
    if (current) {
        errno = EBUSY;
        return NULL;
    }
    struct sched *sched = calloc(1, sizeof(*sched));
    if (!sched)
        return NULL;
    sched_init(sched, options);
    current = sched;
    (void)group_init(&sched->root); /* cannot fail: this thread has a scheduler now */
    int error = sched_open(sched);
    if (error) {
        current = NULL;
        free(sched);
        errno = -error;
        return NULL;
    }
    return sched;
}

void sched_free(struct sched *sched)
{
    if (!sched)
        return;
    assert(sched == current && !sched->running && sched->tasks_alive == 0);
    group_close(&sched->root);
    offload_pool_free(sched->pool);
    (void)mailbox_run(sched); /* whether there was any does not matter */
    watchdog_stop(sched);
    mailbox_close(sched);
    poller_free(&sched->poller);
    timer_heap_free(&sched->timers);
    census_free(sched->census);
    struct list_node *node;
    while ((node = list_pop_front(&sched->spare)))
        free(list_entry(node, struct task, ready_node));
    stack_pool_drain();
    free(sched);
    current = NULL;
}

/* splitmix64 (Vigna): every seed gives a good sequence. */
static uint64_t sched_random(struct sched *sched)
{
    uint64_t z = sched->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* O(n), for tests. */
static struct list_node *sched_pick_any(struct sched *sched)
{
    size_t n = 0;
    for (struct list_node *node = list_first(&sched->ready); node;
         node = list_next(&sched->ready, node))
        n++;
    struct list_node *node = list_first(&sched->ready);
    for (size_t skip = n ? sched_random(sched) % n : 0; skip > 0; skip--)
        node = list_next(&sched->ready, node);
    if (node)
        list_remove(node);
    return node;
}

static struct task *sched_pick(struct sched *sched)
{
    struct list_node *node =
        sched->options.shuffle_seed ? sched_pick_any(sched) : list_pop_front(&sched->ready);
    return node ? list_entry(node, struct task, ready_node) : NULL;
}

/* Until none is ready or the budget is used up. The clock is read now and then only: reading it
 * costs more than a switch. */
static void sched_run_ready(struct sched *sched)
{
    int64_t end = sched->now + SCHED_BUDGET_NS;
    struct task *task;
    for (unsigned n = 1; (task = sched_pick(sched)); n++) {
        task_run(task);
        if (n == LIMIT_DISPATCHES)
            break;
        if (n % LIMIT_CLOCK_INTERVAL == 0 && deadline_clock() >= end)
            break;
    }
}

/* Returns the earliest deadline that a hook wants. Popped and put back one by one, so that a hook
 * may remove itself or others. */
static int64_t sched_prepare(struct sched *sched)
{
    int64_t earliest = DEADLINE_NEVER;
    struct list pending;
    list_move(&pending, &sched->hooks);
    struct list_node *node;
    while ((node = list_pop_front(&pending))) {
        struct sched_hook *hook = list_entry(node, struct sched_hook, node);
        list_push_back(&sched->hooks, node);
        sched_begin(sched, "a hook before polling", NULL);
        earliest = deadline_min(earliest, hook->prepare(hook));
        sched_end(sched);
    }
    return earliest;
}

static void sched_finish(struct sched *sched)
{
    struct list pending;
    list_move(&pending, &sched->hooks);
    struct list_node *node;
    while ((node = list_pop_front(&pending))) {
        struct sched_hook *hook = list_entry(node, struct sched_hook, node);
        list_push_back(&sched->hooks, node);
        if (!hook->finish)
            continue;
        sched_begin(sched, "a hook after polling", NULL);
        hook->finish(hook);
        sched_end(sched);
    }
}

static void sched_update_clock(struct sched *sched)
{
    sched->now = deadline_clock();
}

static bool sched_has_work(const struct sched *sched)
{
    return sched->tasks_alive > 0 || sched->holds > 0;
}

/* Polls without waiting first: what is there by then comes before what time brings. Somebody
 * outside who holds the loop is waited for, and time with him. */
static int sched_poll_virtual(struct sched *sched, int64_t deadline)
{
    bool wait = deadline > sched->now && (sched->holds > 0 || deadline == DEADLINE_NEVER);
    int n = poller_wait(&sched->poller, 0, wait ? DEADLINE_NEVER : DEADLINE_NOW);
    if (n == 0 && deadline > sched->now && deadline != DEADLINE_NEVER && sched->holds == 0)
        sched->now = deadline;
    return n;
}

static int sched_poll(struct sched *sched, int64_t deadline)
{
    sched->stats.polls++;
    if (sched->options.virtual_clock)
        return sched_poll_virtual(sched, deadline);
    return poller_wait(&sched->poller, sched->now, deadline);
}

/* May the loop sleep? From now on posts wake it. */
static bool sched_may_sleep(struct sched *sched, int64_t deadline)
{
    return list_empty(&sched->ready) && sched_has_work(sched) && deadline > sched->now &&
           mailbox_arm(sched);
}

/* Waits for what comes first: an event, a message, the deadline. */
static int sched_wait(struct sched *sched, int64_t deadline)
{
    if (!sched_may_sleep(sched, deadline))
        deadline = DEADLINE_NOW;
    if (deadline == DEADLINE_NEVER && sched->poller.interested == 0 && sched->holds == 0) {
        report_deadlock(sched);
        return -EDEADLK;
    }
    int n = sched_poll(sched, deadline);
    return n < 0 ? n : 0;
}

static void sched_trim_stacks(struct sched *sched)
{
    if (sched->now < sched->trim_at)
        return;
    sched->trim_at = sched->now + SCHED_TRIM_NS;
    stack_pool_trim();
}

static int sched_tick(struct sched *sched)
{
    sched->stats.ticks++;
    sched_run_ready(sched);
    int64_t deadline = sched_prepare(sched);
    sched_update_clock(sched);
    timer_run(&sched->timers, sched->now);
    int error = sched_wait(sched, deadline_min(deadline, timer_next(&sched->timers)));
    sched_update_clock(sched);
    (void)mailbox_run(sched); /* whom it wakes runs in the next tick */
    sched_finish(sched);
    sched_trim_stacks(sched);
    return error;
}

static void sched_cancel_all(struct sched *sched)
{
    for (struct list_node *node = list_first(&sched->tasks); node;
         node = list_next(&sched->tasks, node))
        task_cancel(list_entry(node, struct task, alive_node));
}

int sched_run(struct sched *sched)
{
    int result = 0;
    assert(sched == current && !sched->running);
    sched_update_clock(sched);
    while (sched_has_work(sched)) {
        int error = sched_tick(sched);
        if (!error)
            continue;
        result = error;
        sched_cancel_all(sched);
        /* Not even canceling helps, nor will a shield run out: nothing will ever happen again. */
        if (list_empty(&sched->ready) && timer_next(&sched->timers) == DEADLINE_NEVER)
            break;
    }
    return result;
}

void sched_stats(const struct sched *sched, struct sched_stats *stats)
{
    *stats = sched->stats;
    stats->tasks = sched->tasks_alive;
}

int engine_run_at(task_fn fn, void *arg, void **value, const char *name, const char *site)
{
    struct sched *sched = sched_new(NULL);
    if (!sched)
        return -errno;
    int error = -ENOMEM;
    struct task *task = task_spawn_at(NULL, fn, arg, name, site);
    if (!task)
        goto out;
    error = sched_run(sched);
    /* The handle may only be joined once it has ended, which a poll that failed may prevent. */
    if (task->state == TASK_ENDED)
        (void)task_join(task, value, DEADLINE_NOW); /* cannot fail: it has ended */
out:
    sched_free(sched);
    return error;
}

void sched_hook_add(struct sched *sched, struct sched_hook *hook)
{
    list_push_back(&sched->hooks, &hook->node);
}

void sched_hook_remove(struct sched_hook *hook)
{
    list_remove(&hook->node);
}
