#include "net/dns/resolver.h"
#include "engine/deadline.h"
#include "engine/sched/sched.h"
#include "net/dns/ares.h"
#include "net/dns/hosts.h"
#include "net/dns/name.h"
#include "net/dns/query.h"
#include "net/dns/system.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#define CACHE_ENTRIES 65536
#define QUERIES_MAX   500 /* ids are 16 bits, and servers lose what comes in larger bursts */
#define TTL_MIN       (5 * NSEC_PER_SEC)
#define TTL_NEGATIVE  (30 * NSEC_PER_SEC)

struct resolver {
    struct queries queries;
    struct dns_backend *backend; /* owned */
    struct dns_cache *cache;     /* owned */
    struct hosts_file *hosts;    /* owned */
    struct sched_hook hook;      /* linked from the first query on a scheduler on */
    struct resolver_stats stats; /* but for what queries count */
};

static int64_t hook_prepare(struct sched_hook *hook)
{
    return queries_turn(&list_entry(hook, struct resolver, hook)->queries);
}

static void hook_finish(struct sched_hook *hook)
{
    queries_take_news(&list_entry(hook, struct resolver, hook)->queries);
}

static int backend_new(struct dns_backend **backend, const struct resolver_options *options,
                       const char **why)
{
    if (options->kind == RESOLVER_SYSTEM)
        return dns_system_new(backend);
    return dns_ares_new(backend, options->servers, why);
}

int resolver_new(struct resolver **result, const struct resolver_options *options, const char **why)
{
    int error = -ENOMEM;
    *why = NULL;
    struct resolver *resolver = calloc(1, sizeof(*resolver));
    if (!resolver)
        return error;
    resolver->cache =
        dns_cache_new(options->cache_entries ? options->cache_entries : CACHE_ENTRIES);
    if (!resolver->cache)
        goto out;
    error = backend_new(&resolver->backend, options, why);
    if (error)
        goto out;
    error =
        hosts_file_load(&resolver->hosts, options->hosts_path ? options->hosts_path : "/etc/hosts");
    if (error)
        goto out;
    resolver->queries = (struct queries){
        .backend = resolver->backend,
        .cache = resolver->cache,
        .wanted = {options->family != RESOLVER_IPV4, options->family != RESOLVER_IPV6},
        .limit = options->queries_max ? options->queries_max : QUERIES_MAX,
        .ttl_min = options->ttl_min ? options->ttl_min : TTL_MIN,
        .ttl_negative = options->ttl_negative ? options->ttl_negative : TTL_NEGATIVE,
    };
    queries_init(&resolver->queries);
    resolver->hook = (struct sched_hook){.prepare = hook_prepare, .finish = hook_finish};
    *result = resolver;
    return 0;
out:
    resolver_free(resolver);
    return error;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    if (list_linked(&resolver->hook.node))
        sched_hook_remove(&resolver->hook);
    if (resolver->backend)
        resolver->backend->close(resolver->backend);
    if (resolver->hosts) /* made last, just before the queries */
        queries_clear(&resolver->queries);
    hosts_file_free(resolver->hosts);
    dns_cache_free(resolver->cache);
    free(resolver);
}

static size_t find_family(const struct resolver *resolver, const char *name, int family,
                          struct address found[ADDRESS_LIST_MAX])
{
    if (!name_is_localhost(name))
        return hosts_file_find(resolver->hosts, name, family, found, ADDRESS_LIST_MAX);
    found->family = family;
    if (family == AF_INET6)
        found->v6 = in6addr_loopback;
    else
        found->v4.s_addr = htonl(INADDR_LOOPBACK);
    return 1;
}

/* What needs no server: this machine's own names. 0, -ENOENT, -ENOMEM. */
static int find_local(const struct resolver *resolver, const char *name, struct address_list **list)
{
    const bool *wanted = resolver->queries.wanted;
    struct address v6[ADDRESS_LIST_MAX];
    struct address v4[ADDRESS_LIST_MAX];
    size_t v6_count = wanted[FAMILY_V6] ? find_family(resolver, name, AF_INET6, v6) : 0;
    size_t v4_count = wanted[FAMILY_V4] ? find_family(resolver, name, AF_INET, v4) : 0;
    if (v6_count + v4_count == 0)
        return -ENOENT;
    *list = address_list_new(v6, v6_count, v4, v4_count, DEADLINE_NEVER);
    return *list ? 0 : -ENOMEM;
}

