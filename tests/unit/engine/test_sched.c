/* The loop: hooks, clocks, order, deadlocks, what happens when polling fails. */
#include "engine/limits.h"
#include "engine/sched/core.h"
#include "unit.h"
#include <stdint.h>
#include <unistd.h>

/* poller_wait() is wrapped by the linker; link-time optimisation may be too early for it. */
static int poll_error; /* what it returns; 0: what the real one does */
static unsigned polls; /* seen */

int __real_poller_wait(struct poller *poller, int64_t now, int64_t deadline);
int __wrap_poller_wait(struct poller *poller, int64_t now, int64_t deadline);

int __wrap_poller_wait(struct poller *poller, int64_t now, int64_t deadline)
{
    polls++;
    return poll_error ? poll_error : __real_poller_wait(poller, now, deadline);
}

static void one_scheduler_a_thread(void **state)
{
    (void)state;
    assert_null(sched_self());
    struct sched *sched = sched_new(NULL);
    assert_ptr_equal(sched_self(), sched);
    errno = 0;
    assert_null(sched_new(NULL));
    assert_int_equal(errno, EBUSY);
    assert_int_equal(sched_run(sched), 0);                     /* nothing to do */
    assert_int_equal(task_sleep(deadline_in_ms(1)), -ENOTSUP); /* would block the loop */
    sched_free(sched);
    assert_null(sched_self());
    sched_free(NULL);
}

static void *return_arg(void *arg)
{
    return arg;
}

static void engine_run_returns_the_value(void **state)
{
    int local;
    void *value = NULL;
    (void)state;
    assert_int_equal(engine_run(return_arg, &local, &value), 0);
    assert_ptr_equal(value, &local);
    assert_int_equal(engine_run(return_arg, NULL, NULL), 0);
}

struct probe {
    struct sched_hook hook;
    struct probe *other;
    int prepared;
    int finished;
    int64_t wish;
};

static int64_t probe_prepare(struct sched_hook *hook)
{
    struct probe *probe = list_entry(hook, struct probe, hook);
    probe->prepared++;
    return probe->wish > deadline_now() ? probe->wish : DEADLINE_NEVER;
}

static void probe_finish(struct sched_hook *hook)
{
    struct probe *probe = list_entry(hook, struct probe, hook);
    probe->finished++;
}

static int64_t probe_remove_both(struct sched_hook *hook)
{
    struct probe *probe = list_entry(hook, struct probe, hook);
    probe->prepared++;
    sched_hook_remove(&probe->hook);
    sched_hook_remove(&probe->other->hook);
    return DEADLINE_NEVER;
}

static void *sleep_with_hooks(void *arg)
{
    struct probe quiet = {.hook = {.prepare = probe_prepare}, .wish = DEADLINE_NEVER};
    struct probe probe = {.hook = {.prepare = probe_prepare, .finish = probe_finish}};
    (void)arg;
    int64_t start = deadline_clock();
    probe.wish = start + 10 * NSEC_PER_MSEC;
    sched_hook_add(sched_self(), &quiet.hook);
    sched_hook_add(sched_self(), &probe.hook);
    assert_int_equal(task_sleep(deadline_in_ms(20)), 0);
    assert_true(probe.prepared >= 2 && probe.prepared == quiet.prepared);
    assert_true(probe.finished >= 2);
    sched_hook_remove(&probe.hook);
    int before = probe.prepared;
    assert_int_equal(task_sleep(deadline_in_ms(20)), 0);
    assert_int_equal(probe.prepared, before);
    assert_true(quiet.prepared > before);
    sched_hook_remove(&quiet.hook);
    return NULL;
}

static void hooks_run_around_each_wait(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, sleep_with_hooks, NULL), 0);
}

