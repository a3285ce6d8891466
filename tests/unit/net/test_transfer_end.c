/* Transfers that somebody ends: canceled in every phase, out of time, silent for too long. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "net/xfer/core.h"
#include "tests/unit/net/silent_port.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define OK "HTTP/1.1 200 OK\r\n"

static const struct reply replies[] = {
    {"/stall-request", "", THEN_STALL},
    {"/stall-headers", OK "Content-Length: 10\r\n", THEN_STALL},
    {"/stall-body", OK "Content-Length: 10\r\n\r\nsome", THEN_STALL},
    {0},
};

static struct silent_port silent;

static int setup(void **state)
{
    (void)state;
    if (silent_port_open(&silent, AF_INET, 0) != 0)
        return -1;
    return trial_server_open(replies);
}

static int teardown(void **state)
{
    silent_port_close(&silent);
    return trial_server_close(state);
}

/* In which phase a transfer hangs, and where that is. */
static const char *const phases[] = {"connect", "/stall-request", "/stall-headers", "/stall-body"};

static void phase_url(struct trial *trial, const char *phase)
{
    if (*phase == '/')
        trial_url(trial, server.port, phase);
    else
        trial_url(trial, silent.port, "/");
}

static void expect_timeout(struct trial *trial, const char *words)
{
    assert_string_equal(trial->result.message, words);
    assert_int_equal(trial->result.error, -ETIMEDOUT);
    assert_true(transfer_error_is_transient(&trial->result));
    trial_clear(trial);
}

static void test_deadline(void **state)
{
    (void)state;
    static const char *const words[] = {
        "time is up while waiting for the answer", "time is up while waiting for the answer",
        "time is up inside the headers", "time is up while receiving the body, after 4 bytes"};
    for (size_t i = 0; i < 4; i++) {
        for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
            struct trial trial = {.timeout_ns = 60 * NSEC_PER_MSEC};
            int64_t begun = deadline_clock();
            phase_url(&trial, phases[i]);
            trial_run(&trial, runtime);
            assert_true(deadline_clock() - begun < 2 * NSEC_PER_SEC);
            expect_timeout(&trial, words[i]);
        }
    }
}

static void test_deadline_passed(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.timeout_ns = 1};
        trial_ask(&trial, "/size/10", runtime);
        assert_int_equal(trial.result.error, -ETIMEDOUT);
        assert_int_equal(trial.body_length, 0);
        trial_clear(&trial);
    }
}

static void test_stall(void **state)
{
    (void)state;
    static const char *const words[] = {
        "no byte received for 80 ms, while waiting for the answer",
        "no byte received for 80 ms, while waiting for the answer",
        "no byte received for 80 ms, inside the headers",
        "no byte received for 80 ms, while receiving the body, after 4 bytes"};
    for (size_t i = 0; i < 4; i++) {
        for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
            struct trial trial = {.options.stall_timeout_ns = 80 * NSEC_PER_MSEC};
            phase_url(&trial, phases[i]);
            trial_run(&trial, runtime);
            expect_timeout(&trial, words[i]);
        }
    }
}

/* Slow is not silent. */
static void test_dripping_headers(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options.stall_timeout_ns = 500 * NSEC_PER_MSEC};
        trial_ask(&trial, "/drip/7", runtime);
        assert_string_equal(trial.result.message, "");
        assert_int_equal(trial.result.error, 0);
        trial_clear(&trial);
    }
}

static void test_connect_timeout(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options.connect_timeout_ns = 100 * NSEC_PER_MSEC};
        phase_url(&trial, "connect");
        trial_run(&trial, runtime);
        expect_timeout(&trial, "could not connect within 100 ms");
    }
}

/* TLS to somebody who says nothing. */
static void test_handshake_timeout(void **state)
{
    (void)state;
    struct trial trial = {.options.connect_timeout_ns = 100 * NSEC_PER_MSEC};
    snprintf(trial.url, sizeof trial.url, "https://127.0.0.1:%u/", server.port);
    trial_run(&trial, RUNTIME_SCHEDULED);
    expect_timeout(&trial, "connected, but no handshake within 100 ms");
}

struct cancel_case {
    char url[4096];
    struct client *client;
    struct transfer_result result;
    int64_t after_ns; /* negative: before it starts */
};

static void *to_be_canceled(void *arg)
{
    struct cancel_case *cancel = arg;
    transfer_once(cancel->client, cancel->url, NULL, &cancel->result);
    return NULL;
}

