/* dispatch.h: order, hosts that hold up nobody but themselves, waiting, the spill. */
#include "cmd/get/limits.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/dispatch_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void leave(struct harness *harness, const char *url)
{
    hosts_leave(harness->hosts, harness_host(url));
}

static void pause_until(struct harness *harness, const char *url, int64_t until)
{
    hosts_pause(harness->hosts, harness_host(url), until);
}

static void expect_end(struct harness *harness)
{
    struct entry *entry;
    assert_int_equal(dispatch_waiting(harness->dispatch), 0);
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 1);
    assert_true(dispatch_ready(harness->dispatch));
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 1);
}

static void write_three_hosts(void *file)
{
    fputs("http://a/1\nhttp://a/2\nhttp://a/3\nhttp://b/1\nwrong\nhttp://b/2\nhttp://c/1\n", file);
}

static void list_order(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 3, write_three_hosts);
    harness_expect(&harness, "http://a/1", false);
    harness_expect(&harness, "http://a/2", false);
    harness_expect(&harness, "http://a/3", false);
    harness_expect(&harness, "http://b/1", false);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    assert_string_equal(entry->problem, "no scheme");
    assert_false(entry->leased);
    entry_free(entry);
    harness_expect(&harness, "http://b/2", false);
    harness_expect(&harness, "http://c/1", false);
    expect_end(&harness);
    harness_close(&harness);
}

static void full_hosts(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_three_hosts);
    harness_expect(&harness, "http://a/1", false);
    harness_expect(&harness, "http://b/1", false);
    assert_int_equal(dispatch_waiting(harness.dispatch), 2);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    assert_non_null(entry->problem);
    entry_free(entry);
    harness_expect(&harness, "http://c/1", false);
    assert_int_equal(dispatch_waiting(harness.dispatch), 3);
    assert_false(dispatch_ready(harness.dispatch));
    leave(&harness, "http://b/");
    assert_true(dispatch_ready(harness.dispatch));
    assert_int_equal(dispatch_waiting(harness.dispatch), 3);
    harness_expect(&harness, "http://b/2", false);
    leave(&harness, "http://c/");
    leave(&harness, "http://b/");
    leave(&harness, "http://a/");
    harness_expect(&harness, "http://a/2", true);
    harness_expect(&harness, "http://a/3", true);
    expect_end(&harness);
    harness_close(&harness);
}

/* Of several that have become possible, the earliest in the list comes first. */
static void earliest_first(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_three_hosts);
    int64_t until = deadline_in_ms(20);
    pause_until(&harness, "http://a/", until);
    pause_until(&harness, "http://b/", until - 10 * NSEC_PER_MSEC);
    struct entry *entry;
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0); /* the wrong line */
    entry_free(entry);
    harness_expect(&harness, "http://c/1", true);
    while (deadline_clock() < until)
        usleep(1000);
    harness_expect(&harness, "http://a/1", false);
    harness_expect(&harness, "http://b/1", true);
    leave(&harness, "http://a/");
    harness_expect(&harness, "http://a/2", true);
    harness_expect(&harness, "http://a/3", true);
    harness_expect(&harness, "http://b/2", true);
    expect_end(&harness);
    harness_close(&harness);
}

/* Without a scheduler it blocks until the pause ends; a longer one that comes meanwhile counts. */
static void blocks_for_a_pause(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_three_hosts);
    int64_t until = deadline_in_ms(30);
    pause_until(&harness, "http://a/", until - 10 * NSEC_PER_MSEC);
    harness_expect(&harness, "http://b/1", true);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    entry_free(entry);
    harness_expect(&harness, "http://b/2", true);
    harness_expect(&harness, "http://c/1", true);
    pause_until(&harness, "http://a/", until);
    harness_expect(&harness, "http://a/1", true);
    assert_true(deadline_clock() >= until);
    harness_close(&harness); /* two still wait */
}

static void *leave_later(void *arg)
{
    usleep(20000);
    leave(arg, "http://a/");
    return NULL;
}

static void *wait_for_a(void *arg)
{
    harness_expect(arg, "http://a/2", true);
    harness_expect(arg, "http://a/3", true);
    expect_end(arg);
    return NULL;
}

static void write_one_host(void *file)
{
    fputs("http://a/1\nhttp://a/2\nhttp://a/3\n", file);
}

/* The connection is given back by another thread. */
static void other_thread_leaves(void **state)
{
    (void)state;
    struct harness harness;
    pthread_t thread;
    for (int parked = 0; parked < 2; parked++) {
        harness_open(&harness, 1, write_one_host);
        harness_expect(&harness, "http://a/1", false);
        assert_int_equal(pthread_create(&thread, NULL, leave_later, &harness), 0);
        if (parked)
            assert_int_equal(engine_run(wait_for_a, &harness, NULL), 0);
        else
            wait_for_a(&harness);
        pthread_join(thread, NULL);
        harness_close(&harness);
    }
}

