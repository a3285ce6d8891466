/* seen.h of a crawl: what is in is in, through growing and splitting; and whose key it is. */
#include "cmd/crawl/seen.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const unsigned char key[SEEN_KEY_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15};

static struct seen_set *set_with(const unsigned char *its_key)
{
    struct seen_set *set = NULL;
    assert_int_equal(seen_set_new(&set, its_key), 0);
    return set;
}

static uint64_t print_of(struct seen_set *set, const char *text)
{
    uint64_t print;
    assert_int_equal(seen_set_fingerprint(set, text, strlen(text), &print), 0);
    return print;
}

/* The vector of Aumasson and Bernstein's paper (appendix A): the bytes 00 to 0e under 00 to 0f. */
static void test_fingerprint_is_siphash(void **state)
{
    (void)state;
    struct seen_set *set = set_with(key);
    uint64_t print;
    assert_int_equal(seen_set_fingerprint(set, (const char *)key, 15, &print), 0);
    assert_true(print == UINT64_C(0xa129ca6149be45e5));
    seen_set_free(set);
}

static void test_key_matters(void **state)
{
    (void)state;
    static const unsigned char other_key[SEEN_KEY_BYTES] = {1};
    struct seen_set *set = set_with(key);
    struct seen_set *other = set_with(other_key);
    assert_true(print_of(set, "http://h/") == print_of(set, "http://h/"));
    assert_true(print_of(set, "http://h/") != print_of(other, "http://h/"));
    assert_true(print_of(set, "http://h/") != print_of(set, "http://h/?"));
    seen_set_free(set);
    seen_set_free(other);
}

static void test_every_url_is_new_once(void **state)
{
    (void)state;
    enum { COUNT = 60000 };
    struct seen_set *set = set_with(key);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < COUNT; i++) {
            char url[64];
            snprintf(url, sizeof url, "http://host%d/%d", i % 7, i);
            uint64_t print = print_of(set, url);
            seen_set_prefetch(set, print);
            assert_true(seen_set_has(set, print) == (round == 1));
            assert_int_equal(seen_set_add(set, print), round == 0);
        }
    }
    assert_int_equal(seen_set_count(set), COUNT);
#ifndef ENGINE_TESTING
    assert_true(seen_set_bytes(set) < (size_t)COUNT * 21 / 2);
#endif
    seen_set_free(set);
}

/* At both ends and where partitions meet. */
static void test_extremes(void **state)
{
    (void)state;
    enum { SPREAD = 1000 };
    struct seen_set *set = set_with(key);
    for (uint64_t i = 0; i < SPREAD; i++) {
        uint64_t print = i * (UINT64_MAX / SPREAD);
        for (uint64_t neighbour = 1; neighbour <= 3; neighbour++)
            assert_int_equal(seen_set_add(set, print + neighbour), 1);
        assert_int_equal(seen_set_add(set, UINT64_MAX - print), 1);
    }
    assert_true(seen_set_has(set, 1));
    assert_true(seen_set_has(set, UINT64_MAX));
    assert_false(seen_set_has(set, 4));
    assert_false(seen_set_has(set, UINT64_MAX - 1));
    assert_int_equal(seen_set_count(set), 4 * SPREAD);
    seen_set_free(set);
}

/* What a damaged file may hold is refused before it costs much. */
static void test_numbers_that_are_no_hashes(void **state)
{
    (void)state;
    struct seen_set *set = set_with(key);
    uint64_t added = 0;
    while (added < 100000 && seen_set_add(set, added + 1) == 1)
        added++;
    assert_in_range(added, 16, 99999);
    assert_int_equal(seen_set_add(set, added + 1), -ENOMEM);
    assert_int_equal(seen_set_add(set, UINT64_MAX), 1);
    for (uint64_t i = 0; i < added; i++)
        assert_true(seen_set_has(set, i + 1));
    assert_int_equal(seen_set_count(set), added + 1);
    assert_true(seen_set_bytes(set) < 1 << 22);
    seen_set_free(set);
}

static void test_free_nothing(void **state)
{
    (void)state;
    seen_set_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fingerprint_is_siphash),     cmocka_unit_test(test_key_matters),
        cmocka_unit_test(test_every_url_is_new_once),      cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_numbers_that_are_no_hashes), cmocka_unit_test(test_free_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
