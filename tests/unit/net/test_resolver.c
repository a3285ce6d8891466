/* resolver.h with c-ares: local names, single flight, cache, waiters that give up, limits; on a
 * scheduler and off one. test_resolver_dnsmasq.c asks a real server. */
#include "engine/engine.h"
#include "net/dns/resolver.h"
#include "tests/unit/net/fake_dns.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a test works with; the defaults of options can be changed before open_resolver(). */
struct bench {
    struct fake_dns *fake;
    struct resolver_options options;
    struct resolver *resolver;
};

static int bench_open(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    bench->fake = fake_dns_start();
    bench->options.servers = fake_dns_servers(bench->fake);
    bench->options.hosts_path = "/dev/null";
    *state = bench;
    return bench->fake ? 0 : -1;
}

static int bench_close(void **state)
{
    struct bench *bench = *state;
    fake_dns_stop(bench->fake);
    free(bench);
    return 0;
}

static void open_resolver(struct bench *bench)
{
    const char *why = NULL;
    int error = resolver_new(&bench->resolver, &bench->options, &why);
    if (error)
        fail_msg("resolver_new: %d %s", error, why ? why : "");
}

static void close_resolver(struct bench *bench)
{
    resolver_free(bench->resolver);
    bench->resolver = NULL;
}

/* cmocka leaves a failing test by longjmp(), which must not cross coroutine stacks; so bodies on a
 * scheduler say what is wrong, and the test fails outside. */
static const char *on_scheduler(task_fn body, struct bench *bench)
{
    void *complaint = NULL;
    assert_int_equal(engine_run(body, bench, &complaint), 0);
    return complaint;
}

