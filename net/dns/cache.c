#include "net/dns/cache.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#define BUCKETS_FIRST 64

struct dns_cache {
    struct cache_entry **buckets; /* owned; their number is a power of two */
    size_t bucket_count;
    size_t count;
    size_t capacity;
    struct list used; /* not pinned, longest unused first */
    uint64_t seed;
};

struct dns_cache *dns_cache_new(size_t capacity)
{
    struct dns_cache *cache = calloc(1, sizeof(*cache));
    if (!cache)
        return NULL;
    cache->buckets = calloc(BUCKETS_FIRST, sizeof(struct cache_entry *));
    if (!cache->buckets) {
        free(cache);
        return NULL;
    }
    cache->bucket_count = BUCKETS_FIRST;
    cache->capacity = capacity;
    list_init(&cache->used);
    /* Early at boot there may be no randomness yet; the address of the heap is some. */
    if (getrandom(&cache->seed, sizeof(cache->seed), GRND_NONBLOCK) < 0)
        cache->seed = (uint64_t)(uintptr_t)cache;
    return cache;
}

static struct cache_entry **bucket_of(struct dns_cache *cache, uint64_t hash)
{
    return &cache->buckets[hash & (cache->bucket_count - 1)];
}

static void unlink_entry(struct dns_cache *cache, struct cache_entry *entry)
{
    struct cache_entry **place = bucket_of(cache, entry->hash);
    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    list_remove(&entry->use_node);
    cache->count--;
    address_list_drop(entry->list);
    free(entry);
}

void dns_cache_free(struct dns_cache *cache)
{
    struct list_node *node;
    if (!cache)
        return;
    while ((node = list_pop_front(&cache->used)))
        unlink_entry(cache, list_entry(node, struct cache_entry, use_node));
    free(cache->buckets);
    free(cache);
}

static uint64_t hash_name(const struct dns_cache *cache, const char *name)
{
    return XXH3_64bits_withSeed(name, strlen(name), cache->seed);
}

struct cache_entry *dns_cache_find(struct dns_cache *cache, const char *name)
{
    uint64_t hash = hash_name(cache, name);
    struct cache_entry *entry = *bucket_of(cache, hash);
    while (entry && (entry->hash != hash || strcmp(entry->name, name) != 0))
        entry = entry->next;
    if (entry && !entry->query) {
        list_remove(&entry->use_node);
        list_push_back(&cache->used, &entry->use_node);
    }
    return entry;
}

/* Without memory for more buckets the chains just get longer. */
static void grow(struct dns_cache *cache)
{
    size_t count = 2 * cache->bucket_count;
    struct cache_entry **old = cache->buckets;
    struct cache_entry **buckets = calloc(count, sizeof(struct cache_entry *));
    if (!buckets)
        return;
    size_t old_count = cache->bucket_count;
    cache->buckets = buckets;
    cache->bucket_count = count;
    for (size_t i = 0; i < old_count; i++) {
        for (struct cache_entry *entry = old[i], *next; entry; entry = next) {
            struct cache_entry **bucket = bucket_of(cache, entry->hash);
            next = entry->next;
            entry->next = *bucket;
            *bucket = entry;
        }
    }
    free(old);
}

struct cache_entry *dns_cache_add(struct dns_cache *cache, const char *name, struct query *query)
{
    size_t size = strlen(name) + 1;
    struct cache_entry *entry = calloc(1, sizeof(*entry) + size);
    if (!entry)
        return NULL;
    struct list_node *oldest = list_first(&cache->used);
    if (cache->count >= cache->capacity && oldest)
        unlink_entry(cache, list_entry(oldest, struct cache_entry, use_node));
    if (cache->count >= cache->bucket_count)
        grow(cache);

    memcpy(entry->name, name, size);
    entry->hash = hash_name(cache, name);
    entry->query = query;
    struct cache_entry **bucket = bucket_of(cache, entry->hash);
    entry->next = *bucket;
    *bucket = entry;
    cache->count++;
    return entry;
}

void dns_cache_store(struct cache_entry *entry, struct address_list *list, int64_t expires)
{
    address_list_drop(entry->list);
    entry->list = list;
    entry->expires = expires;
}

void dns_cache_pin(struct cache_entry *entry, struct query *query)
{
    entry->query = query;
    list_remove(&entry->use_node);
}

void dns_cache_unpin(struct dns_cache *cache, struct cache_entry *entry)
{
    entry->query = NULL;
    if (entry->expires)
        list_push_back(&cache->used, &entry->use_node);
    else
        unlink_entry(cache, entry);
}

size_t dns_cache_count(const struct dns_cache *cache)
{
    return cache->count;
}
