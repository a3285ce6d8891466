/* hosts.h: blocking threads and tasks of several schedulers that wait at one gate. */
#include "engine/deadline.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/hosts_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* A crowd at one gate: who is inside, and in which order they came in. */
struct crowd {
    struct hosts *hosts;
    atomic_int inside;
    atomic_int most;
    atomic_int entered;
    int rounds;
};

static void crowd_visit(struct crowd *crowd)
{
    assert_int_equal(hosts_enter(crowd->hosts, host, DEADLINE_NEVER), 0);
    int inside = atomic_fetch_add(&crowd->inside, 1) + 1;
    int most = atomic_load(&crowd->most);
    while (inside > most && !atomic_compare_exchange_weak(&crowd->most, &most, inside)) {
    }
    atomic_fetch_add(&crowd->entered, 1);
    assert_int_equal(task_sleep(deadline_in(200 * NSEC_PER_USEC)), 0);
    atomic_fetch_sub(&crowd->inside, 1);
    hosts_leave(crowd->hosts, host);
}

static void *crowd_member(void *arg)
{
    struct crowd *crowd = arg;
    for (int i = 0; i < crowd->rounds; i++) {
        crowd_visit(crowd);
        if (i % 8 == 0)
            hosts_pause(crowd->hosts, host, deadline_in(NSEC_PER_MSEC));
    }
    return NULL;
}

enum { TASKS = 20 };

static void *crowd_tasks(void *arg)
{
    struct task *tasks[TASKS];
    for (int i = 0; i < TASKS; i++)
        tasks[i] = task_spawn(NULL, crowd_member, arg);
    assert_int_equal(task_joinall(tasks, TASKS, DEADLINE_NEVER), 0);
    return NULL;
}

static void *crowd_sched(void *arg)
{
    assert_int_equal(engine_run(crowd_tasks, arg, NULL), 0);
    return NULL;
}

/* Two schedulers and three blocking threads, all at once. */
static void mixed_crowd(void **state)
{
    (void)state;
    struct crowd crowd = {.hosts = hosts_new(&(struct hosts_limits){.per_host = 3}), .rounds = 10};
    pthread_t threads[5];
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < 2 ? crowd_sched : crowd_member, &crowd), 0);
    for (int i = 0; i < 5; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(crowd.entered, (2 * TASKS + 3) * crowd.rounds);
    assert_int_equal(crowd.inside, 0);
    assert_true(crowd.most <= 3);
    assert_true(crowd.most > 1);
    hosts_free(crowd.hosts);
}

/* Tasks that come in a known order. */
struct visitor {
    struct hosts *hosts;
    struct task *task;
    int64_t deadline;
    int *turn; /* shared: how many have been let in */
    int place; /* this one's place among them, or -errno */
};

static void *visit(void *arg)
{
    struct visitor *visitor = arg;
    int error = hosts_enter(visitor->hosts, host, visitor->deadline);
    visitor->place = error ? error : ++*visitor->turn;
    if (!error)
        hosts_leave(visitor->hosts, host);
    return NULL;
}

enum { VISITORS = 6 };

static void visitors_spawn(struct visitor *visitors, struct hosts *hosts, int *turn)
{
    for (int i = 0; i < VISITORS; i++) {
        visitors[i] = (struct visitor){.hosts = hosts, .deadline = DEADLINE_NEVER, .turn = turn};
        visitors[i].task = task_spawn(NULL, visit, &visitors[i]);
        task_yield(); /* it waits at the gate before the next comes */
    }
}

static void visitors_join(struct visitor *visitors)
{
    for (int i = 0; i < VISITORS; i++)
        assert_int_equal(task_join(visitors[i].task, NULL, DEADLINE_NEVER), 0);
}

static void *in_order_task(void *arg)
{
    struct hosts *hosts = arg;
    struct visitor visitors[VISITORS];
    int turn = 0;
    int64_t again;
    enter(hosts, host);
    visitors_spawn(visitors, hosts, &turn);
    task_cancel(visitors[2].task);
    task_yield();
    hosts_leave(hosts, host);
    /* The connection has gone to the first in the row: nobody pushes in. */
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), -EAGAIN);
    visitors_join(visitors);
    assert_int_equal(visitors[0].place, 1);
    assert_int_equal(visitors[1].place, 2);
    assert_int_equal(visitors[2].place, -ECANCELED);
    for (int i = 3; i < VISITORS; i++)
        assert_int_equal(visitors[i].place, i);
    enter(hosts, host);
    hosts_leave(hosts, host);
    return NULL;
}

static void in_order(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    assert_int_equal(engine_run(in_order_task, hosts, NULL), 0);
    hosts_free(hosts);
}

/* A pause that comes while they wait for a connection: they wake at its end though nobody leaves
 * then, in order, and a longer one counts. */