#define CHECK(condition)                                                         \
    do {                                                                         \
        if (!(condition))                                                        \
            return (void *)("line " ENGINE_STRINGIFY(__LINE__) ": " #condition); \
    } while (0)

#define RUN_ON_SCHEDULER(body, bench)                           \
    do {                                                        \
        const char *complaint_ = on_scheduler((body), (bench)); \
        if (complaint_)                                         \
            fail_msg("%s", complaint_);                         \
    } while (0)

/* Looks up; the addresses as text, or the error in `error`. */
static const char *lookup(struct bench *bench, const char *host, int64_t deadline, int *error)
{
    static char text[512];
    struct address_list *list = NULL;
    *error = resolver_lookup(bench->resolver, host, deadline, &list);
    text[0] = '\0';
    if (*error == 0)
        *error = address_list_print(list, text, sizeof(text)) < 0 ? -ENOSPC : 0;
    address_list_drop(list);
    return text;
}

static bool finds(struct bench *bench, const char *host, const char *addresses)
{
    int error;
    const char *text = lookup(bench, host, DEADLINE_NEVER, &error);
    if (error || strcmp(text, addresses) != 0)
        print_error("%s: %d %s\n", host, error, text);
    return error == 0 && strcmp(text, addresses) == 0;
}

static int fails(struct bench *bench, const char *host)
{
    int error;
    lookup(bench, host, DEADLINE_NEVER, &error);
    return error;
}

static struct resolver_stats stats_of(const struct bench *bench)
{
    struct resolver_stats stats;
    resolver_stats(bench->resolver, &stats);
    return stats;
}

#define BOTH "[2001:db8::1],192.0.2.1"

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

/* How long the answer for `host` will be kept, in s. */
static double kept(struct bench *bench, const char *host)
{
    struct address_list *list = NULL;
    assert_int_equal(resolver_lookup(bench->resolver, host, DEADLINE_NEVER, &list), 0);
    double seconds = (double)(list->expires - deadline_now()) / NSEC_PER_SEC;
    address_list_drop(list);
    return seconds;
}

static void time_to_live(void **state)
{
    struct bench *bench = *state;
    open_resolver(bench);
    double seconds = kept(bench, "both.test");
    assert_true(seconds > 55 && seconds < 61);
    seconds = kept(bench, "cname.test");
    assert_true(seconds > 5 && seconds < 8);
    seconds = kept(bench, "short.test");
    assert_true(seconds > 3 && seconds < 6);
    seconds = kept(bench, "minus.test");
    assert_true(seconds > 3 && seconds < 6);
    seconds = kept(bench, "long.test");
    assert_true(seconds > 3590 && seconds < 3601);
    /* Its AAAA failed: kept, but not for long. */
    seconds = kept(bench, "half.test");
    assert_true(seconds > 25 && seconds < 31);
    close_resolver(bench);
}

static void expiry(void **state)
{
    struct bench *bench = *state;
    bench->options.ttl_min = NSEC_PER_MSEC;
    bench->options.ttl_negative = 200 * NSEC_PER_MSEC;
    open_resolver(bench);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_int_equal(stats_of(bench).queries, 1);
    assert_true(finds(bench, "short.test", BOTH));
    assert_true(finds(bench, "short.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 2);
    assert_int_equal(task_sleep(deadline_in_ms(1100)), 0);
    assert_int_equal(fails(bench, "nx.test"), -ENOENT);
    assert_true(finds(bench, "short.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 4);
    /* A temporary failure is not kept. */
    assert_int_equal(fails(bench, "refused.test"), -EAGAIN);
    assert_int_equal(fails(bench, "refused.test"), -EAGAIN);
    assert_int_equal(stats_of(bench).queries, 6);
    close_resolver(bench);
}

static void small_cache(void **state)
{
    struct bench *bench = *state;
    bench->options.cache_entries = 2;
    open_resolver(bench);
    assert_true(finds(bench, "both-n1.test", BOTH));
    assert_true(finds(bench, "both-n2.test", BOTH));
    assert_true(finds(bench, "both-n3.test", BOTH));
    assert_true(finds(bench, "both-n3.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 3);
    assert_true(finds(bench, "both-n1.test", BOTH));
    assert_int_equal(stats_of(bench).queries, 4);
    close_resolver(bench);
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
    RUN_ON_SCHEDULER(answers_body, *state);
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
    RUN_ON_SCHEDULER(junk_body, *state);
}

static void *grace_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    CHECK(finds(bench, "both-q20.test", BOTH));
    CHECK(finds(bench, "both-a20.test", BOTH));
    /* Newer versions of c-ares ask again after 250 ms. */
    int64_t start = deadline_clock();
    CHECK(finds(bench, "both-q230.test", "192.0.2.1"));
    CHECK(deadline_clock() - start < 200 * NSEC_PER_MSEC);
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
    RUN_ON_SCHEDULER(grace_body, *state);
}

/* One of several tasks that look up. */
struct asker {
    struct bench *bench;
    const char *host;
    int64_t deadline;
    int error;
};

static void *ask(void *arg)
{
    struct asker *asker = arg;
    lookup(asker->bench, asker->host, asker->deadline, &asker->error);
    return NULL;
}

static void *single_flight_body(void *arg)
{
    struct bench *bench = arg;
    struct asker askers[100];
    struct group group;
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < 100; i++) {
        askers[i] = (struct asker){.bench = bench,
                                   .host = i % 2 ? "both-a30.test" : "BOTH-a30.TEST",
                                   .deadline = DEADLINE_NEVER,
                                   .error = 1};
        group_spawn(&group, ask, &askers[i]);
    }
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < 100; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).joined == 99);
    CHECK(fake_dns_asked(bench->fake) == 2);
    close_resolver(bench);
    return NULL;
}

static void single_flight(void **state)
{
    RUN_ON_SCHEDULER(single_flight_body, *state);
}

static void *giving_up_body(void *arg)
{
    struct bench *bench = arg;
    struct asker patient = {bench, "both-a150-q150.test", DEADLINE_NEVER, 1};
    struct asker hasty = {bench, "both-a150-q150.test", deadline_in_ms(30), 1};
    struct asker stopped = {bench, "both-a150-q150.test", DEADLINE_NEVER, 1};
    struct group group;
    open_resolver(bench);
    group_init(&group);
    struct task *task = task_spawn(&group, ask, &stopped);
    group_spawn(&group, ask, &hasty);
    group_spawn(&group, ask, &patient);
    CHECK(!task_sleep(deadline_in_ms(60)));
    task_cancel(task);
    CHECK(!task_join(task, NULL, DEADLINE_NEVER));
    CHECK(stopped.error == -ECANCELED);
    CHECK(hasty.error == -ETIMEDOUT);
    CHECK(patient.error == 1);
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    CHECK(patient.error == 0);
    CHECK(stats_of(bench).queries == 1);
    close_resolver(bench);
    return NULL;
}

static void giving_up(void **state)
{
    RUN_ON_SCHEDULER(giving_up_body, *state);
}

static void *abandoned_body(void *arg)
{
    struct bench *bench = arg;
    int error;
    open_resolver(bench);
    lookup(bench, "both-a80-q80.test", deadline_in_ms(10), &error);
    CHECK(error == -ETIMEDOUT);
    CHECK(!task_sleep(deadline_in_ms(250)));
    CHECK(finds(bench, "both-a80-q80.test", BOTH));
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).cache_hits == 1);
    close_resolver(bench);
    return NULL;
}

static void abandoned(void **state)
{
    RUN_ON_SCHEDULER(abandoned_body, *state);
}

static void *canceled_before(void *arg)
{
    struct bench *bench = arg;
    int error;
    task_cancel(task_self());
    lookup(bench, "both.test", DEADLINE_NEVER, &error);
    CHECK(error == -ECANCELED);
    /* What needs no waiting is still told. */
    CHECK(finds(bench, "localhost", "[::1],127.0.0.1"));
    return NULL;
}

static void *canceled_body(void *arg)
{
    struct bench *bench = arg;
    void *complaint = NULL;
    open_resolver(bench);
    struct task *task = task_spawn(NULL, canceled_before, bench);
    CHECK(!task_join(task, &complaint, DEADLINE_NEVER));
    CHECK(!task_sleep(deadline_in_ms(20)));
    CHECK(stats_of(bench).queries == 0);
    close_resolver(bench);
    return complaint;
}

static void canceled(void **state)
{
    RUN_ON_SCHEDULER(canceled_body, *state);
}

static void *ahead_body(void *arg)
{
    struct bench *bench = arg;
    open_resolver(bench);
    resolver_prefetch(bench->resolver, "both.test");
    resolver_prefetch(bench->resolver, "both.test");
    resolver_prefetch(bench->resolver, "localhost");
    resolver_prefetch(bench->resolver, "192.0.2.1");
    resolver_prefetch(bench->resolver, "");
    CHECK(!task_sleep(deadline_in_ms(200)));
    CHECK(stats_of(bench).queries == 1);
    CHECK(finds(bench, "both.test", BOTH));
    resolver_prefetch(bench->resolver, "both.test");
    CHECK(stats_of(bench).queries == 1);
    CHECK(stats_of(bench).cache_hits == 1);
    /* Left to its fate: one under way, and half of queries_max at most. */
    for (int i = 0; i < 600; i++) {
        char host[32];
        snprintf(host, sizeof(host), "silent-n%d.test", i);
        resolver_prefetch(bench->resolver, host);
    }
    CHECK(!task_sleep(deadline_in_ms(200)));
    CHECK(stats_of(bench).queries == 251);
    close_resolver(bench);
    return NULL;
}

static void ahead(void **state)
{
    RUN_ON_SCHEDULER(ahead_body, *state);
}

static void *limit_body(void *arg)
{
    struct bench *bench = arg;
    struct asker askers[40];
    char hosts[40][32];
    struct group group;
    bench->options.queries_max = 4;
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < 40; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "both-a10-q10-n%d.test", i);
        askers[i] = (struct asker){bench, hosts[i], DEADLINE_NEVER, 1};
        group_spawn(&group, ask, &askers[i]);
    }
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < 40; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == 40);
    CHECK(fake_dns_most_open(bench->fake) <= 8);
    close_resolver(bench);
    return NULL;
}

