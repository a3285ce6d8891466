/* Conditions and ranges on the wire, and what answers say of the file. */
#include "tests/unit/net/unit.h"

#include "engine/deadline.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct reply replies[] = {
    {"/all",
     "HTTP/1.1 206 Partial Content\r\nContent-Length: 4\r\nContent-Range: bytes 6-9/10\r\n"
     "ETag: \"v1\"\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
     "Date: Sun, 06 Nov 1994 09:49:37 GMT\r\nAccept-Ranges: none\r\n"
     "Content-Encoding: gzip\r\n\r\nsome",
     THEN_KEEP},
    {"/none", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Encoding: identity\r\n\r\nsome",
     THEN_KEEP},
    {"/interim",
     "HTTP/1.1 103 Early\r\nETag: \"early\"\r\nContent-Range: bytes 0-1/2\r\n\r\n"
     "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
     THEN_KEEP},
    {"/range", "HTTP/1.1 206 Partial Content\r\nContent-Length: 50\r\n\r\n", THEN_CLOSE},
    {0},
};

static void test_fields(void **state)
{
    (void)state;
    struct trial trial = {0};
    trial_ask(&trial, "/all", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.range.first, 6);
    assert_int_equal(trial.result.range.last, 9);
    assert_int_equal(trial.result.range.total, 10);
    assert_string_equal(trial.result.validators.etag, "\"v1\"");
    assert_string_equal(trial.result.validators.last_modified, "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_string_equal(trial.result.date, "Sun, 06 Nov 1994 09:49:37 GMT");
    assert_true(trial.result.encoded && trial.result.refuses_ranges);
    trial_clear(&trial);
}

static void test_no_fields(void **state)
{
    (void)state;
    static const char *const paths[] = {"/none", "/interim"};
    for (int i = 0; i < 2; i++) {
        struct trial trial = {0};
        trial_ask(&trial, paths[i], RUNTIME_SCHEDULED);
        assert_int_equal(trial.result.status, 200);
        assert_int_equal(trial.result.range.first, -1);
        assert_int_equal(trial.result.range.total, -1);
        assert_string_equal(trial.result.validators.etag, "");
        assert_string_equal(trial.result.validators.last_modified, "");
        assert_string_equal(trial.result.date, "");
        assert_false(trial.result.encoded || trial.result.refuses_ranges);
        trial_clear(&trial);
    }
}

static void test_lines(void **state)
{
    (void)state;
    const char *const headers[] = {"X-Mine: 1", "Authorization: secret", NULL};
    const struct transfer_condition condition = {
        .if_none_match = "\"a\"",
        .if_modified_since = "Sun, 06 Nov 1994 08:49:37 GMT",
        .if_range = "\"b\"",
        .first = 100,
        .end = 200,
    };
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {
            .options = {.headers = headers, .compressed = true},
            .without_credentials = runtime == RUNTIME_BLOCKING,
            .condition = &condition,
        };
        trial_ask(&trial, "/echo", runtime);
        assert_non_null(strstr(trial.body, "X-Mine: 1\r\n"));
        assert_int_equal(!strstr(trial.body, "secret"), trial.without_credentials);
        assert_non_null(strstr(trial.body, "If-None-Match: \"a\"\r\n"));
        assert_non_null(strstr(trial.body, "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
        assert_non_null(strstr(trial.body, "If-Range: \"b\"\r\n"));
        assert_non_null(strstr(trial.body, "Range: bytes=100-199\r\n"));
        assert_non_null(strstr(trial.body, "Accept-Encoding: identity\r\n"));
        assert_null(strstr(trial.body, "gzip"));
        trial_clear(&trial);
    }
}

static int echo_write(struct sink *sink, const void *data, size_t size)
{
    (void)sink;
    /* Only the second of three requests is conditional. */
    static unsigned count;
    bool ranged = memmem(data, size, "Range: bytes=7-\r\n", 17) != NULL;
    bool mine = memmem(data, size, "X-Mine: 1\r\n", 11) != NULL;
    return ranged == (count++ % 3 == 1) && mine ? 0 : -EBADMSG;
}

static void alternate(struct client *client, void *ctx)
{
    const struct transfer_condition rest = {.first = 7};
    struct sink sink = {.write = echo_write};
    struct url url = {0};
    char text[64];
    const char *why;
    (void)ctx;
    snprintf(text, sizeof text, "http://127.0.0.1:%u/echo", server.port);
    assert_int_equal(url_parse(&url, text, strlen(text), &why), 0);
    for (int i = 0; i < 3; i++) {
        struct transfer_result result;
        struct transfer_request request = {
            .url = &url,
            .send_credentials = true,
            .deadline = DEADLINE_NEVER,
            .sink = &sink,
            .condition = i == 1 ? &rest : NULL,
        };
        assert_int_equal(client_perform(client, &request, &result), 0);
    }
    url_clear(&url);
}

static void test_the_next_is_plain_again(void **state)
{
    (void)state;
    const char *const headers[] = {"X-Mine: 1", NULL};
    struct transfer_options options = {.headers = headers};
    with_client(RUNTIME_BLOCKING, &options, NULL, alternate, NULL);
}

static void test_size_of_the_whole(void **state)
{
    (void)state;
    const struct transfer_condition rest = {.first = 60};
    struct trial trial = {.options = {.max_filesize = 100}, .condition = &rest};
    trial_ask(&trial, "/range", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, -EFBIG);
    trial_clear(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_no_fields),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_the_next_is_plain_again),
        cmocka_unit_test(test_size_of_the_whole),
    };
    return run_tests_with_server(tests, replies);
}
