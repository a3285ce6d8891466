/* Names: libcurl is told all addresses beforehand and never resolves by itself. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "net/xfer/core.h"
#include "tests/unit/net/silent_port.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NAMES 1500 /* well above PEER_IDLE_MAX */

static const struct reply replies[] = {
    {"/close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nsome", THEN_CLOSE},
    {0},
};
static char hosts_path[] = "/tmp/fetch-hosts-XXXXXX";

static int setup(void **state)
{
    (void)state;
    int fd = mkstemp(hosts_path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file)
        return -1;
    for (int i = 0; i < NAMES; i++)
        fprintf(file, "127.0.0.1 n%d.test\n", i);
    fprintf(file, "::1 both.test\n127.0.0.1 both.test\n127.0.0.1 proxy.test\n");
    fprintf(file, "::1 six.test\n");
    fclose(file);
    return trial_server_open(replies);
}

static int teardown(void **state)
{
    int error = unlink(hosts_path);
    return trial_server_close(state) != 0 ? -1 : error;
}

struct names_case {
    const char *path;
    unsigned from;
    unsigned to;
    unsigned failed;
    unsigned kept; /* peers at the end */
    unsigned open; /* connections at the end */
};

static void fetch_names(struct client *client, void *ctx)
{
    struct names_case *names = ctx;
    struct transfer_result result;
    char url[64];
    for (unsigned i = names->from; i < names->to; i++) {
        snprintf(url, sizeof url, "http://n%u.test:%u%s", i, server.port, names->path);
        if (transfer_once(client, url, NULL, &result) != 0 || result.status != 200) {
            print_message("%s: %s\n", url, result.message);
            names->failed++;
        }
        transfer_result_clear(&result);
    }
    names->kept = (unsigned)client->peers.count;
    names->open = (unsigned)client->peers.open;
}

static void test_many_names(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct names_case names = {"/close", 0, NAMES, 0, 0, 0};
        with_client(runtime, &(struct transfer_options){0}, hosts_path, fetch_names, &names);
        assert_int_equal(names.failed, 0);
        assert_in_range(names.kept, 1, PEER_IDLE_MAX + 1);
        assert_int_equal(client_tripwire_count(), 0);
    }
}

/* Hosts that are visited once leave no more connections behind than are worth it. */
static void test_connections_kept(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct names_case names = {"/size/1", 0, 200, 0, 0, 0};
        with_client(runtime, &(struct transfer_options){.jobs = 1}, hosts_path, fetch_names,
                    &names);
        assert_int_equal(names.failed, 0);
        assert_in_range(names.open, 16, 64);
    }
}

static void fetch_refused_first(struct client *client, void *ctx)
{
    unsigned *open = ctx;
    struct transfer_result result;
    char url[64];
    for (unsigned i = 0; i < 20; i++) {
        snprintf(url, sizeof url, "http://both.test:%u/close", server.port);
        *open += transfer_once(client, url, NULL, &result) != 0;
    }
    snprintf(url, sizeof url, "http://both.test:%u/size/1", server.port);
    *open += transfer_once(client, url, NULL, &result) != 0;
    *open += (unsigned)client->peers.open;
}

/* Each transfer is refused by the first address; libcurl 7.88 closes those sockets silently. */
static void test_attempts_are_not_counted(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        unsigned open = 0;
        with_client(runtime, &(struct transfer_options){0}, hosts_path, fetch_refused_first, &open);
        assert_int_equal(open, 1);
    }
}

struct name_task {
    struct client *client;
    unsigned from;
    unsigned failed;
};

static void *fetch_some(void *arg)
{
    struct name_task *task = arg;
    for (int round = 0; round < 3; round++) {
        struct names_case names = {"/close", task->from, task->from + 60, 0, 0, 0};
        fetch_names(task->client, &names);
        task->failed += names.failed;
    }
    return NULL;
}