static void *sleep_with_leaving_hooks(void *arg)
{
    struct probe a = {.hook = {.prepare = probe_remove_both}};
    struct probe b = {.hook = {.prepare = probe_remove_both}, .other = &a};
    (void)arg;
    a.other = &b;
    sched_hook_add(sched_self(), &a.hook);
    sched_hook_add(sched_self(), &b.hook);
    assert_int_equal(task_sleep(deadline_in_ms(20)), 0);
    assert_int_equal(a.prepared, 1);
    assert_int_equal(b.prepared, 0);
    return NULL;
}

static void a_hook_may_remove_any(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, sleep_with_leaving_hooks, NULL), 0);
}

static struct task *to_wake;

static int64_t wake_in_prepare(struct sched_hook *hook)
{
    (void)hook;
    task_wake(to_wake);
    return DEADLINE_NEVER;
}

static void *park_for_a_hook(void *arg)
{
    struct sched_hook hook = {.prepare = wake_in_prepare};
    (void)arg;
    to_wake = task_self();
    sched_hook_add(sched_self(), &hook);
    assert_int_equal(task_park(DEADLINE_NEVER), 0); /* and no deadlock is called */
    sched_hook_remove(&hook);
    return NULL;
}

static void a_hook_wakes_a_task(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, park_for_a_hook, NULL), 0);
}

static bool stop_spinning;

static void *spin(void *arg)
{
    (void)arg;
    while (!stop_spinning)
        assert_int_equal(task_yield(), 0);
    return NULL;
}

static void *read_one(void *arg)
{
    char c;
    assert_int_equal(io_read(*(int *)arg, &c, 1, deadline_in_ms(5000)), 1);
    stop_spinning = true;
    return NULL;
}

static void *spin_and_read(void *arg)
{
    int fds[2];
    (void)arg;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(io_nonblock(fds[0]), 0);
    stop_spinning = false;
    struct task *tasks[] = {task_spawn(NULL, spin, NULL), task_spawn(NULL, spin, NULL),
                            task_spawn(NULL, read_one, &fds[0])};
    for (int i = 0; i < 10; i++)
        assert_int_equal(task_yield(), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    assert_int_equal(task_joinall(tasks, 3, DEADLINE_NEVER), 0);
    io_close(fds[0]);
    close(fds[1]);
    return NULL;
}

static void busy_tasks_do_not_starve_io(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, spin_and_read, NULL), 0);
}

static void *spin_for_timer(void *arg)
{
    (void)arg;
    stop_spinning = false;
    struct task *tasks[] = {task_spawn(NULL, spin, NULL), task_spawn(NULL, spin, NULL)};
    assert_int_equal(task_sleep(deadline_in_ms(20)), 0);
    stop_spinning = true;
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    return NULL;
}

static void busy_tasks_do_not_starve_timers(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, spin_for_timer, NULL), 0);
}

static void *yield_often(void *arg)
{
    for (int i = 0; i < 10 * LIMIT_DISPATCHES; i++)
        assert_int_equal(task_yield(), 0);
    sched_stats(sched_self(), arg);
    return NULL;
}

static void the_budget_ends_a_tick(void **state)
{
    struct sched_stats stats;
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, yield_often, &stats), 0);
    assert_int_equal(stats.spawned, 1);
    assert_int_equal(stats.tasks, 1);
    assert_int_equal(stats.switches, 10 * LIMIT_DISPATCHES + 1);
    assert_in_range(stats.ticks, 10, 12);
    assert_in_range(stats.polls, 9, 12);
}

static void *wait_for_nobody(void *arg)
{
    struct event never;
    (void)arg;
    event_init(&never);
    return (void *)(intptr_t)event_wait(&never, DEADLINE_NEVER);
}

static void *join_the_stuck(void *arg)
{
    void *result;
    (void)arg;
    struct task *stuck = task_spawn(NULL, wait_for_nobody, NULL);
    int error = task_join(stuck, &result, DEADLINE_NEVER);
    assert_int_equal(error, -ECANCELED);
    return NULL;
}

