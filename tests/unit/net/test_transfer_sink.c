/* Sinks that pause, fail or have had enough. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "tests/unit/net/pausing.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static const struct reply replies[] = {
    {"/endless", OK "\r\nsome", THEN_STALL},
    {"/reset", OK "Content-Length: 100\r\n\r\nsome", THEN_RESET},
    {0},
};

static bool is_body(size_t at, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)data[i] != body_byte(at + i))
            return false;
    return true;
}

static void test_pause_thousands_of_times(void **state)
{
    (void)state;
    static const char *const paths[] = {"/size/50000000", "/chunked/20000000"};
    for (size_t i = 0; i < 2; i++) {
        struct pausing pausing = {.path = paths[i], .times = 1, .is_right = is_body};
        with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = 100}, NULL, pausing_run,
                    &pausing);
        assert_string_equal(pausing.result.message, "");
        assert_int_equal(pausing.bytes, i ? 20000000 : 50000000);
        assert_int_equal(pausing.result.bytes, pausing.bytes);
        assert_int_equal(pausing.wrong, 0);
        assert_true(pausing.pauses > 1000);
    }
}

/* Small bodies: the pause falls on their last byte. */
static void test_pause_at_the_end(void **state)
{
    (void)state;
    struct pausing pausing = {.path = "/size/10", .times = 1, .is_right = is_body};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, pausing_run, &pausing);
    assert_int_equal(pausing.result.error, 0);
    assert_int_equal(pausing.bytes, 10);
    assert_int_equal(pausing.pauses, 1);
}

static void test_failure_after_pause(void **state)
{
    (void)state;
    struct pausing pausing = {.path = "/reset", .times = 1};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, pausing_run, &pausing);
    assert_int_equal(pausing.result.error, -ECONNRESET);
    assert_int_equal(pausing.bytes, 4);
}

/* Refuses the first offer, and is resumed late. */
struct slow_sink {
    struct sink sink;
    struct transfer *transfer;
    unsigned pauses;
    size_t bytes;
    struct transfer_result result;
};

static int slow_begin(struct sink *sink, struct transfer *transfer,
                      const struct transfer_result *result)
{
    (void)result;
    list_entry(sink, struct slow_sink, sink)->transfer = transfer;
    return 0;
}

static int slow_write(struct sink *sink, const void *data, size_t size)
{
    struct slow_sink *slow = list_entry(sink, struct slow_sink, sink);
    (void)data;
    if (slow->pauses++ == 0)
        return SINK_PAUSE;
    slow->bytes += size;
    return 0;
}

static void *resume_late(void *arg)
{
    struct slow_sink *slow = arg;
    task_sleep(deadline_in_ms(400));
    transfer_resume(slow->transfer);
    transfer_resume(slow->transfer); /* twice does no harm */
    return NULL;
}

/* Silence that the sink asked for is no stall. */
static void pause_longer_than_stall(struct client *client, void *ctx)
{
    struct slow_sink *slow = ctx;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/size/100000", server.port);
    slow->sink = (struct sink){slow_begin, slow_write};
    struct task *task = task_spawn(NULL, resume_late, slow);
    transfer_once(client, url, &slow->sink, &slow->result);
    task_join(task, NULL, DEADLINE_NEVER);
}

static void test_pause_is_no_stall(void **state)
{
    (void)state;
    struct slow_sink slow = {0};
    struct transfer_options options = {.stall_timeout_ns = 100 * NSEC_PER_MSEC};
    with_client(RUNTIME_SCHEDULED, &options, NULL, pause_longer_than_stall, &slow);
    assert_int_equal(slow.result.error, 0);
    assert_int_equal(slow.bytes, 100000);
}

static void test_stall_with_pauses(void **state)
{
    (void)state;
    struct pausing pausing = {.path = "/size/100000", .times = 1};
    struct transfer_options options = {.stall_timeout_ns = 500 * NSEC_PER_MSEC};
    with_client(RUNTIME_SCHEDULED, &options, NULL, pausing_run, &pausing);
    assert_int_equal(pausing.result.error, 0);
}

