/* Transfers that are held back because they are too fast, or ended because they are too slow. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "net/xfer/limiter.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static const struct reply replies[] = {
    {"/stall-body", OK "Content-Length: 10\r\n\r\nsome", THEN_STALL},
    {"/stall-request", "", THEN_STALL},
    {"/encoded", OK "Content-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc", THEN_KEEP},
    {0},
};

static struct transfer_options limited(int64_t rate)
{
    struct transfer_options options = {0};
    assert_int_equal(limiter_new(&options.limiter, rate), 0);
    return options;
}

static void test_held_back(void **state)
{
    (void)state;
    static const char *const paths[] = {"/size/1000000", "/chunked/1000000"};
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        for (size_t i = 0; i < 2; i++) {
            struct trial trial = {.options = limited(2000000)};
            /* Silence that is our own doing is none of the server's. */
            trial.options.stall_timeout_ns = 300 * NSEC_PER_MSEC;
            trial.options.speed_limit = 1000000;
            trial.options.speed_time_ns = 200 * NSEC_PER_MSEC;
            trial_ask(&trial, paths[i], runtime);
            assert_string_equal(trial.result.message, "");
            assert_int_equal(trial.body_length, 1000000);
            for (size_t at = 0; at < trial.body_length; at++)
                assert_true((unsigned char)trial.body[at] == body_byte(at));
            assert_true(trial.result.times.total > 450 * NSEC_PER_MSEC);
            assert_true(trial.result.times.total < 800 * NSEC_PER_MSEC);
            limiter_free(trial.options.limiter);
            trial_clear(&trial);
        }
    }
}

/* A piece each half second. */
static void test_very_slow(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options = limited(2048)};
        trial_ask(&trial, "/size/2048", runtime);
        assert_int_equal(trial.result.error, 0);
        assert_int_equal(trial.body_length, 2048);
        assert_true(trial.result.times.total > 900 * NSEC_PER_MSEC);
        assert_true(trial.result.times.total < 1500 * NSEC_PER_MSEC);
        limiter_free(trial.options.limiter);
        trial_clear(&trial);
    }
}

/* While it is held back a transfer can be ended. */
static void test_deadline_while_held_back(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options = limited(1), .timeout_ns = 200 * NSEC_PER_MSEC};
        trial_ask(&trial, "/size/2048", runtime);
        assert_int_equal(trial.result.error, -ETIMEDOUT);
        assert_true(trial.result.times.total < 2 * NSEC_PER_SEC);
        /* What it had booked is free again. */
        size_t booked;
        assert_true(limiter_book(trial.options.limiter, 1, 0, deadline_clock(), &booked) <=
                    deadline_in(NSEC_PER_SEC));
        limiter_free(trial.options.limiter);
        trial_clear(&trial);
    }
}

static void test_broken_body(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options = limited(30)};
        trial.options.compressed = true;
        trial_ask(&trial, "/encoded", runtime);
        assert_int_equal(trial.result.error, -EBADMSG);
        limiter_free(trial.options.limiter);
        trial_clear(&trial);
    }
}

enum { CROWD = 8 };

struct crowd {
    struct client *client;
    int64_t ended[CROWD];
    unsigned started;
};

static void *crowd_member(void *arg)
{
    struct crowd *crowd = arg;
    unsigned me = crowd->started++;
    struct transfer_result result;
    struct sink sink = sink_discard;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/size/%u", server.port, 200000U);
    transfer_once(crowd->client, url, &sink, &result);
    crowd->ended[me] = result.error ? 0 : deadline_clock();
    return NULL;
}

static void crowd_run(struct client *client, void *ctx)
{
    struct crowd *crowd = ctx;
    struct task *tasks[CROWD];
    crowd->client = client;
    for (int i = 0; i < CROWD; i++)
        tasks[i] = task_spawn(NULL, crowd_member, crowd);
    task_joinall(tasks, CROWD, DEADLINE_NEVER);
}

/* Equal bodies that begin together end together. */
static void test_fair(void **state)
{
    (void)state;
    struct crowd crowd = {0};
    struct transfer_options options = limited(2000000);
    int64_t begin = deadline_clock();
    with_client(RUNTIME_SCHEDULED, &options, NULL, crowd_run, &crowd);
    limiter_free(options.limiter);
    int64_t first = DEADLINE_NEVER, last = 0;
    for (int i = 0; i < CROWD; i++) {
        assert_true(crowd.ended[i] > 0);
        first = deadline_min(first, crowd.ended[i]);
        last = crowd.ended[i] > last ? crowd.ended[i] : last;
    }
    assert_true(last - begin > 750 * NSEC_PER_MSEC);
    assert_true(first - begin > (last - begin) * 4 / 10);
}

static void test_too_slow(void **state)
{
    (void)state;
    static const char *const paths[] = {"/stall-body", "/stall-request"};
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        for (size_t i = 0; i < 2; i++) {
            struct trial trial = {
                .options = {.speed_limit = 1500, .speed_time_ns = 300 * NSEC_PER_MSEC}};
            trial_ask(&trial, paths[i], runtime);
            assert_string_equal(trial.result.message,
                                "slower than 1,500 bytes a second for 300 ms");
            assert_int_equal(trial.result.error, -ETIMEDOUT);
            assert_true(transfer_error_is_transient(&trial.result));
            assert_true(trial.result.times.total < 2 * NSEC_PER_SEC);
            trial_clear(&trial);
        }
    }
}

static void test_fast_enough(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options = {.speed_limit = 1, .speed_time_ns = 100 * NSEC_PER_MSEC}};
        trial_ask(&trial, "/size/100000", runtime);
        assert_int_equal(trial.result.error, 0);
        trial_clear(&trial);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_held_back),
        cmocka_unit_test(test_very_slow),
        cmocka_unit_test(test_deadline_while_held_back),
        cmocka_unit_test(test_broken_body),
        cmocka_unit_test(test_fair),
        cmocka_unit_test(test_too_slow),
        cmocka_unit_test(test_fast_enough),
    };
    return run_tests_with_server(tests, replies);
}
