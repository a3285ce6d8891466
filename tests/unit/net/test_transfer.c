/* What a transfer says of answers, good and bad, under both runtimes. */
#include "tests/unit/net/unit.h"

#include "net/xfer/result.h"
#include "tests/unit/net/loopback.h"
#include "tests/unit/net/trial.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static struct loopback server;
static char huge_line[200 * 1024];
static char huge_headers[400 * 1024];

static struct reply replies[] = {
    {"/close-silent", "", THEN_CLOSE},
    {"/close-status", "HTTP/1.1 200 OK\r\n", THEN_CLOSE},
    {"/close-headers", OK "Content-Length: 5\r\nX-Half", THEN_CLOSE},
    {"/close-interim", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", THEN_CLOSE},
    {"/reset-request", "", THEN_RESET},
    {"/reset-headers", OK "Content-Length: 5\r\n", THEN_RESET},
    {"/reset-body", OK "Content-Length: 12345\r\n\r\nsome", THEN_RESET},
    {"/truncate", OK "Content-Length: 9000\r\n\r\nsome", THEN_CLOSE},
    {"/chunk-cut", OK "Transfer-Encoding: chunked\r\n\r\n10\r\nsome", THEN_CLOSE},
    {"/chunk-broken", OK "Transfer-Encoding: chunked\r\n\r\nzzz\r\nsome", THEN_CLOSE},
    {"/nolength", OK "\r\nsome", THEN_CLOSE},
    {"/http10", "HTTP/1.0 200 OK\r\n\r\nsome", THEN_CLOSE},
    {"/http09", "some\r\n\r\nbody", THEN_CLOSE},
    {"/empty", OK "Content-Length: 0\r\n\r\n", THEN_KEEP},
    {"/lf", "HTTP/1.1 200 OK\nContent-Length: 4\n\nsome", THEN_KEEP},
    {"/interim",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLocation: /x\r\nRetry-After: 7\r\n"
     "\r\n" OK "Content-Length: 4\r\n\r\nsome",
     THEN_KEEP},
    {"/trailers",
     OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\nLocation: /x\r\n"
        "HTTP/1.1: 500\r\nContent-Length: 7\r\n\r\n",
     THEN_KEEP},
    {"/transfer-gzip", OK "Transfer-Encoding: gzip, chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n",
     THEN_KEEP},
    {"/transfer-chunked", OK "TRANSFER-ENCODING:Chunked \r\n\r\n4\r\nsome\r\n0\r\n\r\n", THEN_KEEP},
    {"/fields",
     "HTTP/1.1 302 Found\r\nCONTENT-LENGTH:   4 \r\nlocation:\t/there \r\n"
     "Retry-After: 12\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nsome",
     THEN_KEEP},
    {"/two-locations",
     "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /there\r\nLocation: /second\r\n\r\n",
     THEN_KEEP},
    {"/nonsense",
     "HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: soon\r\nLast-Modified: yesterday-ish\r\n"
     ":\r\nl:\r\nLocation :/x\r\n folded\r\nC:\r\n\r\n",
     THEN_KEEP},
    {"/no-colon", OK "Content-Length: 0\r\nLocation\r\n\r\n", THEN_KEEP},
    {"/location-200", OK "Content-Length: 0\r\nLocation: /x\r\n\r\n", THEN_KEEP},
    {"/huge-length", OK "Content-Length: 99999999999999999999999999\r\n\r\nsome", THEN_CLOSE},
    {"/negative-length", OK "Content-Length: -5\r\n\r\nsome", THEN_CLOSE},
    {"/status-999", "HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", THEN_KEEP},
    {"/status-short", "HTTP/1.1 20\r\nContent-Length: 0\r\n\r\n", THEN_CLOSE},
    {"/garbage", "\x01\x02\xff\xfe garbage \r\n\r\n", THEN_CLOSE},
    {"/huge-line", huge_line, THEN_CLOSE},
    {"/huge-headers", huge_headers, THEN_CLOSE},
    {"/gzip-broken", OK "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nsome", THEN_KEEP},
    {"/zlib-and-more",
     OK "Content-Encoding: deflate\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n"
        "\x78\xda\x2b\x4a\xc9\x2a\x28\xca\xca\xcf\x49\x2c\x2b\x07\x32\xf2\x01\x33\x31\x06\x71"
        "\r\n4\r\nmore\r\n0\r\n\r\n",
     THEN_KEEP},
    {0},
};

static void make_huge(void)
{
    int used = snprintf(huge_line, sizeof huge_line, OK "X-Huge: ");
    memset(huge_line + used, 'x', sizeof huge_line - (size_t)used - 1);
    size_t filled = (size_t)snprintf(huge_headers, sizeof huge_headers, OK);
    while (filled + 1100 < sizeof huge_headers)
        filled += (size_t)snprintf(huge_headers + filled, sizeof huge_headers - filled,
                                   "X-Many: %01000d\r\n", 7);
}

static int setup(void **state)
{
    (void)state;
    make_huge();
    loopback_start(&server, replies);
    return client_global_init();
}

static int teardown(void **state)
{
    (void)state;
    client_global_cleanup();
    loopback_stop(&server);
    return 0;
}

static void run(struct trial *trial, const char *path, enum runtime runtime)
{
    trial_url(trial, server.port, path);
    trial_run(trial, runtime);
}

static void test_success(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {0};
        run(&trial, "/size/300000", runtime);
        assert_int_equal(trial.result.error, 0);
        assert_int_equal(trial.result.code, CURLE_OK);
        assert_int_equal(trial.result.status, 200);
        assert_true(trial.result.headers_complete && trial.result.body_begun);
        assert_int_equal(trial.result.bytes, 300000);
        assert_int_equal(trial.result.wire_bytes, 300000);
        assert_int_equal(trial.result.content_length, 300000);
        assert_int_equal(trial.result.http_version, 11);
        assert_string_equal(trial.result.remote_ip, "127.0.0.1");
        assert_int_equal(trial.begun, 1);
        assert_int_equal(trial.body_length, 300000);
        for (size_t i = 0; i < trial.body_length; i++)
            assert_int_equal((unsigned char)trial.body[i], body_byte(i));
        assert_true(trial.result.times.start > 0 && trial.result.times.connect > 0);
        assert_true(trial.result.times.first_byte >= trial.result.times.connect);
        assert_true(trial.result.times.total >= trial.result.times.first_byte);
        trial_clear(&trial);
    }
}

