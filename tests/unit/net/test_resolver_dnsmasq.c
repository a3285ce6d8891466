/* resolver.h against a real DNS server, dnsmasq, which the test starts on loopback: TTLs, names
 * that do not exist, a silent server before it, answers that need TCP, the search list; on a
 * scheduler and off one. Without dnsmasq all is skipped, but not where CI=true is set. */
#include "engine/engine.h"
#include "net/dns/resolver.h"
#include "tests/unit/net/scheduled.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 80 };

static struct {
    pid_t pid;
    char folder[64];
    char log[96];
    char hosts[96];
    char servers[32];
    int silent; /* a socket that never answers */
    char silent_servers[64];
} server;

static int bound_socket(int type, unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)*port)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) ||
        getsockname(fd, (struct sockaddr *)&address, &length)) {
        close(fd);
        return -1;
    }
    *port = ntohs(address.sin_port);
    return fd;
}

/* A port that is free for UDP and TCP just now; 0 when there is none. */
static unsigned free_port(void)
{
    for (int i = 0; i < 20; i++) {
        unsigned port = 0;
        int udp = bound_socket(SOCK_DGRAM, &port);
        int tcp = udp < 0 ? -1 : bound_socket(SOCK_STREAM, &port);
        close(tcp);
        close(udp);
        if (tcp >= 0)
            return port;
    }
    return 0;
}

static void run_dnsmasq(unsigned port)
{
    char port_option[32];
    char log_option[128];
    char hosts_option[128];
    snprintf(port_option, sizeof(port_option), "--port=%u", port);
    snprintf(log_option, sizeof(log_option), "--log-facility=%s", server.log);
    snprintf(hosts_option, sizeof(hosts_option), "--addn-hosts=%s", server.hosts);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execlp("dnsmasq", "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv",
           "--no-hosts", "--pid-file=", "--listen-address=127.0.0.1", "--bind-interfaces",
           "--log-queries", "--local=/test/", "--edns-packet-max=512",
           "--host-record=dual.test,192.0.2.1,2001:db8::1,100",
           "--host-record=four.test,192.0.2.4,100", "--host-record=six.test,2001:db8::6,100",
           "--host-record=brief.test,192.0.2.5,2001:db8::5,1",
           "--host-record=hour.test,192.0.2.7,7200", "--cname=alias.test,dual.test,20",
           "--host-record=intranet.corp.test,192.0.2.8,100", port_option, log_option, hosts_option,
           geteuid() == 0 ? "--user=root" : NULL, (char *)NULL);
    _exit(127);
}

static void write_hosts(void)
{
    FILE *file = fopen(server.hosts, "w");
    if (!file)
        return;
    for (int i = 1; i <= MANY; i++)
        fprintf(file, "10.0.0.%d many.test\n2001:db8:1::%d many.test\n", i, i);
    fclose(file);
}

/* It listens for TCP last of all. */
static bool answers(unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)port)};
    for (int i = 0; i < 250; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int error = connect(fd, (struct sockaddr *)&address, sizeof(address));
        close(fd);
        if (!error)
            return true;
        if (waitpid(server.pid, NULL, WNOHANG) == server.pid) {
            server.pid = 0;
            return false;
        }
        usleep(20000);
    }
    return false;
}

static bool start_server(void)
{
    unsigned silent_port = 0;
    snprintf(server.folder, sizeof(server.folder), "/tmp/test_resolver.XXXXXX");
    if (!mkdtemp(server.folder))
        return false;
    snprintf(server.log, sizeof(server.log), "%s/log", server.folder);
    snprintf(server.hosts, sizeof(server.hosts), "%s/hosts", server.folder);
    write_hosts();
    unsigned port = free_port();
    server.pid = fork();
    if (server.pid == 0)
        run_dnsmasq(port);
    server.silent = bound_socket(SOCK_DGRAM, &silent_port);
    snprintf(server.servers, sizeof(server.servers), "127.0.0.1:%u", port);
    snprintf(server.silent_servers, sizeof(server.silent_servers), "127.0.0.1:%u,127.0.0.1:%u",
             silent_port, port);
    return server.pid > 0 && answers(port);
}

