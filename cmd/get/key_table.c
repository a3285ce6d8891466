#include "cmd/get/key_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { FIRST_SIZE = 64 };

int key_table_init(struct key_table *table)
{
    *table = (struct key_table){.size = FIRST_SIZE};
    if (getentropy(&table->seed, sizeof table->seed))
        return -errno;
    table->buckets = calloc(table->size, sizeof(struct key_node *));
    return table->buckets ? 0 : -ENOMEM;
}

void key_table_clear(struct key_table *table)
{
    free(table->buckets);
    *table = (struct key_table){0};
}

static uint64_t key_hash(const struct key_table *table, const char *key)
{
    return XXH3_64bits_withSeed(key, strlen(key), table->seed);
}

static struct key_node **bucket_of(const struct key_table *table, uint64_t hash)
{
    return &table->buckets[hash & (table->size - 1)];
}

struct key_node *key_table_find(const struct key_table *table, const char *key)
{
    uint64_t hash = key_hash(table, key);
    struct key_node *node = *bucket_of(table, hash);
    while (node && (node->hash != hash || strcmp(node->key, key) != 0))
        node = node->next;
    return node;
}

static void key_table_link(struct key_table *table, struct key_node *node)
{
    struct key_node **bucket = bucket_of(table, node->hash);
    node->next = *bucket;
    *bucket = node;
}

static void key_table_grow(struct key_table *table)
{
    struct key_table grown = *table;
    grown.size = 2 * table->size;
    grown.buckets = calloc(grown.size, sizeof(struct key_node *));
    if (!grown.buckets)
        return;
    for (size_t i = 0; i < table->size; i++) {
        while (table->buckets[i]) {
            struct key_node *node = table->buckets[i];
            table->buckets[i] = node->next;
            key_table_link(&grown, node);
        }
    }
    free(table->buckets);
    *table = grown;
}

void key_table_add(struct key_table *table, struct key_node *node)
{
    if (table->count >= table->size)
        key_table_grow(table);
    node->hash = key_hash(table, node->key);
    key_table_link(table, node);
    table->count++;
}

void key_table_remove(struct key_table *table, struct key_node *node)
{
    struct key_node **link = bucket_of(table, node->hash);
    while (*link != node)
        link = &(*link)->next;
    *link = node->next;
    table->count--;
}

void key_table_filter(struct key_table *table, bool (*keep)(struct key_node *node, void *ctx),
                      void *ctx)
{
    for (size_t i = 0; i < table->size; i++) {
        struct key_node **link = &table->buckets[i];
        while (*link) {
            struct key_node *node = *link;
            struct key_node *next = node->next;
            if (keep(node, ctx)) {
                link = &node->next;
            } else {
                *link = next;
                table->count--;
            }
        }
    }
}
