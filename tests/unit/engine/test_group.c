/* Groups own their tasks. */
#include "dies.h"
#include "unit.h"
#include <stdint.h>

static void *sleep_ms(void *arg)
{
    return (void *)(intptr_t)task_sleep(deadline_in_ms((intptr_t)arg));
}

static void *count_up(void *arg)
{
    int error = task_sleep(deadline_in_ms(10));
    *(int *)arg += error ? 100 : 1;
    return NULL;
}

static void *wait_for_all(void *arg)
{
    int count = 0;
    struct group group;
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0); /* nothing to wait for */
    for (int i = 0; i < 5; i++)
        assert_int_equal(group_spawn(&group, count_up, &count), 0);
    struct task *task = task_spawn(&group, count_up, &count);
    assert_int_equal(group_wait(&group, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(group_wait(&group, deadline_in_ms(5)), -ETIMEDOUT);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    assert_int_equal(count, 6);
    assert_int_equal(task_join(task, NULL, DEADLINE_NOW), 0);
    assert_int_equal(group_spawn(&group, count_up, &count), 0); /* it can go on */
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    assert_int_equal(count, 7);
    group_close(&group);
    return NULL;
}

static void wait_waits_for_all(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, wait_for_all, NULL), 0);
}

static void *close_early(void *arg)
{
    int count = 0;
    struct group group;
    (void)arg;
    int64_t start = deadline_clock();
    assert_int_equal(group_init(&group), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(group_spawn(&group, count_up, &count), 0);
    assert_non_null(task_spawn(&group, count_up, &count)); /* the handle dies with the group */
    assert_int_equal(task_yield(), 0);
    group_close(&group);
    assert_int_equal(count, 400);
    assert_int_equal(deadline_clock(), start);
    return NULL;
}

static void close_cancels_and_waits(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, close_early, NULL), 0);
}

static void *finish_shielded(void *arg)
{
    task_shield(deadline_in_ms(50));
    assert_int_equal(task_sleep(deadline_in_ms(30)), 0);
    *(bool *)arg = true;
    return NULL;
}

static void *close_whatever_happens(void *arg)
{
    bool finished = false;
    struct group group;
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    assert_int_equal(group_spawn(&group, finish_shielded, &finished), 0);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), -ECANCELED);
    assert_false(finished);
    group_close(&group);
    assert_true(finished);
    return NULL;
}

static void *cancel_the_closer(void *arg)
{
    (void)arg;
    struct task *task = task_spawn(NULL, close_whatever_happens, NULL);
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    task_cancel(task);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void a_canceled_caller_still_waits_in_close(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_the_closer, NULL), 0);
}

static void *cancel_and_refuse(void *arg)
{
    struct group group;
    void *result = NULL;
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    struct task *task = task_spawn(&group, sleep_ms, (void *)1000);
    group_cancel(&group);
    errno = 0;
    assert_null(task_spawn(&group, sleep_ms, NULL));
    assert_int_equal(errno, ECANCELED);
    assert_int_equal(group_spawn(&group, sleep_ms, NULL), -ECANCELED);
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, -ECANCELED);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    return NULL;
}

static void cancel_is_sticky(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_and_refuse, NULL), 0);
}

static void *run_out_of_time(void *arg)
{
    struct group group;
    void *result = NULL;
    (void)arg;
    int64_t start = deadline_clock();
    assert_int_equal(group_init(&group), 0);
    assert_int_equal(group_deadline(&group, deadline_in_ms(100)), 0);
    assert_int_equal(group_deadline(&group, deadline_in_ms(20)), 0); /* replaces it */
    struct task *quick = task_spawn(&group, sleep_ms, (void *)10);
    struct task *slow = task_spawn(&group, sleep_ms, (void *)50);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), -ETIMEDOUT);
    assert_int_equal(deadline_clock() - start, 20 * NSEC_PER_MSEC);
    assert_int_equal(task_join(quick, &result, DEADLINE_NOW), 0);
    assert_int_equal((intptr_t)result, 0);
    assert_int_equal(task_join(slow, &result, DEADLINE_NOW), 0);
    assert_int_equal((intptr_t)result, -ECANCELED);
    assert_int_equal(group_spawn(&group, sleep_ms, NULL), -ECANCELED);
    group_close(&group);
    return NULL;
}

static void a_deadline_cancels_all(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, run_out_of_time, NULL), 0);
}