static void limit(void **state)
{
    RUN_ON_SCHEDULER(limit_body, *state);
}

static void *many_body(void *arg)
{
    struct bench *bench = arg;
    enum { MANY = 2000 };
    static struct asker askers[MANY];
    static char hosts[MANY][40];
    struct group group;
    int64_t start = deadline_clock();
    open_resolver(bench);
    group_init(&group);
    for (int i = 0; i < MANY; i++) {
        snprintf(hosts[i], sizeof(hosts[i]), "both-n%d.test", i);
        askers[i] = (struct asker){bench, hosts[i], DEADLINE_NEVER, 1};
        group_spawn(&group, ask, &askers[i]);
    }
    CHECK(!task_sleep(deadline_in_ms(5)));
    /* 64 at once, then 10 a millisecond: no more than a server's socket holds. */
    uint64_t queries = stats_of(bench).queries;
    CHECK(queries >= 64);
    CHECK((int64_t)queries <= 65 + (deadline_clock() - start) / (100 * NSEC_PER_USEC));
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < MANY; i++)
        CHECK(askers[i].error == 0);
    CHECK(stats_of(bench).queries == MANY);
    close_resolver(bench);
    return NULL;
}

static void many(void **state)
{
    RUN_ON_SCHEDULER(many_body, *state);
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
    RUN_ON_SCHEDULER(later_body, bench);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bench_open, bench_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(local_names),    TEST(one_family), TEST(blocking),  TEST(bad_servers),
        TEST(nobody_listens), TEST(words),      TEST(expiry),    TEST(time_to_live),
        TEST(small_cache),    TEST(answers),    TEST(junk),      TEST(grace),
        TEST(single_flight),  TEST(giving_up),  TEST(abandoned), TEST(canceled),
        TEST(ahead),          TEST(limit),      TEST(many),      TEST(first_blocking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