static void a_deadlock_names_all_and_ends(void **state)
{
    static struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    const struct sched_options options = {.report = unit_report_line, .report_ctx = &report};
    (void)state;
    assert_int_equal(unit_run(&options, join_the_stuck, NULL), -EDEADLK);
    assert_non_null(strstr(report.text, "deadlock"));
    assert_non_null(strstr(report.text, "nothing can wake: 2\n"));
    assert_non_null(strstr(report.text, "task wait_for_nobody (spawned at "));
    assert_non_null(strstr(report.text, "test_sched.c:"));
    assert_non_null(strstr(report.text, "waits for event_wait\n"));
    assert_non_null(strstr(report.text, "waits for task_join\n"));
    assert_int_equal(report.lines, 3);
}

static void *be_stuck_after_all(void *arg)
{
    (void)arg;
    assert_int_equal(task_park(DEADLINE_NEVER), -ECANCELED);
    task_shield(deadline_in_ms(1));
    assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED);
    return NULL;
}

static void after_a_deadlock_clean_up_may_take_time(void **state)
{
    static struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    const struct sched_options options = {.report = unit_report_line, .report_ctx = &report};
    (void)state;
    assert_int_equal(unit_run(&options, be_stuck_after_all, NULL), -EDEADLK);
    assert_int_equal(report.lines, 2);
}

static void a_scheduler_goes_on_after_a_deadlock(void **state)
{
    (void)state;
    static struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    const struct sched_options options = {.report = unit_report_line, .report_ctx = &report};
    struct sched *sched = sched_new(&options);
    assert_non_null(task_spawn(NULL, wait_for_nobody, NULL));
    assert_int_equal(sched_run(sched), -EDEADLK);
    assert_non_null(task_spawn(NULL, return_arg, NULL)); /* it can go on */
    assert_int_equal(sched_run(sched), 0);
    sched_free(sched);
}

static void *sleep_long(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)task_sleep(deadline_in_ms(100000));
}

static void failed_polling_cancels_all(void **state)
{
    void *result = NULL;
    (void)state;
    if (polls == 0)
        skip();
    poll_error = -EBADF;
    struct sched *sched = sched_new(NULL);
    struct task *task = task_spawn(NULL, sleep_long, NULL);
    assert_int_equal(sched_run(sched), -EBADF);
    poll_error = 0;
    assert_int_equal(task_join(task, &result, DEADLINE_NOW), 0);
    assert_int_equal((intptr_t)result, -ECANCELED);
    sched_free(sched);
}

static void *list_tasks(void *arg)
{
    int fds[2];
    (void)arg;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(io_nonblock(fds[0]), 0);
    struct task *sleeper = task_spawn(NULL, sleep_long, NULL);
    struct task *reader = task_spawn(NULL, read_one, &fds[0]);
    assert_int_equal(task_yield(), 0);
    struct task *new = task_spawn(NULL, return_arg, NULL);
    task_cancel(sleeper);
    sched_report_tasks(sched_self());
    assert_int_equal(write(fds[1], "x", 1), 1);
    struct task *tasks[] = {sleeper, reader, new};
    assert_int_equal(task_joinall(tasks, 3, DEADLINE_NEVER), 0);
    io_close(fds[0]);
    close(fds[1]);
    sched_report_tasks(sched_self());
    return NULL;
}

static void tasks_are_listed(void **state)
{
    static struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    const struct sched_options options = {.report = unit_report_line, .report_ctx = &report};
    (void)state;
    assert_int_equal(unit_run(&options, list_tasks, NULL), 0);
    assert_non_null(strstr(report.text, "tasks alive: 4\n"));
    assert_non_null(strstr(report.text, "is running\n"));
    assert_non_null(strstr(report.text, "is ready to run, canceled\n"));
    assert_non_null(strstr(report.text, "on descriptor "));
    assert_non_null(strstr(report.text, " s at most\n"));
    assert_non_null(strstr(report.text, "tasks alive: 1\n"));
    if (LIMIT_CENSUS)
        assert_non_null(strstr(report.text, "KiB at most, task sleep_long (spawned at"));
}

