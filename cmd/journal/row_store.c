#include "cmd/journal/row_store.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

enum { STRINGS = 6 };

/* Where a row's strings are pointed to. */
static void row_strings(struct journal_row *row, const char **strings[STRINGS])
{
    strings[0] = &row->url;
    strings[1] = &row->name;
    strings[2] = &row->etag;
    strings[3] = &row->last_modified;
    strings[4] = &row->checksum;
    strings[5] = &row->error;
}

static size_t aligned(size_t size)
{
    size_t unit = alignof(struct journal_row);
    return (size + unit - 1) / unit * unit;
}

static int reserve(struct row_store *store, size_t size)
{
    if (store->used + size <= store->size)
        return 0;
    size_t larger = 2 * (store->used + size);
    char *block = realloc(store->block, larger);
    if (!block)
        return -ENOMEM;
    store->block = block;
    store->size = larger;
    return 0;
}

int row_store_add(struct row_store *store, const struct journal_row *from)
{
    struct journal_row row = *from;
    const char **strings[STRINGS];
    size_t sizes[STRINGS];
    size_t size = sizeof row;
    row_strings(&row, strings);
    for (int i = 0; i < STRINGS; i++) {
        sizes[i] = *strings[i] ? strlen(*strings[i]) + 1 : 0;
        size += sizes[i];
    }
    if (reserve(store, aligned(size)))
        return -ENOMEM;
    char *place = store->block + store->used;
    memcpy(place, &row, sizeof row);
    place += sizeof row;
    for (int i = 0; i < STRINGS; i++) {
        if (sizes[i] > 0)
            memcpy(place, *strings[i], sizes[i]);
        place += sizes[i];
    }
    store->used += aligned(size);
    store->count++;
    return 0;
}

void row_store_read(const struct row_store *store, size_t *place, struct journal_row *row)
{
    const char **strings[STRINGS];
    const char *text = store->block + *place + sizeof *row;
    memcpy(row, store->block + *place, sizeof *row);
    row_strings(row, strings);
    for (int i = 0; i < STRINGS; i++) {
        if (!*strings[i])
            continue;
        *strings[i] = text;
        text += strlen(text) + 1;
    }
    *place = aligned((size_t)(text - store->block));
}

void row_store_empty(struct row_store *store)
{
    store->count = 0;
    store->used = 0;
}

void row_store_free(struct row_store *store)
{
    free(store->block);
    *store = (struct row_store){0};
}
