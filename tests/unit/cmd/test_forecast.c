/* When a queue that grows will be empty. */
#include "unit.h"

#include "cmd/get/forecast.h"

static struct forecast forecast;
static int64_t now;
static double found, ended;

static int begin(void **state)
{
    (void)state;
    forecast = (struct forecast){0};
    now = 1000 * NSEC_PER_SEC;
    found = ended = 0;
    return 0;
}

/* So it goes for a while; ten readings a second. */
static void go_on(unsigned seconds, double found_rate, double ended_rate)
{
    for (unsigned i = 0; i < seconds * 10; i++) {
        found += found_rate / 10;
        ended += ended_rate / 10;
        now += NSEC_PER_SEC / 10;
        forecast_read(&forecast, now, (uint64_t)found, (uint64_t)ended);
    }
}

/* Within a tenth. */
static void expect_seconds(double seconds)
{
    double left = (double)forecast_left(&forecast) / (double)NSEC_PER_SEC;
    assert_true(left > 0.9 * seconds && left < 1.1 * seconds);
}

static void nothing_is_told_at_first(void **state)
{
    (void)state;
    assert_int_equal(forecast_left(&forecast), FORECAST_NONE);
    found = 10000;
    forecast_read(&forecast, now, 10000, 0);
    assert_int_equal(forecast_left(&forecast), FORECAST_NONE);
    go_on(2, 0, 100);
    assert_int_equal(forecast_left(&forecast), FORECAST_NONE);
    go_on(2, 0, 100);
    expect_seconds(96);
}

/* What an earlier run has found and done says nothing of the pace of this one. */
static void an_earlier_run_is_no_pace(void **state)
{
    (void)state;
    found = 7e6, ended = 6e6;
    forecast_read(&forecast, now, 7000000, 6000000);
    go_on(10, 0, 1000);
    expect_seconds(990);
}

static void more_is_found_than_ends(void **state)
{
    (void)state;
    go_on(10, 300, 100);
    assert_int_equal(forecast_left(&forecast), FORECAST_GROWING);
    go_on(10, 101, 100);
    assert_int_equal(forecast_left(&forecast), FORECAST_GROWING);
    /* It turns. */
    go_on(30, 40, 100);
    expect_seconds((found - ended) / 60);
    go_on(30, 300, 100);
    assert_int_equal(forecast_left(&forecast), FORECAST_GROWING);
}

static void what_is_found_delays_the_end(void **state)
{
    (void)state;
    found = 10000;
    forecast_read(&forecast, now, 10000, 0);
    go_on(20, 50, 100);
    expect_seconds((found - ended) / 50);
}

/* Where little happens a moment with nothing new is no change of pace; where much does it is. */
static void slow_queues_are_watched_for_longer(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        go_on(1, 6, 1);
        go_on(2, 0, 1);
    }
    assert_int_equal(forecast_left(&forecast), FORECAST_GROWING);
    go_on(5, 0, 1);
    assert_int_equal(forecast_left(&forecast), FORECAST_GROWING);
    (void)begin(NULL);
    for (int i = 0; i < 20; i++) {
        go_on(1, 600, 100);
        go_on(2, 0, 100);
    }
    go_on(5, 0, 100);
    assert_true(forecast_left(&forecast) > 0);
}

static void nothing_moves(void **state)
{
    (void)state;
    found = 100;
    forecast_read(&forecast, now, 100, 0);
    go_on(60, 0, 0);
    assert_int_equal(forecast_left(&forecast), FORECAST_NONE);
    go_on(60, 0, 1);
    go_on(3600, 0, 0); /* long ago */
    assert_int_equal(forecast_left(&forecast), FORECAST_NONE);
    found = 0, ended = 0;
    (void)begin(NULL);
    go_on(10, 10, 10);
    assert_int_equal(forecast_left(&forecast), 0);
}

static void too_long_to_be_told(void **state)
{
    (void)state;
    assert_int_equal(forecast_seconds(0), 0);
    assert_int_equal(forecast_seconds(1.5), 3 * NSEC_PER_SEC / 2);
    assert_int_equal(forecast_seconds(3599.0 * 1000), 3599000 * NSEC_PER_SEC);
    assert_int_equal(forecast_seconds(3600.0 * 1000), FORECAST_NONE);
    assert_int_equal(forecast_seconds(1e300), FORECAST_NONE);
    assert_int_equal(forecast_seconds(1.0 / 0.0), FORECAST_NONE);
    assert_int_equal(forecast_seconds(-1), FORECAST_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nothing_is_told_at_first, begin),
        cmocka_unit_test_setup(an_earlier_run_is_no_pace, begin),
        cmocka_unit_test_setup(more_is_found_than_ends, begin),
        cmocka_unit_test_setup(what_is_found_delays_the_end, begin),
        cmocka_unit_test_setup(slow_queues_are_watched_for_longer, begin),
        cmocka_unit_test_setup(nothing_moves, begin),
        cmocka_unit_test_setup(too_long_to_be_told, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
