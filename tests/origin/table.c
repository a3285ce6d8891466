#include "tests/origin/table.h"

#include <stdlib.h>

enum { FIRST_BUCKETS = 64 };

static uint64_t hash_name(struct span name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < name.size; i++)
        hash = (hash ^ (unsigned char)name.data[i]) * UINT64_C(0x100000001b3);
    return hash;
}

void table_init(struct table *table, size_t entry_max, size_t value_size)
{
    *table = (struct table){.entry_max = entry_max, .value_size = value_size};
}

static struct table_entry *find_entry(const struct table *table, struct span name, uint64_t hash)
{
    struct table_entry *entry = NULL;
    if (table->bucket_count)
        entry = table->buckets[hash % table->bucket_count];
    while (entry && (entry->hash != hash || entry->name.size != name.size ||
                     memcmp(entry->name.data, name.data, name.size) != 0))
        entry = entry->next;
    return entry;
}

static void link_entry(struct table *table, struct table_entry *entry)
{
    struct table_entry **bucket = &table->buckets[entry->hash % table->bucket_count];
    entry->next = *bucket;
    *bucket = entry;
}

/* Twice as many buckets when there are fewer than entries. A table that cannot grow goes on with
 * longer chains; only without any bucket is there no going on. */
static bool make_room(struct table *table)
{
    struct table old = *table;
    size_t count = old.bucket_count ? old.bucket_count * 2 : FIRST_BUCKETS;
    if (old.entry_count < old.bucket_count)
        return true;
    struct table_entry **buckets = calloc(count, sizeof(struct table_entry *));
    if (!buckets)
        return old.bucket_count > 0;
    table->buckets = buckets;
    table->bucket_count = count;
    for (size_t i = 0; i < old.bucket_count; i++)
        for (struct table_entry *entry = old.buckets[i], *next; entry; entry = next) {
            next = entry->next;
            link_entry(table, entry);
        }
    free(old.buckets);
    return true;
}

/* Entry, value and name are one block; the value comes first, for its alignment. */
static struct table_entry *new_entry(const struct table *table, struct span name, uint64_t hash)
{
    struct table_entry *entry = calloc(1, sizeof(*entry) + table->value_size + name.size);
    if (!entry)
        return NULL;
    char *copy = (char *)(entry + 1) + table->value_size;
    memcpy(copy, name.data, name.size);
    entry->hash = hash;
    entry->name = (struct span){copy, name.size};
    entry->value = entry + 1;
    return entry;
}

void *table_get(struct table *table, struct span name)
{
    uint64_t hash = hash_name(name);
    struct table_entry *entry = find_entry(table, name, hash);
    if (entry)
        return entry->value;
    if (table->entry_count >= table->entry_max || !make_room(table))
        return NULL;
    entry = new_entry(table, name, hash);
    if (!entry)
        return NULL;
    link_entry(table, entry);
    table->entry_count++;
    return entry->value;
}

void *table_find(const struct table *table, struct span name)
{
    struct table_entry *entry = find_entry(table, name, hash_name(name));
    return entry ? entry->value : NULL;
}

void table_each(const struct table *table, void (*visit)(void *ctx, struct span name, void *value),
                void *ctx)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        for (struct table_entry *entry = table->buckets[i]; entry; entry = entry->next)
            visit(ctx, entry->name, entry->value);
}

void table_clear(struct table *table)
{
    for (size_t i = 0; i < table->bucket_count; i++)
        for (struct table_entry *entry = table->buckets[i], *next; entry; entry = next) {
            next = entry->next;
            free(entry);
        }
    free(table->buckets);
    table_init(table, table->entry_max, table->value_size);
}
