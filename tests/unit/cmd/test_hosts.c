/* hosts.h: blocking threads and tasks of several schedulers at one gate. */
#include "cmd/get/gate_local.h"
#include "cmd/get/hosts.h"
#include "cmd/get/limits.h"
#include "engine/deadline.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char host[] = "h.example:80";
static const char other[] = "o.example:80";

static int64_t try_again(struct hosts *hosts, const char *key)
{
    int64_t again = -1;
    assert_int_equal(hosts_try_enter(hosts, key, true, &again), -EAGAIN);
    return again;
}

static void enter(struct hosts *hosts, const char *key)
{
    assert_int_equal(hosts_enter(hosts, key, DEADLINE_NOW), 0);
}

static void limit(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 2});
    int64_t again;
    enter(hosts, host);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), 0);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    assert_int_equal(hosts_enter(hosts, host, deadline_in_ms(5)), -ETIMEDOUT);
    enter(hosts, other);
    hosts_leave(hosts, host);
    enter(hosts, host);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    hosts_free(hosts);
    hosts_free(NULL);
}

static void patience(void **state)
{
    (void)state;
    struct hosts *hosts =
        hosts_new(&(struct hosts_limits){.per_host = 1, .patience = 100 * NSEC_PER_MSEC});
    int64_t again;
    hosts_pause(hosts, host, deadline_in_ms(200));
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), -EBUSY);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), -EBUSY);
    enter(hosts, other);
    /* Time passes, and the end comes near enough. */
    usleep(120000);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    hosts_free(hosts);
}

static void pauses(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    int64_t until = deadline_in_ms(30);
    assert_false(hosts_pause(hosts, host, until));
    assert_true(hosts_pause(hosts, host, until - 1000)); /* the later counts */
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(hosts_enter(hosts, host, deadline_in_ms(1)), -ETIMEDOUT);
    enter(hosts, other);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= until);
    /* Over, and forgotten. */
    assert_false(hosts_pause(hosts, host, deadline_clock() - 1));
    hosts_leave(hosts, host);
    enter(hosts, host);

    /* Full and paused: who leaves does not let anybody in before the end. */
    until = deadline_in_ms(30);
    hosts_pause(hosts, host, until);
    hosts_leave(hosts, host);
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= until);
    hosts_free(hosts);
}

struct listener {
    struct hosts *hosts;
    int calls;
    bool inside;
};

static void on_left(void *ctx, const char *key)
{
    struct listener *listener = ctx;
    int64_t again;
    assert_string_equal(key, host);
    listener->calls++;
    if (listener->inside)
        return;
    /* Called without the lock: it may come back. */
    listener->inside = true;
    if (hosts_try_enter(listener->hosts, key, true, &again) == 0)
        hosts_leave(listener->hosts, key);
    listener->inside = false;
}

static void leave_after(struct hosts *hosts, int64_t took)
{
    hosts_end_visit(hosts, host, &(struct visit){VISIT_SERVED, took});
}

/* What a host refused is told with leaving it. */
static void refuse(struct hosts *hosts, enum visit_end end)
{
    hosts_end_visit(hosts, host, &(struct visit){end, NSEC_PER_MSEC});
}

static void learns(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 8});
    for (int i = 0; i < 8; i++)
        enter(hosts, host);
    refuse(hosts, VISIT_REFUSED);
    /* Seven are inside, and four may be. */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
        hosts_leave(hosts, host);
    }
    enter(hosts, host);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    enter(hosts, other);
    for (int i = 0; i < 4; i++)
        hosts_leave(hosts, host);

    /* Even one is too many: then there are gaps. */
    for (int i = 0; i < 5; i++) {
        usleep(2000);
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
        leave_after(hosts, NSEC_PER_MSEC);
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
        refuse(hosts, VISIT_REFUSED);
    }
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_clock() && again < DEADLINE_NEVER);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= again);
    hosts_free(hosts);
}

/* 503 without a word on how long: one may be the page's, two are the host's. */
static void rests(void **state)
{
    (void)state;
    struct hosts *hosts =
        hosts_new(&(struct hosts_limits){.per_host = 8, .rest = 30 * NSEC_PER_MSEC});
    for (int i = 0; i < 3; i++)
        enter(hosts, host);
    refuse(hosts, VISIT_STRAINED);
    enter(hosts, host);
    refuse(hosts, VISIT_STRAINED);
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_in_ms(20) && again <= deadline_in_ms(30));
    hosts_leave(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= again);
    hosts_free(hosts);
}

/* --rate holds for whoever comes, and is no pause that one could be too impatient for. */
static void interval(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){
        .per_host = 100, .patience = NSEC_PER_MSEC, .interval = 20 * NSEC_PER_MSEC});
    int64_t begin = deadline_clock();
    for (int i = 0; i < 11; i++)
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() - begin >= 190 * NSEC_PER_MSEC);
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_clock() && again <= deadline_in_ms(20));
    enter(hosts, other);
    assert_false(hosts_pause(hosts, host, deadline_in_ms(1)));
    hosts_free(hosts);
}

