/* Jobs on threads: their values come back, waiting ones can be withdrawn, running ones never. */
#include "engine/engine.h"
#include "engine/offload/offload.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

static void as_task(task_fn body)
{
    assert_int_equal(engine_run(body, NULL, NULL), 0);
}

/* A job that says when it has begun and ends when it is let go. */
struct gate {
    sem_t begun;
    sem_t go;
    atomic_int runs;
};

static void gate_init(struct gate *gate)
{
    sem_init(&gate->begun, 0, 0);
    sem_init(&gate->go, 0, 0);
    atomic_init(&gate->runs, 0);
}

static void *pass_gate(void *arg)
{
    struct gate *gate = arg;
    atomic_fetch_add(&gate->runs, 1);
    sem_post(&gate->begun);
    sem_wait(&gate->go);
    return gate;
}

static void *count_run(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
    return arg;
}

static void *which_thread(void *arg)
{
    *(pthread_t *)arg = pthread_self();
    return arg;
}

static void *offload_and_compare(void *arg)
{
    pthread_t ran_on;
    void *value = NULL;
    (void)arg;
    bool inline_wanted = !sched_self();
    assert_int_equal(offload(which_thread, &ran_on, &value, DEADLINE_NEVER), 0);
    assert_ptr_equal(value, &ran_on);
    assert_int_equal(pthread_equal(ran_on, pthread_self()) != 0, inline_wanted);
    assert_int_equal(offload(which_thread, &ran_on, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void a_task_waits_while_a_thread_works(void **state)
{
    (void)state;
    as_task(offload_and_compare);
    offload_and_compare(NULL); /* off a scheduler, where it is a plain call */
}

static void *nap(void *arg)
{
    usleep(50 * 1000);
    return arg;
}

static void *tick(void *arg)
{
    while (task_sleep(deadline_in_ms(1)) == 0)
        ++*(int *)arg;
    return NULL;
}

static void *offload_beside_ticks(void *arg)
{
    int ticks = 0;
    (void)arg;
    struct task *ticker = task_spawn(NULL, tick, &ticks);
    assert_int_equal(offload(nap, NULL, NULL, DEADLINE_NEVER), 0);
    assert_true(ticks > 5);
    task_cancel(ticker);
    assert_int_equal(task_join(ticker, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void the_loop_goes_on_meanwhile(void **state)
{
    (void)state;
    as_task(offload_beside_ticks);
}

/* A pool of one thread, which a gate keeps busy. */
struct busy {
    struct offload_pool *pool;
    struct gate gate;
    struct future *future;
};

static void make_busy(struct busy *busy, size_t queue_length)
{
    gate_init(&busy->gate);
    busy->pool = offload_pool_new(1, queue_length);
    assert_non_null(busy->pool);
    assert_int_equal(offload_submit(busy->pool, pass_gate, &busy->gate, &busy->future), 0);
    sem_wait(&busy->gate.begun);
}

static void end_busy(struct busy *busy)
{
    sem_post(&busy->gate.go);
    future_free(busy->future);
    offload_pool_free(busy->pool);
}

static void *withdraw_late_job(void *arg)
{
    struct busy busy;
    atomic_int runs = 0;
    (void)arg;
    make_busy(&busy, 0);
    assert_int_equal(offload_on(busy.pool, count_run, &runs, NULL, deadline_in_ms(5)), -ETIMEDOUT);
    assert_int_equal(offload_on(busy.pool, count_run, &runs, NULL, DEADLINE_NOW), -ETIMEDOUT);
    end_busy(&busy);
    assert_int_equal(runs, 0);
    return NULL;
}

static void a_deadline_withdraws_a_waiting_job(void **state)
{
    (void)state;
    as_task(withdraw_late_job);
}

struct call {
    struct offload_pool *pool;
    offload_fn fn;
    void *arg;
    int result;
    bool ended;
};

static void *call_task(void *arg)
{
    struct call *call = arg;
    call->result = offload_on(call->pool, call->fn, call->arg, NULL, DEADLINE_NEVER);
    call->ended = true;
    return NULL;
}

static void *cancel_waiting_job(void *arg)
{
    struct busy busy;
    atomic_int runs = 0;
    (void)arg;
    make_busy(&busy, 0);
    struct call call = {.pool = busy.pool, .fn = count_run, .arg = &runs};
    struct task *task = task_spawn(NULL, call_task, &call);
    task_yield();
    task_cancel(task);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(call.result, -ECANCELED);
    end_busy(&busy);
    assert_int_equal(runs, 0);
    task_cancel(task_self());
    assert_int_equal(offload(count_run, &runs, NULL, DEADLINE_NEVER), -ECANCELED);
    assert_int_equal(runs, 0);
    return NULL;
}

static void cancellation_withdraws_a_waiting_job(void **state)
{
    (void)state;
    as_task(cancel_waiting_job);
}

static void *cancel_running_job(void *arg)
{
    struct gate gate;
    (void)arg;
    gate_init(&gate);
    struct offload_pool *pool = offload_pool_new(1, 0);
    struct call call = {.pool = pool, .fn = pass_gate, .arg = &gate};
    struct task *task = task_spawn(NULL, call_task, &call);
    task_yield();
    sem_wait(&gate.begun);
    task_cancel(task);
    task_sleep(deadline_in_ms(10));
    assert_false(call.ended); /* the job works on the caller's memory */
    sem_post(&gate.go);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(call.result, 0);
    offload_pool_free(pool);
    return NULL;
}

static void a_running_job_is_waited_for(void **state)
{
    (void)state;
    as_task(cancel_running_job);
}

static void *one_at_a_time(void *arg)
{
    pthread_t first;
    pthread_t next;
    (void)arg;
    struct offload_pool *pool = offload_pool_new(8, 0);
    assert_int_equal(offload_on(pool, which_thread, &first, NULL, DEADLINE_NEVER), 0);
    for (int i = 0; i < 20; i++) {
        task_sleep(deadline_in_ms(1)); /* the thread is idle again */
        assert_int_equal(offload_on(pool, which_thread, &next, NULL, DEADLINE_NEVER), 0);
        assert_true(pthread_equal(first, next));
    }
    offload_pool_free(pool);
    return NULL;
}

static void threads_start_as_needed(void **state)
{
    (void)state;
    as_task(one_at_a_time);
}

enum { SIDE_BY_SIDE = 4 };

static void *submit_gates(void *arg)
{
    struct offload_pool *pool = offload_pool_new(SIDE_BY_SIDE, 1);
    struct future *futures[SIDE_BY_SIDE];
    for (int i = 0; i < SIDE_BY_SIDE; i++)
        assert_int_equal(offload_submit(pool, pass_gate, arg, &futures[i]), 0);
    for (int i = 0; i < SIDE_BY_SIDE; i++) {
        assert_int_equal(future_wait(futures[i], NULL, DEADLINE_NEVER), 0);
        future_free(futures[i]);
    }
    offload_pool_free(pool);
    return NULL;
}

static void *open_gates_when_all_begun(void *arg)
{
    struct gate *gate = arg;
    for (int i = 0; i < SIDE_BY_SIDE; i++)
        sem_wait(&gate->begun);
    for (int i = 0; i < SIDE_BY_SIDE; i++)
        sem_post(&gate->go);
    return NULL;
}

/* Jobs that were held up by the full queue get threads of their own too. */
static void a_short_queue_costs_no_threads(void **state)
{
    struct gate gate;
    pthread_t opener;
    (void)state;
    gate_init(&gate);
    assert_int_equal(pthread_create(&opener, NULL, open_gates_when_all_begun, &gate), 0);
    assert_int_equal(engine_run(submit_gates, &gate, NULL), 0);
    pthread_join(opener, NULL);
}

static void *all_blocked(void *arg)
{
    sigset_t set;
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    bool blocked = sigismember(&set, SIGINT) && sigismember(&set, SIGUSR1) &&
                   sigismember(&set, SIGALRM) && sigismember(&set, SIGTERM);
    return blocked ? arg : NULL;
}

static void *signals(void *arg)
{
    sigset_t set;
    void *value = NULL;
    assert_int_equal(offload(all_blocked, &value, &value, DEADLINE_NEVER), 0);
    assert_ptr_equal(value, &value);
    pthread_sigmask(SIG_BLOCK, NULL, &set);
    assert_false(sigismember(&set, SIGINT));
    return arg;
}

static void pool_threads_take_no_signals(void **state)
{
    (void)state;
    as_task(signals);
}

struct submission {
    struct offload_pool *pool;
    atomic_int *runs;
    struct future *future;
    int result;
    bool ended;
};

static void *submit_task(void *arg)
{
    struct submission *submission = arg;
    submission->result =
        offload_submit(submission->pool, count_run, submission->runs, &submission->future);
    submission->ended = true;
    return NULL;
}

static void *fill_queue(void *arg)
{
    struct busy busy;
    struct submission submissions[4] = {{0}};
    struct task *tasks[4];
    atomic_int runs = 0;
    (void)arg;
    make_busy(&busy, 2);
    for (int i = 0; i < 4; i++) {
        submissions[i] = (struct submission){.pool = busy.pool, .runs = &runs};
        tasks[i] = task_spawn(NULL, submit_task, &submissions[i]);
    }
    task_sleep(deadline_in_ms(5));
    assert_true(submissions[0].ended && submissions[1].ended);
    assert_false(submissions[2].ended || submissions[3].ended); /* back-pressure */
    task_cancel(tasks[2]);
    assert_int_equal(task_join(tasks[2], NULL, DEADLINE_NEVER), 0);
    assert_int_equal(submissions[2].result, -ECANCELED);
    assert_false(submissions[3].ended);
    sem_post(&busy.gate.go);
    assert_int_equal(task_join(tasks[3], NULL, DEADLINE_NEVER), 0);
    assert_int_equal(submissions[3].result, 0);
    assert_int_equal(future_wait(submissions[3].future, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(runs, 3);
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    for (int i = 0; i < 4; i++)
        future_free(submissions[i].future);
    end_busy(&busy);
    return NULL;
}

static void a_full_queue_holds_its_submitters_up(void **state)
{
    (void)state;
    as_task(fill_queue);
}

/* Withdrawing makes room as well. */
static void *withdraw_makes_room(void *arg)
{
    struct busy busy;
    atomic_int runs = 0;
    (void)arg;
    make_busy(&busy, 1);
    struct call call = {.pool = busy.pool, .fn = count_run, .arg = &runs};
    struct task *caller = task_spawn(NULL, call_task, &call);
    struct submission submission = {.pool = busy.pool, .runs = &runs};
    struct task *submitter = task_spawn(NULL, submit_task, &submission);
    task_sleep(deadline_in_ms(5));
    assert_false(submission.ended);
    task_cancel(caller);
    assert_int_equal(task_join(submitter, NULL, deadline_in_ms(5000)), 0);
    assert_int_equal(submission.result, 0);
    assert_int_equal(task_join(caller, NULL, DEADLINE_NEVER), 0);
    future_free(submission.future);
    end_busy(&busy);
    assert_int_equal(runs, 1);
    return NULL;
}

static void withdrawing_lets_the_next_in(void **state)
{
    (void)state;
    as_task(withdraw_makes_room);
}

static void *open_gate_late(void *arg)
{
    usleep(20 * 1000);
    sem_post(arg);
    return NULL;
}

static void *free_with_line(void *arg)
{
    struct busy busy;
    pthread_t opener;
    atomic_int runs = 0;
    struct future *queued;
    (void)arg;
    make_busy(&busy, 1);
    assert_int_equal(offload_submit(busy.pool, count_run, &runs, &queued), 0);
    struct submission submission = {.pool = busy.pool, .runs = &runs};
    struct task *task = task_spawn(NULL, submit_task, &submission);
    task_yield();
    /* The pool is freed while its thread is still at the gate. */
    assert_int_equal(pthread_create(&opener, NULL, open_gate_late, &busy.gate.go), 0);
    future_free(busy.future);
    offload_pool_free(busy.pool);
    pthread_join(opener, NULL);
    assert_int_equal(runs, 1); /* queued jobs still run, those in line were never accepted */
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(submission.result, -EPIPE);
    assert_int_equal(future_wait(queued, NULL, DEADLINE_NEVER), 0);
    future_free(queued);
    return NULL;
}

static void shutdown_is_orderly(void **state)
{
    (void)state;
    as_task(free_with_line);
}

enum { CROWD = 50, CALLS = 20 };

static atomic_int crowd_runs;
static int crowd_ok;

static void *short_job(void *arg)
{
    int *on_callers_stack = arg;
    ++*on_callers_stack;
    atomic_fetch_add(&crowd_runs, 1);
    return arg;
}

static void *one_of_crowd(void *arg)
{
    unsigned *seed = arg;
    for (int i = 0; i < CALLS; i++) {
        int touched = 0;
        int64_t patience = (int64_t)(rand_r(seed) % 200) * NSEC_PER_USEC;
        int error = offload(short_job, &touched, NULL, deadline_in(patience));
        assert_true(error == 0 || error == -ETIMEDOUT);
        assert_int_equal(touched, error == 0); /* run exactly then */
        crowd_ok += error == 0;
    }
    return NULL;
}

static void *run_crowd(void *arg)
{
    struct group group;
    unsigned seeds[CROWD];
    (void)arg;
    assert_int_equal(group_init(&group), 0);
    for (unsigned i = 0; i < CROWD; i++) {
        seeds[i] = i;
        assert_int_equal(group_spawn(&group, one_of_crowd, &seeds[i]), 0);
    }
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    return NULL;
}

/* Deadlines race with threads that take the job: each runs and succeeds, or does neither. */
static void withdrawing_races_with_running(void **state)
{
    (void)state;
    atomic_store(&crowd_runs, 0);
    crowd_ok = 0;
    as_task(run_crowd);
    assert_int_equal(crowd_ok, atomic_load(&crowd_runs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_task_waits_while_a_thread_works),
        cmocka_unit_test(the_loop_goes_on_meanwhile),
        cmocka_unit_test(a_deadline_withdraws_a_waiting_job),
        cmocka_unit_test(cancellation_withdraws_a_waiting_job),
        cmocka_unit_test(a_running_job_is_waited_for),
        cmocka_unit_test(threads_start_as_needed),
        cmocka_unit_test(a_short_queue_costs_no_threads),
        cmocka_unit_test(pool_threads_take_no_signals),
        cmocka_unit_test(a_full_queue_holds_its_submitters_up),
        cmocka_unit_test(withdrawing_lets_the_next_in),
        cmocka_unit_test(shutdown_is_orderly),
        cmocka_unit_test(withdrawing_races_with_running),
    };
    return cmocka_run_group_tests_name("offload", tests, NULL, NULL);
}
