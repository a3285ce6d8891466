/* row_store.h - rows that wait to be written, strings included, in one block that is used again.
 *
 * Ownership: a zeroed struct is empty; row_store_free() frees the block. Thread: one at a time.
 * Nothing here parks.
 */
#ifndef CMD_JOURNAL_ROW_STORE_H
#define CMD_JOURNAL_ROW_STORE_H

#include "cmd/journal/journal.h"
#include <stddef.h>

struct row_store {
    unsigned count;
    char *block; /* owned */
    size_t used;
    size_t size;
};

/* Copies the row. 0 or -ENOMEM. */
int row_store_add(struct row_store *store, const struct journal_row *row);

/* The row at *place, which moves on to the next; *place is 0 at first. Its strings live as long as
 * nothing is added. */
void row_store_read(const struct row_store *store, size_t *place, struct journal_row *row);

void row_store_empty(struct row_store *store); /* keeps the block */
void row_store_free(struct row_store *store);

#endif