/* A host that has not answered yet, or is slow, leaves room for one more. */
static void shares(void **state)
{
    (void)state;
    struct listener listener = {.inside = true};
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 12, .jobs = 12});
    int64_t again;
    hosts_listen(hosts, on_left, &listener);
    for (int i = 0; i < 6; i++)
        assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(hosts_try_enter(hosts, other, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, other, false, &again), -EUSERS);
    /* Seven are too many now. */
    for (int i = 0; i < 3; i++)
        leave_after(hosts, HOST_SLOW);
    assert_int_equal(listener.calls, 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    leave_after(hosts, HOST_SLOW);
    assert_int_equal(listener.calls, 1);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    /* It has become fast: its share does not count any more, and who was refused is told. */
    leave_after(hosts, 0);
    assert_int_equal(listener.calls, 2);
    for (int i = 0; i < 9; i++)
        assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EAGAIN);
    hosts_listen(hosts, NULL, NULL);
    hosts_free(hosts);
}

static void forgets(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    char key[32];
    int64_t until = deadline_in(60 * NSEC_PER_SEC);
    hosts_pause(hosts, host, until);
    enter(hosts, other);
    /* Many hosts once each, so that the table is swept often. */
    for (int i = 0; i < 100 * LIMIT_IDLE_HOSTS; i++) {
        snprintf(key, sizeof key, "h%d.example:80", i);
        enter(hosts, key);
        hosts_leave(hosts, key);
    }
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(try_again(hosts, other), DEADLINE_NEVER);
    hosts_free(hosts);
}

static void listens(void **state)
{
    (void)state;
    struct listener listener = {.hosts = hosts_new(&(struct hosts_limits){.per_host = 2})};
    struct hosts *hosts = listener.hosts;
    hosts_listen(hosts, on_left, &listener);
    enter(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 0); /* it was not full */
    enter(hosts, host);
    enter(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 2); /* the listener itself filled it and left */
    enter(hosts, host);
    hosts_pause(hosts, host, deadline_in(NSEC_PER_SEC));
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 3); /* also when paused */
    hosts_listen(hosts, NULL, NULL);
    hosts_free(hosts);
}

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
static void *paced_task(void *arg)
{
    struct hosts *hosts = arg;
    struct visitor visitors[VISITORS];
    int turn = 0;
    int64_t begin = deadline_clock();
    enter(hosts, host);
    visitors_spawn(visitors, hosts, &turn);
    task_cancel(visitors[0].task);
    task_cancel(visitors[3].task);
    visitors_join(visitors);
    assert_true(deadline_clock() - begin >= 30 * NSEC_PER_MSEC);
    assert_int_equal(visitors[0].place, -ECANCELED);
    assert_int_equal(visitors[1].place, 1);
    assert_int_equal(visitors[2].place, 2);
    assert_int_equal(visitors[3].place, -ECANCELED);
    assert_int_equal(visitors[4].place, 3);
    assert_int_equal(visitors[5].place, 4);
    return NULL;
}

static void paced(void **state)
{
    (void)state;
    struct hosts *hosts =
        hosts_new(&(struct hosts_limits){.per_host = 2, .interval = 10 * NSEC_PER_MSEC});
    assert_int_equal(engine_run(paced_task, hosts, NULL), 0);
    hosts_free(hosts);
}

static void *deadlines_task(void *arg)
{
    struct hosts *hosts = arg;
    int turn = 0;
    struct visitor late = {.hosts = hosts, .deadline = deadline_in_ms(5), .turn = &turn};
    struct visitor patient = {.hosts = hosts, .deadline = DEADLINE_NEVER, .turn = &turn};
    hosts_pause(hosts, host, deadline_in_ms(20));
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

static void local_gate(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    struct gate_local local;
    struct gate *gate = gate_local_init(&local, hosts);
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), 0);
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), -ETIMEDOUT);
    gate_leave(gate, host, &(struct visit){VISIT_NOTHING, 0});
    assert_false(gate_pause(gate, host, deadline_in(NSEC_PER_SEC)));
    assert_true(gate_pause(gate, host, deadline_in(NSEC_PER_SEC)));
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), -ETIMEDOUT);
    hosts_free(hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit),      cmocka_unit_test(patience),    cmocka_unit_test(shares),
        cmocka_unit_test(rests),      cmocka_unit_test(learns),      cmocka_unit_test(interval),
        cmocka_unit_test(paced),      cmocka_unit_test(pauses),      cmocka_unit_test(forgets),
        cmocka_unit_test(listens),    cmocka_unit_test(in_order),    cmocka_unit_test(pause_wakes),
        cmocka_unit_test(deadlines),  cmocka_unit_test(mixed_crowd), cmocka_unit_test(cancel_race),
        cmocka_unit_test(local_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
