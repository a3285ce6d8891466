#include "cmd/crawl/url_rows.h"

#include "cmd/crawl/limits.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 32, FIRST_SIZE = 1024 };

static int rows_reserve(struct url_rows *rows, size_t length)
{
    if (rows->count == rows->room) {
        size_t room = rows->room ? 2 * rows->room : FIRST_ROOM;
        struct url_row *grown = realloc(rows->rows, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        rows->rows = grown;
        rows->room = room;
    }
    if (rows->size - rows->used < length || !rows->block) {
        size_t size = rows->size ? 2 * rows->size : FIRST_SIZE;
        while (size - rows->used < length)
            size *= 2;
        char *grown = realloc(rows->block, size);
        if (!grown)
            return -ENOMEM;
        rows->block = grown;
        rows->size = size;
    }
    return 0;
}

int url_rows_add(struct url_rows *rows, const struct url_row *row, const char *text)
{
    int error = rows_reserve(rows, row->length);
    if (error)
        return error;
    if (row->length > 0)
        memcpy(rows->block + rows->used, text, row->length);
    rows->rows[rows->count] = *row;
    rows->rows[rows->count++].text = rows->used;
    rows->used += row->length;
    return 0;
}

static int row_compare(const void *a, const void *b)
{
    const struct url_row *x = a;
    const struct url_row *y = b;
    if (x->host != y->host)
        return x->host < y->host ? -1 : 1;
    return place_before(x->place, y->place) ? -1 : place_before(y->place, x->place);
}

void url_rows_sort(struct url_rows *rows)
{
    if (rows->count > 1)
        qsort(rows->rows, rows->count, sizeof *rows->rows, row_compare);
}

void url_rows_empty(struct url_rows *rows)
{
    if (rows->size > LIMIT_KEPT_BYTES || rows->room * sizeof *rows->rows > LIMIT_KEPT_BYTES)
        url_rows_free(rows);
    rows->count = 0;
    rows->used = 0;
}

void url_rows_free(struct url_rows *rows)
{
    free(rows->rows);
    free(rows->block);
    *rows = (struct url_rows){0};
}
