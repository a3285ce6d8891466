/* Tasks: spawn, join, yield, sleep, park and wake. Canceling has test_cancel.c. */
#include "unit.h"
#include <stdint.h>

static int steps[16];
static size_t step_count;

static void step(int n)
{
    steps[step_count++ % 16] = n;
}

static void assert_steps(const int *expected, size_t n)
{
    assert_int_equal(step_count, n);
    assert_memory_equal(steps, expected, n * sizeof(int));
}

static int reset(void **state)
{
    (void)state;
    step_count = 0;
    return 0;
}

static void *step_once(void *arg)
{
    step((int)(intptr_t)arg);
    return arg;
}

static void *spawn_then_join(void *arg)
{
    (void)arg;
    struct task *a = task_spawn(NULL, step_once, (void *)2);
    struct task *b = task_spawn(NULL, step_once, (void *)3);
    step(1); /* a spawn enqueues only */
    void *value = NULL;
    assert_int_equal(task_join(b, &value, DEADLINE_NEVER), 0);
    assert_ptr_equal(value, (void *)3);
    assert_int_equal(task_join(a, &value, DEADLINE_NEVER), 0); /* has long ended */
    assert_ptr_equal(value, (void *)2);
    step(4);
    return NULL;
}

static void a_spawn_runs_later_and_joins(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, spawn_then_join, NULL), 0);
    assert_steps((const int[]){1, 2, 3, 4}, 4);
}

static void *describe_self(void *arg)
{
    struct task *self = task_self();
    assert_non_null(self);
    assert_string_equal(task_name(self), "describe_self");
    return arg;
}

static void a_task_knows_itself(void **state)
{
    (void)state;
    assert_null(task_self());
    assert_int_equal(unit_run(NULL, describe_self, NULL), 0);
}

static void without_a_scheduler_it_is_refused(void **state)
{
    (void)state;
    errno = 0;
    assert_null(task_spawn(NULL, step_once, NULL));
    assert_int_equal(errno, ENOTSUP);
    assert_int_equal(task_park(DEADLINE_NEVER), -ENOTSUP);
    assert_int_equal(task_park_uncancelable(), -ENOTSUP);
    assert_int_equal(task_yield(), -ENOTSUP);
    assert_false(task_canceled());
    task_shield(DEADLINE_NEVER);
    task_unshield();
    int64_t before = deadline_clock();
    assert_int_equal(task_sleep(deadline_in_ms(5)), 0); /* but sleeping works anywhere */
    assert_true(deadline_clock() - before >= 5 * NSEC_PER_MSEC);
}

static void *sleep_ms(void *arg)
{
    assert_int_equal(task_sleep(deadline_in_ms((intptr_t)arg)), 0);
    step((int)(intptr_t)arg);
    return arg;
}

static void *join_late_sleepers(void *arg)
{
    (void)arg;
    int64_t start = deadline_clock();
    struct task *tasks[] = {task_spawn(NULL, sleep_ms, (void *)30),
                            task_spawn(NULL, sleep_ms, (void *)10),
                            task_spawn(NULL, sleep_ms, (void *)20)};
    assert_int_equal(task_join(tasks[0], NULL, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(task_join(tasks[0], NULL, start + 5 * NSEC_PER_MSEC), -ETIMEDOUT);
    assert_int_equal(deadline_clock() - start, 5 * NSEC_PER_MSEC);
    assert_int_equal(task_joinall(tasks, 3, DEADLINE_NEVER), 0);
    assert_int_equal(deadline_clock() - start, 30 * NSEC_PER_MSEC);
    assert_null(tasks[0]);
    assert_null(tasks[1]);
    assert_null(tasks[2]);
    return NULL;
}

static void sleepers_end_in_the_order_of_time(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, join_late_sleepers, NULL), 0);
    assert_steps((const int[]){10, 20, 30}, 3);
}

static void *sleep_twice_as_two(void *arg)
{
    int64_t start = deadline_clock();
    struct task *tasks[] = {task_spawn(NULL, sleep_ms, (void *)100),
                            task_spawn(NULL, sleep_ms, (void *)50)};
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    *(int64_t *)arg = deadline_clock() - start;
    return NULL;
}

static void in_real_time_sleeps_overlap(void **state)
{
    (void)state;
    int64_t took = 0;
    assert_int_equal(unit_run(NULL, sleep_twice_as_two, &took), 0);
    assert_in_range(took, 100 * NSEC_PER_MSEC, 145 * NSEC_PER_MSEC);
}

static void *joinall_until(void *arg)
{
    (void)arg;
    struct task *tasks[] = {task_spawn(NULL, sleep_ms, (void *)10), NULL,
                            task_spawn(NULL, sleep_ms, (void *)30)};
    assert_int_equal(task_joinall(tasks, 3, deadline_in_ms(20)), -ETIMEDOUT);
    assert_null(tasks[0]);
    assert_non_null(tasks[2]);
    assert_int_equal(task_joinall(tasks, 3, DEADLINE_NEVER), 0);
    return NULL;
}

static void joinall_keeps_what_it_could_not_join(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, joinall_until, NULL), 0);
}

static void *join_given(void *arg)
{
    return (void *)(intptr_t)task_join(arg, NULL, DEADLINE_NEVER);
}