static void stop_server(void)
{
    if (server.pid > 0) {
        kill(server.pid, SIGTERM);
        waitpid(server.pid, NULL, 0);
    }
    close(server.silent);
    unlink(server.log);
    unlink(server.hosts);
    rmdir(server.folder);
}

/* How often the server was asked for `name` with this type, "A" or "AAAA". */
static int asked(const char *type, const char *name)
{
    char line[512];
    char wanted[128];
    int count = 0;
    FILE *file = fopen(server.log, "r");
    if (!file)
        return -1;
    snprintf(wanted, sizeof(wanted), "query[%s] %s ", type, name);
    while (fgets(line, sizeof(line), file))
        count += strstr(line, wanted) != NULL;
    fclose(file);
    return count;
}

static struct resolver *open_resolver(struct resolver_options options)
{
    struct resolver *resolver = NULL;
    const char *why = NULL;
    if (!options.servers)
        options.servers = server.servers;
    options.hosts_path = "/dev/null";
    resolver_new(&resolver, &options, &why);
    return resolver;
}

static int lookup(struct resolver *resolver, const char *host, struct address_list **list)
{
    return resolver_lookup(resolver, host, deadline_in_ms(20000), list);
}

static bool finds(struct resolver *resolver, const char *host, const char *addresses)
{
    char text[128] = "";
    struct address_list *list = NULL;
    int error = lookup(resolver, host, &list);
    if (error == 0)
        address_list_print(list, text, sizeof(text));
    address_list_drop(list);
    if (strcmp(text, addresses) != 0)
        print_error("%s: %d %s\n", host, error, text);
    return strcmp(text, addresses) == 0;
}

static int fails(struct resolver *resolver, const char *host)
{
    struct address_list *list = NULL;
    int error = lookup(resolver, host, &list);
    address_list_drop(list);
    return error;
}

/* For how many seconds the answer is kept. */
static double kept(struct resolver *resolver, const char *host)
{
    struct address_list *list = NULL;
    if (lookup(resolver, host, &list))
        return -1;
    double seconds = (double)(list->expires - deadline_now()) / NSEC_PER_SEC;
    address_list_drop(list);
    return seconds;
}

static void *addresses_body(void *arg)
{
    struct resolver *resolver = open_resolver((struct resolver_options){0});
    (void)arg;
    CHECK(finds(resolver, "dual.test", "[2001:db8::1],192.0.2.1"));
    CHECK(finds(resolver, "alias.test", "[2001:db8::1],192.0.2.1"));
    CHECK(finds(resolver, "four.test", "192.0.2.4"));
    CHECK(finds(resolver, "six.test.", "[2001:db8::6]"));
    CHECK(finds(resolver, "intranet", "192.0.2.8"));
    CHECK(fails(resolver, "intranet.") == -ENOENT || fails(resolver, "intranet.") == -EAGAIN);
    CHECK(fails(resolver, "missing.test") == -ENOENT);
    resolver_free(resolver);
    return NULL;
}

static void *lifetimes_body(void *arg)
{
    struct resolver *resolver = open_resolver((struct resolver_options){0});
    (void)arg;
    double seconds = kept(resolver, "dual.test");
    CHECK(seconds > 95 && seconds < 101);
    seconds = kept(resolver, "alias.test");
    CHECK(seconds > 15 && seconds < 21);
    seconds = kept(resolver, "brief.test");
    CHECK(seconds > 3 && seconds < 6);
    seconds = kept(resolver, "hour.test");
    CHECK(seconds > 3590 && seconds < 3601);
    resolver_free(resolver);
    return NULL;
}

