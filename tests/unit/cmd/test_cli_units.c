/* Sizes, times and rates as they are typed. */
#include "engine/deadline.h"
#include "tests/unit/cmd/cli_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>

static void sizes_and_times(void **state)
{
    (void)state;
    int64_t value;
    static const struct {
        const char *text;
        int64_t size; /* -1: refused, -2: too large */
        int64_t time;
    } cases[] = {
        {"0", 0, 0},
        {"1", 1, NSEC_PER_SEC},
        {"20M", 20 << 20, -1},
        {"1.5K", 1536, -1},
        {"3g", INT64_C(3) << 30, -1},
        {"1.5", 1, 1500 * NSEC_PER_MSEC},
        {"0.000000001", 0, 1},
        {"0.0000000019", 0, 1},
        {"250ms", -1, 250 * NSEC_PER_MSEC},
        {"2m", 2 << 20, 120 * NSEC_PER_SEC},
        {"1h", -1, 3600 * NSEC_PER_SEC},
        {"8589934591G", (INT64_C(8589934591) << 30), -1},
        {"8589934592G", -2, -1},
        {"9223372036854775807", -2, -2},
        {"99999999999999999999", -2, -2},
        {"9999999999h", -1, -2},
        {"", -1, -1},
        {"K", -1, -1},
        {"-1", -1, -1},
        {"+1", -1, -1},
        {" 1", -1, -1},
        {"1 ", -1, -1},
        {"1.", -1, -1},
        {".5", -1, -1},
        {"1e3", -1, -1},
        {"0x10", -1, -1},
        {"1KK", -1, -1},
        {"nan", -1, -1},
        {"1,5", -1, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int error = cli_parse_size(cases[i].text, &value);
        assert_int_equal(error ? (error == -ERANGE ? -2 : -1) : value, cases[i].size);
        error = cli_parse_time(cases[i].text, &value);
        assert_int_equal(error ? (error == -ERANGE ? -2 : -1) : value, cases[i].time);
    }
}

static void rates(void **state)
{
    (void)state;
    int64_t interval;
    static const struct {
        const char *text;
        int64_t interval; /* -1: refused, -2: too slow or too fast */
    } cases[] = {
        {"1/s", NSEC_PER_SEC},
        {"4/s", NSEC_PER_SEC / 4},
        {"0.5/s", 2 * NSEC_PER_SEC},
        {"2.5/m", 24 * NSEC_PER_SEC},
        {"3600/h", NSEC_PER_SEC},
        {"1/d", 86400 * NSEC_PER_SEC},
        {"1000000000/s", 1},
        {"1000000001/s", -2},
        {"0/s", -2},
        {"0.002/d", -2},
        {"99999999999999999999/s", -2},
        {"5", -1},
        {"/s", -1},
        {"", -1},
        {"-1/s", -1},
        {"1/ s", -1},
        {"1/sec", -1},
        {"1/S", -1},
        {"1K/s", -1},
        {"1e3/s", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int error = cli_parse_rate(cases[i].text, &interval);
        assert_int_equal(error ? (error == -ERANGE ? -2 : -1) : interval, cases[i].interval);
    }
    struct cli cli;
    assert_int_equal(parse(&cli, "--rate 30/m urls.txt"), 0);
    assert_int_equal(cli.get.rate_interval_ns, 2 * NSEC_PER_SEC);
    cli_free(&cli);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_and_times),
        cmocka_unit_test(rates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
