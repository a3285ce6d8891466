/* dispatch.h: connections given back and hosts paused by many threads at once. */
#include "engine/sched/sched.h"
#include "tests/unit/cmd/dispatch_harness.h"
#include "tests/unit/cmd/unit.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STORM_HOSTS = 12, STORM_URLS = 3000, STORM_THREADS = 3 };

static void write_storm(void *file)
{
    for (int i = 0; i < STORM_URLS; i++)
        fprintf(file, "http://h%d/%d\n", i * i % STORM_HOSTS, i);
}

/* Entries on their way through threads that take their time and pause hosts. */
struct storm {
    struct harness harness;
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    struct list entries;
    int inside[STORM_HOSTS];
    int last[STORM_HOSTS]; /* URL last given out */
    int given;
    bool ended;
};

static int storm_host(const struct entry *entry)
{
    return atoi(entry->url.host + 1);
}

static void *storm_worker(void *arg)
{
    struct storm *storm = arg;
    pthread_mutex_lock(&storm->mutex);
    for (;;) {
        while (list_empty(&storm->entries) && !storm->ended)
            pthread_cond_wait(&storm->cond, &storm->mutex);
        struct list_node *node = list_pop_front(&storm->entries);
        if (!node)
            break;
        struct entry *entry = list_entry(node, struct entry, node);
        storm->inside[storm_host(entry)]--;
        pthread_mutex_unlock(&storm->mutex);
        if (entry->number % 50 == 0)
            hosts_pause(storm->harness.hosts, entry->url.host_key, deadline_in_ms(2));
        hosts_leave(storm->harness.hosts, entry->url.host_key);
        entry_free(entry);
        pthread_mutex_lock(&storm->mutex);
    }
    pthread_mutex_unlock(&storm->mutex);
    return NULL;
}

static void *storm_dispatch(void *arg)
{
    struct storm *storm = arg;
    struct entry *entry;
    while (dispatch_next(storm->harness.dispatch, &entry) == 0) {
        int host = storm_host(entry);
        int url = atoi(entry->url.path + 1);
        pthread_mutex_lock(&storm->mutex);
        storm->given++;
        assert_true(++storm->inside[host] <= 2);
        assert_true(url > storm->last[host]);
        storm->last[host] = url;
        list_push_back(&storm->entries, &entry->node);
        pthread_cond_signal(&storm->cond);
        pthread_mutex_unlock(&storm->mutex);
    }
    pthread_mutex_lock(&storm->mutex);
    storm->ended = true;
    pthread_cond_broadcast(&storm->cond);
    pthread_mutex_unlock(&storm->mutex);
    return NULL;
}

static void threads_storm(void **state)
{
    (void)state;
    struct storm storm = {
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .cond = PTHREAD_COND_INITIALIZER,
    };
    pthread_t threads[STORM_THREADS];
    list_init(&storm.entries);
    memset(storm.last, -1, sizeof storm.last);
    harness_open(&storm.harness, 2, write_storm);
    for (int i = 0; i < STORM_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, storm_worker, &storm), 0);
    assert_int_equal(engine_run(storm_dispatch, &storm, NULL), 0);
    for (int i = 0; i < STORM_THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(storm.given, STORM_URLS);
    harness_close(&storm.harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
