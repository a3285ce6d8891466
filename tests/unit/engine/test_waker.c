/* One wake-up from anywhere, for a task as for a thread. */
#include "engine/engine.h"
#include "engine/sched/waker.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

/* What a waker is for: one object that tasks and threads wait for, with a lock of its own. */
struct gate {
    pthread_mutex_t mutex;
    struct waker *waiter;
};

static void gate_init(struct gate *gate)
{
    pthread_mutex_init(&gate->mutex, NULL);
    gate->waiter = NULL;
}

static struct waker *gate_take(struct gate *gate)
{
    pthread_mutex_lock(&gate->mutex);
    struct waker *waiter = gate->waiter;
    gate->waiter = NULL;
    pthread_mutex_unlock(&gate->mutex);
    return waiter;
}

static int gate_wait(struct gate *gate, int64_t deadline)
{
    struct waker waker;
    waker_init(&waker);
    pthread_mutex_lock(&gate->mutex);
    gate->waiter = &waker;
    pthread_mutex_unlock(&gate->mutex);
    int error = waker_wait(&waker, deadline);
    if (error && !gate_take(gate))
        waker_settle(&waker);
    waker_destroy(&waker);
    return error;
}

/* Returns once it has woken somebody. */
static void *gate_open_late(void *arg)
{
    struct waker *waiter = NULL;
    usleep(10 * 1000);
    while (!(waiter = gate_take(arg)))
        usleep(1000);
    waker_wake(waiter);
    return NULL;
}

static void *wait_for_thread(void *arg)
{
    struct gate gate;
    pthread_t thread;
    (void)arg;
    gate_init(&gate);
    assert_int_equal(pthread_create(&thread, NULL, gate_open_late, &gate), 0);
    assert_int_equal(gate_wait(&gate, DEADLINE_NEVER), 0);
    pthread_join(thread, NULL);
    return NULL;
}

static void a_thread_wakes_a_task(void **state)
{
    (void)state;
    assert_int_equal(engine_run(wait_for_thread, NULL, NULL), 0);
}

static void a_thread_wakes_a_thread(void **state)
{
    (void)state;
    wait_for_thread(NULL);
}

static void *open_gate_task(void *arg)
{
    struct waker *waiter = gate_take(arg);
    assert_non_null(waiter);
    waker_wake(waiter);
    return NULL;
}

static void *wait_for_task(void *arg)
{
    struct gate gate;
    (void)arg;
    gate_init(&gate);
    assert_non_null(task_spawn(NULL, open_gate_task, &gate));
    assert_int_equal(gate_wait(&gate, DEADLINE_NEVER), 0);
    return NULL;
}

static void a_task_wakes_a_task(void **state)
{
    (void)state;
    assert_int_equal(engine_run(wait_for_task, NULL, NULL), 0);
}

static void *wake_oneself(void *arg)
{
    struct waker waker;
    (void)arg;
    waker_init(&waker);
    waker_wake(&waker);
    assert_int_equal(waker_wait(&waker, DEADLINE_NOW), 0);
    waker_destroy(&waker);
    return NULL;
}

static void a_wake_before_the_wait_counts(void **state)
{
    (void)state;
    wake_oneself(NULL);
    assert_int_equal(engine_run(wake_oneself, NULL, NULL), 0);
}

static void *wait_in_vain(void *arg)
{
    struct gate gate;
    (void)arg;
    gate_init(&gate);
    int64_t start = deadline_clock();
    assert_int_equal(gate_wait(&gate, deadline_in_ms(20)), -ETIMEDOUT);
    assert_true(deadline_clock() - start >= 15 * NSEC_PER_MSEC);
    assert_int_equal(gate_wait(&gate, DEADLINE_NOW), -ETIMEDOUT);
    return NULL;
}

static void deadlines_end_the_wait(void **state)
{
    (void)state;
    wait_in_vain(NULL);
    assert_int_equal(engine_run(wait_in_vain, NULL, NULL), 0);
}

static void *wait_canceled(void *arg)
{
    assert_int_equal(gate_wait(arg, DEADLINE_NEVER), -ECANCELED);
    return NULL;
}

