/* Bounded queues. */
#include "unit.h"
#include <stdint.h>

static struct queue *queue;

static void *item(intptr_t n)
{
    return (void *)n;
}

static void *put_numbers(void *arg)
{
    for (intptr_t i = 1; i <= (intptr_t)arg; i++) {
        assert_int_equal(queue_put(queue, item(i), DEADLINE_NEVER), 0);
        assert_true(queue_length(queue) <= 3);
    }
    queue_close(queue);
    return NULL;
}

static void *get_numbers(void *arg)
{
    void *got;
    int error;
    intptr_t sum = 0;
    while ((error = queue_get(queue, &got, DEADLINE_NEVER)) == 0) {
        sum += (intptr_t)got;
        if ((intptr_t)arg > 0)
            assert_int_equal(task_sleep(deadline_in_ms((intptr_t)arg)), 0);
    }
    assert_int_equal(error, -EPIPE);
    return item(sum);
}

static void *pass_numbers(void *arg)
{
    void *sums[3];
    struct task *getters[3];
    queue = queue_new(3);
    struct task *putter = task_spawn(NULL, put_numbers, item(1000));
    for (int i = 0; i < 3; i++)
        getters[i] = task_spawn(NULL, get_numbers, arg);
    assert_int_equal(task_join(putter, NULL, DEADLINE_NEVER), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(task_join(getters[i], &sums[i], DEADLINE_NEVER), 0);
    assert_int_equal((intptr_t)sums[0] + (intptr_t)sums[1] + (intptr_t)sums[2], 1000 * 1001 / 2);
    queue_free(queue);
    return NULL;
}

static void everything_arrives_once(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 10; seed++) {
        const struct sched_options options = {.virtual_clock = true, .shuffle_seed = seed};
        assert_int_equal(unit_run(&options, pass_numbers, item(0)), 0);
        assert_int_equal(unit_run(&options, pass_numbers, item(1)), 0);
    }
}

static void *keep_order(void *arg)
{
    void *got;
    (void)arg;
    queue = queue_new(4);
    for (int round = 0; round < 3; round++) { /* around the ring's end */
        for (intptr_t i = 1; i <= 3; i++)
            assert_int_equal(queue_put(queue, item(i), DEADLINE_NOW), 0);
        assert_int_equal(queue_length(queue), 3);
        for (intptr_t i = 1; i <= 3; i++) {
            assert_int_equal(queue_get(queue, &got, DEADLINE_NOW), 0);
            assert_ptr_equal(got, item(i));
        }
    }
    queue_free(queue);
    return NULL;
}

static void first_in_first_out(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, keep_order, NULL), 0);
}

static void *produce(void *arg)
{
    int64_t start = deadline_clock();
    for (intptr_t i = 1; i <= 5; i++)
        assert_int_equal(queue_put(queue, item(i), DEADLINE_NEVER), 0);
    *(int64_t *)arg = deadline_clock() - start;
    return NULL;
}

static void *consume_slowly(void *arg)
{
    void *got;
    int64_t produced_in = 0;
    (void)arg;
    queue = queue_new(2);
    struct task *producer = task_spawn(NULL, produce, &produced_in);
    for (intptr_t i = 1; i <= 5; i++) {
        assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
        assert_int_equal(queue_get(queue, &got, DEADLINE_NEVER), 0);
        assert_ptr_equal(got, item(i));
    }
    assert_int_equal(task_join(producer, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(produced_in, 30 * NSEC_PER_MSEC); /* the first two found room */
    queue_free(queue);
    return NULL;
}

static void a_full_queue_slows_its_putter(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, consume_slowly, NULL), 0);
}

static void *put_one(void *arg)
{
    return item(queue_put(queue, arg, DEADLINE_NEVER));
}

static void *get_one(void *arg)
{
    void *got;
    (void)arg;
    return item(queue_get(queue, &got, DEADLINE_NEVER));
}

static intptr_t joined(struct task *task)
{
    void *result = NULL;
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    return (intptr_t)result;
}

static void *wait_in_vain(void *arg)
{
    void *got;
    (void)arg;
    queue = queue_new(1);
    assert_int_equal(queue_get(queue, &got, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(queue_get(queue, &got, deadline_in_ms(5)), -ETIMEDOUT);
    struct task *getter = task_spawn(NULL, get_one, NULL);
    assert_int_equal(task_yield(), 0);
    task_cancel(getter);
    assert_int_equal(joined(getter), -ECANCELED);
    assert_int_equal(queue_put(queue, item(1), DEADLINE_NOW), 0);
    assert_int_equal(queue_put(queue, item(2), deadline_in_ms(5)), -ETIMEDOUT);
    struct task *putter = task_spawn(NULL, put_one, item(2));
    assert_int_equal(task_yield(), 0);
    task_cancel(putter);
    assert_int_equal(joined(putter), -ECANCELED);
    assert_int_equal(queue_length(queue), 1);
    queue_free(queue);
    return NULL;
}

static void waits_end_by_time_or_cancel(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, wait_in_vain, NULL), 0);
}

static void *close_on_waiters(void *arg)
{
    void *got;
    (void)arg;
    queue = queue_new(1);
    struct task *getter = task_spawn(NULL, get_one, NULL);
    assert_int_equal(task_yield(), 0);
    queue_close(queue);
    assert_int_equal(joined(getter), -EPIPE);
    assert_int_equal(queue_put(queue, item(1), DEADLINE_NEVER), -EPIPE);
    queue_free(queue);

    queue = queue_new(1);
    assert_int_equal(queue_put(queue, item(1), DEADLINE_NOW), 0);
    struct task *putter = task_spawn(NULL, put_one, item(2));
    assert_int_equal(task_yield(), 0);
    queue_close(queue);
    assert_int_equal(joined(putter), -EPIPE);
    assert_int_equal(queue_get(queue, &got, DEADLINE_NEVER), 0); /* what is in it */
    assert_ptr_equal(got, item(1));
    assert_int_equal(queue_get(queue, &got, DEADLINE_NEVER), -EPIPE);
    queue_free(queue);
    return NULL;
}

static void close_wakes_all_and_drains(void **state)
{
    (void)state;
    assert_int_equal(unit_run(NULL, close_on_waiters, NULL), 0);
}

static void sizes_that_cannot_be(void **state)
{
    void *got;
    (void)state;
    assert_null(queue_new(0));
    assert_null(queue_new(SIZE_MAX / sizeof(void *)));
    queue_free(NULL);
    queue = queue_new(1);
    assert_int_equal(queue_get(queue, &got, DEADLINE_NEVER), -ENOTSUP); /* no scheduler here */
    queue_free(queue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_arrives_once),
        cmocka_unit_test(first_in_first_out),
        cmocka_unit_test(a_full_queue_slows_its_putter),
        cmocka_unit_test(waits_end_by_time_or_cancel),
        cmocka_unit_test(close_wakes_all_and_drains),
        cmocka_unit_test(sizes_that_cannot_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
