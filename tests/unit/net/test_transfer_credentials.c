/* What is sent: headers, and credentials only to whom they are meant for. */
#include "tests/unit/net/unit.h"

#include "engine/deadline.h"
#include "tests/unit/net/trial_server.h"
#include <stdio.h>
#include <string.h>

static const char *const headers[] = {
    "X-Plain: 1",
    "authorization: Bearer secret1",
    "Cookie: secret2",
    "Host: elsewhere.test",
    "Proxy-Authorization: secret3",
    "Accept:",
    NULL,
};

static void test_headers(void **state)
{
    (void)state;
    struct trial trial = {.options = {.headers = headers, .referer = "http://referer.test/"}};
    trial_ask(&trial, "/echo?a=b", RUNTIME_SCHEDULED);
    assert_non_null(strstr(trial.body, "GET /echo?a=b HTTP/1.1\r\n"));
    assert_non_null(strstr(trial.body, "X-Plain: 1\r\n"));
    assert_non_null(strstr(trial.body, "Bearer secret1"));
    assert_non_null(strstr(trial.body, "secret2"));
    assert_non_null(strstr(trial.body, "Host: elsewhere.test"));
    assert_non_null(strstr(trial.body, "User-Agent: fetch/"));
    assert_non_null(strstr(trial.body, "Referer: http://referer.test/"));
    assert_null(strstr(trial.body, "Accept:"));
    assert_null(strstr(trial.body, "Accept-Encoding:"));
    trial_clear(&trial);
}

static void test_headers_elsewhere(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {
            .options = {.headers = headers, .user = "name:secret4", .user_agent = "else/1"},
            .without_credentials = true,
        };
        snprintf(trial.url, sizeof trial.url, "http://user:secret5@127.0.0.1:%u/echo", server.port);
        trial_run(&trial, runtime);
        assert_non_null(strstr(trial.body, "X-Plain: 1\r\n"));
        assert_non_null(strstr(trial.body, "User-Agent: else/1\r\n"));
        assert_non_null(strstr(trial.body, "Host: 127.0.0.1:"));
        assert_null(strstr(trial.body, "secret"));
        assert_null(strstr(trial.body, "Authorization"));
        assert_null(strstr(trial.body, "Cookie"));
        trial_clear(&trial);
    }
}

/* Of one request alone: they take the place of those of all, and credentials stay with the origin.
 */
static void test_own_headers(void **state)
{
    (void)state;
    static const char *const own[] = {
        "x-plain: 2", "X-More: 3", "Authorization: Bearer secret6", "User-Agent: own", NULL,
    };
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.options = {.headers = headers}, .headers = own};
        trial_ask(&trial, "/echo", runtime);
        assert_non_null(strstr(trial.body, "x-plain: 2\r\n"));
        assert_null(strstr(trial.body, "X-Plain: 1"));
        assert_non_null(strstr(trial.body, "X-More: 3\r\n"));
        assert_non_null(strstr(trial.body, "Bearer secret6"));
        assert_null(strstr(trial.body, "secret1"));
        assert_non_null(strstr(trial.body, "secret2"));
        assert_non_null(strstr(trial.body, "User-Agent: own\r\n"));
        assert_null(strstr(trial.body, "User-Agent: fetch"));
        trial_clear(&trial);

        struct trial elsewhere = {
            .options = {.headers = headers},
            .headers = own,
            .without_credentials = true,
        };
        trial_ask(&elsewhere, "/echo", runtime);
        assert_non_null(strstr(elsewhere.body, "X-More: 3\r\n"));
        assert_null(strstr(elsewhere.body, "secret"));
        trial_clear(&elsewhere);
    }
}

static void test_user(void **state)
{
    (void)state;
    struct trial trial = {.options = {.user = "name:password"}};
    trial_ask(&trial, "/echo", RUNTIME_SCHEDULED);
    assert_non_null(strstr(trial.body, "Authorization: Basic bmFtZTpwYXNzd29yZA==\r\n"));
    trial_clear(&trial);

    snprintf(trial.url, sizeof trial.url, "http://us%%65r:pa%%73s@127.0.0.1:%u/echo", server.port);
    trial_run(&trial, RUNTIME_SCHEDULED);
    assert_non_null(strstr(trial.body, "Authorization: Basic dXNlcjpwYXNz\r\n"));
    trial_clear(&trial);
}

struct collected {
    struct sink sink;
    char text[4096];
};

static int collect(struct sink *sink, const void *data, size_t size)
{
    struct collected *collected = (struct collected *)(void *)sink;
    size_t length = strlen(collected->text);
    if (length + size >= sizeof collected->text)
        return -1;
    memcpy(collected->text + length, data, size);
    collected->text[length + size] = '\0';
    return 0;
}

/* With and without in turn, on one handle and one connection. */
static void alternate(struct client *client, void *ctx)
{
    struct collected *collected = ctx;
    static const char *const users[] = {"user:secret@", ""};
    for (int i = 0; i < 6; i++) {
        struct url url = {0};
        struct transfer_result result;
        const char *why;
        char text[64];
        snprintf(text, sizeof text, "http://%s127.0.0.1:%u/echo", users[i / 2 % 2], server.port);
        url_parse(&url, text, strlen(text), &why);
        collected[i].sink.write = collect;
        struct transfer_request request = {
            .url = &url,
            .send_credentials = i % 2 == 0,
            .deadline = DEADLINE_NEVER,
            .sink = &collected[i].sink,
        };
        client_perform(client, &request, &result);
        url_clear(&url);
    }
}

static void test_alternating(void **state)
{
    (void)state;
    const char *const lines[] = {"Authorization: Bearer token", NULL};
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        static struct collected collected[6];
        memset(collected, 0, sizeof collected);
        struct transfer_options options = {.headers = lines};
        with_client(runtime, &options, NULL, alternate, collected);
        for (int i = 0; i < 6; i++) {
            assert_non_null(strstr(collected[i].text, "GET /echo"));
            assert_int_equal(strstr(collected[i].text, "Authorization") != NULL, i % 2 == 0);
        }
        memset(collected, 0, sizeof collected);
        options = (struct transfer_options){.user = "a:b"};
        with_client(runtime, &options, NULL, alternate, collected);
        for (int i = 0; i < 6; i++)
            assert_int_equal(strstr(collected[i].text, "Authorization") != NULL, i % 2 == 0);
        memset(collected, 0, sizeof collected);
        options = (struct transfer_options){0};
        with_client(runtime, &options, NULL, alternate, collected);
        for (int i = 0; i < 6; i++)
            assert_int_equal(strstr(collected[i].text, "Authorization") != NULL,
                             i % 2 == 0 && i / 2 % 2 == 0);
    }
}

static void test_compressed(void **state)
{
    (void)state;
    struct trial trial = {.options = {.compressed = true}};
    trial_ask(&trial, "/echo", RUNTIME_SCHEDULED);
    assert_non_null(strstr(trial.body, "Accept-Encoding: deflate, gzip, br, zstd\r\n"));
    trial_clear(&trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),     cmocka_unit_test(test_headers_elsewhere),
        cmocka_unit_test(test_own_headers), cmocka_unit_test(test_user),
        cmocka_unit_test(test_alternating), cmocka_unit_test(test_compressed),
    };
    return run_tests_with_server(tests, NULL);
}
