/* judge.h: of what kind a failure is. What answers mean is in test_condition.c. */
#include "unit.h"

#include "cmd/get/judge.h"
#include <errno.h>
#include <string.h>

static const char *kind(struct transfer_result result)
{
    return failure_word(judge_failure(&result));
}

static void answers(void **state)
{
    (void)state;
    struct transfer_result result = {.status = 404, .headers_complete = true};
    assert_string_equal(kind(result), "4xx");
    result.status = 429;
    assert_string_equal(kind(result), "4xx");
    result.status = 503;
    assert_string_equal(kind(result), "5xx");
    result.error = -ECONNRESET; /* its page was cut off */
    assert_string_equal(kind(result), "5xx");
    result = (struct transfer_result){.status = 304, .headers_complete = true};
    assert_string_equal(kind(result), "other");
}

static void on_the_way(void **state)
{
    (void)state;
    static const struct {
        struct transfer_result result;
        const char *word;
    } cases[] = {
        {{.error = -ENOENT, .unresolved = true}, "dns"},
        {{.error = -ETIMEDOUT, .unresolved = true}, "dns"},
        {{.error = -ETIMEDOUT, .code = CURLE_OPERATION_TIMEDOUT}, "timeout"},
        {{.error = -ETIMEDOUT}, "timeout"},
        {{.error = -ECONNREFUSED, .code = CURLE_COULDNT_CONNECT}, "connect"},
        {{.error = -EPROTO, .code = CURLE_PROXY}, "connect"},
        {{.error = -EPROTO, .code = CURLE_SSL_CONNECT_ERROR}, "tls"},
        {{.error = -EACCES, .code = CURLE_PEER_FAILED_VERIFICATION}, "tls"},
        {{.error = -ECONNRESET, .code = CURLE_RECV_ERROR}, "broken off"},
        {{.error = -ECONNRESET, .code = CURLE_PARTIAL_FILE, .status = 200}, "broken off"},
        {{.error = -EFBIG}, "other"},
        {{.error = -ENOSPC, .sink_error = -ENOSPC, .status = 200, .headers_complete = true},
         "other"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(kind(cases[i].result), cases[i].word);
}

/* They are few and short: the view shows them side by side. */
static void words(void **state)
{
    (void)state;
    for (int i = 0; i < FAILURE_KINDS; i++) {
        size_t length = strlen(failure_word((enum failure_kind)i));
        assert_in_range(length, 3, 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(on_the_way),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
