/* table.h - something to remember for each of many names: hosts, URLs, questions.
 *
 * A chained hash table whose entries are zeroed blocks of one size, made at first use. Names come
 * from the network, so there is a bound; beyond it there is no new entry. Ownership: the table owns
 * its entries until table_clear(); they never move. One thread at a time; nothing here parks.
 */
#ifndef ORIGIN_TABLE_H
#define ORIGIN_TABLE_H

#include "tests/origin/span.h"
#include <stdint.h>

struct table_entry {
    struct table_entry *next; /* of the same bucket */
    uint64_t hash;
    struct span name; /* a copy, right behind the value */
    void *value;
};

struct table {
    struct table_entry **buckets; /* owned; NULL while there are none */
    size_t bucket_count;
    size_t entry_count;
    size_t entry_max;
    size_t value_size;
};

/* An empty table of at most `entry_max` values of `value_size` bytes. */
void table_init(struct table *table, size_t entry_max, size_t value_size);

/* The value of `name`, zeroed when it is new. NULL when the table is full or memory runs out. */
void *table_get(struct table *table, struct span name);

/* The value of `name` if there is one already, else NULL. */
void *table_find(const struct table *table, struct span name);

/* Calls visit(ctx, name, value) for all entries, in no order. */
void table_each(const struct table *table, void (*visit)(void *ctx, struct span name, void *value),
                void *ctx);

/* Frees all entries; the table is empty and can be used again. */
void table_clear(struct table *table);

#endif
