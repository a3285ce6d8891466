/* Canceling: sticky, held off by shields, never losing a wake. */
#include "unit.h"
#include <stdint.h>

static void *park_long(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)task_park(DEADLINE_NEVER);
}

static int canceled_join(struct task *task)
{
    void *result = NULL;
    task_cancel(task);
    task_cancel(task); /* once is enough, twice no harm */
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    task = NULL;
    return (int)(intptr_t)result;
}

static void *cancel_a_parked_one(void *arg)
{
    (void)arg;
    struct task *parked = task_spawn(NULL, park_long, NULL);
    assert_int_equal(task_yield(), 0);
    assert_int_equal(canceled_join(parked), -ECANCELED);
    struct task *new = task_spawn(NULL, park_long, NULL);
    assert_int_equal(canceled_join(new), -ECANCELED);
    return NULL;
}

static void a_park_ends(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, cancel_a_parked_one, NULL), 0);
}

static void *try_everything(void *arg)
{
    (void)arg;
    struct event event;
    struct semaphore none;
    event_init(&event);
    semaphore_init(&none, 0);
    assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED);
    assert_true(task_canceled());
    assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED);
    assert_int_equal(task_sleep(DEADLINE_NOW), -ECANCELED);
    assert_int_equal(task_yield(), -ECANCELED);
    assert_int_equal(task_park(DEADLINE_NEVER), -ECANCELED);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), -ECANCELED);
    assert_int_equal(semaphore_acquire(&none, DEADLINE_NEVER), -ECANCELED);
    event_set(&event);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), 0); /* would not park */
    return NULL;
}

static void *cancel_soon(void *arg)
{
    int64_t start = deadline_clock();
    struct task *task = task_spawn(NULL, (task_fn)arg, NULL);
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    canceled_join(task);
    assert_true(deadline_clock() - start < 100 * NSEC_PER_MSEC);
    return NULL;
}

static void it_is_sticky(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_soon, (void *)try_everything), 0);
}

static void *clean_up_shielded(void *arg)
{
    (void)arg;
    assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED);
    task_shield(deadline_in_ms(20));
    assert_false(task_canceled());
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    int64_t start = deadline_clock();
    assert_int_equal(task_sleep(deadline_in_ms(1000)), -ECANCELED); /* the shield runs out */
    assert_int_equal(deadline_clock() - start, 10 * NSEC_PER_MSEC);
    assert_int_equal(task_sleep(deadline_in_ms(1)), -ECANCELED);
    task_shield(DEADLINE_NEVER);
    assert_int_equal(task_sleep(deadline_in_ms(1)), 0);
    task_unshield();
    assert_true(task_canceled());
    assert_int_equal(task_sleep(deadline_in_ms(1)), -ECANCELED);
    return NULL;
}

static void a_shield_holds_it_off(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_soon, (void *)clean_up_shielded), 0);
}

static void *park_behind_a_shield(void *arg)
{
    int64_t start = deadline_clock();
    task_shield(deadline_in_ms(30));
    int error = task_park(arg ? deadline_in_ms((intptr_t)arg) : DEADLINE_NEVER);
    return (void *)(intptr_t)(error * 1000 - (deadline_clock() - start) / NSEC_PER_MSEC);
}

static void *cancel_the_shielded(void *arg)
{
    (void)arg;
    /* Parked without a deadline, with one after, with one before the end of the shield. */
    struct task *tasks[] = {task_spawn(NULL, park_behind_a_shield, NULL),
                            task_spawn(NULL, park_behind_a_shield, (void *)1000),
                            task_spawn(NULL, park_behind_a_shield, (void *)20)};
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    assert_int_equal(canceled_join(tasks[2]), -ETIMEDOUT * 1000 - 20);
    task_cancel(tasks[1]);
    assert_int_equal(canceled_join(tasks[0]), -ECANCELED * 1000 - 30);
    assert_int_equal(canceled_join(tasks[1]), -ECANCELED * 1000 - 30);
    return NULL;
}

static void a_shield_that_ends_ends_the_park(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_the_shielded, NULL), 0);
}

static void *park_unending(void *arg)
{
    *(struct task **)arg = task_self();
    assert_int_equal(task_park_uncancelable(), 0);
    assert_int_equal(task_park(DEADLINE_NEVER), -ECANCELED);
    return NULL;
}

