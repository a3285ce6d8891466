/* Many transfers at once, on one scheduler and on two. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define MANY 500

static const struct reply replies[] = {
    {"/reset", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome", THEN_RESET},
    {"/stall", "", THEN_STALL},
    {0},
};

struct crowd {
    struct client *client;
    const char *path;
    unsigned each;
    unsigned ok;
    unsigned failed;
    int64_t bytes;
};

static void *crowd_member(void *arg)
{
    struct crowd *crowd = arg;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, crowd->path);
    for (unsigned i = 0; i < crowd->each; i++) {
        struct transfer_result result;
        if (transfer_once(crowd->client, url, NULL, &result) == 0)
            crowd->ok++;
        else
            crowd->failed++;
        crowd->bytes += result.bytes;
    }
    return NULL;
}

static void crowd_run(struct client *client, void *ctx)
{
    struct crowd *crowd = ctx;
    struct task *tasks[MANY];
    crowd->client = client;
    for (int i = 0; i < MANY; i++)
        tasks[i] = task_spawn(NULL, crowd_member, crowd);
    task_joinall(tasks, MANY, DEADLINE_NEVER);
}

static void test_many_at_once(void **state)
{
    (void)state;
    struct crowd crowd = {.path = "/size/4096", .each = 4};
    unsigned before = loopback_connections(&server);
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = MANY}, NULL, crowd_run,
                &crowd);
    assert_int_equal(crowd.ok, 4 * MANY);
    assert_int_equal(crowd.bytes, 4 * MANY * 4096);
    /* Fresh connections where none was idle, and none where one was. */
    assert_in_range(loopback_connections(&server) - before, 1, MANY);
}

static void test_many_failures(void **state)
{
    (void)state;
    struct crowd crowd = {.path = "/reset", .each = 2};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = MANY}, NULL, crowd_run,
                &crowd);
    assert_int_equal(crowd.failed, 2 * MANY);
}

static void *crowd_stalled(void *arg)
{
    struct crowd *crowd = arg;
    return crowd_member(crowd);
}

static void cancel_all(struct client *client, void *ctx)
{
    struct crowd *crowd = ctx;
    struct group group;
    crowd->client = client;
    group_init(&group);
    for (int i = 0; i < MANY; i++)
        group_spawn(&group, crowd_stalled, crowd);
    task_sleep(deadline_in_ms(50));
    group_close(&group);
}

static void test_cancel_all(void **state)
{
    (void)state;
    struct crowd crowd = {.path = "/stall", .each = 1};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = MANY}, NULL, cancel_all,
                &crowd);
    assert_int_equal(crowd.failed, MANY);
}

/* A client may be freed by a task, connections and all. */
static void *client_of_a_task(void *arg)
{
    struct transfer_options options = {.jobs = 1};
    struct resolver_options resolver = {0};
    struct client_options client_options = {&options, &resolver};
    struct crowd *crowd = arg;
    const char *why;
    crowd->path = "/size/10";
    crowd->each = 2;
    if (client_new(&crowd->client, &client_options, &why) != 0)
        return NULL;
    crowd_member(crowd);
    client_free(crowd->client);
    return NULL;
}

static void test_client_of_a_task(void **state)
{
    (void)state;
    struct crowd crowd = {0};
    assert_int_equal(engine_run(client_of_a_task, &crowd, NULL), 0);
    assert_int_equal(crowd.ok, 2);
}

static void *thread_main(void *arg)
{
    struct crowd *crowd = arg;
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = MANY}, NULL, crowd_run,
                crowd);
    return NULL;
}

static void *blocking_main(void *arg)
{
    struct crowd *crowd = arg;
    struct transfer_options options = {.jobs = 1};
    struct client_options client_options = {&options, &(struct resolver_options){0}};
    const char *why;
    if (client_new(&crowd->client, &client_options, &why) == 0)
        crowd_member(crowd);
    client_free(crowd->client);
    return NULL;
}

static void test_threads(void **state)
{
    (void)state;
    struct crowd crowds[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        crowds[i] = (struct crowd){.path = "/size/1000", .each = i < 2 ? 2 : 100};
        assert_int_equal(
            pthread_create(&threads[i], NULL, i < 2 ? thread_main : blocking_main, &crowds[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crowds[i].failed, 0);
        assert_int_equal(crowds[i].ok, i < 2 ? 2 * MANY : 100);
    }
    assert_int_equal(client_tripwire_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_at_once), cmocka_unit_test(test_many_failures),
        cmocka_unit_test(test_cancel_all),   cmocka_unit_test(test_client_of_a_task),
        cmocka_unit_test(test_threads),
    };
    return run_tests_with_server(tests, replies);
}