/* A silent pipe does not keep back what waits for a host, and the reverse. */
struct piped {
    struct harness harness;
    int writer;
};

static void say(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void *take_from_pipe(void *arg)
{
    struct piped *piped = arg;
    harness_expect(&piped->harness, "http://a/1", false);
    harness_expect(&piped->harness, "http://a/2", false);
    harness_expect(&piped->harness, "http://b/1", true);
    harness_expect(&piped->harness, "http://a/3", true);
    expect_end(&piped->harness);
    return NULL;
}

static void *feed_pipe(void *arg)
{
    struct piped *piped = arg;
    struct task *taker = task_spawn(NULL, take_from_pipe, piped);
    task_sleep(deadline_in_ms(5));
    say(piped->writer, "http://a/1\nhttp://a/2\nhttp://a/");
    task_sleep(deadline_in_ms(5));
    leave(&piped->harness, "http://a/");
    task_sleep(deadline_in_ms(5));
    say(piped->writer, "3\nhttp://b/1\n");
    task_sleep(deadline_in_ms(5));
    pause_until(&piped->harness, "http://a/", deadline_in_ms(15));
    leave(&piped->harness, "http://a/");
    task_sleep(deadline_in_ms(30));
    close(piped->writer);
    assert_int_equal(task_join(taker, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void pipe_and_hosts(void **state)
{
    (void)state;
    struct piped piped;
    piped.writer = harness_open_pipe(&piped.harness, 1);
    assert_int_equal(engine_run(feed_pipe, &piped, NULL), 0);
    harness_close(&piped.harness);
}

static void *feed_later(void *arg)
{
    int *writer = arg;
    usleep(10000);
    say(*writer, "http://a/1\n");
    usleep(10000);
    close(*writer);
    return NULL;
}

static void pipe_blocking(void **state)
{
    (void)state;
    struct piped piped;
    pthread_t thread;
    piped.writer = harness_open_pipe(&piped.harness, 1);
    assert_false(dispatch_ready(piped.harness.dispatch));
    assert_int_equal(pthread_create(&thread, NULL, feed_later, &piped.writer), 0);
    harness_expect(&piped.harness, "http://a/1", true);
    expect_end(&piped.harness);
    pthread_join(thread, NULL);
    harness_close(&piped.harness);
}

static void *wait_canceled(void *arg)
{
    struct harness *harness = arg;
    struct entry *entry;
    assert_int_equal(dispatch_next(harness->dispatch, &entry), -ECANCELED);
    assert_int_equal(dispatch_next(harness->dispatch, &entry), -ECANCELED);
    return NULL;
}

static void *cancel_waiting(void *arg)
{
    struct task *waiter = task_spawn(NULL, wait_canceled, arg);
    task_sleep(deadline_in_ms(5));
    task_cancel(waiter);
    assert_int_equal(task_join(waiter, NULL, DEADLINE_NEVER), 0);
    return NULL;
}

static void canceled(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_one_host);
    harness_expect(&harness, "http://a/1", false);
    assert_int_equal(engine_run(cancel_waiting, &harness, NULL), 0);
    assert_int_equal(dispatch_waiting(harness.dispatch), 2);
    /* What was not taken is still there. */
    leave(&harness, "http://a/");
    harness_expect(&harness, "http://a/2", true);
    assert_true(dispatch_ready(harness.dispatch));
    assert_int_equal(dispatch_waiting(harness.dispatch), 1);
    harness_close(&harness);

    int writer = harness_open_pipe(&harness, 1);
    assert_int_equal(engine_run(cancel_waiting, &harness, NULL), 0);
    close(writer);
    harness_close(&harness);
}

static void *take_canceled(void *arg)
{
    task_cancel(task_self());
    return wait_canceled(arg);
}

/* Whoever is canceled gets nothing, though it would not have to wait. */
static void canceled_before(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_one_host);
    assert_int_equal(engine_run(take_canceled, &harness, NULL), 0);
    harness_expect(&harness, "http://a/1", true);
    harness_close(&harness);
}

enum { CROWD = LIMIT_WAITING + 1000 };

/* Many of one host between two others, long names and short. */
static void write_crowd(void *file)
{
    fputs("http://b/0\nhttp://c/0\n", file);
    for (int i = 0; i < CROWD; i++)
        fprintf(file, "http://a/%d/%.*sfile.txt\n", i, i % 100 == 7 ? 120 : 0,
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                "xxxxxx"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    fputs("http://c/1\nhttp://b/1\n", file);
}

static void expect_crowd_member(struct harness *harness, int i)
{
    struct entry *entry;
    char start[32];
    int length = sprintf(start, "http://a/%d/", i);
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 0);
    assert_memory_equal(entry->url.text, start, length);
    assert_int_equal(entry->number, i + 3);
    assert_int_equal(entry->line, i + 3);
    assert_string_equal(entry->source, harness->path);
    assert_non_null(strstr(entry->name, "file"));
    if (i == 0)
        assert_string_equal(entry->name, "file.txt");
    hosts_leave(harness->hosts, entry->url.host_key);
    entry_free(entry);
}

/* More than memory may hold waits for one host; the others are not held up, and nothing is lost or
 * changes places. */
static void spills(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_crowd);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    harness_expect(&harness, "http://b/0", false);
    harness_expect(&harness, "http://c/0", true);
    harness_expect(&harness, "http://c/1", true);
    assert_int_equal(dispatch_waiting(harness.dispatch), CROWD);
    assert_false(dispatch_ready(harness.dispatch));
    leave(&harness, "http://a/");
    for (int i = 0; i < CROWD; i++)
        expect_crowd_member(&harness, i);
    leave(&harness, "http://b/");
    harness_expect(&harness, "http://b/1", true);
    expect_end(&harness);
    harness_close(&harness);
}

enum { EARLY = LIMIT_WAITING + 10, TAKEN = LIMIT_WAITING / 2, LATE = 20 };

static void write_late_comers(void *file)
{
    for (int i = 0; i < EARLY + LATE; i++) {
        fprintf(file, "http://a/%d\n", i);
        if (i == EARLY - 1 || i == EARLY + LATE - 1)
            fprintf(file, "http://b/%d\n", i);
    }
}

static void expect_numbered(struct harness *harness, const char *host, int number, bool leave_host)
{
    char url[32];
    sprintf(url, "http://%s/%d", host, number);
    harness_expect(harness, url, leave_host);
}

/* Memory has room again, but those on disk came earlier. */
static void late_comers(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_late_comers);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    expect_numbered(&harness, "b", EARLY - 1, true);
    leave(&harness, "http://a/");
    for (int i = 0; i < TAKEN; i++)
        expect_numbered(&harness, "a", i, true);
    expect_numbered(&harness, "a", TAKEN, false);
    expect_numbered(&harness, "b", EARLY + LATE - 1, true);
    leave(&harness, "http://a/");
    for (int i = TAKEN + 1; i < EARLY + LATE; i++)
        expect_numbered(&harness, "a", i, true);
    expect_end(&harness);
    harness_close(&harness);
}