static int list_literal(const struct resolver *resolver, const struct address *address,
                        struct address_list **list)
{
    bool v6 = address->family == AF_INET6;
    if (!resolver->queries.wanted[v6 ? FAMILY_V6 : FAMILY_V4])
        return -ENOENT;
    *list = address_list_new(address, v6, address, !v6, DEADLINE_NEVER);
    return *list ? 0 : -ENOMEM;
}

static bool entry_is_fresh(const struct cache_entry *entry)
{
    return entry && entry->expires > deadline_now();
}

/* The query for `name`, a new one if need be. NULL when memory runs out. */
static struct query *find_query(struct resolver *resolver, struct cache_entry *entry,
                                const char *name)
{
    if (entry && entry->query) {
        resolver->stats.joined++;
        return entry->query;
    }
    if (sched_self() && !list_linked(&resolver->hook.node))
        sched_hook_add(sched_self(), &resolver->hook);
    return query_new(&resolver->queries, entry, name);
}

/* Off a scheduler: drives the backend until `lookup` has its answer. */
static int lookup_block(struct resolver *resolver, const struct lookup *lookup, int64_t deadline)
{
    for (;;) {
        int64_t next = queries_turn(&resolver->queries);
        if (lookup->done)
            return 0;
        if (deadline <= deadline_clock())
            return -ETIMEDOUT;
        int error = resolver->backend->wait(resolver->backend, deadline_min(deadline, next));
        if (error)
            return error;
    }
}

static int lookup_park(const struct lookup *lookup, int64_t deadline)
{
    int error = 0;
    while (!lookup->done && !error)
        error = task_park(deadline);
    return lookup->done ? 0 : error; /* an answer that came with the cancellation is not lost */
}

static int lookup_wait(struct resolver *resolver, struct query *query, int64_t deadline,
                       struct address_list **list)
{
    struct lookup lookup = {.task = task_self()};
    query_join(query, &lookup);
    int error =
        lookup.task ? lookup_park(&lookup, deadline) : lookup_block(resolver, &lookup, deadline);
    if (error) {
        list_remove(&lookup.node);
        return error;
    }
    *list = lookup.list;
    return lookup.error;
}

int resolver_lookup(struct resolver *resolver, const char *host, int64_t deadline,
                    struct address_list **list)
{
    char name[NAME_LENGTH_MAX + 1];
    struct address address;
    resolver->stats.lookups++;
    if (name_is_address(host, &address))
        return list_literal(resolver, &address, list);
    if (!name_normalise(host, name))
        return -ENOENT;
    int error = find_local(resolver, name, list);
    if (error != -ENOENT || name_is_localhost(name))
        return error;

    struct cache_entry *entry = dns_cache_find(resolver->cache, name);
    if (entry_is_fresh(entry)) {
        resolver->stats.cache_hits++;
        *list = entry->list ? address_list_hold(entry->list) : NULL;
        return *list ? 0 : -ENOENT;
    }
    if (task_canceled())
        return -ECANCELED;
    if (sched_self() && !task_self())
        return -ENOTSUP; /* the loop's own stack can neither park nor block */
    struct query *query = find_query(resolver, entry, name);
    return query ? lookup_wait(resolver, query, deadline, list) : -ENOMEM;
}

void resolver_prefetch(struct resolver *resolver, const char *host)
{
    char name[NAME_LENGTH_MAX + 1];
    struct address address;
    struct address_list *list = NULL;
    if (!sched_self() || resolver->queries.count >= resolver->queries.limit / 2)
        return;
    if (name_is_address(host, &address) || !name_normalise(host, name) || name_is_localhost(name))
        return;
    if (find_local(resolver, name, &list) != -ENOENT) {
        address_list_drop(list);
        return;
    }
    struct cache_entry *entry = dns_cache_find(resolver->cache, name);
    if (entry_is_fresh(entry) || (entry && entry->query))
        return;
    (void)find_query(resolver, entry, name); /* without memory there is no help ahead of need */
}

void resolver_stats(const struct resolver *resolver, struct resolver_stats *stats)
{
    *stats = resolver->stats;
    stats->queries = resolver->queries.asked_total;
}

const char *resolver_error_text(int error)
{
    switch (error) {
    case -ENOENT:
        return "no such host name";
    case -EAGAIN:
        return "the name servers gave no usable answer";
    case -ETIMEDOUT:
        return "no answer from the name servers in time";
    case -ECANCELED:
        return "interrupted while the host name was looked up";
    case -ENOMEM:
        return "out of memory while the host name was looked up";
    default:
        return "the host name could not be looked up";
    }
}