/* What comes back for a path: error, status, body, the words. */
struct expectation {
    const char *path;
    int error;
    int status;
    const char *body; /* NULL: none */
    const char *words;
};

static const struct expectation expectations[] = {
    {"/empty", 0, 200, NULL, ""},
    {"/lf", 0, 200, "some", ""},
    {"/nolength", 0, 200, "some", ""},
    {"/http10", 0, 200, "some", ""},
    {"/missing", 0, 404, NULL, ""},
    {"/status-999", 0, 999, NULL, ""},
    {"/close-silent", -ECONNRESET, 0, NULL, "connection closed before any answer"},
    {"/close-status", -ECONNRESET, 200, NULL, "connection closed inside the headers"},
    {"/close-headers", -ECONNRESET, 200, NULL, "connection closed inside the headers"},
    {"/close-interim", -ECONNRESET, 0, NULL, "connection closed before any answer"},
    {"/reset-request", -ECONNRESET, 0, NULL,
     "connection reset by peer while waiting for the answer"},
    {"/reset-headers", -ECONNRESET, 200, NULL, "connection reset by peer inside the headers"},
    {"/reset-body", -ECONNRESET, 200, "some",
     "connection reset by peer while receiving the body, after 4 bytes"},
    {"/truncate", -ECONNRESET, 200, "some", "server announced 9,000 bytes and closed after 4"},
    {"/chunk-cut", -ECONNRESET, 200, "some",
     "connection closed while receiving the body, after 4 bytes"},
    {"/chunk-broken", -EPROTO, 200, NULL, "broken chunks before the body"},
    {"/transfer-chunked", 0, 200, "some", ""},
    {"/transfer-gzip", -ENOTSUP, 200, NULL,
     "the server used a transfer coding that nobody asked for"},
    {"/http09", -EPROTO, 0, NULL, "the answer is not HTTP"},
    {"/garbage", -EPROTO, 0, NULL, "the answer is not HTTP"},
    {"/status-short", -EPROTO, 0, NULL, "the answer is not HTTP"},
    {"/no-colon", -EPROTO, 200, NULL, "the answer is not valid HTTP"},
    {"/huge-line", -EMSGSIZE, 200, NULL, "a header is too long"},
    {"/huge-headers", -EMSGSIZE, 200, NULL, "more than 300 KiB of headers"},
    {"/negative-length", -EPROTO, 200, NULL, "the answer is not valid HTTP"},
};

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
            const struct expectation *expected = &expectations[i];
            struct trial trial = {0};
            run(&trial, expected->path, runtime);
            print_message("%s: %d, %d, %s\n", expected->path, trial.result.error,
                          trial.result.status, trial.result.message);
            assert_string_equal(trial.result.message, expected->words);
            assert_int_equal(trial.result.error, expected->error);
            assert_int_equal(trial.result.status, expected->status);
            assert_string_equal(trial.body ? trial.body : "", expected->body ? expected->body : "");
            assert_int_equal(trial.result.bytes, trial.body_length);
            assert_int_equal(transfer_error_is_transient(&trial.result),
                             expected->error == -ECONNRESET);
            trial_clear(&trial);
        }
    }
}

