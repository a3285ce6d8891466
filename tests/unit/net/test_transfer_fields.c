/* What a transfer reads from header fields, and where it reads none. */
#include "tests/unit/net/unit.h"

#include "tests/unit/net/trial_server.h"
#include <errno.h>

#define OK "HTTP/1.1 200 OK\r\n"

static const struct reply replies[] = {
    {"/interim",
     "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLocation: /x\r\nRetry-After: 7\r\n"
     "\r\n" OK "Content-Length: 4\r\n\r\nsome",
     THEN_KEEP},
    {"/trailers",
     OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsome\r\n0\r\nLocation: /x\r\n"
        "HTTP/1.1: 500\r\nContent-Length: 7\r\n\r\n",
     THEN_KEEP},
    {"/fields",
     "HTTP/1.1 302 Found\r\nCONTENT-LENGTH:   4 \r\nlocation:\t/there \r\n"
     "Content-Type:  text/HTML; charset=x \r\nRetry-After: 12\r\nLast-Modified: Sun, 06 Nov 1994 "
     "08:49:37 GMT\r\n\r\nsome",
     THEN_KEEP},
    {"/two-locations",
     "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /there\r\nLocation: /second\r\n\r\n",
     THEN_KEEP},
    {"/nonsense",
     "HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: soon\r\nLast-Modified: yesterday-ish\r\n"
     ":\r\nl:\r\nLocation :/x\r\n folded\r\nC:\r\n\r\n",
     THEN_KEEP},
    {"/location-200", OK "Content-Length: 0\r\nLocation: /x\r\n\r\n", THEN_KEEP},
    {0},
};

static void test_interim_answers(void **state)
{
    (void)state;
    struct trial trial = {0};
    trial_ask(&trial, "/interim", RUNTIME_SCHEDULED);
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
    trial_ask(&trial, "/trailers", RUNTIME_SCHEDULED);
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
    trial_ask(&trial, "/fields", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 302);
    assert_int_equal(trial.result.content_length, 4);
    assert_string_equal(trial.result.location, "/there");
    assert_string_equal(trial.result.content_type, "text/HTML; charset=x");
    assert_int_equal(trial.result.retry_after_ns, INT64_C(12000000000));
    assert_int_equal(trial.result.last_modified, 784111777);
    trial_clear(&trial);
}

/* The first counts; since 8.17 libcurl refuses the answer. */
static void test_two_locations(void **state)
{
    (void)state;
    struct trial trial = {0};
    trial_ask(&trial, "/two-locations", RUNTIME_SCHEDULED);
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
    trial_ask(&trial, "/nonsense", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 503);
    assert_null(trial.result.location);
    assert_int_equal(trial.result.retry_after_ns, -1);
    assert_int_equal(trial.result.last_modified, -1);
    assert_string_equal(trial.result.content_type, "");
    trial_clear(&trial);
    trial_ask(&trial, "/location-200", RUNTIME_SCHEDULED);
    assert_null(trial.result.location);
    trial_clear(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interim_answers), cmocka_unit_test(test_trailers),
        cmocka_unit_test(test_fields),          cmocka_unit_test(test_two_locations),
        cmocka_unit_test(test_nonsense_fields),
    };
    return run_tests_with_server(tests, replies);
}
