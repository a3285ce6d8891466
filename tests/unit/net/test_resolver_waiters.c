/* resolver.h with c-ares: many that wait for one answer, some that give up, limits. */
#include "tests/unit/net/resolver_bench.h"
#include "tests/unit/net/scheduled.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>

/* One of several tasks that look up. */
struct asker {
    struct bench *bench;
    const char *host;
    int64_t deadline;
    int error;
};

static void *ask(void *arg)
{
    struct asker *asker = arg;
    lookup(asker->bench, asker->host, asker->deadline, &asker->error);
    return NULL;
}

static void *single_flight_body(void *arg)
{
    struct bench *bench = arg;
    struct asker askers[100];
    struct group group;
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < 100; i++) {
        askers[i] = (struct asker){.bench = bench,
                                   .host = i % 2 ? "both-a30.test" : "BOTH-a30.TEST",
                                   .deadline = DEADLINE_NEVER,
                                   .error = 1};
        group_spawn(&group, ask, &askers[i]);
    }
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < 100; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).joined == 99);
    CHECK(fake_dns_asked(bench->fake) == 2);
    close_resolver(bench);
    return NULL;
}

static void single_flight(void **state)
{
    run_scheduled(single_flight_body, *state);
}

static void *giving_up_body(void *arg)
{
    struct bench *bench = arg;
    struct asker patient = {bench, "both-a150-q150.test", DEADLINE_NEVER, 1};
    struct asker hasty = {bench, "both-a150-q150.test", deadline_in_ms(30), 1};
    struct asker stopped = {bench, "both-a150-q150.test", DEADLINE_NEVER, 1};
    struct group group;
    open_resolver(bench);
    group_init(&group);
    struct task *task = task_spawn(&group, ask, &stopped);
    group_spawn(&group, ask, &hasty);
    group_spawn(&group, ask, &patient);
    CHECK(!task_sleep(deadline_in_ms(60)));
    task_cancel(task);
    CHECK(!task_join(task, NULL, DEADLINE_NEVER));
    CHECK(stopped.error == -ECANCELED);
    CHECK(hasty.error == -ETIMEDOUT);
    CHECK(patient.error == 1);
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    CHECK(patient.error == 0);
    CHECK(stats_of(bench).queries == 1);
    close_resolver(bench);
    return NULL;
}

static void giving_up(void **state)
{
    run_scheduled(giving_up_body, *state);
}

static void *abandoned_body(void *arg)
{
    struct bench *bench = arg;
    int error;
    open_resolver(bench);
    lookup(bench, "both-a80-q80.test", deadline_in_ms(10), &error);
    CHECK(error == -ETIMEDOUT);
    CHECK(!task_sleep(deadline_in_ms(250)));
    CHECK(finds(bench, "both-a80-q80.test", BOTH));
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).cache_hits == 1);
    close_resolver(bench);
    return NULL;
}

static void abandoned(void **state)
{
    run_scheduled(abandoned_body, *state);
}

static void *canceled_before(void *arg)
{
    struct bench *bench = arg;
    int error;
    task_cancel(task_self());
    lookup(bench, "both.test", DEADLINE_NEVER, &error);
    CHECK(error == -ECANCELED);
    /* What needs no waiting is still told. */
    CHECK(finds(bench, "localhost", "[::1],127.0.0.1"));
    return NULL;
}

static void *canceled_body(void *arg)
{
    struct bench *bench = arg;
    void *complaint = NULL;
    open_resolver(bench);
    struct task *task = task_spawn(NULL, canceled_before, bench);
    CHECK(!task_join(task, &complaint, DEADLINE_NEVER));
    CHECK(!task_sleep(deadline_in_ms(20)));
    CHECK(stats_of(bench).queries == 0);
    close_resolver(bench);
    return complaint;
}

static void canceled(void **state)
{
    run_scheduled(canceled_body, *state);
}

static void *limit_body(void *arg)
{
    struct bench *bench = arg;
    struct asker askers[40];
    char hosts[40][32];
    struct group group;
    bench->options.queries_max = 4;
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < 40; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "both-a10-q10-n%d.test", i);
        askers[i] = (struct asker){bench, hosts[i], DEADLINE_NEVER, 1};
        group_spawn(&group, ask, &askers[i]);
    }
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < 40; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == 40);
    CHECK(fake_dns_most_open(bench->fake) <= 8);
    close_resolver(bench);
    return NULL;
}

static void limit(void **state)
{
    run_scheduled(limit_body, *state);
}

static void *many_body(void *arg)
{
    struct bench *bench = arg;
    enum { MANY = 2000 };
    static struct asker askers[MANY];
    static char hosts[MANY][40];
    struct group group;
    int64_t start = deadline_clock();
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < MANY; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "both-n%d.test", i);
        askers[i] = (struct asker){bench, hosts[i], DEADLINE_NEVER, 1};
        group_spawn(&group, ask, &askers[i]);
    }
    CHECK(!task_sleep(deadline_in_ms(5)));
    /* 64 at once, then 10 a millisecond: no more than a server's socket holds. */
    uint64_t queries = stats_of(bench).queries;
    CHECK(queries >= 64);
    CHECK((int64_t)queries <= 65 + (deadline_clock() - start) / (100 * NSEC_PER_USEC));
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < MANY; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == MANY);
    close_resolver(bench);
    return NULL;
}

static void many(void **state)
{
    run_scheduled(many_body, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(single_flight), TEST(giving_up), TEST(abandoned),
        TEST(canceled),      TEST(limit),     TEST(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