static void *take_back_the_deadline(void *arg)
{
    struct group group;
    (void)arg;
    int64_t start = deadline_clock();
    assert_int_equal(group_init(&group), 0);
    assert_int_equal(group_deadline(&group, DEADLINE_NEVER), 0);
    assert_int_equal(group_deadline(&group, deadline_in_ms(20)), 0);
    assert_int_equal(group_spawn(&group, sleep_ms, (void *)50), 0);
    assert_int_equal(group_deadline(&group, DEADLINE_NEVER), 0);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    assert_int_equal(deadline_clock() - start, 50 * NSEC_PER_MSEC);
    assert_int_equal(group_deadline(&group, deadline_in_ms(20)), 0);
    group_close(&group); /* with its timer running */
    return NULL;
}

static void a_deadline_can_be_taken_back(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, take_back_the_deadline, NULL), 0);
}

static void *nest(void *arg)
{
    struct group group;
    intptr_t depth = (intptr_t)arg;
    assert_int_equal(group_init(&group), 0);
    for (int i = 0; depth > 0 && i < 3; i++)
        assert_int_equal(group_spawn(&group, nest, (void *)(depth - 1)), 0);
    if (depth == 0)
        assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED);
    else
        assert_int_equal(group_wait(&group, DEADLINE_NEVER), -ECANCELED);
    group_close(&group);
    return NULL;
}

static void *cancel_the_tree(void *arg)
{
    struct sched_stats stats;
    struct task *root = task_spawn(NULL, nest, (void *)4);
    (void)arg;
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    sched_stats(sched_self(), &stats);
    assert_int_equal(stats.tasks, 1 + 1 + 3 + 9 + 27 + 81);
    task_cancel(root);
    assert_int_equal(task_join(root, NULL, DEADLINE_NEVER), 0);
    sched_stats(sched_self(), &stats);
    assert_int_equal(stats.tasks, 1);
    return NULL;
}

static void canceling_a_task_ends_the_tree_below(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_the_tree, NULL), 0);
}

/* The joiner of a task and the closer of its group are woken in one tick; whoever runs first, the
 * handle must be freed once. */
static void *join_for_value(void *arg)
{
    void *result = NULL;
    assert_int_equal(task_join(arg, &result, DEADLINE_NEVER), 0);
    return result;
}

static void *join_while_closing(void *arg)
{
    struct group group;
    void *result = NULL;
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    struct task *inner = task_spawn(&group, sleep_ms, (void *)1000);
    struct task *joiner = task_spawn(NULL, join_for_value, inner);
    assert_int_equal(task_sleep(deadline_in_ms(1)), 0);
    group_close(&group);
    assert_int_equal(task_join(joiner, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, -ECANCELED);
    return NULL;
}

static void a_joiner_survives_the_close(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        const struct sched_options options = {.virtual_clock = true, .shuffle_seed = seed};
        assert_int_equal(unit_run(&options, join_while_closing, NULL), 0);
    }
}

static void *close_given(void *arg)
{
    group_close(arg);
    return NULL;
}

static void *close_from_inside(void *arg)
{
    struct group group;
    (void)arg;
    (void)group_init(&group);
    (void)group_spawn(&group, close_given, &group);
    (void)group_wait(&group, DEADLINE_NEVER);
    return NULL;
}

static void close_own_group(void)
{
    (void)engine_run(close_from_inside, NULL, NULL);
}

static void a_task_may_not_close_its_own_group(void **state)
{
    (void)state;
    assert_true(dies_saying(close_own_group, "group_close"));
}

static void without_a_scheduler_it_is_refused(void **state)
{
    struct group group;
    (void)state;
    assert_int_equal(group_init(&group), -ENOTSUP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait_waits_for_all),
        cmocka_unit_test(close_cancels_and_waits),
        cmocka_unit_test(a_canceled_caller_still_waits_in_close),
        cmocka_unit_test(cancel_is_sticky),
        cmocka_unit_test(a_deadline_cancels_all),
        cmocka_unit_test(a_deadline_can_be_taken_back),
        cmocka_unit_test(canceling_a_task_ends_the_tree_below),
        cmocka_unit_test(a_joiner_survives_the_close),
        cmocka_unit_test(a_task_may_not_close_its_own_group),
        cmocka_unit_test(without_a_scheduler_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
