#include "net/xfer/peer.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS_MIN 64

/* Old names that one introduction takes along: two for each new one, so that the idle list shrinks
 * back after a rush. */
#define FORGET_AT_ONCE 2

/* "name:port:" and 64 addresses of at most 46 characters. */
#define ENTRY_SIZE 4096

/* FNV-1a. */
static unsigned key_hash(const char *key)
{
    unsigned hash = 2166136261U;
    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    return hash;
}

int peer_table_init(struct peer_table *table, size_t open_limit)
{
    *table = (struct peer_table){.bucket_count = BUCKETS_MIN, .open_limit = open_limit};
    list_init(&table->idle);
    table->buckets = calloc(table->bucket_count, sizeof(struct peer *));
    return table->buckets ? 0 : -ENOMEM;
}

static struct peer **table_bucket(struct peer_table *table, unsigned hash)
{
    return &table->buckets[hash & (table->bucket_count - 1)];
}

/* Longer chains are no error, so neither is a lack of memory. */
static void table_grow(struct peer_table *table)
{
    size_t count = table->bucket_count * 2;
    struct peer **buckets = calloc(count, sizeof(struct peer *));
    if (!buckets)
        return;
    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct peer *peer = table->buckets[i], *next; peer; peer = next) {
            next = peer->next;
            peer->next = buckets[peer->hash & (count - 1)];
            buckets[peer->hash & (count - 1)] = peer;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

static void peer_free(struct peer_table *table, struct peer *peer)
{
    struct peer **link = table_bucket(table, peer->hash);
    while (*link != peer)
        link = &(*link)->next;
    *link = peer->next;
    table->count--;
    address_list_drop(peer->addresses);
    free(peer);
}

void peer_table_free(struct peer_table *table)
{
    for (size_t i = 0; table->buckets && i < table->bucket_count; i++) {
        while (table->buckets[i])
            peer_free(table, table->buckets[i]);
    }
    free(table->buckets);
    free(table->by_fd);
}

/* Unused peers stay while libcurl has their addresses, else they go. */
static void peer_settle(struct peer_table *table, struct peer *peer)
{
    if (peer->users || peer->open)
        return;
    if (peer->given) {
        list_push_back(&table->idle, &peer->idle_node);
        table->idle_count++;
    } else {
        peer_free(table, peer);
    }
}

static void peer_leave_idle(struct peer_table *table, struct peer *peer)
{
    if (!list_linked(&peer->idle_node))
        return;
    list_remove(&peer->idle_node);
    table->idle_count--;
}

void peer_table_forget(struct peer_table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct peer *peer = table->buckets[i], *next; peer; peer = next) {
            next = peer->next;
            peer_leave_idle(table, peer);
            peer->given = false;
            peer_settle(table, peer);
        }
    }
}

struct peer *peer_enter(struct peer_table *table, const char *key)
{
    unsigned hash = key_hash(key);
    struct peer *peer = *table_bucket(table, hash);
    while (peer && (peer->hash != hash || strcmp(peer->key, key) != 0))
        peer = peer->next;
    if (!peer) {
        size_t length = strlen(key) + 1;
        peer = calloc(1, sizeof *peer + length);
        if (!peer)
            return NULL;
        memcpy(peer->key, key, length);
        peer->hash = hash;
        if (table->count++ > table->bucket_count)
            table_grow(table);
        struct peer **bucket = table_bucket(table, hash);
        peer->next = *bucket;
        *bucket = peer;
    }
    peer_leave_idle(table, peer);
    peer->users++;
    return peer;
}

void peer_leave(struct peer_table *table, struct peer *peer)
{
    if (!peer)
        return;
    peer->users--;
    peer_settle(table, peer);
}

static bool lists_equal(const struct address_list *a, const struct address_list *b)
{
    if (!a || !b || a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct address *x = &a->at[i];
        const struct address *y = &b->at[i];
        if (x->family != y->family)
            return false;
        size_t size = x->family == AF_INET ? sizeof x->v4 : sizeof x->v6;
        if (memcmp(&x->v6, &y->v6, size) != 0)
            return false;
    }
    return true;
}

void peer_learn(struct peer *peer, struct address_list *addresses)
{
    if (peer->addresses != addresses && !lists_equal(peer->addresses, addresses))
        peer->given = false;
    address_list_drop(peer->addresses);
    peer->addresses = addresses;
}

void peer_learn_text(struct peer *peer, const char *addresses)
{
    peer->text = addresses;
}

static int list_append(struct curl_slist **list, const char *entry)
{
    struct curl_slist *longer = curl_slist_append(*list, entry);
    if (!longer)
        return -ENOMEM;
    *list = longer;
    return 0;
}

/* One that cannot be listed stays for another time. */
static void table_forget_old(struct peer_table *table, struct curl_slist **list)
{
    char entry[ENTRY_SIZE];
    for (int i = 0; i < FORGET_AT_ONCE && table->idle_count > PEER_IDLE_MAX; i++) {
        struct peer *old = list_entry(list_first(&table->idle), struct peer, idle_node);
        int length = snprintf(entry, sizeof entry, "-%s", old->key);
        if (length < 0 || (size_t)length >= sizeof entry || list_append(list, entry) != 0)
            return;
        peer_leave_idle(table, old);
        peer_free(table, old);
    }
}

int peer_introduce(struct peer_table *table, struct peer *peer, struct curl_slist **list)
{
    char entry[ENTRY_SIZE];
    int length = snprintf(entry, sizeof entry, "%s:%s", peer->key, peer->text ? peer->text : "");
    if (length < 0 || (size_t)length >= sizeof entry)
        return -ENOMEM;
    if (!peer->text) {
        int printed =
            address_list_print(peer->addresses, entry + length, sizeof entry - (size_t)length);
        if (printed < 0)
            return printed;
    }
    int error = list_append(list, entry);
    if (error)
        return error;
    peer->given = true;
    table_forget_old(table, list);
    return 0;
}

int peer_table_reserve(struct peer_table *table, int fd)
{
    if ((size_t)fd < table->by_fd_size)
        return 0;
    size_t size = table->by_fd_size ? table->by_fd_size : BUCKETS_MIN;
    while ((size_t)fd >= size)
        size *= 2;
    struct peer **by_fd = realloc(table->by_fd, size * sizeof(struct peer *));
    if (!by_fd)
        return -ENOMEM;
    memset(by_fd + table->by_fd_size, 0, (size - table->by_fd_size) * sizeof(struct peer *));
    table->by_fd = by_fd;
    table->by_fd_size = size;
    return 0;
}

void peer_opened(struct peer_table *table, struct peer *peer, int fd)
{
    peer_closed(table, fd); /* should libcurl ever close one without telling */
    table->by_fd[fd] = peer;
    peer->open++;
    table->open++;
}

void peer_closed(struct peer_table *table, int fd)
{
    if ((size_t)fd >= table->by_fd_size || !table->by_fd[fd])
        return;
    struct peer *peer = table->by_fd[fd];
    table->by_fd[fd] = NULL;
    peer->open--;
    table->open--;
    peer_settle(table, peer);
}
