/* Points in time. */
#include "unit.h"
#include <time.h>

static int64_t clock_of_system(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

static void is_the_monotonic_clock(void **state)
{
    (void)state;
    int64_t before = clock_of_system();
    int64_t read = deadline_clock();
    int64_t now = deadline_now(); /* no scheduler here: the same */
    int64_t after = clock_of_system();
    assert_true(before <= read && read <= now && now <= after);
}

static void in_adds_and_saturates(void **state)
{
    (void)state;
    int64_t before = deadline_clock();
    assert_true(deadline_in(5) >= before + 5);
    assert_true(deadline_in_ms(5) >= before + 5 * NSEC_PER_MSEC);
    assert_true(deadline_in(5) < before + 5 + NSEC_PER_SEC);
    assert_true(deadline_in(INT64_MAX) == DEADLINE_NEVER);
    assert_true(deadline_in(INT64_MAX - before / 2) == DEADLINE_NEVER);
    assert_true(deadline_in_ms(INT64_MAX) == DEADLINE_NEVER);
    assert_true(deadline_in_ms(INT64_MAX / 1000) == DEADLINE_NEVER);
}

static void negative_means_now(void **state)
{
    (void)state;
    int64_t before = deadline_clock();
    assert_in_range(deadline_in(-1), before, before + NSEC_PER_SEC);
    assert_in_range(deadline_in(INT64_MIN), before, before + NSEC_PER_SEC);
    assert_in_range(deadline_in_ms(INT64_MIN), before, before + NSEC_PER_SEC);
}

static void the_earlier_of_two(void **state)
{
    (void)state;
    assert_int_equal(deadline_min(3, 4), 3);
    assert_int_equal(deadline_min(DEADLINE_NEVER, DEADLINE_NOW), DEADLINE_NOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_the_monotonic_clock),
        cmocka_unit_test(in_adds_and_saturates),
        cmocka_unit_test(negative_means_now),
        cmocka_unit_test(the_earlier_of_two),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