static void *cancel_waiter(void *arg)
{
    struct gate gate;
    (void)arg;
    gate_init(&gate);
    struct task *task = task_spawn(NULL, wait_canceled, &gate);
    task_yield();
    assert_non_null(gate.waiter);
    task_cancel(task);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_null(gate.waiter);
    return NULL;
}

static void cancellation_ends_the_wait(void **state)
{
    (void)state;
    assert_int_equal(engine_run(cancel_waiter, NULL, NULL), 0);
}

static void *wake_slowly(void *arg)
{
    usleep(30 * 1000);
    waker_wake(arg);
    return NULL;
}

/* The wake-up is on its way when the wait is given up: its frame must stay until it arrived. */
static void *settle(void *arg)
{
    struct waker waker;
    pthread_t thread;
    (void)arg;
    waker_init(&waker);
    assert_int_equal(pthread_create(&thread, NULL, wake_slowly, &waker), 0);
    int64_t start = deadline_clock();
    assert_int_equal(waker_wait(&waker, deadline_in_ms(1)), -ETIMEDOUT);
    waker_settle(&waker);
    assert_true(deadline_clock() - start >= 20 * NSEC_PER_MSEC);
    waker_destroy(&waker);
    pthread_join(thread, NULL);
    return NULL;
}

static void *settle_canceled(void *arg)
{
    task_cancel(task_self());
    struct waker waker;
    pthread_t thread;
    waker_init(&waker);
    assert_int_equal(pthread_create(&thread, NULL, wake_slowly, &waker), 0);
    assert_int_equal(waker_wait(&waker, DEADLINE_NEVER), -ECANCELED);
    waker_settle(&waker);
    waker_destroy(&waker);
    pthread_join(thread, NULL);
    return arg;
}

static void settling_outlasts_deadline_and_cancellation(void **state)
{
    (void)state;
    settle(NULL);
    assert_int_equal(engine_run(settle, NULL, NULL), 0);
    assert_int_equal(engine_run(settle_canceled, NULL, NULL), 0);
}

enum { ROUNDS = 3000 };

struct pingpong {
    struct gate gate;
    int side;
};

static struct pingpong sides[2];

/* Waits at its own gate and opens the other's, on a scheduler of its own. */
static void *play(void *arg)
{
    struct pingpong *own = arg;
    struct pingpong *other = &sides[!own->side];
    for (int i = 0; i < ROUNDS; i++) {
        struct waker waker;
        waker_init(&waker);
        pthread_mutex_lock(&own->gate.mutex);
        own->gate.waiter = &waker;
        pthread_mutex_unlock(&own->gate.mutex);
        struct waker *peer = gate_take(&other->gate);
        if (peer)
            waker_wake(peer);
        if (waker_wait(&waker, deadline_in_ms(1)) && !gate_take(&own->gate))
            waker_settle(&waker);
        waker_destroy(&waker);
    }
    return NULL;
}

static void *play_scheduler(void *arg)
{
    return engine_run(play, arg, NULL) == 0 ? arg : NULL;
}

static void schedulers_wake_each_other(void **state)
{
    pthread_t threads[2];
    (void)state;
    for (int i = 0; i < 2; i++) {
        gate_init(&sides[i].gate);
        sides[i].side = i;
    }
    pthread_create(&threads[0], NULL, play_scheduler, &sides[0]);
    pthread_create(&threads[1], NULL, play_scheduler, &sides[1]);
    for (int i = 0; i < 2; i++) {
        void *done = NULL;
        pthread_join(threads[i], &done);
        assert_ptr_equal(done, &sides[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_wakes_a_task),
        cmocka_unit_test(a_thread_wakes_a_thread),
        cmocka_unit_test(a_task_wakes_a_task),
        cmocka_unit_test(a_wake_before_the_wait_counts),
        cmocka_unit_test(deadlines_end_the_wait),
        cmocka_unit_test(cancellation_ends_the_wait),
        cmocka_unit_test(settling_outlasts_deadline_and_cancellation),
        cmocka_unit_test(schedulers_wake_each_other),
    };
    return cmocka_run_group_tests_name("waker", tests, NULL, NULL);
}
