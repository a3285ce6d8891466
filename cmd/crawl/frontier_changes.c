#include "cmd/crawl/frontier_store.h"
#include "cmd/crawl/limits.h"
#include <errno.h>
#include <stdlib.h>

int frontier_changes_add_print(struct frontier_changes *changes, uint64_t print)
{
    if (changes->print_count == changes->print_room) {
        size_t room = changes->print_room ? 2 * changes->print_room : 64;
        uint64_t *grown = realloc(changes->prints, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        changes->prints = grown;
        changes->print_room = room;
    }
    changes->prints[changes->print_count++] = print;
    return 0;
}

size_t frontier_changes_bytes(const struct frontier_changes *changes)
{
    size_t rows = changes->added.count + changes->removed.count + changes->later.count +
                  changes->hosts.count + changes->notes.count;
    return rows * sizeof(struct url_row) + changes->added.used + changes->later.used +
           changes->hosts.used + changes->print_count * sizeof *changes->prints;
}

void frontier_changes_empty(struct frontier_changes *changes)
{
    url_rows_empty(&changes->added);
    url_rows_empty(&changes->removed);
    url_rows_empty(&changes->later);
    url_rows_empty(&changes->hosts);
    url_rows_empty(&changes->notes);
    changes->print_count = 0;
}

void frontier_changes_free(struct frontier_changes *changes)
{
    url_rows_free(&changes->added);
    url_rows_free(&changes->removed);
    url_rows_free(&changes->later);
    url_rows_free(&changes->hosts);
    url_rows_free(&changes->notes);
    free(changes->prints);
    *changes = (struct frontier_changes){0};
}