/* Off a scheduler nobody could resume it. */
static void test_pause_blocking(void **state)
{
    (void)state;
    struct slow_sink slow = {.sink = {slow_begin, slow_write}};
    struct trial trial = {.sink = &slow.sink};
    trial_ask(&trial, "/size/10", RUNTIME_BLOCKING);
    assert_int_equal(trial.result.error, -ENOTSUP);
    trial_clear(&trial);
}

struct failing_sink {
    struct sink sink;
    int begin_error;
    unsigned writes_left;
    unsigned calls_after;
};

static int failing_begin(struct sink *sink, struct transfer *transfer,
                         const struct transfer_result *result)
{
    (void)transfer;
    (void)result;
    return list_entry(sink, struct failing_sink, sink)->begin_error;
}

static int failing_write(struct sink *sink, const void *data, size_t size)
{
    struct failing_sink *failing = list_entry(sink, struct failing_sink, sink);
    (void)data;
    (void)size;
    if (failing->writes_left == 0) {
        failing->calls_after++;
        return -ENOSPC;
    }
    failing->writes_left--;
    return 0;
}

static void test_sink_errors(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct failing_sink failing = {{failing_begin, failing_write}, -EXDEV, 100, 0};
        struct trial trial = {.sink = &failing.sink};
        trial_ask(&trial, "/size/1000000", runtime);
        assert_int_equal(trial.result.error, -EXDEV);
        assert_int_equal(trial.result.sink_error, -EXDEV);
        assert_int_equal(trial.result.bytes, 0);
        assert_false(trial.result.body_begun);
        trial_clear(&trial);

        failing = (struct failing_sink){{failing_begin, failing_write}, 0, 1, 0};
        trial.sink = &failing.sink;
        trial_ask(&trial, "/size/1000000", runtime);
        assert_int_equal(trial.result.error, -ENOSPC);
        assert_int_equal(failing.calls_after, 1);
        assert_true(trial.result.body_begun);
        assert_string_equal(trial.result.message, "cannot take the body: No space left on device");
        assert_false(transfer_error_is_transient(&trial.result));
        trial_clear(&trial);
    }
}

static void expect_too_large(const char *path, int64_t limit, const char *words)
{
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options.max_filesize = limit};
        trial_ask(&trial, path, runtime);
        assert_string_equal(trial.result.message, words);
        assert_int_equal(trial.result.error, *words ? -EFBIG : 0);
        assert_true(trial.result.bytes <= limit);
        assert_false(transfer_error_is_transient(&trial.result));
        trial_clear(&trial);
    }
}

static void test_max_filesize(void **state)
{
    (void)state;
    expect_too_large("/size/5000", 4999, "server announced 5,000 bytes, only 4,999 are allowed");
    expect_too_large("/size/5000", 5000, "");
    expect_too_large("/chunked/5000", 4999, "larger than the 4,999 bytes allowed");
    expect_too_large("/chunked/5000", 5000, "");
    expect_too_large("/chunked/500000", 499999, "larger than the 499,999 bytes allowed");
    expect_too_large("/chunked/500000", 500000, "");
}

static void test_discard(void **state)
{
    (void)state;
    struct sink discard = sink_discard;
    struct trial trial = {.sink = &discard};
    trial_ask(&trial, "/size/123456", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.bytes, 123456);
    trial_clear(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pause_thousands_of_times),
        cmocka_unit_test(test_pause_at_the_end),
        cmocka_unit_test(test_failure_after_pause),
        cmocka_unit_test(test_pause_is_no_stall),
        cmocka_unit_test(test_stall_with_pauses),
        cmocka_unit_test(test_pause_blocking),
        cmocka_unit_test(test_sink_errors),
        cmocka_unit_test(test_max_filesize),
        cmocka_unit_test(test_discard),
    };
    return run_tests_with_server(tests, replies);
}
