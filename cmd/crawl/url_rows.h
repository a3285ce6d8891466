/* url_rows.h - URLs on their way between the frontier's memory and its database.
 *
 * Ownership: a zeroed struct is empty; url_rows_free() frees it. Thread: one at a time. Nothing
 * here parks.
 */
#ifndef CMD_CRAWL_URL_ROWS_H
#define CMD_CRAWL_URL_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where a URL stands among those of its host. */
struct url_place {
    uint32_t rank;   /* priority << 24 | depth */
    uint64_t number; /* in order of coming; no two URLs have the same */
};

static inline bool place_before(struct url_place a, struct url_place b)
{
    return a.rank != b.rank ? a.rank < b.rank : a.number < b.number;
}

struct url_row {
    uint64_t host; /* of the table of hosts */
    struct url_place place;
    int64_t referrer;
    int64_t at; /* to be tried again, unix ms */
    unsigned kind;
    unsigned tries;
    uint32_t length;
    size_t text; /* begins so far into the block; without the host's origin unless that differs */
};

struct url_rows {
    struct url_row *rows;
    size_t count;
    size_t room;
    char *block; /* texts, one behind the other */
    size_t used;
    size_t size;
};

/* Copies the row; its text is `text`. 0 or -ENOMEM. */
int url_rows_add(struct url_rows *rows, const struct url_row *row, const char *text);

static inline const char *url_rows_text(const struct url_rows *rows, const struct url_row *row)
{
    return rows->block + row->text;
}

/* By host and place: so a database that is ordered alike touches each page once. */
void url_rows_sort(struct url_rows *rows);

void url_rows_empty(struct url_rows *rows); /* keeps some memory */
void url_rows_free(struct url_rows *rows);

#endif
