/* slots.h: who takes a slot, who only waits for one to be free, and in what order. */
#include "cmd/get/slots.h"
#include "engine/deadline.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>

struct scene {
    struct slots *slots;
    char told[16]; /* what happened, a letter each */
};

static void tell(struct scene *scene, char letter)
{
    scene->told[strlen(scene->told)] = letter;
}

/* Everybody else has gone as far as they can. */
static void let_others_run(void)
{
    for (int i = 0; i < 4; i++)
        assert_int_equal(task_yield(), 0);
}

static void *taker(void *arg)
{
    struct scene *scene = arg;
    assert_int_equal(slots_acquire(scene->slots, DEADLINE_NEVER), 0);
    tell(scene, 't');
    return NULL;
}

static void *onlooker(void *arg)
{
    struct scene *scene = arg;
    int error = slots_await(scene->slots);
    tell(scene, error == -ECANCELED ? 'c' : error ? '?' : 'o');
    return NULL;
}

static bool is_free(struct slots *slots)
{
    bool free = slots_acquire(slots, DEADLINE_NOW) == 0;
    if (free)
        slots_release(slots);
    return free;
}

static void *takers_come_first(void *arg)
{
    struct scene *scene = arg;
    assert_int_equal(slots_await(scene->slots), 0);
    assert_int_equal(slots_acquire(scene->slots, DEADLINE_NOW), 0);
    struct task *tasks[] = {
        task_spawn(NULL, onlooker, scene),
        task_spawn(NULL, taker, scene),
    };
    let_others_run();
    assert_string_equal(scene->told, "");
    slots_release(scene->slots);
    let_others_run();
    assert_string_equal(scene->told, "t");
    slots_release(scene->slots);
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    assert_string_equal(scene->told, "to");
    assert_true(is_free(scene->slots));
    return NULL;
}

/* An onlooker that gives up leaves nothing behind, whether it had been woken or not. */
static void *canceled(void *arg)
{
    struct scene *scene = arg;
    assert_int_equal(slots_acquire(scene->slots, DEADLINE_NOW), 0);
    struct task *early = task_spawn(NULL, onlooker, scene);
    struct task *late = task_spawn(NULL, onlooker, scene);
    let_others_run();
    task_cancel(early);
    assert_int_equal(task_join(early, NULL, DEADLINE_NEVER), 0);
    assert_string_equal(scene->told, "c");
    slots_release(scene->slots);
    task_cancel(late);
    assert_int_equal(task_join(late, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(strlen(scene->told), 2);
    assert_true(is_free(scene->slots));
    return NULL;
}

static void *thread_onlooker(void *arg)
{
    return onlooker(arg);
}

static void on_a_plain_thread(void **state)
{
    (void)state;
    struct scene scene = {.slots = slots_new(1)};
    pthread_t thread;
    assert_int_equal(slots_acquire(scene.slots, DEADLINE_NOW), 0);
    assert_int_equal(pthread_create(&thread, NULL, thread_onlooker, &scene), 0);
    task_sleep(deadline_in_ms(5));
    slots_release(scene.slots);
    pthread_join(thread, NULL);
    assert_string_equal(scene.told, "o");
    slots_free(scene.slots);
    slots_free(NULL);
}

static void run(void *(*body)(void *arg))
{
    struct scene scene = {.slots = slots_new(1)};
    assert_int_equal(engine_run(body, &scene, NULL), 0);
    slots_free(scene.slots);
}

static void order(void **state)
{
    (void)state;
    run(takers_come_first);
}

static void cancel(void **state)
{
    (void)state;
    run(canceled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(cancel),
        cmocka_unit_test(on_a_plain_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
