/* Who blocks the loop is named, once; who waits is not. */
#include "unit.h"
#include <unistd.h>

enum { LIMIT_MS = 40 };

static struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static int reset(void **state)
{
    (void)state;
    report.used = 0;
    report.lines = 0;
    report.text[0] = '\0';
    return 0;
}

static int run_watched(task_fn fn, bool virtual_clock)
{
    const struct sched_options options = {.watchdog_ns = LIMIT_MS * NSEC_PER_MSEC,
                                          .virtual_clock = virtual_clock,
                                          .report = unit_report_line,
                                          .report_ctx = &report};
    return unit_run(&options, fn, NULL);
}

static void *block_the_thread(void *arg)
{
    (void)arg;
    usleep(4 * LIMIT_MS * 1000);
    return NULL;
}

static void *spawn_a_blocker(void *arg)
{
    (void)arg;
    struct task *task = task_spawn(NULL, block_the_thread, NULL);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void a_blocker_is_named_once(void **state)
{
    (void)state;
    assert_int_equal(run_watched(spawn_a_blocker, false), 0);
    assert_int_equal(report.lines, 1);
    assert_non_null(strstr(report.text, "task block_the_thread (spawned at "));
    assert_non_null(strstr(report.text, "test_watchdog.c:"));
    const char *blocked = strstr(report.text, "has blocked the loop for ");
    assert_non_null(blocked);
    int ms = atoi(blocked + strlen("has blocked the loop for "));
    assert_in_range(ms, LIMIT_MS, 4 * LIMIT_MS);
}

static void a_virtual_clock_does_not_hide_it(void **state)
{
    (void)state;
    assert_int_equal(run_watched(spawn_a_blocker, true), 0);
    assert_int_equal(report.lines, 1);
}

static void *wait_and_work(void *arg)
{
    (void)arg;
    assert_int_equal(task_sleep(deadline_in_ms(3 * LIMIT_MS)), 0);
    int64_t end = deadline_in_ms(3 * LIMIT_MS);
    while (deadline_clock() < end)
        assert_int_equal(task_yield(), 0);
    return NULL;
}

static void waiting_and_yielding_are_fine(void **state)
{
    (void)state;
    assert_int_equal(run_watched(wait_and_work, false), 0);
    assert_int_equal(report.lines, 0);
}

static int64_t block_in_hook(struct sched_hook *hook)
{
    usleep(4 * LIMIT_MS * 1000);
    sched_hook_remove(hook);
    return DEADLINE_NEVER;
}

static void *sleep_with_a_blocking_hook(void *arg)
{
    struct sched_hook hook = {.prepare = block_in_hook};
    (void)arg;
    sched_hook_add(sched_self(), &hook);
    assert_int_equal(task_sleep(deadline_in_ms(1)), 0);
    return NULL;
}

static void a_hook_is_named_too(void **state)
{
    (void)state;
    assert_int_equal(run_watched(sleep_with_a_blocking_hook, false), 0);
    assert_int_equal(report.lines, 1);
    assert_non_null(strstr(report.text, "a hook before polling has blocked the loop for "));
}

static void *block_twice(void *arg)
{
    (void)arg;
    for (int i = 0; i < 2; i++) {
        usleep(3 * LIMIT_MS * 1000);
        assert_int_equal(task_sleep(deadline_in_ms(LIMIT_MS)), 0);
    }
    return NULL;
}

static void each_block_is_told(void **state)
{
    (void)state;
    assert_int_equal(run_watched(block_twice, false), 0);
    assert_int_equal(report.lines, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_blocker_is_named_once, reset),
        cmocka_unit_test_setup(a_virtual_clock_does_not_hide_it, reset),
        cmocka_unit_test_setup(waiting_and_yielding_are_fine, reset),
        cmocka_unit_test_setup(a_hook_is_named_too, reset),
        cmocka_unit_test_setup(each_block_is_told, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
