/* key_table.h - a hash table of structs that have a string for a key.
 *
 * The node is a member of what is listed. Hashes are keyed at random, because host names come from
 * strangers. Ownership: the table owns its buckets only; a node's key lives as long as the node is
 * in. Thread: whoever owns the table. Nothing here parks.
 */
#ifndef CMD_GET_KEY_TABLE_H
#define CMD_GET_KEY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct key_node {
    const char *key;
    uint64_t hash;
    struct key_node *next; /* in the bucket */
};

struct key_table {
    struct key_node **buckets;
    size_t size; /* of buckets, a power of two */
    size_t count;
    uint64_t seed;
};

/* 0 or -errno. */
int key_table_init(struct key_table *table);

/* The nodes are the caller's to free before. */
void key_table_clear(struct key_table *table);

/* NULL when it is not in. */
struct key_node *key_table_find(const struct key_table *table, const char *key);

/* node->key is set and not in yet. Never fails: without memory to grow it only becomes slower. */
void key_table_add(struct key_table *table, struct key_node *node);
void key_table_remove(struct key_table *table, struct key_node *node);

/* Takes out every node for which keep() is false; keep() may free it then. */
void key_table_filter(struct key_table *table, bool (*keep)(struct key_node *node, void *ctx),
                      void *ctx);

#endif
