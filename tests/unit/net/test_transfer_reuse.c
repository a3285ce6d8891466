/* Transfers one after another: nothing of one reaches the next by its handle or connection. */
#include "tests/unit/net/unit.h"

#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static const struct reply replies[] = {
    {"/close-status", "HTTP/1.1 200 OK\r\n", THEN_CLOSE},
    {"/truncate", OK "Content-Length: 9000\r\n\r\nsome", THEN_CLOSE},
    {"/chunk-broken", OK "Transfer-Encoding: chunked\r\n\r\nzzz\r\nsome", THEN_CLOSE},
    {"/empty", OK "Content-Length: 0\r\n\r\n", THEN_KEEP},
    {"/fields",
     "HTTP/1.1 302 Found\r\nCONTENT-LENGTH:   4 \r\nlocation:\t/there \r\n"
     "Retry-After: 12\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nsome",
     THEN_KEEP},
    {0},
};

struct two_failures {
    unsigned closed_port;
    int errors[2];
};

static void fail_twice(struct client *client, void *ctx)
{
    struct two_failures *failures = ctx;
    const unsigned ports[] = {failures->closed_port, server.port};
    for (size_t i = 0; i < 2; i++) {
        struct transfer_result result;
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%u/chunk-broken", ports[i]);
        failures->errors[i] = transfer_once(client, url, NULL, &result);
    }
}

/* The same handle serves both. */
static void test_errno_of_earlier_failure(void **state)
{
    (void)state;
    struct loopback gone;
    loopback_start(&gone, NULL);
    struct two_failures failures = {.closed_port = gone.port};
    loopback_stop(&gone);
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        with_client(runtime, &(struct transfer_options){0}, NULL, fail_twice, &failures);
        assert_int_equal(failures.errors[0], -ECONNREFUSED);
        assert_int_equal(failures.errors[1], -EPROTO);
    }
}

/* One client, one handle of its pool: nothing of a transfer may reach the next. */
static void one_after_another(struct client *client, void *ctx)
{
    static const char *const paths[] = {"/size/10", "/fields",       "/truncate", "/size/20",
                                        "/empty",   "/close-status", "/size/30"};
    struct transfer_result *results = ctx;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%u%s", server.port, paths[i]);
        transfer_once(client, url, NULL, &results[i]);
    }
}

static void test_reuse(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct transfer_result results[7] = {0};
        unsigned before = loopback_connections(&server);
        with_client(runtime, &(struct transfer_options){0}, NULL, one_after_another, results);
        assert_int_equal(results[0].bytes, 10);
        assert_string_equal(results[1].location, "/there");
        assert_int_equal(results[2].error, -ECONNRESET);
        assert_int_equal(results[3].error, 0);
        assert_null(results[3].location);
        assert_int_equal(results[3].bytes, 20);
        assert_int_equal(results[3].last_modified, -1);
        assert_int_equal(results[4].content_length, 0);
        assert_int_equal(results[5].error, -ECONNRESET);
        assert_int_equal(results[6].bytes, 30);
        assert_int_equal(results[1].times.connect, 0); /* a connection that was there */
        assert_true(results[3].times.connect > 0);
        assert_int_equal(loopback_connections(&server) - before, 3);
        for (size_t i = 0; i < 7; i++)
            transfer_result_clear(&results[i]);
    }
}

struct echoes {
    struct sink sink;
    char text[3][1024];
    unsigned current;
    int errors;
};

static int echoes_write(struct sink *sink, const void *data, size_t size)
{
    struct echoes *echoes = (struct echoes *)(void *)sink;
    char *text = echoes->text[echoes->current];
    size_t length = strlen(text);
    if (length + size >= sizeof echoes->text[0])
        return -EFBIG;
    memcpy(text + length, data, size);
    return 0;
}

static void meet_closed_connection(struct client *client, void *ctx)
{
    struct echoes *echoes = ctx;
    for (unsigned i = 0; i < 3; i++) {
        struct transfer_result result;
        char url[64];
        snprintf(url, sizeof url, "http://127.0.0.1:%u/first/%u", server.port, i);
        echoes->current = i;
        echoes->errors += transfer_once(client, url, &echoes->sink, &result) != 0;
    }
}

/* The server closes a kept connection just when the next request comes: libcurl repeats it on a new
 * one, and it must be that request and no other. */
static void test_repeated_request(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct echoes echoes = {.sink.write = echoes_write};
        with_client(runtime, &(struct transfer_options){0}, NULL, meet_closed_connection, &echoes);
        assert_int_equal(echoes.errors, 0);
        assert_non_null(strstr(echoes.text[0], "GET /first/0 "));
        assert_non_null(strstr(echoes.text[1], "GET /first/1 "));
        assert_non_null(strstr(echoes.text[2], "GET /first/2 "));
    }
}

static void test_never_resolved(void **state)
{
    (void)state;
    assert_int_equal(client_tripwire_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errno_of_earlier_failure),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_repeated_request),
        cmocka_unit_test(test_never_resolved),
    };
    return run_tests_with_server(tests, replies);
}
