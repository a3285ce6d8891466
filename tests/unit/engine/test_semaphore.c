/* So many at a time, first come first served. */
#include "unit.h"
#include <stdint.h>

static struct semaphore gate;
static int inside, most_inside, served[16];
static size_t served_count;

static void *pass(void *arg)
{
    assert_int_equal(semaphore_acquire(&gate, DEADLINE_NEVER), 0);
    served[served_count++] = (int)(intptr_t)arg;
    if (++inside > most_inside)
        most_inside = inside;
    assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    inside--;
    semaphore_release(&gate);
    return NULL;
}

static void *pass_many(void *arg)
{
    struct task *tasks[10];
    (void)arg;
    int64_t start = deadline_clock();
    semaphore_init(&gate, 3);
    for (intptr_t i = 0; i < 10; i++)
        tasks[i] = task_spawn(NULL, pass, (void *)i);
    assert_int_equal(task_joinall(tasks, 10, DEADLINE_NEVER), 0);
    assert_int_equal(most_inside, 3);
    assert_int_equal(deadline_clock() - start, 40 * NSEC_PER_MSEC);
    assert_int_equal(gate.permits, 3);
    for (int i = 0; i < 10; i++)
        assert_int_equal(served[i], i);
    return NULL;
}

static void no_more_than_the_permits(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, pass_many, NULL), 0);
}

static void *acquire(void *arg)
{
    return (void *)(intptr_t)semaphore_acquire(&gate, (intptr_t)arg);
}

static intptr_t joined(struct task *task)
{
    void *result = NULL;
    assert_int_equal(task_join(task, &result, DEADLINE_NEVER), 0);
    return (intptr_t)result;
}

static void *hand_over(void *arg)
{
    (void)arg;
    semaphore_init(&gate, 0);
    assert_int_equal(semaphore_acquire(&gate, DEADLINE_NOW), -ETIMEDOUT);
    struct task *waiter = task_spawn(NULL, acquire, (void *)(intptr_t)DEADLINE_NEVER);
    assert_int_equal(task_yield(), 0);
    semaphore_release(&gate);
    /* It is the waiter's already: nobody overtakes. */
    assert_int_equal(semaphore_acquire(&gate, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(joined(waiter), 0);
    return NULL;
}

static void a_release_hands_the_permit_over(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, hand_over, NULL), 0);
}

static void *give_up(void *arg)
{
    (void)arg;
    semaphore_init(&gate, 0);
    struct task *late = task_spawn(NULL, acquire, (void *)(intptr_t)deadline_in_ms(5));
    struct task *canceled = task_spawn(NULL, acquire, (void *)(intptr_t)DEADLINE_NEVER);
    struct task *both = task_spawn(NULL, acquire, (void *)(intptr_t)DEADLINE_NEVER);
    assert_int_equal(joined(late), -ETIMEDOUT);
    task_cancel(canceled);
    assert_int_equal(joined(canceled), -ECANCELED);
    semaphore_release(&gate);
    task_cancel(both); /* has it already */
    assert_int_equal(joined(both), 0);
    assert_int_equal(gate.permits, 0);
    semaphore_release(&gate);
    assert_int_equal(gate.permits, 1);
    return NULL;
}

static void no_permit_is_lost(void **state)
{
    (void)state;
    assert_int_equal(unit_run(&unit_virtual, give_up, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_than_the_permits),
        cmocka_unit_test(a_release_hands_the_permit_over),
        cmocka_unit_test(no_permit_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