static void *cancel_the_uncancelable(void *arg)
{
    (void)arg;
    struct task *parked = NULL;
    struct task *task = task_spawn(NULL, park_unending, &parked);
    assert_int_equal(task_yield(), 0);
    task_cancel(task);
    assert_int_equal(task_join(task, NULL, deadline_in_ms(10)), -ETIMEDOUT);
    task_wake(parked);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void an_uncancelable_park_goes_on(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, cancel_the_uncancelable, NULL), 0);
}

static void *wait_for_event(void *arg)
{
    int error = event_wait(arg, DEADLINE_NEVER);
    assert_true(task_canceled());
    return (void *)(intptr_t)error;
}

static void *set_and_cancel(void *arg)
{
    (void)arg;
    struct event event;
    void *result;
    event_init(&event);
    struct task *task = task_spawn(NULL, wait_for_event, &event);
    assert_int_equal(task_yield(), 0);
    event_set(&event);
    task_cancel(task);
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, 0);
    /* And the other way round. */
    event_clear(&event);
    task = task_spawn(NULL, wait_for_event, &event);
    assert_int_equal(task_yield(), 0);
    task_cancel(task);
    event_set(&event);
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)result, 0);
    return NULL;
}

static void woken_and_canceled_counts_as_woken(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, set_and_cancel, NULL), 0);
}

static void *cancel_self(void *arg)
{
    (void)arg;
    task_cancel(task_self());
    assert_true(task_canceled());
    assert_int_equal(task_yield(), -ECANCELED);
    return NULL;
}

static void *end_at_once(void *arg)
{
    return arg;
}

static void *cancel_oddly(void *arg)
{
    (void)arg;
    void *result = NULL;
    struct task *self = task_spawn(NULL, cancel_self, NULL);
    assert_int_equal(task_join(self, NULL, DEADLINE_NEVER), 0);
    struct task *ended = task_spawn(NULL, end_at_once, &result);
    assert_int_equal(task_yield(), 0);
    task_cancel(ended);
    assert_int_equal(task_join(ended, &result, DEADLINE_NEVER), 0);
    assert_ptr_equal(result, &result);
    return NULL;
}

static void oneself_and_the_ended_may_be_canceled(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, cancel_oddly, NULL), 0);
}

static void *join_forever(void *arg)
{
    return (void *)(intptr_t)task_join(arg, NULL, DEADLINE_NEVER);
}

static void *cancel_a_joiner(void *arg)
{
    (void)arg;
    struct task *parked = task_spawn(NULL, park_long, NULL);
    struct task *joiner = task_spawn(NULL, join_forever, parked);
    assert_int_equal(task_yield(), 0);
    assert_int_equal(canceled_join(joiner), -ECANCELED);
    assert_int_equal(canceled_join(parked), -ECANCELED); /* the handle stayed good */
    return NULL;
}

static void a_canceled_join_leaves_the_handle(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, cancel_a_joiner, NULL), 0);
}

static void *be_stuck_behind_a_shield(void *arg)
{
    struct event never;
    event_init(&never);
    task_shield(deadline_in_ms(30));
    *(int *)arg = event_wait(&never, DEADLINE_NEVER);
    return NULL;
}

/* A deadlock cancels all tasks; those behind a shield are waited for. */
static void a_deadlock_waits_for_shields(void **state)
{
    (void)state;
    struct unit_report report = {.mutex = PTHREAD_MUTEX_INITIALIZER};
    struct sched_options options = {
        .virtual_clock = true, .report = unit_report_line, .report_ctx = &report};
    int error = 0;
    assert_int_equal(unit_run(&options, be_stuck_behind_a_shield, &error), -EDEADLK);
    assert_int_equal(error, -ECANCELED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_park_ends),
        cmocka_unit_test(it_is_sticky),
        cmocka_unit_test(a_shield_holds_it_off),
        cmocka_unit_test(a_shield_that_ends_ends_the_park),
        cmocka_unit_test(a_deadlock_waits_for_shields),
        cmocka_unit_test(an_uncancelable_park_goes_on),
        cmocka_unit_test(woken_and_canceled_counts_as_woken),
        cmocka_unit_test(oneself_and_the_ended_may_be_canceled),
        cmocka_unit_test(a_canceled_join_leaves_the_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