static void *sleep_a_day(void *arg)
{
    assert_true(deadline_clock() == NSEC_PER_SEC); /* the same in every run */
    assert_true(deadline_now() == NSEC_PER_SEC);
    int64_t deadline = deadline_in(86400 * NSEC_PER_SEC);
    for (volatile int i = 0; i < 100 * 1000; i++)
        ;
    assert_true(deadline_clock() == NSEC_PER_SEC); /* stands still while tasks run */
    assert_int_equal(task_sleep(deadline), 0);
    assert_true(deadline_clock() == deadline);
    *(bool *)arg = true;
    return NULL;
}

static void virtual_time_jumps(void **state)
{
    bool slept = false;
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, sleep_a_day, &slept), 0);
    assert_true(slept);
}

static void *read_in_virtual_time(void *arg)
{
    int fds[2];
    char c;
    (void)arg;
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(io_nonblock(fds[0]), 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    int64_t start = deadline_clock();
    assert_int_equal(io_read(fds[0], &c, 1, deadline_in_ms(10)), 1);
    assert_true(deadline_clock() == start); /* what is there comes before what time brings */
    assert_int_equal(io_read(fds[0], &c, 1, deadline_in_ms(10)), -ETIMEDOUT);
    assert_true(deadline_clock() == start + 10 * NSEC_PER_MSEC);
    io_close(fds[0]);
    close(fds[1]);
    return NULL;
}

static void virtual_time_lets_io_come_first(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, read_in_virtual_time, NULL), 0);
}

enum { SHUFFLED = 32 };
static unsigned char shuffled[SHUFFLED];
static size_t shuffled_count;

static void *note_number(void *arg)
{
    assert_int_equal(task_yield(), 0);
    shuffled[shuffled_count++] = (unsigned char)(uintptr_t)arg;
    return NULL;
}

static void *spawn_numbers(void *arg)
{
    struct group group;
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    for (uintptr_t i = 0; i < SHUFFLED; i++)
        assert_int_equal(group_spawn(&group, note_number, (void *)i), 0);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    return NULL;
}

static void shuffle(uint64_t seed, unsigned char order[SHUFFLED])
{
    const struct sched_options options = {.virtual_clock = true, .shuffle_seed = seed};
    shuffled_count = 0;
    assert_int_equal(unit_run(&options, spawn_numbers, NULL), 0);
    assert_int_equal(shuffled_count, SHUFFLED);
    memcpy(order, shuffled, SHUFFLED);
}

static void a_seed_gives_one_order(void **state)
{
    unsigned char fifo[SHUFFLED], one[SHUFFLED], again[SHUFFLED], two[SHUFFLED];
    (void)state;
    shuffle(0, fifo);
    for (int i = 0; i < SHUFFLED; i++)
        assert_int_equal(fifo[i], i);
    shuffle(1, one);
    shuffle(1, again);
    shuffle(2, two);
    assert_memory_equal(one, again, SHUFFLED);
    assert_memory_not_equal(one, two, SHUFFLED);
    assert_memory_not_equal(one, fifo, SHUFFLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_scheduler_a_thread),
        cmocka_unit_test(engine_run_returns_the_value),
        cmocka_unit_test(hooks_run_around_each_wait),
        cmocka_unit_test(a_hook_may_remove_any),
        cmocka_unit_test(a_hook_wakes_a_task),
        cmocka_unit_test(busy_tasks_do_not_starve_io),
        cmocka_unit_test(busy_tasks_do_not_starve_timers),
        cmocka_unit_test(the_budget_ends_a_tick),
        cmocka_unit_test(a_deadlock_names_all_and_ends),
        cmocka_unit_test(after_a_deadlock_clean_up_may_take_time),
        cmocka_unit_test(a_scheduler_goes_on_after_a_deadlock),
        cmocka_unit_test(failed_polling_cancels_all),
        cmocka_unit_test(tasks_are_listed),
        cmocka_unit_test(virtual_time_jumps),
        cmocka_unit_test(virtual_time_lets_io_come_first),
        cmocka_unit_test(a_seed_gives_one_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
