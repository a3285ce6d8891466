/* Sinks that pause, fail or have had enough. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
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

/* Takes every second offer only, and lets another task resume it. */
struct pausing_sink {
    struct sink sink;
    struct transfer *transfer;
    struct event paused;
    bool resting; /* the last offer was refused */
    bool done;
    unsigned pauses;
    size_t bytes;
    size_t wrong; /* bytes that are not what was sent */
};

static int pausing_begin(struct sink *sink, struct transfer *transfer,
                         const struct transfer_result *result)
{
    struct pausing_sink *pausing = list_entry(sink, struct pausing_sink, sink);
    (void)result;
    pausing->transfer = transfer;
    return 0;
}

static int pausing_write(struct sink *sink, const void *data, size_t size)
{
    struct pausing_sink *pausing = list_entry(sink, struct pausing_sink, sink);
    pausing->resting = !pausing->resting;
    if (pausing->resting) {
        pausing->pauses++;
        event_set(&pausing->paused);
        return SINK_PAUSE;
    }
    for (size_t i = 0; i < size; i++)
        pausing->wrong += ((const unsigned char *)data)[i] != body_byte(pausing->bytes + i);
    pausing->bytes += size;
    return 0;
}

static void *keep_resuming(void *arg)
{
    struct pausing_sink *pausing = arg;
    while (!pausing->done) {
        if (event_wait(&pausing->paused, deadline_in_ms(20)) == 0) {
            event_clear(&pausing->paused);
            if (!pausing->done)
                transfer_resume(pausing->transfer);
        }
    }
    return NULL;
}

struct pause_case {
    const char *path;
    struct pausing_sink sink;
    struct transfer_result result;
};

static void pause_and_resume(struct client *client, void *ctx)
{
    struct pause_case *pause = ctx;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, pause->path);
    pause->sink.sink = (struct sink){pausing_begin, pausing_write};
    event_init(&pause->sink.paused);
    struct task *task = task_spawn(NULL, keep_resuming, &pause->sink);
    transfer_once(client, url, &pause->sink.sink, &pause->result);
    pause->sink.done = true;
    event_set(&pause->sink.paused);
    task_join(task, NULL, DEADLINE_NEVER);
}

static void test_pause_thousands_of_times(void **state)
{
    (void)state;
    static const char *const paths[] = {"/size/50000000", "/chunked/20000000"};
    for (size_t i = 0; i < 2; i++) {
        struct pause_case pause = {.path = paths[i]};
        with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = 100}, NULL,
                    pause_and_resume, &pause);
        assert_string_equal(pause.result.message, "");
        assert_int_equal(pause.sink.bytes, i ? 20000000 : 50000000);
        assert_int_equal(pause.result.bytes, pause.sink.bytes);
        assert_int_equal(pause.sink.wrong, 0);
        assert_true(pause.sink.pauses > 1000);
    }
}

/* Small bodies: the pause falls on their last byte. */
static void test_pause_at_the_end(void **state)
{
    (void)state;
    struct pause_case pause = {.path = "/size/10"};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, pause_and_resume, &pause);
    assert_int_equal(pause.result.error, 0);
    assert_int_equal(pause.sink.bytes, 10);
    assert_int_equal(pause.sink.pauses, 1);
}

static void test_failure_after_pause(void **state)
{
    (void)state;
    struct pause_case pause = {.path = "/reset"};
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, pause_and_resume, &pause);
    assert_int_equal(pause.result.error, -ECONNRESET);
    assert_int_equal(pause.sink.bytes, 4);
}

/* Silence that the sink asked for is no stall. */
static void long_pause(struct client *client, void *ctx)
{
    struct pause_case *pause = ctx;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/size/100000", server.port);
    pause->sink.sink = (struct sink){pausing_begin, pausing_write};
    event_init(&pause->sink.paused);
    struct task *task = task_spawn(NULL, keep_resuming, &pause->sink);
    event_set(&pause->sink.paused);
    event_clear(&pause->sink.paused);
    transfer_once(client, url, &pause->sink.sink, &pause->result);
    pause->sink.done = true;
    task_join(task, NULL, DEADLINE_NEVER);
}

static int slow_write(struct sink *sink, const void *data, size_t size)
{
    struct pausing_sink *pausing = list_entry(sink, struct pausing_sink, sink);
    (void)data;
    if (pausing->pauses++ == 0)
        return SINK_PAUSE;
    pausing->bytes += size;
    return 0;
}

static void *resume_late(void *arg)
{
    struct pausing_sink *pausing = arg;
    task_sleep(deadline_in_ms(400));
    transfer_resume(pausing->transfer);
    transfer_resume(pausing->transfer); /* twice does no harm */
    return NULL;
}

static void pause_longer_than_stall(struct client *client, void *ctx)
{
    struct pause_case *pause = ctx;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/size/100000", server.port);
    pause->sink.sink = (struct sink){pausing_begin, slow_write};
    struct task *task = task_spawn(NULL, resume_late, &pause->sink);
    transfer_once(client, url, &pause->sink.sink, &pause->result);
    task_join(task, NULL, DEADLINE_NEVER);
}

static void test_pause_is_no_stall(void **state)
{
    (void)state;
    struct pause_case pause = {0};
    struct transfer_options options = {.stall_timeout_ns = 100 * NSEC_PER_MSEC};
    with_client(RUNTIME_SCHEDULED, &options, NULL, pause_longer_than_stall, &pause);
    assert_int_equal(pause.result.error, 0);
    assert_int_equal(pause.sink.bytes, 100000);
}

static void test_stall_with_pauses(void **state)
{
    (void)state;
    struct pause_case pause = {0};
    struct transfer_options options = {.stall_timeout_ns = 500 * NSEC_PER_MSEC};
    with_client(RUNTIME_SCHEDULED, &options, NULL, long_pause, &pause);
    assert_int_equal(pause.result.error, 0);
}

/* Off a scheduler nobody could resume it. */
static void test_pause_blocking(void **state)
{
    (void)state;
    struct pausing_sink pausing = {.sink = {pausing_begin, slow_write}};
    struct trial trial = {.sink = &pausing.sink};
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