static void *pause_wakes_task(void *arg)
{
    struct hosts *hosts = arg;
    struct visitor visitors[VISITORS];
    int turn = 0;
    enter(hosts, host);
    visitors_spawn(visitors, hosts, &turn);
    hosts_pause(hosts, host, deadline_in_ms(5));
    task_yield();
    int64_t until = deadline_in_ms(20);
    hosts_pause(hosts, host, until);
    hosts_leave(hosts, host);
    task_cancel(visitors[0].task);
    visitors_join(visitors);
    assert_true(deadline_clock() >= until);
    assert_int_equal(visitors[0].place, -ECANCELED);
    for (int i = 1; i < VISITORS; i++)
        assert_int_equal(visitors[i].place, i);
    return NULL;
}

static void pause_wakes(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    assert_int_equal(engine_run(pause_wakes_task, hosts, NULL), 0);
    hosts_free(hosts);
}

/* Tasks that wait for the pace: in order, though only the first looks at the clock, and though it
 * is canceled. */
struct pacing {
    struct hosts *hosts;
    int64_t interval;
    bool too_late; /* the first had come in before it could be canceled */
};

static void *paced_task(void *arg)
{
    struct pacing *pacing = arg;
    struct visitor visitors[VISITORS];
    int turn = 0;
    int64_t begin = deadline_clock();
    enter(pacing->hosts, host);
    visitors_spawn(visitors, pacing->hosts, &turn);
    task_cancel(visitors[0].task);
    task_cancel(visitors[3].task);
    pacing->too_late = turn > 0;
    visitors_join(visitors);
    if (pacing->too_late)
        return NULL;
    assert_true(deadline_clock() - begin >= 3 * pacing->interval);
    assert_int_equal(visitors[0].place, -ECANCELED);
    assert_int_equal(visitors[1].place, 1);
    assert_int_equal(visitors[2].place, 2);
    assert_int_equal(visitors[3].place, -ECANCELED);
    assert_int_equal(visitors[4].place, 3);
    assert_int_equal(visitors[5].place, 4);
    return NULL;
}

/* On a busy machine the pace may be up while they are still being put in a row: slower then. */
static void paced(void **state)
{
    (void)state;
    struct pacing pacing = {.interval = 10 * NSEC_PER_MSEC, .too_late = true};
    for (; pacing.too_late; pacing.interval *= 4) {
        assert_true(pacing.interval < NSEC_PER_SEC);
        pacing.hosts =
            hosts_new(&(struct hosts_limits){.per_host = 2, .interval = pacing.interval});
        assert_int_equal(engine_run(paced_task, &pacing, NULL), 0);
        hosts_free(pacing.hosts);
    }
}

static void *deadlines_task(void *arg)
{
    struct hosts *hosts = arg;
    int turn = 0;
    struct visitor late = {.hosts = hosts, .deadline = deadline_in_ms(5), .turn = &turn};
    struct visitor patient = {.hosts = hosts, .deadline = DEADLINE_NEVER, .turn = &turn};
    hosts_pause(hosts, host, deadline_in_ms(1000));
    late.task = task_spawn(NULL, visit, &late);
    patient.task = task_spawn(NULL, visit, &patient);
    task_join(late.task, NULL, DEADLINE_NEVER);
    assert_int_equal(late.place, -ETIMEDOUT);
    assert_int_equal(turn, 0);
    task_join(patient.task, NULL, DEADLINE_NEVER);
    assert_int_equal(patient.place, 1);
    return NULL;
}

static void deadlines(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    assert_int_equal(engine_run(deadlines_task, hosts, NULL), 0);
    hosts_free(hosts);
}

/* Canceled just when the connection comes from another thread: either way nothing is lost. */
struct race {
    struct hosts *hosts;
    struct task *waiter;
    int result;
};

static void *leave_soon(void *arg)
{
    struct race *race = arg;
    usleep((useconds_t)(rand() % 200));
    hosts_leave(race->hosts, host);
    return NULL;
}

static void *race_waiter(void *arg)
{
    struct race *race = arg;
    race->result = hosts_enter(race->hosts, host, DEADLINE_NEVER);
    if (!race->result)
        hosts_leave(race->hosts, host);
    return NULL;
}

static void *race_task(void *arg)
{
    struct race *race = arg;
    race->waiter = task_spawn(NULL, race_waiter, race);
    task_sleep(deadline_in((rand() % 200) * NSEC_PER_USEC));
    task_cancel(race->waiter);
    task_join(race->waiter, NULL, DEADLINE_NEVER);
    assert_true(race->result == 0 || race->result == -ECANCELED);
    return NULL;
}

static void cancel_race(void **state)
{
    (void)state;
    struct race race = {.hosts = hosts_new(&(struct hosts_limits){.per_host = 1})};
    for (int i = 0; i < 300; i++) {
        pthread_t thread;
        enter(race.hosts, host);
        assert_int_equal(pthread_create(&thread, NULL, leave_soon, &race), 0);
        assert_int_equal(engine_run(race_task, &race, NULL), 0);
        pthread_join(thread, NULL);
    }
    enter(race.hosts, host);
    hosts_free(race.hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paced),     cmocka_unit_test(in_order),    cmocka_unit_test(pause_wakes),
        cmocka_unit_test(deadlines), cmocka_unit_test(mixed_crowd), cmocka_unit_test(cancel_race),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
