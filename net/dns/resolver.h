/* resolver.h - names to addresses, without ever letting libcurl or the thread wait for it.
 *
 * Order: an address as name -> --resolve overrides are the transfer's affair -> /etc/hosts (and
 * localhost, RFC 6761) -> cache -> a query. One query serves all who ask for the same name at the
 * same time, and once begun it ends in the cache, whoever still waits. A and AAAA are asked apart;
 * the second answer is given 50 ms of grace after the first (RFC 8305 section 3), and when it is
 * later still, those who come later get it.
 *
 * The cache keeps addresses for their TTL, clamped to 5 s..1 h, and 30 s that there are none; a
 * temporary failure is not kept, because whoever tries again means it. Names are compared without
 * case. A name with few dots goes through resolv.conf's search list as everywhere on the system; a
 * trailing dot prevents that, and so makes it another name.
 *
 * Two ways to ask: c-ares in the scheduler's loop (or on poll(2) off a scheduler), and the system's
 * getaddrinfo() on threads of its own.
 *
 * Ownership: one a thread, resolver_new() to resolver_free(); one that was used on a scheduler is
 * freed before that scheduler. Thread: its own. Parks (or blocks): resolver_lookup.
 */
#ifndef NET_DNS_RESOLVER_H
#define NET_DNS_RESOLVER_H

#include "net/dns/address.h"
#include <stdbool.h>
#include <stdint.h>

struct resolver;

enum resolver_kind {
    RESOLVER_ARES,
    RESOLVER_SYSTEM,
};

enum resolver_family {
    RESOLVER_ANY,
    RESOLVER_IPV4, /* -4 */
    RESOLVER_IPV6, /* -6 */
};

struct resolver_options {
    enum resolver_kind kind;
    enum resolver_family family;
    const char *servers;    /* "127.0.0.1:5353,[::1]:53"; NULL: the system's */
    const char *hosts_path; /* NULL: /etc/hosts */
    size_t cache_entries;   /* 0: 65536 */
    size_t queries_max;     /* names asked of servers at a time, the others wait; 0: 500 */
    int64_t ttl_min;        /* ns, what shorter TTLs count as; 0: 5 s */
    int64_t ttl_negative;   /* ns, how long "no such name" is kept; 0: 30 s */
};

struct resolver_stats {
    uint64_t lookups;
    uint64_t cache_hits;
    uint64_t joined;  /* waited for a query that was already under way */
    uint64_t queries; /* names asked of a server (A and AAAA count as one) */
};

/* 0 or -errno; -EINVAL with `why` (a literal) when the servers cannot be read. */
int resolver_new(struct resolver **resolver, const struct resolver_options *options,
                 const char **why);

/* No lookup may be under way; what was asked ahead is dropped. NULL is fine. */
void resolver_free(struct resolver *resolver);

/* The addresses of `host` (as in struct url); the reference in *list is the caller's. 0; -ENOENT:
 * no such name, or no address of the family; -EAGAIN: servers unreachable, silent or failing (worth
 * a retry); -ETIMEDOUT, -ECANCELED, -ENOMEM. */
int resolver_lookup(struct resolver *resolver, const char *host, int64_t deadline,
                    struct address_list **list);

/* Asks for `host` ahead of need, so that a later lookup finds it. Never parks; nothing happens when
 * the answer is known or under way, when half of queries_max run already (lookups come first), or
 * without a scheduler. */
void resolver_prefetch(struct resolver *resolver, const char *host);

void resolver_stats(const struct resolver *resolver, struct resolver_stats *stats);

/* What went wrong, in words for the user, for an error of resolver_lookup(). */
const char *resolver_error_text(int error);

#endif
