/* Futures: waited for, called back, given away at any time. */
#include "engine/engine.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <unistd.h>

static void as_task(task_fn body)
{
    assert_int_equal(engine_run(body, NULL, NULL), 0);
}

static void *nap(void *arg)
{
    usleep(50 * 1000);
    return arg;
}

static void *count_run(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
    return arg;
}

struct done {
    int calls;
    void *value;
    struct future *to_free;
    bool on_loop;
};

static void note_done(void *ctx, void *value)
{
    struct done *done = ctx;
    done->calls++;
    done->value = value;
    done->on_loop = sched_self() && !task_self();
    future_free(done->to_free);
}

static void *futures(void *arg)
{
    struct future *future;
    struct done done = {0};
    void *value = NULL;
    (void)arg;
    assert_int_equal(offload_submit(NULL, nap, &done, &future), 0);
    assert_false(future_done(future));
    assert_int_equal(future_wait(future, &value, deadline_in_ms(1)), -ETIMEDOUT);
    assert_int_equal(future_then(future, note_done, &done), 0);
    assert_int_equal(future_then(future, note_done, &done), -EBUSY);
    assert_int_equal(future_wait(future, &value, DEADLINE_NEVER), 0);
    assert_ptr_equal(value, &done);
    assert_true(future_done(future) && done.calls == 1 && done.on_loop);
    assert_ptr_equal(done.value, &done);
    assert_int_equal(future_wait(future, NULL, DEADLINE_NOW), 0);
    future_free(future);
    future_free(NULL);
    return NULL;
}

static void futures_wait_and_call_back(void **state)
{
    (void)state;
    as_task(futures);
}

static void *late_callback(void *arg)
{
    struct future *future;
    struct done done = {0};
    (void)arg;
    assert_int_equal(offload_submit(NULL, nap, NULL, &future), 0);
    assert_int_equal(future_wait(future, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(future_then(future, note_done, &done), 0);
    assert_int_equal(done.calls, 1); /* at once */
    future_free(future);
    return NULL;
}

static void a_late_callback_comes_at_once(void **state)
{
    (void)state;
    as_task(late_callback);
}

struct early {
    atomic_int runs;
    struct done in_callback;
    struct done after_free;
    struct done canceled;
};

static void *free_early(void *arg)
{
    struct early *early = arg;
    struct future *future;
    /* From its own callback. */
    assert_int_equal(offload_submit(NULL, nap, NULL, &early->in_callback.to_free), 0);
    assert_int_equal(future_then(early->in_callback.to_free, note_done, &early->in_callback), 0);
    /* Before the end: the job runs and the callback comes all the same. */
    assert_int_equal(offload_submit(NULL, nap, NULL, &future), 0);
    assert_int_equal(future_then(future, note_done, &early->after_free), 0);
    future_free(future);
    assert_int_equal(offload_submit(NULL, count_run, &early->runs, &future), 0);
    future_free(future);
    /* The waiting task is canceled, the job is not. */
    assert_int_equal(offload_submit(NULL, nap, NULL, &future), 0);
    assert_int_equal(future_then(future, note_done, &early->canceled), 0);
    task_cancel(task_self());
    assert_int_equal(future_wait(future, NULL, DEADLINE_NEVER), -ECANCELED);
    future_free(future);
    return NULL;
}

static void futures_may_be_freed_early(void **state)
{
    struct early early = {0};
    (void)state;
    /* The loop goes on until the last job has ended, though no task is left. */
    assert_int_equal(engine_run(free_early, &early, NULL), 0);
    assert_int_equal(early.runs, 1);
    assert_int_equal(early.in_callback.calls, 1);
    assert_int_equal(early.after_free.calls, 1);
    assert_int_equal(early.canceled.calls, 1);
}

static void plain_threads_have_futures_too(void **state)
{
    struct future *future;
    struct done done = {0};
    atomic_int runs = 0;
    void *value = NULL;
    (void)state;
    struct offload_pool *pool = offload_pool_new(2, 0);
    assert_int_equal(offload_submit(NULL, nap, NULL, &future), -ENOTSUP);
    assert_int_equal(offload_submit(pool, nap, &value, &future), 0);
    assert_int_equal(future_then(future, note_done, &done), -ENOTSUP);
    assert_int_equal(future_wait(future, NULL, deadline_in_ms(1)), -ETIMEDOUT);
    assert_int_equal(future_wait(future, &value, DEADLINE_NEVER), 0);
    assert_ptr_equal(value, &value);
    assert_true(future_done(future));
    assert_int_equal(future_wait(future, NULL, DEADLINE_NOW), 0);
    future_free(future);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(offload_submit(pool, count_run, &runs, &future), 0);
        future_free(future); /* while it waits, runs, or has ended */
    }
    offload_pool_free(pool);
    assert_int_equal(runs, 100);
    offload_pool_free(NULL);
}

/* Says that it has begun, and ends when it is let go. */
struct gate {
    sem_t begun;
    sem_t go;
};

static void *pass_gate(void *arg)
{
    struct gate *gate = arg;
    sem_post(&gate->begun);
    sem_wait(&gate->go);
    return gate;
}

struct attempt {
    struct offload_pool *pool;
    atomic_int runs;
    int result;
};

static void submit_on_loop(void *ctx, void *value)
{
    struct attempt *attempt = ctx;
    struct future *future;
    (void)value;
    attempt->result = offload_submit(attempt->pool, count_run, &attempt->runs, &future);
}

static void *full_queue_on_loop(void *arg)
{
    struct gate gate;
    struct future *futures[3];
    struct attempt attempt = {.pool = offload_pool_new(1, 1)};
    (void)arg;
    sem_init(&gate.begun, 0, 0);
    sem_init(&gate.go, 0, 0);
    assert_int_equal(offload_submit(attempt.pool, pass_gate, &gate, &futures[0]), 0);
    sem_wait(&gate.begun);
    assert_int_equal(offload_submit(attempt.pool, count_run, &attempt.runs, &futures[1]), 0);
    assert_int_equal(offload_submit(NULL, nap, NULL, &futures[2]), 0);
    assert_int_equal(future_then(futures[2], submit_on_loop, &attempt), 0);
    assert_int_equal(future_wait(futures[2], NULL, DEADLINE_NEVER), 0);
    assert_int_equal(attempt.result, -EAGAIN);
    sem_post(&gate.go);
    for (int i = 0; i < 3; i++)
        future_free(futures[i]);
    offload_pool_free(attempt.pool);
    assert_int_equal(attempt.runs, 1);
    return NULL;
}

static void a_callback_is_told_to_try_again(void **state)
{
    (void)state;
    as_task(full_queue_on_loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(futures_wait_and_call_back),
        cmocka_unit_test(a_late_callback_comes_at_once),
        cmocka_unit_test(futures_may_be_freed_early),
        cmocka_unit_test(plain_threads_have_futures_too),
        cmocka_unit_test(a_callback_is_told_to_try_again),
    };
    return cmocka_run_group_tests_name("future", tests, NULL, NULL);
}