/* 7.88 reads until the end when it cannot read the length. */
static void test_huge_length(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/huge-length", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.content_length, -1);
    trial_clear(&trial);
}

static void test_interim_answers(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/interim", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 200);
    assert_null(trial.result.location);
    assert_int_equal(trial.result.retry_after_ns, -1);
    assert_int_equal(trial.begun, 1);
    assert_string_equal(trial.body, "some");
    trial_clear(&trial);
}

static void test_trailers(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/trailers", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 200);
    assert_null(trial.result.location);
    assert_int_equal(trial.result.content_length, -1);
    assert_int_equal(trial.begun, 1);
    trial_clear(&trial);
}

static void test_fields(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/fields", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 302);
    assert_int_equal(trial.result.content_length, 4);
    assert_string_equal(trial.result.location, "/there");
    assert_int_equal(trial.result.retry_after_ns, INT64_C(12000000000));
    assert_int_equal(trial.result.last_modified, 784111777);
    trial_clear(&trial);
}

/* The first counts; since 8.17 libcurl refuses the answer. */
static void test_two_locations(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/two-locations", RUNTIME_SCHEDULED);
    assert_string_equal(trial.result.location, "/there");
    if (trial.result.error) {
        assert_int_equal(trial.result.error, -EPROTO);
        assert_string_equal(trial.result.message, "the answer is not valid HTTP");
    }
    trial_clear(&trial);
}

static void test_nonsense_fields(void **state)
{
    (void)state;
    struct trial trial = {0};
    run(&trial, "/nonsense", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 503);
    assert_null(trial.result.location);
    assert_int_equal(trial.result.retry_after_ns, -1);
    assert_int_equal(trial.result.last_modified, -1);
    trial_clear(&trial);
    run(&trial, "/location-200", RUNTIME_SCHEDULED);
    assert_null(trial.result.location);
    trial_clear(&trial);
}

static void test_compression(void **state)
{
    (void)state;
    struct trial trial = {.options.compressed = true};
    run(&trial, "/gzip-broken", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, -EBADMSG);
    trial_clear(&trial);
    run(&trial, "/gzip-broken", RUNTIME_SCHEDULED); /* not asked for: as it is */
    assert_int_equal(trial.result.error, 0);
    assert_string_equal(trial.body, "some");
    trial_clear(&trial);
}

static void test_bytes_after_compressed_body(void **state)
{
    (void)state;
    struct trial trial = {.options.compressed = true};
    run(&trial, "/zlib-and-more", RUNTIME_SCHEDULED);
    assert_string_equal(trial.result.message, "the body's compression is broken or unknown");
    assert_int_equal(trial.result.error, -EBADMSG);
    assert_string_equal(trial.body, "rdjprjolavwjpro");
    trial_clear(&trial);
}

