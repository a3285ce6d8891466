/* What a transfer says of answers, good and bad, under both runtimes. */
#include "tests/unit/net/unit.h"

#include "net/xfer/result.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define OK "HTTP/1.1 200 OK\r\n"

static char huge_line[200 * 1024];
static char huge_headers[400 * 1024];

static const struct reply replies[] = {
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
    {"/transfer-gzip", OK "Transfer-Encoding: gzip, chunked\r\n\r\n4\r\nsome\r\n0\r\n\r\n",
     THEN_KEEP},
    {"/transfer-chunked", OK "TRANSFER-ENCODING:Chunked \r\n\r\n4\r\nsome\r\n0\r\n\r\n", THEN_KEEP},
    {"/no-colon", OK "Content-Length: 0\r\nLocation\r\n\r\n", THEN_KEEP},
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
    return trial_server_open(replies);
}

static void test_success(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {0};
        trial_ask(&trial, "/size/300000", runtime);
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

/* libcurl 8.14 meets a transfer coding before we do, and calls it a coding. */
static bool is_libcurls_word(const struct trial *trial, const char *path)
{
    return strcmp(path, "/transfer-gzip") == 0 &&
           trial->result.code == CURLE_BAD_CONTENT_ENCODING &&
           curl_version_info(CURLVERSION_NOW)->version_num >= 0x080000;
}

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
            const struct expectation *expected = &expectations[i];
            struct trial trial = {0};
            trial_ask(&trial, expected->path, runtime);
            print_message("%s: %d, %d, %s\n", expected->path, trial.result.error,
                          trial.result.status, trial.result.message);
            if (!is_libcurls_word(&trial, expected->path))
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
    trial_ask(&trial, "/huge-length", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.content_length, -1);
    trial_clear(&trial);
}

static void test_compression(void **state)
{
    (void)state;
    struct trial trial = {.options.compressed = true};
    trial_ask(&trial, "/gzip-broken", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, -EBADMSG);
    trial_clear(&trial);
    trial_ask(&trial, "/gzip-broken", RUNTIME_SCHEDULED); /* not asked for: as it is */
    assert_int_equal(trial.result.error, 0);
    assert_string_equal(trial.body, "some");
    trial_clear(&trial);
}

static void test_bytes_after_compressed_body(void **state)
{
    (void)state;
    struct trial trial = {.options.compressed = true};
    trial_ask(&trial, "/zlib-and-more", RUNTIME_SCHEDULED);
    assert_string_equal(trial.result.message, "the body's compression is broken or unknown");
    assert_int_equal(trial.result.error, -EBADMSG);
    assert_string_equal(trial.body, "rdjprjolavwjpro");
    trial_clear(&trial);
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
        cmocka_unit_test(test_compression),
        cmocka_unit_test(test_bytes_after_compressed_body),
        cmocka_unit_test(test_messages_are_printable),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_never_resolved),
    };
    return cmocka_run_group_tests(tests, setup, trial_server_close);
}