/* Names come, go and come back while others are under way. */
static void fetch_overlapping(struct client *client, void *ctx)
{
    unsigned *failed = ctx;
    struct name_task work[40];
    struct task *tasks[40];
    for (unsigned i = 0; i < 40; i++) {
        work[i] = (struct name_task){client, i * 30, 0};
        tasks[i] = task_spawn(NULL, fetch_some, &work[i]);
    }
    task_joinall(tasks, 40, DEADLINE_NEVER);
    for (unsigned i = 0; i < 40; i++)
        *failed += work[i].failed;
}

static void test_overlapping_names(void **state)
{
    (void)state;
    unsigned failed = 0;
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = 40}, hosts_path,
                fetch_overlapping, &failed);
    assert_int_equal(failed, 0);
    assert_int_equal(client_tripwire_count(), 0);
}

static void *fetch_one_name(void *arg)
{
    struct name_task *task = arg;
    struct names_case names = {"/size/1", task->from, task->from + 1, 0, 0, 0};
    fetch_names(task->client, &names);
    task->failed += names.failed;
    return NULL;
}

/* All start in one tick, and most rely on what the first of them hands over. */
static void fetch_together(struct client *client, void *ctx)
{
    unsigned *failed = ctx;
    static struct name_task work[400];
    static struct task *tasks[400];
    for (unsigned i = 0; i < 400; i++) {
        work[i] = (struct name_task){client, i / 100, 0};
        tasks[i] = task_spawn(NULL, fetch_one_name, &work[i]);
    }
    task_joinall(tasks, 400, DEADLINE_NEVER);
    for (unsigned i = 0; i < 400; i++)
        *failed += work[i].failed;
}

static void test_names_together(void **state)
{
    (void)state;
    unsigned failed = 0;
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){.jobs = 400}, hosts_path,
                fetch_together, &failed);
    assert_int_equal(failed, 0);
    assert_int_equal(client_tripwire_count(), 0);
}

/* libcurl drops what it resolved itself after a while; what it was given must stay. Here its
 * clock is so short that a second is past the end. */
static void fetch_later(struct client *client, void *ctx)
{
    struct names_case *names = ctx;
    fetch_names(client, names);
    curl_easy_setopt(client->easies.free->handle, CURLOPT_DNS_CACHE_TIMEOUT, 1L);
    task_sleep(deadline_in_ms(1100));
    fetch_names(client, names);
    fetch_names(client, names);
}

static void test_addresses_do_not_expire(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct names_case names = {"/close", 0, 2, 0, 0, 0};
        with_client(runtime, &(struct transfer_options){0}, hosts_path, fetch_later, &names);
        assert_int_equal(names.failed, 0);
        assert_int_equal(client_tripwire_count(), 0);
    }
}

static void run(struct trial *trial, const char *origin)
{
    trial->hosts_path = hosts_path;
    snprintf(trial->url, sizeof trial->url, "%s:%u/echo", origin, server.port);
    trial_run(trial, RUNTIME_SCHEDULED);
}

static void expect_ok(const char *url)
{
    struct trial trial = {0};
    run(&trial, url);
    assert_string_equal(trial.result.message, "");
    assert_int_equal(trial.result.status, 200);
    assert_int_equal(client_tripwire_count(), 0);
    trial_clear(&trial);
}

static void test_spellings(void **state)
{
    (void)state;
    expect_ok("http://localhost");
    expect_ok("http://LocalHost");
    expect_ok("http://N1.Test");
    expect_ok("http://n1.test.");
    expect_ok("http://n%31.test");
    expect_ok("http://127.0.0.1");
    expect_ok("http://0x7f.1");
    expect_ok("http://2130706433");
    expect_ok("http://[::ffff:127.0.0.1]");
}

/* Nobody listens on ::1, and libcurl goes on to the other address. */
static void test_second_address(void **state)
{
    (void)state;
    expect_ok("http://both.test");
    struct trial trial = {0};
    run(&trial, "http://six.test");
    assert_true(trial.result.error == -ECONNREFUSED || trial.result.error == -EADDRNOTAVAIL ||
                trial.result.error == -ENETUNREACH);
    trial_clear(&trial);
}

