/* Events, and the wait lists that everything in sync/ is made of. */
#include "unit.h"
#include <stdint.h>

struct scene {
    struct event event;
    struct wait_list list;
    int order[8];
    size_t count;
};

static int run_scene(task_fn fn, const struct sched_options *options)
{
    struct scene scene = {.count = 0};
    event_init(&scene.event);
    wait_list_init(&scene.list);
    return unit_run(options, fn, &scene);
}

static void *wait_event(void *arg)
{
    struct scene *scene = arg;
    assert_int_equal(event_wait(&scene->event, DEADLINE_NEVER), 0);
    scene->count++;
    return NULL;
}

static void *set_for_all(void *arg)
{
    struct scene *scene = arg;
    struct task *tasks[3];
    for (int i = 0; i < 3; i++)
        tasks[i] = task_spawn(NULL, wait_event, scene);
    assert_int_equal(task_yield(), 0);
    assert_int_equal(scene->count, 0);
    event_set(&scene->event);
    event_set(&scene->event);
    assert_int_equal(task_joinall(tasks, 3, DEADLINE_NEVER), 0);
    assert_int_equal(scene->count, 3);
    assert_int_equal(event_wait(&scene->event, DEADLINE_NOW), 0); /* late comers do not wait */
    event_clear(&scene->event);
    assert_int_equal(event_wait(&scene->event, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(event_wait(&scene->event, deadline_in_ms(5)), -ETIMEDOUT);
    return NULL;
}

static void set_wakes_all(void **state)
{
    (void)state;
    assert_int_equal(run_scene(set_for_all, &unit_virtual), 0);
}

static struct scene *ordered;

static void *wait_in_line(void *arg)
{
    if (wait_on(&ordered->list, deadline_in_ms(100)) == 0)
        ordered->order[ordered->count++] = (int)(intptr_t)arg;
    return NULL;
}

static void *wake_in_order(void *arg)
{
    struct scene *scene = ordered = arg;
    struct task *tasks[4];
    for (intptr_t i = 0; i < 4; i++)
        tasks[i] = task_spawn(NULL, wait_in_line, (void *)i);
    assert_int_equal(task_yield(), 0);
    task_cancel(tasks[1]); /* leaves the line */
    assert_int_equal(task_yield(), 0);
    assert_true(wait_wake_one(&scene->list));
    assert_true(wait_wake_one(&scene->list));
    assert_int_equal(task_yield(), 0);
    assert_memory_equal(scene->order, ((const int[]){0, 2}), 2 * sizeof(int));
    wait_wake_all(&scene->list);
    assert_false(wait_wake_one(&scene->list));
    assert_int_equal(task_joinall(tasks, 4, DEADLINE_NEVER), 0);
    assert_int_equal(scene->count, 3);
    return NULL;
}

static void first_come_first_woken(void **state)
{
    (void)state;
    assert_int_equal(run_scene(wake_in_order, &unit_virtual), 0);
}

static void *wake_past_the_list(void *arg)
{
    struct scene *scene = ordered = arg;
    struct task *task = task_spawn(NULL, wait_in_line, NULL);
    assert_int_equal(task_yield(), 0);
    task_wake(task); /* meant for something else */
    assert_int_equal(task_yield(), 0);
    assert_int_equal(scene->count, 0);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0); /* by its deadline */
    assert_int_equal(scene->count, 0);
    assert_true(list_empty(&scene->list.waiters));
    return NULL;
}

static void a_stray_wake_does_not_end_a_wait(void **state)
{
    (void)state;
    assert_int_equal(run_scene(wake_past_the_list, &unit_virtual), 0);
}

static void *wake_at_the_deadline(void *arg)
{
    struct scene *scene = ordered = arg;
    struct task *task = task_spawn(NULL, wait_in_line, NULL);
    assert_int_equal(task_sleep(deadline_in_ms(100)), 0); /* first to be ready again */
    assert_true(wait_wake_one(&scene->list));
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(scene->count, 1);
    return NULL;
}

static void woken_in_the_tick_of_the_deadline_is_woken(void **state)
{
    (void)state;
    assert_int_equal(run_scene(wake_at_the_deadline, &unit_virtual), 0);
}

static void without_a_task_it_is_refused(void **state)
{
    struct event event;
    (void)state;
    event_init(&event);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), -ENOTSUP);
    event_set(&event);
    assert_int_equal(event_wait(&event, DEADLINE_NEVER), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_wakes_all),
        cmocka_unit_test(first_come_first_woken),
        cmocka_unit_test(a_stray_wake_does_not_end_a_wait),
        cmocka_unit_test(woken_in_the_tick_of_the_deadline_is_woken),
        cmocka_unit_test(without_a_task_it_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
