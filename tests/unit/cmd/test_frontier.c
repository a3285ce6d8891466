/* frontier.h: what is given out, in which order and when, and what is kept from run to run. */
#include "engine/sched/group.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/frontier_harness.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void order_within_a_host(void **state)
{
    (void)state;
    open_frontier();
    push_link("http://h.test/deep", 2, 0);
    push_link("http://h.test/first", 1, 0);
    push_link("http://h.test/second", 1, 0);
    push_link("http://h.test/last", 0, 1);
    push_link("http://h.test/start", 0, 0);
    static const char *const order[] = {"http://h.test/start", "http://h.test/first",
                                        "http://h.test/second", "http://h.test/deep",
                                        "http://h.test/last"};
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        end(lease(order[i]), FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static void hosts_take_turns(void **state)
{
    (void)state;
    open_frontier();
    push("http://a.test/1");
    push("http://a.test/2");
    push("http://a.test/3");
    push("http://b.test/1");
    push("https://a.test/1");
    end(lease("http://a.test/1"), FRONTIER_DONE);
    end(lease("http://b.test/1"), FRONTIER_DONE);
    end(lease("https://a.test/1"), FRONTIER_DONE);
    end(lease("http://a.test/2"), FRONTIER_DONE);
    end(lease("http://a.test/3"), FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static void every_url_once(void **state)
{
    (void)state;
    open_frontier();
    assert_int_equal(push("http://h.test/a"), 1);
    assert_int_equal(push("http://h.test/a"), 0);
    assert_int_equal(push("http://h.test/b"), 1);
    assert_int_equal(push("http://h.test/b"), 0);
    struct frontier_lease *a = lease("http://h.test/a");
    end(lease("http://h.test/b"), FRONTIER_DONE);
    expect_nothing(); /* the other's links are still to come */
    assert_int_equal(push("http://h.test/a"), 0);
    end(a, FRONTIER_DONE);
    expect_end();
    close_frontier();
    open_frontier();
    assert_int_equal(push("http://h.test/a"), 0);
    assert_int_equal(push("http://h.test/b"), 0);
    expect_end();
    close_frontier();
    open_fresh();
    assert_int_equal(push("http://h.test/a"), 1);
    close_frontier();
}

static void again_though_it_was_seen(void **state)
{
    (void)state;
    unsigned added;
    static const char url[] = "http://h.test/a";
    const struct frontier_link link = {
        .text = url, .length = sizeof url - 1, .kind = 3, .referrer = -7, .again = true};
    open_frontier();
    push_link(url, 3, 0);
    assert_int_equal(frontier_push(frontier, &link, 1, &added), 0);
    assert_int_equal(added, 1);
    struct frontier_lease *nearer = lease(url);
    assert_int_equal(nearer->link.depth, 0);
    end(nearer, FRONTIER_DONE);
    close_frontier();
    open_frontier();
    struct frontier_lease *other = lease(url);
    assert_int_equal(other->link.depth, 3);
    end(other, FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static int64_t numbers[4];

static void take_note(void *ctx, uint64_t note, int64_t number)
{
    ++*(int *)ctx;
    numbers[note] = number;
}

static void expect_notes(int64_t first, int64_t second, int64_t third)
{
    int count = 0;
    memset(numbers, 0, sizeof numbers);
    assert_int_equal(frontier_each_note(frontier, take_note, &count), 0);
    assert_int_equal(count, (first != 0) + (second != 0) + (third != 0));
    assert_int_equal(numbers[1], first);
    assert_int_equal(numbers[2], second);
    assert_int_equal(numbers[3], third);
}

/* What is said at an ack is kept with it; what was leased only is not. */
static void notes_are_kept(void **state)
{
    (void)state;
    open_frontier();
    expect_notes(0, 0, 0);
    assert_int_equal(frontier_note(frontier, 1, -5), 0);
    assert_int_equal(frontier_note(frontier, 1, -6), 0);
    push("http://a.test/");
    push("http://b.test/");
    struct frontier_lease *a = lease("http://a.test/"), *b = lease("http://b.test/");
    a->note = 2;
    a->noted = 70;
    b->note = 3;
    b->noted = 80;
    end(a, FRONTIER_DONE);
    end(b, FRONTIER_BACK);
    close_frontier();
    open_frontier();
    expect_notes(-6, 70, 0);
    b = lease("http://b.test/");
    assert_true(b->note == 0);
    b->note = 2;
    b->noted = 71;
    end(b, FRONTIER_FAILED);
    close_frontier();
    open_frontier();
    expect_notes(-6, 71, 0);
    close_frontier();
    open_fresh();
    expect_notes(0, 0, 0);
    close_frontier();
}

static void no_canonical_urls(void **state)
{
    (void)state;
    unsigned added;
    static const char *const texts[] = {"", "x", "mailto:a@h.test", "http://", "/path"};
    open_frontier();
    for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct frontier_link links[] = {
            {.text = "http://h.test/good", .length = 18},
            {.text = texts[i], .length = strlen(texts[i])},
        };
        assert_int_equal(frontier_push(frontier, links, 2, &added), -EINVAL);
        assert_int_equal(added, i == 0);
    }
    close_frontier();
}

static void what_is_left_stays(void **state)
{
    (void)state;
    struct frontier_counts counts;
    open_frontier();
    push("http://h.test/1");
    push("http://h.test/2");
    push("http://user@h.test/3");
    push("https://[::1]:444/4");
    end(lease("http://h.test/1"), FRONTIER_FAILED);
    end(lease("https://[::1]:444/4"), FRONTIER_DONE);
    hosts_leave(hosts, lease("http://h.test/2")->host_key); /* never acked */
    close_frontier();
    open_frontier();
    frontier_count(frontier, &counts);
    assert_int_equal(counts.seen, 4);
    assert_int_equal(counts.left, 2);
    assert_int_equal(counts.done, 1);
    assert_int_equal(counts.failed, 1);
    end(lease("http://h.test/2"), FRONTIER_DONE);
    end(lease("http://user@h.test/3"), FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static void later_and_back(void **state)
{
    (void)state;
    struct frontier_counts counts;
    open_frontier();
    push("http://h.test/1");
    push("http://h.test/2");
    end(lease("http://h.test/1"), FRONTIER_BACK);
    struct frontier_lease *first = lease("http://h.test/1");
    assert_int_equal(first->tries, 0);
    end(first, FRONTIER_LATER);
    end(lease("http://h.test/2"), FRONTIER_DONE);
    frontier_count(frontier, &counts);
    assert_int_equal(counts.left, 1);
    first = lease("http://h.test/1");
    assert_int_equal(first->tries, 1);
    end(first, FRONTIER_LATER);
    close_frontier();
    open_frontier();
    first = lease("http://h.test/1");
    assert_int_equal(first->tries, 2);
    end(first, FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static void a_host_at_its_limit(void **state)
{
    (void)state;
    struct frontier_lease *lease_;
    int64_t again;
    open_frontier();
    push("http://h.test/1");
    push("http://h.test/2");
    push("http://h.test/3");
    struct frontier_lease *first = lease("http://h.test/1");
    struct frontier_lease *second = lease("http://h.test/2");
    assert_int_equal(frontier_try_lease(frontier, &lease_, &again), -EAGAIN);
    assert_int_equal(again, DEADLINE_NEVER);
    assert_int_equal(frontier_lease(frontier, deadline_in_ms(5), &lease_), -ETIMEDOUT);
    push("http://other.test/");
    end(lease("http://other.test/"), FRONTIER_DONE);
    end(first, FRONTIER_DONE);
    end(lease("http://h.test/3"), FRONTIER_DONE);
    end(second, FRONTIER_DONE);
    expect_end();
    close_frontier();
}

static void pauses_and_delays(void **state)
{
    (void)state;
    struct frontier_lease *none;
    int64_t again;
    open_frontier();
    push("http://h.test/1");
    push("http://h.test/2");
    int64_t until = deadline_in_ms(40);
    hosts_pause(hosts, "h.test:80", until);
    assert_int_equal(frontier_try_lease(frontier, &none, &again), -EAGAIN);
    assert_int_equal(again, until);
    struct frontier_lease *first = lease("http://h.test/1");
    int64_t began = deadline_clock();
    assert_true(began >= until);
    assert_int_equal(hosts_set_interval(hosts, "h.test:80", 30 * NSEC_PER_MSEC), 0);
    end(first, FRONTIER_DONE);
    end(lease("http://h.test/2"), FRONTIER_DONE);
    assert_true(deadline_clock() - began > 15 * NSEC_PER_MSEC);
    expect_end();
    close_frontier();
}

static uint64_t count_spaced(void)
{
    struct frontier_counts counts;
    frontier_count(frontier, &counts);
    return counts.spaced;
}

/* Hosts that wait for their delay alone: not those under way, and not those that are paused. */
static void who_waits_is_counted(void **state)
{
    (void)state;
    struct frontier_lease *none;
    int64_t again;
    open_frontier();
    for (int i = 1; i <= 3; i++) {
        char url[32];
        snprintf(url, sizeof url, "http://a.test/%d", i);
        push(url);
        snprintf(url, sizeof url, "http://b.test/%d", i);
        push(url);
    }
    struct frontier_lease *a = lease("http://a.test/1"), *b = lease("http://b.test/1");
    assert_int_equal(hosts_set_interval(hosts, "a.test:80", 3600 * NSEC_PER_SEC), 0);
    assert_int_equal(hosts_set_interval(hosts, "b.test:80", 3600 * NSEC_PER_SEC), 0);
    assert_int_equal(frontier_try_lease(frontier, &none, &again), -EAGAIN);
    assert_int_equal(count_spaced(), 0);
    end(a, FRONTIER_DONE);
    assert_int_equal(count_spaced(), 1);
    push("http://a.test/4");
    assert_int_equal(count_spaced(), 1);
    hosts_pause(hosts, "b.test:80", deadline_in(7200 * NSEC_PER_SEC));
    end(b, FRONTIER_DONE);
    assert_int_equal(count_spaced(), 1);
    close_frontier();
}

/* As soon as it may be asked again it waits no more. */
static void who_waited_is_counted_no_more(void **state)
{
    (void)state;
    struct frontier_lease *none;
    int64_t again;
    open_frontier();
    push("http://h.test/1");
    push("http://h.test/2");
    struct frontier_lease *first = lease("http://h.test/1");
    assert_int_equal(hosts_set_interval(hosts, "h.test:80", 200 * NSEC_PER_MSEC), 0);
    end(first, FRONTIER_DONE);
    assert_int_equal(frontier_try_lease(frontier, &none, &again), -EAGAIN);
    assert_int_equal(count_spaced(), 1);
    struct frontier_lease *second = lease("http://h.test/2");
    assert_int_equal(count_spaced(), 0);
    end(second, FRONTIER_DONE);
    assert_int_equal(count_spaced(), 0);
    expect_end();
    close_frontier();
}

/* More of one host, and more hosts, than are kept in memory. */
static void more_than_memory(void **state)
{
    (void)state;
    enum { MANY = 300, HOSTS = 40 };
    static bool met[HOSTS][MANY / 10];
    memset(met, 0, sizeof met);
    open_frontier();
    for (unsigned i = 0; i < MANY; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://one.test/%u", i);
        assert_int_equal(push(url), 1);
    }
    for (unsigned i = 0; i < MANY; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://one.test/%u", i);
        end(lease(url), FRONTIER_DONE);
    }
    expect_end();
    for (unsigned i = 0; i < HOSTS * MANY / 10; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://h%u.test/%u", i % HOSTS, i / HOSTS);
        assert_int_equal(push(url), 1);
    }
    for (unsigned i = 0; i < HOSTS * MANY / 10; i++) {
        struct frontier_lease *lease;
        unsigned host, path;
        assert_int_equal(frontier_lease(frontier, deadline_in_ms(20000), &lease), 0);
        assert_int_equal(sscanf(lease->link.text, "http://h%u.test/%u", &host, &path), 2);
        assert_true(host < HOSTS && path < MANY / 10 && !met[host][path]);
        met[host][path] = true;
        end(lease, FRONTIER_DONE);
    }
    expect_end();
    close_frontier();
}

enum { CRAWLED = 400 };

static unsigned crawled[CRAWLED];

/* A page links to two others. */
static void crawl_page(struct frontier_lease *lease)
{
    unsigned page = (unsigned)strtoul(strrchr(lease->link.text, '/') + 1, NULL, 10);
    for (unsigned child = 2 * page + 1; child <= 2 * page + 2 && child < CRAWLED; child++) {
        char url[64];
        snprintf(url, sizeof url, "http://h%u.test/%u", child % 9, child);
        push(url);
    }
    __atomic_add_fetch(&crawled[page], 1, __ATOMIC_RELAXED);
    end(lease, FRONTIER_DONE);
}

static void *crawl_all(void *arg)
{
    struct frontier_lease *lease;
    int error;
    (void)arg;
    while ((error = frontier_lease(frontier, DEADLINE_NEVER, &lease)) == 0)
        crawl_page(lease);
    assert_int_equal(error, 1);
    return NULL;
}

static void *crawl_tasks(void *arg)
{
    struct group group;
    assert_int_equal(group_init(&group), 0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(group_spawn(&group, crawl_all, arg), 0);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    return NULL;
}

static void *schedule_tasks(void *arg)
{
    assert_int_equal(engine_run(crawl_tasks, arg, NULL), 0);
    return NULL;
}

static void crawl_with(void *(*first)(void *), void *(*second)(void *))
{
    pthread_t threads[2];
    memset(crawled, 0, sizeof crawled);
    open_frontier();
    push("http://h0.test/0");
    assert_int_equal(pthread_create(&threads[0], NULL, first, NULL), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, second, NULL), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    for (unsigned i = 0; i < CRAWLED; i++)
        assert_int_equal(crawled[i], 1);
    close_frontier();
}

static void many_threads(void **state)
{
    (void)state;
    crawl_with(crawl_all, crawl_all);
}

static void many_schedulers(void **state)
{
    (void)state;
    crawl_with(schedule_tasks, schedule_tasks);
}

static void *wait_in_vain(void *arg)
{
    struct frontier_lease *none;
    (void)arg;
    assert_int_equal(frontier_lease(frontier, DEADLINE_NEVER, &none), -ECANCELED);
    return NULL;
}

static void *cancel_waiters(void *arg)
{
    struct group group;
    assert_int_equal(group_init(&group), 0);
    push("http://h.test/");
    struct frontier_lease *only = lease("http://h.test/");
    for (int i = 0; i < 3; i++)
        assert_int_equal(group_spawn(&group, wait_in_vain, arg), 0);
    assert_int_equal(task_sleep(deadline_in_ms(5)), 0);
    group_close(&group);
    end(only, FRONTIER_DONE);
    assert_int_equal(frontier_flush(frontier, DEADLINE_NEVER), 0);
    return NULL;
}

static void canceled(void **state)
{
    (void)state;
    open_frontier();
    assert_int_equal(engine_run(cancel_waiters, NULL, NULL), 0);
    expect_end();
    close_frontier();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(order_within_a_host),      TEST(hosts_take_turns),
        TEST(every_url_once),           TEST(notes_are_kept),
        TEST(again_though_it_was_seen), TEST(no_canonical_urls),
        TEST(what_is_left_stays),       TEST(later_and_back),
        TEST(a_host_at_its_limit),      TEST(pauses_and_delays),
        TEST(more_than_memory),         TEST(many_threads),
        TEST(many_schedulers),          TEST(canceled),
        TEST(who_waits_is_counted),     TEST(who_waited_is_counted_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