/* The first address does not even refuse: libcurl tries the other one beside it (RFC 8305). */
static void test_silent_address(void **state)
{
    (void)state;
    struct silent_port silent;
    if (silent_port_open(&silent, AF_INET6, server.port) != 0)
        skip(); /* no IPv6 here */
    int64_t begun = deadline_clock();
    expect_ok("http://both.test");
    assert_true(deadline_clock() - begun < 5 * NSEC_PER_SEC);
    silent_port_close(&silent);
}

/* No server answers: after the time for connecting that is said, and libcurl never runs. */
#define PATIENCE (100 * NSEC_PER_MSEC)

static void expect_unresolved(struct trial *trial, const char *host)
{
    char words[128];
    snprintf(words, sizeof words, "could not resolve host %s in time", host);
    assert_string_equal(trial->result.message, words);
    assert_int_equal(trial->result.error, -ETIMEDOUT);
    assert_int_equal(trial->result.code, CURLE_OK);
    assert_int_equal(trial->result.content_length, -1);
    assert_true(transfer_error_is_transient(&trial->result));
    trial_clear(trial);
}

static void test_unknown_name(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct trial trial = {.hosts_path = hosts_path, .options.connect_timeout_ns = PATIENCE};
        snprintf(trial.url, sizeof trial.url, "http://nobody.invalid/");
        trial_run(&trial, runtime);
        expect_unresolved(&trial, "nobody.invalid");
    }
}

static void run_resolve(struct trial *trial, const char *host, const char *addresses)
{
    static char line[128];
    static const char *list[2];
    snprintf(line, sizeof line, "%s:%u:%s", host, server.port, addresses);
    list[0] = line;
    trial->options.resolve = list;
    run(trial, "http://far.test");
}

static void test_resolve_option(void **state)
{
    (void)state;
    static const char *const entries[][2] = {
        {"far.test", "127.0.0.1"}, {"+FAR.test", "[::1],127.0.0.1"}, {"*", "127.0.0.1"}};
    for (size_t i = 0; i < 3; i++) {
        struct trial trial = {0};
        run_resolve(&trial, entries[i][0], entries[i][1]);
        assert_string_equal(trial.result.message, "");
        trial_clear(&trial);
    }
    struct trial trial = {.options.ip_version = IP_V6};
    run_resolve(&trial, "far.test", "127.0.0.1");
    assert_int_equal(trial.result.error, -ENOENT);
    trial_clear(&trial);
    assert_int_equal(client_tripwire_count(), 0);
}

static void test_families(void **state)
{
    (void)state;
    struct trial trial = {.options.ip_version = IP_V4};
    run(&trial, "http://both.test");
    assert_int_equal(trial.result.error, 0);
    assert_string_equal(trial.result.remote_ip, "127.0.0.1");
    trial_clear(&trial);
    assert_int_equal(client_tripwire_count(), 0);
}

/* The proxy's name is resolved by us, the target's by nobody. */
static void test_proxy_name(void **state)
{
    (void)state;
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://proxy.test:%u", server.port);
    struct trial trial = {.options.proxy = proxy, .hosts_path = hosts_path};
    snprintf(trial.url, sizeof trial.url, "http://only-the-proxy-knows.invalid/x");
    trial_run(&trial, RUNTIME_SCHEDULED);
    assert_int_equal(trial.result.error, 0);
    assert_int_equal(trial.result.status, 404);
    assert_int_equal(client_tripwire_count(), 0);
    trial_clear(&trial);

    trial.options.proxy = "http://no-such-proxy.invalid:1";
    trial.options.connect_timeout_ns = PATIENCE;
    trial.hosts_path = hosts_path;
    trial_ask(&trial, "/echo", RUNTIME_SCHEDULED);
    expect_unresolved(&trial, "no-such-proxy.invalid");
}

