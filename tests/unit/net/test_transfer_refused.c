/* What does not come as far as a request: nobody listens, or the options do not allow it. */
#include "tests/unit/net/unit.h"

#include "tests/unit/net/trial_server.h"
#include <errno.h>

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

static void test_protocol_not_allowed(void **state)
{
    (void)state;
    struct trial trial = {.options.protocols = "https"};
    trial_ask(&trial, "/size/1", RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, -EPROTONOSUPPORT);
    assert_int_equal(trial.result.bytes, 0);
    trial_clear(&trial);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_protocol_not_allowed),
        cmocka_unit_test(test_family_not_wanted),
        cmocka_unit_test(test_refused_options),
    };
    return run_tests_with_server(tests, NULL);
}
