/* resolver.h with c-ares: local names, what servers answer, what they fail to; on a scheduler and
 * off one. test_resolver_cache.c keeps answers, test_resolver_waiters.c has many wait for them;
 * test_resolver_dnsmasq.c asks a real server. */
#include "tests/unit/net/resolver_bench.h"
#include "tests/unit/net/scheduled.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void local_names(void **state)
{
    struct bench *bench = *state;
    char path[] = "/tmp/test_resolver.XXXXXX";
    int fd = mkstemp(path);
    static const char hosts[] = "192.0.2.9 Here.example here\n2001:db8::9 here\n";
    assert_int_equal(write(fd, hosts, sizeof(hosts) - 1), sizeof(hosts) - 1);
    close(fd);
    bench->options.hosts_path = path;
    open_resolver(bench);
    unlink(path);
    assert_true(finds(bench, "192.0.2.3", "192.0.2.3"));
    assert_true(finds(bench, "2001:db8::3", "[2001:db8::3]"));
    assert_true(finds(bench, "localhost", "[::1],127.0.0.1"));
    assert_true(finds(bench, "LocalHost.", "[::1],127.0.0.1"));
    assert_true(finds(bench, "any.thing.localhost", "[::1],127.0.0.1"));
    assert_true(finds(bench, "HERE.example.", "192.0.2.9"));
    assert_true(finds(bench, "here", "[2001:db8::9],192.0.2.9"));
    assert_int_equal(fails(bench, ""), -ENOENT);
    assert_int_equal(fails(bench, "a..b"), -ENOENT);
    assert_int_equal(fails(bench, "a b"), -ENOENT);
    assert_int_equal(stats_of(bench).queries, 0);
    assert_int_equal(stats_of(bench).lookups, 10);
    assert_int_equal(fake_dns_asked(bench->fake), 0);
    close_resolver(bench);
}

static void one_family(void **state)
{
    struct bench *bench = *state;
    bench->options.family = RESOLVER_IPV4;
    open_resolver(bench);
    assert_true(finds(bench, "localhost", "127.0.0.1"));
    assert_true(finds(bench, "both.test", "192.0.2.1"));
    assert_int_equal(fails(bench, "v6.test"), -ENOENT);
    assert_int_equal(fails(bench, "::1"), -ENOENT);
    assert_int_equal(fake_dns_asked(bench->fake), 2);
    close_resolver(bench);
    bench->options.family = RESOLVER_IPV6;
    open_resolver(bench);
    assert_true(finds(bench, "localhost", "[::1]"));
    assert_true(finds(bench, "both.test", "[2001:db8::1]"));
    assert_int_equal(fails(bench, "v4.test"), -ENOENT);
    close_resolver(bench);
}

static void blocking(void **state)
{
    struct bench *bench = *state;
    int error;
    open_resolver(bench);
    assert_true(finds(bench, "both.test", BOTH));
    assert_true(finds(bench, "BOTH.Test", BOTH));
    assert_int_equal(stats_of(bench).queries, 1);
    assert_int_equal(stats_of(bench).cache_hits, 1);
    assert_true(finds(bench, "v4.test", "192.0.2.1"));
    assert_true(finds(bench, "v6.test", "[2001:db8::1]"));
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_int_equal(fails(bench, "servfail.test"), -EAGAIN);
    assert_int_equal(fails(bench, "refused.test"), -EAGAIN);
    lookup(bench, "silent.test", deadline_in_ms(50), &error);
    assert_int_equal(error, -ETIMEDOUT);
    lookup(bench, "another.test", DEADLINE_NOW, &error);
    assert_int_equal(error, -ETIMEDOUT);
    /* AAAA after 20 ms is within the grace, after 200 ms it is not. */
    assert_true(finds(bench, "both-q20.test", BOTH));
    assert_true(finds(bench, "both-q200.test", "192.0.2.1"));
    close_resolver(bench);
}

static void bad_servers(void **state)
{
    static const char *const servers[] = {"nonsense", "", "127.0.0.1:x", "1.2.3", "[::1"};
    struct bench *bench = *state;
    for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        const char *why = NULL;
        bench->options.servers = servers[i];
        int error = resolver_new(&bench->resolver, &bench->options, &why);
        if (error != -EINVAL || !why)
            fail_msg("\"%s\": %d", servers[i], error);
    }
    bench->options.hosts_path = "/";
    bench->options.servers = fake_dns_servers(bench->fake);
    const char *why = NULL;
    assert_int_equal(resolver_new(&bench->resolver, &bench->options, &why), -EISDIR);
    resolver_free(NULL);
}