static void test_proxy_environment(void **state)
{
    (void)state;
    setenv("http_proxy", "http://no-such-proxy.invalid:1", 1);
    setenv("NO_PROXY", "other.test,n1.test", 1);
    expect_ok("http://n1.test");
    struct trial trial = {.options.connect_timeout_ns = PATIENCE};
    run(&trial, "http://n2.test");
    expect_unresolved(&trial, "no-such-proxy.invalid");
    unsetenv("http_proxy");
    unsetenv("NO_PROXY");
}

/* As on a machine without IPv6: no reason of a failure, there are other addresses. */
static void open_unknown_family(struct client *client, void *ctx)
{
    struct transfer *transfer = ctx;
    struct easy easy = {.transfer = transfer};
    struct curl_sockaddr address = {.family = AF_MAX, .socktype = SOCK_STREAM};
    transfer->client = client;
    assert_int_equal(socket_open(&easy, CURLSOCKTYPE_IPCXN, &address), CURL_SOCKET_BAD);
    assert_int_equal(transfer->socket_error, 0);
    address = (struct curl_sockaddr){.family = AF_INET, .socktype = -1};
    assert_int_equal(socket_open(&easy, CURLSOCKTYPE_IPCXN, &address), CURL_SOCKET_BAD);
    assert_int_not_equal(transfer->socket_error, 0);
}

static void test_family_not_spoken(void **state)
{
    (void)state;
    struct transfer transfer = {0};
    with_client(RUNTIME_BLOCKING, &(struct transfer_options){0}, hosts_path, open_unknown_family,
                &transfer);
}

/* An IP leaves an entry in libcurl's cache that only a sweep takes out again. */
static void fetch_many(struct client *client, void *ctx)
{
    struct transfer_result result;
    unsigned *failed = ctx;
    char url[64];
    for (int i = 0; i < 1100; i++) {
        snprintf(url, sizeof url, "http://%s:%u/size/1", i % 3 ? "127.0.0.1" : "n1.test",
                 server.port);
        *failed += transfer_once(client, url, NULL, &result) != 0;
    }
}

static void test_sweep(void **state)
{
    (void)state;
    unsigned failed = 0;
    with_client(RUNTIME_SCHEDULED, &(struct transfer_options){0}, hosts_path, fetch_many, &failed);
    assert_int_equal(failed, 0);
    assert_int_equal(client_tripwire_count(), 0);
}

/* Last, for it counts: libcurl loses what it was given, and is caught. The next transfer brings the
 * address again. */
static void lose_addresses(struct client *client, void *ctx)
{
    struct transfer_result *results = ctx;
    struct peer *peer;
    char key[32];
    snprintf(key, sizeof key, "n1.test:%u", server.port);
    peer = peer_enter(&client->peers, key);
    peer->given = true; /* a lie */
    char url[64];
    snprintf(url, sizeof url, "http://n1.test:%u/echo", server.port);
    if (resolver_lookup(client_resolver(client), "n1.test", DEADLINE_NEVER, &peer->addresses) != 0)
        abort();
    transfer_once(client, url, NULL, &results[0]);
    transfer_once(client, url, NULL, &results[1]);
    peer_leave(&client->peers, peer);
}

static void test_tripwire(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct transfer_result results[2];
        with_client(runtime, &(struct transfer_options){0}, hosts_path, lose_addresses, results);
        assert_int_equal(results[0].error, -EDOM);
        assert_int_equal(results[1].error, 0);
        assert_int_equal(client_tripwire_count(), runtime + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_connections_kept),
        cmocka_unit_test(test_attempts_are_not_counted),
        cmocka_unit_test(test_overlapping_names),
        cmocka_unit_test(test_names_together),
        cmocka_unit_test(test_addresses_do_not_expire),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_second_address),
        cmocka_unit_test(test_silent_address),
        cmocka_unit_test(test_unknown_name),
        cmocka_unit_test(test_resolve_option),
        cmocka_unit_test(test_families),
        cmocka_unit_test(test_proxy_name),
        cmocka_unit_test(test_proxy_environment),
        cmocka_unit_test(test_family_not_spoken),
        cmocka_unit_test(test_sweep),
        cmocka_unit_test(test_tripwire),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
