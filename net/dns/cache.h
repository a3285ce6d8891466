/* cache.h - names and what is known of them. Private to net/dns/.
 *
 * A hash table with a bound: when it is full, the entry that was not used for the longest time
 * goes. An entry that a query belongs to is pinned and stays. Names are keys as the resolver makes
 * them; hashing is seeded, so that nobody outside can make them collide.
 *
 * Ownership: dns_cache_new() to dns_cache_free(); entries are the cache's. Thread: the resolver's.
 * Nothing here parks.
 */
#ifndef NET_DNS_CACHE_H
#define NET_DNS_CACHE_H

#include "engine/list.h"
#include "net/dns/address.h"

struct dns_cache;
struct query;

struct cache_entry {
    struct cache_entry *next;  /* in its bucket */
    struct list_node use_node; /* by time of last use; unlinked while pinned */
    uint64_t hash;
    struct query *query;       /* pins the entry while it runs; NULL: none */
    struct address_list *list; /* owned reference; NULL: no address, if that is still fresh */
    int64_t expires;           /* ns, monotonic; 0: nothing is known */
    char name[];
};

/* NULL when memory runs out. */
struct dns_cache *dns_cache_new(size_t capacity);

/* Nothing may be pinned. NULL is fine. */
void dns_cache_free(struct dns_cache *cache);

/* NULL: not there. Counts as a use. */
struct cache_entry *dns_cache_find(struct dns_cache *cache, const char *name);

/* A new entry of which nothing is known yet, pinned by `query`. NULL when memory runs out. */
struct cache_entry *dns_cache_add(struct dns_cache *cache, const char *name, struct query *query);

/* Replaces what is known. Takes over the reference in `list`. */
void dns_cache_store(struct cache_entry *entry, struct address_list *list, int64_t expires);

void dns_cache_pin(struct cache_entry *entry, struct query *query);

/* An entry of which nothing is known goes at once. */
void dns_cache_unpin(struct dns_cache *cache, struct cache_entry *entry);

size_t dns_cache_count(const struct dns_cache *cache);

#endif
