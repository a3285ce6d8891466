#include "tests/unit/net/resolver_bench.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int bench_open(void **state)
{
    struct bench *bench = calloc(1, sizeof(*bench));
    bench->fake = fake_dns_start();
    bench->options.servers = fake_dns_servers(bench->fake);
    bench->options.hosts_path = "/dev/null";
    *state = bench;
    return bench->fake ? 0 : -1;
}

int bench_close(void **state)
{
    struct bench *bench = *state;
    fake_dns_stop(bench->fake);
    free(bench);
    return 0;
}

void open_resolver(struct bench *bench)
{
    const char *why = NULL;
    int error = resolver_new(&bench->resolver, &bench->options, &why);
    if (error)
        fail_msg("resolver_new: %d %s", error, why ? why : "");
}

void close_resolver(struct bench *bench)
{
    resolver_free(bench->resolver);
    bench->resolver = NULL;
}

const char *lookup(struct bench *bench, const char *host, int64_t deadline, int *error)
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

bool finds(struct bench *bench, const char *host, const char *addresses)
{
    int error;
    const char *text = lookup(bench, host, DEADLINE_NEVER, &error);
    if (error || strcmp(text, addresses) != 0)
        print_error("%s: %d %s\n", host, error, text);
    return error == 0 && strcmp(text, addresses) == 0;
}

int fails(struct bench *bench, const char *host)
{
    int error;
    lookup(bench, host, DEADLINE_NEVER, &error);
    return error;
}

struct resolver_stats stats_of(const struct bench *bench)
{
    struct resolver_stats stats;
    resolver_stats(bench->resolver, &stats);
    return stats;
}