static void *expiry_body(void *arg)
{
    struct resolver *resolver = open_resolver(
        (struct resolver_options){.ttl_min = NSEC_PER_MSEC, .ttl_negative = 300 * NSEC_PER_MSEC});
    struct resolver_stats stats;
    int before = asked("A", "gone.test");
    (void)arg;
    for (int i = 0; i < 3; i++) {
        CHECK(finds(resolver, "brief.test", "[2001:db8::5],192.0.2.5"));
        CHECK(fails(resolver, "gone.test") == -ENOENT);
    }
    resolver_stats(resolver, &stats);
    CHECK(stats.queries == 2 && stats.cache_hits == 4);
    CHECK(!task_sleep(deadline_in_ms(1100)));
    CHECK(finds(resolver, "brief.test", "[2001:db8::5],192.0.2.5"));
    CHECK(fails(resolver, "gone.test") == -ENOENT);
    resolver_stats(resolver, &stats);
    CHECK(stats.queries == 4);
    CHECK(asked("A", "gone.test") - before == 2);
    resolver_free(resolver);
    return NULL;
}

static void *silent_body(void *arg)
{
    struct resolver *resolver =
        open_resolver((struct resolver_options){.servers = server.silent_servers});
    (void)arg;
    CHECK(finds(resolver, "dual.test", "[2001:db8::1],192.0.2.1"));
    resolver_free(resolver);
    return NULL;
}

/* 80 addresses do not fit into 512 bytes; at most 31 would. */
static void *truncated_body(void *arg)
{
    struct resolver *resolver = open_resolver((struct resolver_options){0});
    struct address_list *list = NULL;
    (void)arg;
    CHECK(lookup(resolver, "many.test", &list) == 0);
    CHECK(list->count == (size_t)2 * ADDRESS_LIST_MAX);
    for (size_t i = 0; i < list->count; i++)
        CHECK(list->at[i].family == (i % 2 ? AF_INET : AF_INET6));
    address_list_drop(list);
    resolver_free(resolver);
    return NULL;
}

static void *look_up_dual(void *arg)
{
    return finds(arg, "dual.test", "[2001:db8::1],192.0.2.1") ? NULL : arg;
}

static void *single_flight_body(void *arg)
{
    struct resolver *resolver = open_resolver((struct resolver_options){0});
    struct task *tasks[50];
    int a = asked("A", "dual.test");
    int aaaa = asked("AAAA", "dual.test");
    (void)arg;
    for (int i = 0; i < 50; i++)
        tasks[i] = task_spawn(NULL, look_up_dual, resolver);
    for (int i = 0; i < 50; i++) {
        void *failed = NULL;
        CHECK(!task_join(tasks[i], &failed, DEADLINE_NEVER));
        CHECK(!failed);
    }
    CHECK(asked("A", "dual.test") - a == 1);
    CHECK(asked("AAAA", "dual.test") - aaaa == 1);
    resolver_free(resolver);
    return NULL;
}

/* The same code both ways. */
#define BOTH_WAYS(name)                   \
    static void name(void **state)        \
    {                                     \
        (void)state;                      \
        run_blocking(name##_body, NULL);  \
        run_scheduled(name##_body, NULL); \
    }

BOTH_WAYS(addresses)
BOTH_WAYS(lifetimes)
BOTH_WAYS(expiry)
BOTH_WAYS(silent)
BOTH_WAYS(truncated)

static void single_flight(void **state)
{
    (void)state;
    run_scheduled(single_flight_body, NULL);
}

static int without_dnsmasq(void)
{
    const char *ci = getenv("CI");
    print_message("dnsmasq cannot be started (package dnsmasq-base): nothing tested\n");
    return ci && strcmp(ci, "true") == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses), cmocka_unit_test(lifetimes), cmocka_unit_test(expiry),
        cmocka_unit_test(silent),    cmocka_unit_test(truncated), cmocka_unit_test(single_flight),
    };
    /* Whatever this machine's resolv.conf says. */
    setenv("LOCALDOMAIN", "corp.test", 1);
    setenv("RES_OPTIONS", "ndots:1", 1);
    setenv("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", 1);
    if (!start_server()) {
        stop_server();
        return without_dnsmasq();
    }
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    stop_server();
    return failed;
}