static void *join_wrongly(void *arg)
{
    (void)arg;
    void *result;
    assert_int_equal(task_join(task_self(), NULL, DEADLINE_NEVER), -EDEADLK);
    struct task *sleeper = task_spawn(NULL, sleep_ms, (void *)10);
    struct task *joiner = task_spawn(NULL, join_given, sleeper);
    assert_int_equal(task_yield(), 0);
    assert_int_equal(task_join(sleeper, NULL, DEADLINE_NEVER), -EBUSY);
    assert_int_equal(task_join(joiner, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, 0);
    return NULL;
}

static void one_joiner_and_not_oneself(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, join_wrongly, NULL), 0);
}

static void *step_and_yield(void *arg)
{
    for (int i = 0; i < 3; i++) {
        step((int)(intptr_t)arg + i);
        assert_int_equal(task_yield(), 0);
    }
    return NULL;
}

static void *run_two_in_turn(void *arg)
{
    (void)arg;
    struct task *tasks[] = {task_spawn(NULL, step_and_yield, (void *)10),
                            task_spawn(NULL, step_and_yield, (void *)20)};
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    return NULL;
}

static void yield_takes_turns(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, run_two_in_turn, NULL), 0);
    assert_steps((const int[]){10, 20, 11, 21, 12, 22}, 6);
}

static void *park_and_wake(void *arg)
{
    (void)arg;
    struct task *self = task_self();
    int64_t start = deadline_clock();
    task_wake(self);
    task_wake(self); /* remembered, not counted */
    assert_int_equal(task_park(DEADLINE_NEVER), 0);
    assert_int_equal(task_park(DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(task_park(deadline_in_ms(5)), -ETIMEDOUT);
    assert_int_equal(deadline_clock() - start, 5 * NSEC_PER_MSEC);
    task_wake(self);
    assert_int_equal(task_park_uncancelable(), 0);
    return NULL;
}

static void a_wake_before_the_park_is_remembered(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, park_and_wake, NULL), 0);
}

static void *park_until_woken(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)task_park(deadline_in_ms(1000));
}

static void *wake_in_all_states(void *arg)
{
    (void)arg;
    void *result;
    struct task *new = task_spawn(NULL, park_until_woken, NULL);
    task_wake(new); /* not even begun */
    assert_int_equal(task_join(new, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, 0);
    struct task *parked = task_spawn(NULL, park_until_woken, NULL);
    assert_int_equal(task_yield(), 0);
    task_wake(parked);
    assert_int_equal(task_yield(), 0);
    task_wake(parked); /* has ended: nothing to wake */
    assert_int_equal(task_join(parked, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, 0);
    return NULL;
}

static void a_wake_is_good_in_any_state(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, wake_in_all_states, NULL), 0);
}

/* Stray wakes must not shorten a sleep. */
static void *disturb_a_sleeper(void *arg)
{
    (void)arg;
    int64_t start = deadline_clock();
    struct task *sleeper = task_spawn(NULL, sleep_ms, (void *)50);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
        task_wake(sleeper);
    }
    assert_int_equal(task_join(sleeper, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(deadline_clock() - start, 50 * NSEC_PER_MSEC);
    return NULL;
}

static void a_sleep_lasts_to_its_end(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, disturb_a_sleeper, NULL), 0);
}

static void *sleep_for_no_time(void *arg)
{
    (void)arg;
    struct task *other = task_spawn(NULL, step_once, (void *)1);
    assert_int_equal(task_sleep(DEADLINE_NOW), 0);
    step(2);
    assert_int_equal(task_join(other, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void a_sleep_until_now_lets_others_run(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, sleep_for_no_time, NULL), 0);
    assert_steps((const int[]){1, 2}, 2);
}

enum { MANY = 2000 };

static void *add_one(void *arg)
{
    assert_int_equal(task_sleep(deadline_in_ms(rand() % 50)), 0);
    ++*(int *)arg;
    return NULL;
}

static void *spawn_many(void *arg)
{
    static struct task *tasks[MANY];
    for (size_t i = 0; i < MANY; i++)
        assert_non_null(tasks[i] = task_spawn(NULL, add_one, arg));
    assert_int_equal(task_joinall(tasks, MANY, DEADLINE_NEVER), 0);
    return NULL;
}

static void thousands_sleep_at_once(void **state)
{
    (void)state;
    int sum = 0;
    assert_int_equal(unit_run(&unit_virtual, spawn_many, &sum), 0);
    assert_int_equal(sum, MANY);
}

/* Handles nobody joined are freed with the scheduler: the leak checkers watch. */
static void *spawn_and_forget(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++)
        assert_non_null(task_spawn(NULL, step_once, NULL));
    return NULL;
}

static void unjoined_handles_are_freed(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, spawn_and_forget, NULL), 0);
    assert_int_equal(step_count, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_spawn_runs_later_and_joins, reset),
        cmocka_unit_test_setup(a_task_knows_itself, reset),
        cmocka_unit_test_setup(without_a_scheduler_it_is_refused, reset),
        cmocka_unit_test_setup(sleepers_end_in_the_order_of_time, reset),
        cmocka_unit_test_setup(in_real_time_sleeps_overlap, reset),
        cmocka_unit_test_setup(joinall_keeps_what_it_could_not_join, reset),
        cmocka_unit_test_setup(one_joiner_and_not_oneself, reset),
        cmocka_unit_test_setup(yield_takes_turns, reset),
        cmocka_unit_test_setup(a_wake_before_the_park_is_remembered, reset),
        cmocka_unit_test_setup(a_wake_is_good_in_any_state, reset),
        cmocka_unit_test_setup(a_sleep_lasts_to_its_end, reset),
        cmocka_unit_test_setup(a_sleep_until_now_lets_others_run, reset),
        cmocka_unit_test_setup(thousands_sleep_at_once, reset),
        cmocka_unit_test_setup(unjoined_handles_are_freed, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