static void nobody_listens(void **state)
{
    struct bench *bench = *state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    char servers[32];
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    snprintf(servers, sizeof(servers), "127.0.0.1:%u", ntohs(address.sin_port));
    bench->options.servers = servers;
    open_resolver(bench);
    assert_int_equal(fails(bench, "both.test"), -EAGAIN);
    close_resolver(bench);
}

static void words(void **state)
{
    static const int errors[] = {-ENOENT, -EAGAIN, -ETIMEDOUT, -ECANCELED, -ENOMEM, -EIO};
    (void)state;
    for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
        assert_true(strlen(resolver_error_text(errors[i])) > 10);
}

static void *answers_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    CHECK(finds(bench, "both.test", BOTH));
    CHECK(finds(bench, "v4.test", "192.0.2.1"));
    CHECK(finds(bench, "v6.test", "[2001:db8::1]"));
    CHECK(finds(bench, "cname.test", "192.0.2.1"));
    CHECK(finds(bench, "half.test", "192.0.2.1"));
    CHECK(fails(bench, "nx.test") == -ENOENT);
    CHECK(fails(bench, "nx.test") == -ENOENT);
    CHECK(stats_of(bench).queries == 6);
    CHECK(stats_of(bench).cache_hits == 1);
    CHECK(fails(bench, "servfail.test") == -EAGAIN);
    CHECK(fails(bench, "refused.test") == -EAGAIN);
    close_resolver(bench);
    return NULL;
}

static void answers(void **state)
{
    run_scheduled(answers_body, *state);
}

static void *junk_body(void *arg)
{
    struct bench *bench = arg;
    int error;
    open_resolver(bench);
    /* Old versions take the nonsense for the answer, newer ones wait for a better one. */
    lookup(bench, "junk.test", deadline_in_ms(300), &error);
    CHECK(error == -EAGAIN || error == -ETIMEDOUT);
    close_resolver(bench);
    return NULL;
}

static void junk(void **state)
{
    run_scheduled(junk_body, *state);
}

static void *lost_packets_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    int64_t begun = deadline_clock();
    CHECK(finds(bench, "lost.test", BOTH));
    /* The second try comes after a second. */
    CHECK(deadline_clock() - begun < 1900 * NSEC_PER_MSEC);
    CHECK(fake_dns_asked(bench->fake) == 4);
    close_resolver(bench);
    return NULL;
}

static void lost_packets(void **state)
{
    run_scheduled(lost_packets_body, *state);
}

static void *grace_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    CHECK(finds(bench, "both-q20.test", BOTH));
    CHECK(finds(bench, "both-a20.test", BOTH));
    /* Without the AAAA: it was not waited for. Newer versions of c-ares ask again after 250 ms. */
    CHECK(finds(bench, "both-q230.test", "192.0.2.1"));
    CHECK(finds(bench, "both-q230.test", "192.0.2.1"));
    /* "No" for one family is no reason not to wait for the other. */
    CHECK(finds(bench, "v4-a150.test", "192.0.2.1"));
    CHECK(!task_sleep(deadline_in_ms(400)));
    /* Late, but not lost. */
    CHECK(finds(bench, "both-q230.test", BOTH));
    CHECK(stats_of(bench).queries == 4);
    close_resolver(bench);
    return NULL;
}

static void grace(void **state)
{
    run_scheduled(grace_body, *state);
}

static void *later_body(void *arg)
{
    struct bench *bench = arg;
    CHECK(finds(bench, "v4.test", "192.0.2.1"));
    CHECK(finds(bench, "both-a20.test", BOTH));
    close_resolver(bench);
    return NULL;
}

/* A resolver that has blocked goes on on a scheduler, sockets and all. */
static void first_blocking(void **state)
{
    struct bench *bench = *state;
    int error;
    open_resolver(bench);
    assert_true(finds(bench, "both.test", BOTH));
    lookup(bench, "silent.test", deadline_in_ms(20), &error);
    assert_int_equal(error, -ETIMEDOUT);
    run_scheduled(later_body, bench);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(local_names),    TEST(one_family),     TEST(blocking),     TEST(bad_servers),
        TEST(nobody_listens), TEST(words),          TEST(answers),      TEST(junk),
        TEST(grace),          TEST(first_blocking), TEST(lost_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