static void cancel_it(struct client *client, void *ctx)
{
    struct cancel_case *cancel = ctx;
    cancel->client = client;
    struct task *task = task_spawn(NULL, to_be_canceled, cancel);
    if (cancel->after_ns > 0)
        task_sleep(deadline_in(cancel->after_ns));
    else if (cancel->after_ns == 0)
        task_yield(); /* posted, not yet started */
    task_cancel(task);
    task_join(task, NULL, DEADLINE_NEVER);
    /* The client is as good as before. */
    struct transfer_result after;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/size/77", server.port);
    transfer_once(client, url, NULL, &after);
    if (after.error || after.bytes != 77)
        cancel->result = after;
}

static void test_cancel(void **state)
{
    (void)state;
    static const int64_t delays[] = {-1, 0, 1, 40 * NSEC_PER_MSEC};
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            struct trial trial = {0};
            struct cancel_case cancel = {.after_ns = delays[j]};
            phase_url(&trial, phases[i]);
            snprintf(cancel.url, sizeof cancel.url, "%s", trial.url);
            with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, cancel_it, &cancel);
            assert_string_equal(cancel.result.message, "canceled");
            assert_int_equal(cancel.result.error, -ECANCELED);
            assert_false(transfer_error_is_transient(&cancel.result));
            transfer_result_clear(&cancel.result);
        }
    }
}

struct pausing {
    struct sink sink;
};

static int always_pause(struct sink *sink, const void *data, size_t size)
{
    (void)sink;
    (void)data;
    (void)size;
    return SINK_PAUSE;
}

static void cancel_paused(struct client *client, void *ctx)
{
    struct cancel_case *cancel = ctx;
    struct sink sink = {.write = always_pause};
    struct url url = {0};
    const char *why;
    url_parse(&url, cancel->url, strlen(cancel->url), &why);
    struct transfer_request request = {
        .url = &url,
        .send_credentials = true,
        .deadline = deadline_in_ms(60),
        .sink = &sink,
    };
    client_perform(client, &request, &cancel->result);
    url_clear(&url);
}

static void test_deadline_while_paused(void **state)
{
    (void)state;
    struct cancel_case cancel = {0};
    snprintf(cancel.url, sizeof cancel.url, "http://127.0.0.1:%u/size/1000000", server.port);
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, cancel_paused, &cancel);
    assert_int_equal(cancel.result.error, -ETIMEDOUT);
    assert_int_equal(cancel.result.bytes, 0);
}

static void *break_soon(void *arg)
{
    struct client *client = arg;
    task_sleep(deadline_in_ms(30));
    client->loop.broken = true; /* as after an error of curl_multi_socket_action() */
    return NULL;
}

struct broken_case {
    struct transfer_result during;
    struct transfer_result after;
};

static void break_loop(struct client *client, void *ctx)
{
    struct broken_case *broken = ctx;
    char url[64];
    struct task *task = task_spawn(NULL, break_soon, client);
    snprintf(url, sizeof url, "http://127.0.0.1:%u/stall-body", server.port);
    transfer_once(client, url, NULL, &broken->during);
    task_join(task, NULL, DEADLINE_NEVER);
    snprintf(url, sizeof url, "http://localhost:%u/size/5", server.port);
    transfer_once(client, url, NULL, &broken->after);
}

/* All under way fail, those that come later find a new loop. */
static void test_broken_loop(void **state)
{
    (void)state;
    struct broken_case broken;
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, NULL, break_loop, &broken);
    assert_int_equal(broken.during.error, -EAGAIN);
    assert_true(transfer_error_is_transient(&broken.during));
    assert_int_equal(broken.after.error, 0);
    assert_int_equal(broken.after.bytes, 5);
}

static void *interrupt_soon(void *arg)
{
    usleep(50000);
    blocking_interrupt();
    return arg;
}

/* Last: an interrupt is for good. */
static void test_interrupt_blocking(void **state)
{
    (void)state;
    struct trial trial = {0};
    assert_int_equal(blocking_prepare(), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, NULL), 0);
    int64_t begun = deadline_clock();
    trial_ask(&trial, "/stall-body", RUNTIME_BLOCKING);
    assert_int_equal(trial.result.error, -ECANCELED);
    assert_string_equal(trial.result.message, "canceled");
    assert_true(deadline_clock() - begun < NSEC_PER_SEC);
    pthread_join(thread, NULL);
    trial_clear(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deadline),        cmocka_unit_test(test_deadline_passed),
        cmocka_unit_test(test_stall),           cmocka_unit_test(test_dripping_headers),
        cmocka_unit_test(test_connect_timeout), cmocka_unit_test(test_handshake_timeout),
        cmocka_unit_test(test_cancel),          cmocka_unit_test(test_deadline_while_paused),
        cmocka_unit_test(test_broken_loop),     cmocka_unit_test(test_interrupt_blocking),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
