/* resolver.h with the system's getaddrinfo(), which is replaced here by one that does what the name
 * says: the first label is both, v4, nx, again, fail, memory or slow (300 ms). */
#include "engine/engine.h"
#include "net/dns/resolver.h"
#include "tests/unit/net/scheduled.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static atomic_uint calls;
static atomic_uint running;
static atomic_uint most_running;

static bool begins(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static struct addrinfo *make_info(int family)
{
    struct addrinfo *info = calloc(1, sizeof(*info));
    info->ai_family = family;
    if (family == AF_INET6) {
        struct sockaddr_in6 *address = calloc(1, sizeof(*address));
        inet_pton(AF_INET6, "2001:db8::1", &address->sin6_addr);
        info->ai_addr = (struct sockaddr *)address;
    } else {
        struct sockaddr_in *address = calloc(1, sizeof(*address));
        inet_pton(AF_INET, "192.0.2.1", &address->sin_addr);
        info->ai_addr = (struct sockaddr *)address;
    }
    return info;
}

/* In the place of libc's. */
int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                struct addrinfo **result)
{
    (void)service;
    unsigned now = atomic_fetch_add(&running, 1) + 1;
    atomic_fetch_add(&calls, 1);
    if (now > atomic_load(&most_running))
        atomic_store(&most_running, now);
    if (begins(node, "slow"))
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    atomic_fetch_sub(&running, 1);
    if (begins(node, "again"))
        return EAI_AGAIN;
    if (begins(node, "fail"))
        return EAI_FAIL;
    if (begins(node, "memory"))
        return EAI_MEMORY;
    if (begins(node, "nx") || (begins(node, "v4") && hints->ai_family != AF_INET))
        return EAI_NONAME;
    *result = make_info(hints->ai_family);
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    free(info->ai_addr);
    free(info);
}

static struct resolver *open_resolver(void)
{
    struct resolver_options options = {.kind = RESOLVER_SYSTEM, .hosts_path = "/dev/null"};
    struct resolver *resolver = NULL;
    const char *why = NULL;
    assert_int_equal(resolver_new(&resolver, &options, &why), 0);
    return resolver;
}

static bool finds(struct resolver *resolver, const char *host, const char *addresses)
{
    char text[128] = "";
    struct address_list *list = NULL;
    int error = resolver_lookup(resolver, host, DEADLINE_NEVER, &list);
    if (error == 0)
        address_list_print(list, text, sizeof(text));
    address_list_drop(list);
    return error == 0 && strcmp(text, addresses) == 0;
}

static int fails(struct resolver *resolver, const char *host, int64_t deadline)
{
    struct address_list *list = NULL;
    int error = resolver_lookup(resolver, host, deadline, &list);
    address_list_drop(list);
    return error;
}

/* The same on a scheduler and off it. */
static void *all_answers(void *arg)
{
    struct resolver *resolver = open_resolver();
    (void)arg;
    atomic_store(&calls, 0);
    CHECK(finds(resolver, "both.test", "[2001:db8::1],192.0.2.1"));
    CHECK(finds(resolver, "BOTH.test", "[2001:db8::1],192.0.2.1"));
    CHECK(atomic_load(&calls) == 2);
    CHECK(finds(resolver, "v4.test", "192.0.2.1"));
    CHECK(finds(resolver, "localhost", "[::1],127.0.0.1"));
    CHECK(fails(resolver, "nx.test", DEADLINE_NEVER) == -ENOENT);
    CHECK(fails(resolver, "nx.test", DEADLINE_NEVER) == -ENOENT);
    CHECK(atomic_load(&calls) == 6);
    CHECK(fails(resolver, "again.test", DEADLINE_NEVER) == -EAGAIN);
    CHECK(fails(resolver, "fail.test", DEADLINE_NEVER) == -EAGAIN);
    CHECK(fails(resolver, "memory.test", DEADLINE_NEVER) == -ENOMEM);
    int64_t start = deadline_clock();
    CHECK(fails(resolver, "slow.test", deadline_in_ms(20)) == -ETIMEDOUT);
    CHECK(fails(resolver, "slow2.test", deadline_in_ms(20)) == -ETIMEDOUT);
    /* Nobody waits for the four that are still at it, freeing does not either. */
    resolver_free(resolver);
    CHECK(deadline_clock() - start < 250 * NSEC_PER_MSEC);
    return NULL;
}

static void answers(void **state)
{
    (void)state;
    run_blocking(all_answers, NULL);
    run_scheduled(all_answers, NULL);
}

struct asker {
    struct resolver *resolver;
    char host[16];
    int error;
};

static void *ask(void *arg)
{
    struct asker *asker = arg;
    asker->error = fails(asker->resolver, asker->host, DEADLINE_NEVER);
    return NULL;
}

static void *together_body(void *arg)
{
    struct resolver *resolver = open_resolver();
    struct asker askers[100];
    struct group group;
    (void)arg;
    atomic_store(&calls, 0);
    atomic_store(&most_running, 0);
    group_init(&group);
    for (int i = 0; i < 100; i++) {
        askers[i].resolver = resolver;
        askers[i].error = 1;
        snprintf(askers[i].host, sizeof(askers[i].host), i < 80 ? "slow.test" : "both%d.test", i);
        group_spawn(&group, ask, &askers[i]);
    }
    group_wait(&group, DEADLINE_NEVER);
    group_close(&group);
    for (int i = 0; i < 100; i++)
        CHECK(askers[i].error == 0);
    CHECK(atomic_load(&calls) == 2 + 2 * 20);
    CHECK(atomic_load(&most_running) <= 20);
    resolver_free(resolver);
    return NULL;
}

static void together(void **state)
{
    (void)state;
    run_scheduled(together_body, NULL);
}

/* Threads that have gone make room for others. */
static void *in_turn(void *arg)
{
    struct resolver *resolver = open_resolver();
    int64_t end = deadline_in_ms(10000);
    char host[24];
    (void)arg;
    for (int i = 0; i < 60; i++) {
        snprintf(host, sizeof(host), "both%d.test", i);
        CHECK(fails(resolver, host, end) == 0);
    }
    resolver_free(resolver);
    return NULL;
}

static void one_after_another(void **state)
{
    (void)state;
    run_blocking(in_turn, NULL);
    run_scheduled(in_turn, NULL);
}

static void *deadlock_body(void *arg)
{
    struct resolver *resolver = open_resolver();
    CHECK(finds(resolver, "both.test", "[2001:db8::1],192.0.2.1"));
    *(int *)arg = task_park(DEADLINE_NEVER);
    resolver_free(resolver);
    return NULL;
}

static void ignore_report(void *ctx, const char *line)
{
    (void)ctx;
    (void)line;
}

/* An idle resolver does not pass for somebody who could wake a task. */
static void deadlock_is_seen(void **state)
{
    struct sched_options options = {.report = ignore_report};
    int parked = 0;
    (void)state;
    struct sched *sched = sched_new(&options);
    assert_non_null(task_spawn(NULL, deadlock_body, &parked));
    assert_int_equal(sched_run(sched), -EDEADLK);
    assert_int_equal(parked, -ECANCELED);
    sched_free(sched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(together),
        cmocka_unit_test(one_after_another),
        cmocka_unit_test(deadlock_is_seen),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    /* Threads that were left behind come back before the program ends. */
    nanosleep(&(struct timespec){.tv_nsec = 400000000}, NULL);
    return failed;
}
