/* depths.h: the least of all ways counts, and what it asks to be done. */
#include "cmd/crawl/depths.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <string.h>

static struct depths *depths;

static int make(void **state)
{
    (void)state;
    return depths_new(&depths);
}

static int drop(void **state)
{
    (void)state;
    depths_free(depths);
    return 0;
}

static enum depths_way meet(const char *url, unsigned links, unsigned chain)
{
    enum depths_way way;
    const struct depth depth = {.links = links, .chain = chain};
    assert_int_equal(depths_meet(depths, url, strlen(url), depth, &way), 0);
    return way;
}

/* Leased at this depth, it is learnt from at the least. */
static void learn(const char *url, unsigned links, unsigned least, const char *moved)
{
    struct depth depth = {.links = links};
    assert_int_equal(depths_learn(depths, url, &depth, moved), 0);
    assert_int_equal(depth.links, least);
}

static void expect_again(const char *wanted, unsigned links, const char *target)
{
    const char *url, *moved;
    struct depth depth;
    assert_true(depths_again(depths, &url, &depth, &moved));
    assert_string_equal(url, wanted);
    assert_int_equal(depth.links, links);
    if (target)
        assert_string_equal(moved, target);
    else
        assert_null(moved);
    depths_again_done(depths);
}

static void what_waits_comes_earlier(void **state)
{
    (void)state;
    assert_int_equal(meet("a", 3, 0), DEPTHS_FIRST);
    assert_int_equal(meet("a", 3, 0), DEPTHS_FIRST);
    assert_int_equal(meet("a", 4, 0), DEPTHS_FIRST);
    assert_int_equal(meet("a", 1, 0), DEPTHS_NEARER);
    assert_true(depths_start(depths, "a", false));
    learn("a", 1, 1, NULL);
    assert_false(depths_start(depths, "a", false)); /* from its other place */
    assert_false(depths_waits(depths));
}

static void what_is_fetched_is_learnt_from_at_the_least(void **state)
{
    (void)state;
    meet("a", 3, 0);
    assert_true(depths_start(depths, "a", false));
    assert_int_equal(meet("a", 1, 0), DEPTHS_SETTLED);
    learn("a", 3, 1, NULL);
    assert_false(depths_waits(depths));
}

static void what_was_learnt_from_is_so_again(void **state)
{
    (void)state;
    meet("a", 3, 0);
    depths_start(depths, "a", false);
    learn("a", 3, 3, NULL);
    assert_int_equal(meet("a", 2, 0), DEPTHS_SETTLED);
    assert_int_equal(meet("a", 1, 0), DEPTHS_SETTLED);
    expect_again("a", 1, NULL); /* once for both */
    assert_false(depths_waits(depths));
    meet("b", 2, 0);
    learn("b", 2, 2, "a");
    meet("b", 1, 0);
    expect_again("b", 1, "a");
    meet("a", 0, 0);
    assert_true(depths_waits(depths)); /* freed with the rest */
}

static void chains_have_a_least_of_their_own(void **state)
{
    (void)state;
    struct depth depth = {.links = 1, .chain = 3};
    meet("a", 1, 3);
    assert_int_equal(depths_learn(depths, "a", &depth, NULL), 0);
    assert_int_equal(depth.chain, 3);
    assert_int_equal(meet("a", 2, 1), DEPTHS_SETTLED);
    expect_again("a", 1, NULL);
}

static void a_glance_becomes_more(void **state)
{
    (void)state;
    enum depths_way way;
    assert_int_equal(depths_glance(depths, "a", 1, &way), 0);
    assert_int_equal(way, DEPTHS_FIRST);
    assert_int_equal(depths_glance(depths, "a", 1, &way), 0);
    assert_int_equal(way, DEPTHS_SETTLED);
    assert_true(depths_start(depths, "a", true));
    assert_int_equal(meet("a", 2, 0), DEPTHS_NEARER);
    assert_false(depths_start(depths, "a", true));
    assert_true(depths_start(depths, "a", false));
    meet("b", 1, 0);
    depths_glance(depths, "b", 1, &way);
    assert_int_equal(way, DEPTHS_SETTLED);
}

static void what_an_earlier_run_has_left(void **state)
{
    (void)state;
    assert_true(depths_start(depths, "waiting", false)); /* it was never met here */
    learn("waiting", 2, 2, NULL);
    learn("learnt", 3, 3, NULL);
    assert_int_equal(meet("learnt", 1, 0), DEPTHS_SETTLED);
    expect_again("learnt", 1, NULL);
    assert_true(depths_start(depths, "learnt", false)); /* its end was not kept */
}

static void many(void **state)
{
    (void)state;
    char url[16];
    for (unsigned i = 0; i < 10000; i++) {
        snprintf(url, sizeof url, "%u", i);
        assert_int_equal(meet(url, i, 0), DEPTHS_FIRST);
    }
    for (unsigned i = 1; i < 10000; i++) {
        snprintf(url, sizeof url, "%u", i);
        assert_int_equal(meet(url, i - 1, 0), DEPTHS_NEARER);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)
    const struct CMUnitTest tests[] = {
        TEST(what_waits_comes_earlier),
        TEST(what_is_fetched_is_learnt_from_at_the_least),
        TEST(what_was_learnt_from_is_so_again),
        TEST(chains_have_a_least_of_their_own),
        TEST(a_glance_becomes_more),
        TEST(what_an_earlier_run_has_left),
        TEST(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