static void write_marked_crowd(void *file)
{
    for (int i = 0; i < CROWD; i++) {
        fprintf(file, "http://a/%d\n", i);
        if (i == LIMIT_WAITING / 2)
            fputs("http://b/0\n", file);
    }
}

static void spill_fails(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_marked_crowd);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    harness_expect(&harness, "http://b/0", true);
    /* The sets of the list have their files by now, or need none yet. */
    setenv("TMPDIR", "/nonexistent", 1);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), -ENOENT);
    unsetenv("TMPDIR");
    /* The one that could be held nowhere counts too. */
    assert_int_equal(dispatch_waiting(harness.dispatch), LIMIT_WAITING + 1);
    harness_close(&harness);
}

enum { TOO_MANY = 20000 };

static void write_too_many(void *file)
{
    for (int i = 0; i < TOO_MANY; i++)
        fprintf(file, "http://a/%d\n", i);
    fputs("http://b/1\n", file);
}

/* When disk and memory hold what they may, the list is not read on. */
static void everything_full(void **state)
{
    (void)state;
    if (LIMIT_SPILL_BYTES > 1 << 20)
        skip(); /* a gigabyte takes too long */
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_too_many);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    while (dispatch_ready(harness.dispatch)) {
    }
    assert_true(dispatch_waiting(harness.dispatch) < TOO_MANY);
    leave(&harness, "http://a/");
    char url[32];
    for (int i = 0; i < TOO_MANY; i++) {
        assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
        sprintf(url, "http://a/%d", i);
        assert_string_equal(entry->url.text, url);
        leave(&harness, url);
        entry_free(entry);
    }
    harness_expect(&harness, "http://b/1", true);
    expect_end(&harness);
    harness_close(&harness);
}

static void write_damaged(void *file)
{
    fputs("\x1f\x8b nonsense", file);
}

static void list_fails(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_damaged);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), -EIO);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), -EIO);
    assert_non_null(strstr(url_list_problem(harness.list), "damaged gzip data"));
    harness_close(&harness);
}

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
        cmocka_unit_test(list_order),          cmocka_unit_test(full_hosts),
        cmocka_unit_test(earliest_first),      cmocka_unit_test(blocks_for_a_pause),
        cmocka_unit_test(other_thread_leaves), cmocka_unit_test(pipe_and_hosts),
        cmocka_unit_test(pipe_blocking),       cmocka_unit_test(canceled),
        cmocka_unit_test(canceled_before),     cmocka_unit_test(spills),
        cmocka_unit_test(late_comers),         cmocka_unit_test(spill_fails),
        cmocka_unit_test(everything_full),     cmocka_unit_test(list_fails),
        cmocka_unit_test(threads_storm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
