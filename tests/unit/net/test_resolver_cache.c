/* resolver.h with c-ares: how long answers are kept, and names that are asked for ahead. */
#include "tests/unit/net/resolver_bench.h"
#include "tests/unit/net/scheduled.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>

/* How long the answer for `host` will be kept, in s. */
static double kept(struct bench *bench, const char *host)
{
    struct address_list *list = NULL;
    assert_int_equal(resolver_lookup(bench->resolver, host, DEADLINE_NEVER, &list), 0);
    double seconds = (double)(list->expires - deadline_now()) / NSEC_PER_SEC;
    address_list_drop(list);
    return seconds;
}

static void time_to_live(void **state)
{
    struct bench *bench = *state;
    open_resolver(bench);
    double seconds = kept(bench, "both.test");
    assert_true(seconds > 55 && seconds < 61);
    seconds = kept(bench, "cname.test");
    assert_true(seconds > 5 && seconds < 8);
    seconds = kept(bench, "short.test");
    assert_true(seconds > 3 && seconds < 6);
    seconds = kept(bench, "minus.test");
    assert_true(seconds > 3 && seconds < 6);
    seconds = kept(bench, "long.test");
    assert_true(seconds > 3590 && seconds < 3601);
    /* Its AAAA failed: kept, but not for long. */
    seconds = kept(bench, "half.test");
    assert_true(seconds > 25 && seconds < 31);
    close_resolver(bench);
}

static void expiry(void **state)
{
    struct bench *bench = *state;
    bench->options.ttl_min = NSEC_PER_MSEC;
    bench->options.ttl_negative = 200 * NSEC_PER_MSEC;
    open_resolver(bench);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_int_equal(stats_of(bench).queries, 1);
    assert_true(finds(bench, "short.test", BOTH));
    assert_true(finds(bench, "short.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 2);
    assert_int_equal(task_sleep(deadline_in_ms(1100)), 0);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_true(finds(bench, "short.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 4);
    /* A temporary failure is not kept. */
    assert_int_equal(fails(bench, "refused.test"), -EAGAIN);
    assert_int_equal(fails(bench, "refused.test"), -EAGAIN);
    assert_int_equal(stats_of(bench).queries, 6);
    close_resolver(bench);
}

static void small_cache(void **state)
{
    struct bench *bench = *state;
    bench->options.cache_entries = 2;
    open_resolver(bench);
    assert_true(finds(bench, "both-n1.test", BOTH));
    assert_true(finds(bench, "both-n2.test", BOTH));
    assert_true(finds(bench, "both-n3.test", BOTH));
    assert_true(finds(bench, "both-n3.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 3);
    assert_true(finds(bench, "both-n1.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 4);
    close_resolver(bench);
}

static void *ahead_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    resolver_prefetch(bench->resolver, "both.test");
    resolver_prefetch(bench->resolver, "both.test");
    resolver_prefetch(bench->resolver, "localhost");
    resolver_prefetch(bench->resolver, "192.0.2.1");
    resolver_prefetch(bench->resolver, "");
    CHECK(!task_sleep(deadline_in_ms(200)));
    CHECK(stats_of(bench).queries == 1);
    CHECK(finds(bench, "both.test", BOTH));
    resolver_prefetch(bench->resolver, "both.test");
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).cache_hits == 1);
    /* Left to its fate: one under way, and half of queries_max at most. */
    for (int i = 0; i < 600; i++) {
        char host[32];
        snprintf(host, sizeof(host), "silent-n%d.test", i);
        resolver_prefetch(bench->resolver, host);
    }
    CHECK(!task_sleep(deadline_in_ms(200)));
    CHECK(stats_of(bench).queries == 251);
    close_resolver(bench);
    return NULL;
}

static void ahead(void **state)
{
    run_scheduled(ahead_body, *state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(time_to_live),
        TEST(expiry),
        TEST(small_cache),
        TEST(ahead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