static void test_refused(void **state)
{
    (void)state;
    struct loopback gone;
    loopback_start(&gone, NULL);
    unsigned port = gone.port;
    loopback_stop(&gone);
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {0};
        trial_url(&trial, port, "/");
        trial_run(&trial, runtime);
        assert_int_equal(trial.result.error, -ECONNREFUSED);
        assert_string_equal(trial.result.message, "could not connect: connection refused");
        assert_false(transfer_error_is_transient(&trial.result));
        trial_clear(&trial);
    }
}

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

/* -4 and -6 hold for addresses in URLs too; another try would bring nothing. */
static void test_family_not_wanted(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options.ip_version = IP_V6};
        trial_url(&trial, server.port, "/size/10");
        trial_run(&trial, runtime);
        assert_string_equal(trial.result.message,
                            "127.0.0.1 is an IPv4 address, and only IPv6 is wanted");
        assert_int_equal(trial.result.error, -EAFNOSUPPORT);
        assert_false(transfer_error_is_transient(&trial.result));
        trial_clear(&trial);

        trial = (struct trial){.options.ip_version = IP_V4, .url = "http://[::1]:9/"};
        trial_run(&trial, runtime);
        assert_string_equal(trial.result.message,
                            "::1 is an IPv6 address, and only IPv4 is wanted");
        trial_clear(&trial);
    }
}

static void test_protocol_not_allowed(void **state)
{
    (void)state;
    struct trial trial = {.options.protocols = "https"};
    run(&trial, "/size/1", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, -EPROTONOSUPPORT);
    assert_int_equal(trial.result.bytes, 0);
    trial_clear(&trial);
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

static void expect_refusal(struct transfer_options options, const char *words)
{
    struct client_options client_options = {&options, &(struct resolver_options){0}};
    struct client *client;
    const char *why = "";
    assert_int_equal(client_new(&client, &client_options, &why), -EINVAL);
    assert_null(client);
    assert_string_equal(why, words);
}

static void test_refused_options(void **state)
{
    (void)state;
    const char *const folded[] = {"X: y\r\nZ: 1", NULL};
    const char *const resolve[] = {"host:80:not-an-address", NULL};
    expect_refusal((struct transfer_options){.protocols = "gopherus"},
                   "--proto names a protocol that this libcurl does not have");
    expect_refusal((struct transfer_options){.headers = folded},
                   "-H: a header cannot contain a line break");
    expect_refusal((struct transfer_options){.resolve = resolve}, "--resolve: not an IP address");
    expect_refusal((struct transfer_options){.proxy = "gopher://proxy"},
                   "the proxy (-x) cannot be understood");
    client_free(NULL);
}

/* Some words are the server's, and the user's terminal obeys escapes. */
static void test_messages_are_printable(void **state)
{
    (void)state;
    struct transfer_result result;
    result_init(&result);
    result_fail(&result, -EPROTO, "%s", "red \x1b[31m\r\n\xff\x7f");
    assert_string_equal(result.message, "red ?[31m????");
    assert_int_equal(result.error, -EPROTO);
}

static void test_versions(void **state)
{
    (void)state;
    assert_non_null(strstr(client_versions(), "libcurl/"));
    assert_non_null(strstr(client_versions(), "c-ares/"));
    assert_non_null(strstr(client_versions(), "Features:"));
}

static void test_never_resolved(void **state)
{
    (void)state;
    assert_int_equal(client_tripwire_count(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_success),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_huge_length),
        cmocka_unit_test(test_interim_answers),
        cmocka_unit_test(test_trailers),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_two_locations),
        cmocka_unit_test(test_nonsense_fields),
        cmocka_unit_test(test_compression),
        cmocka_unit_test(test_bytes_after_compressed_body),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_protocol_not_allowed),
        cmocka_unit_test(test_errno_of_earlier_failure),
        cmocka_unit_test(test_family_not_wanted),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_repeated_request),
        cmocka_unit_test(test_refused_options),
        cmocka_unit_test(test_messages_are_printable),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_never_resolved),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
