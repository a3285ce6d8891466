/* dispatch.h: order, hosts that hold up nobody but themselves, waiting. */
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

/* One whose host is paused comes back, also after the end, before all others of its host, and with
 * what is known of it. */
static void given_back(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *first, *entry;
    harness_open(&harness, 1, write_three_hosts);
    assert_int_equal(dispatch_next(harness.dispatch, &first), 0);
    leave(&harness, "http://a/1");
    pause_until(&harness, "http://a/1", deadline_in(50 * NSEC_PER_MSEC));
    first->past = (struct past){.tries = 2, .attempts = 3, .started = 4, .first_start = 5};
    assert_int_equal(dispatch_return(harness.dispatch, first), 0);
    assert_int_equal(dispatch_waiting(harness.dispatch), 1);
    harness_expect(&harness, "http://b/1", true);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    entry_free(entry); /* the wrong line */
    harness_expect(&harness, "http://b/2", true);
    harness_expect(&harness, "http://c/1", true);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    assert_string_equal(entry->url.text, "http://a/1");
    assert_true(entry->leased);
    assert_int_equal(entry->past.tries, 2);
    assert_int_equal(entry->past.attempts, 3);
    assert_int_equal(entry->past.started, 4);
    assert_int_equal(entry->past.first_start, 5);
    leave(&harness, "http://a/1");
    harness_expect(&harness, "http://a/2", true);
    assert_int_equal(dispatch_next(harness.dispatch, &first), 0);
    leave(&harness, "http://a/3");
    entry_free(entry);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 1);
    assert_int_equal(dispatch_return(harness.dispatch, first), 0);
    harness_expect(&harness, "http://a/3", true);
    expect_end(&harness);
    harness_close(&harness);
}

static void write_slow_first(void *file)
{
    for (int i = 0; i < 10; i++)
        fprintf(file, "http://a/%d\n", i);
    fputs("http://b/1\nhttp://b/2\nhttp://c/1\n", file);
}

static void leave_after(struct harness *harness, const char *url, int64_t took)
{
    hosts_end_visit(harness->hosts, harness_host(url), &(struct visit){VISIT_SERVED, took});
}

/* A slow host at the head of the list has its share and no more while others are there; all of the
 * connections when they are not. */
static void slow_hosts(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 4, write_slow_first);
    harness_share(&harness, 4);
    harness_expect(&harness, "http://a/0", false);
    harness_expect(&harness, "http://a/1", false);
    harness_expect(&harness, "http://b/1", false);
    leave_after(&harness, "http://a/", HOST_SLOW);
    harness_expect(&harness, "http://c/1", false);
    /* Nobody else is left but b, who has as many. */
    harness_expect(&harness, "http://a/2", false);
    leave_after(&harness, "http://b/", HOST_SLOW);
    harness_expect(&harness, "http://b/2", false);
    leave(&harness, "http://b/");
    leave(&harness, "http://c/");
    harness_expect(&harness, "http://a/3", false);
    harness_expect(&harness, "http://a/4", false);
    assert_int_equal(dispatch_waiting(harness.dispatch), 5);
    for (int i = 5; i < 10; i++) {
        char url[32];
        leave_after(&harness, "http://a/", HOST_SLOW);
        snprintf(url, sizeof url, "http://a/%d", i);
        harness_expect(&harness, url, false);
    }
    expect_end(&harness);
    harness_close(&harness);
}

static void write_many_slow(void *file)
{
    for (int i = 0; i < 10 * LIMIT_LOOK_AHEAD; i++)
        fprintf(file, "http://a/%d\n", i);
}

/* Others are looked for, but not in the whole list. */
static void looks_ahead(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 4, write_many_slow);
    harness_share(&harness, 4);
    for (int i = 0; i < 4; i++) {
        char url[32];
        snprintf(url, sizeof url, "http://a/%d", i);
        harness_expect(&harness, url, false);
    }
    assert_true(dispatch_waiting(harness.dispatch) >= LIMIT_LOOK_AHEAD - 2);
    assert_true(dispatch_waiting(harness.dispatch) <= LIMIT_LOOK_AHEAD);
    /* Fast after all: those who wait come first, and then the list. */
    leave_after(&harness, "http://a/", NSEC_PER_MSEC);
    for (int i = 4; i < 10 * LIMIT_LOOK_AHEAD; i++) {
        char url[32];
        snprintf(url, sizeof url, "http://a/%d", i);
        harness_expect(&harness, url, true);
    }
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
    pause_until(&piped->harness, "http://a/", deadline_in_ms(150));
    leave(&piped->harness, "http://a/");
    task_sleep(deadline_in_ms(200));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_back),         cmocka_unit_test(list_order),
        cmocka_unit_test(slow_hosts),         cmocka_unit_test(looks_ahead),
        cmocka_unit_test(full_hosts),         cmocka_unit_test(earliest_first),
        cmocka_unit_test(blocks_for_a_pause), cmocka_unit_test(other_thread_leaves),
        cmocka_unit_test(pipe_and_hosts),     cmocka_unit_test(pipe_blocking),
        cmocka_unit_test(canceled),           cmocka_unit_test(canceled_before),
        cmocka_unit_test(list_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
