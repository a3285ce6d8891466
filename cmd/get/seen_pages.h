/* seen_pages.h - a set of fingerprints on disk, by linear hashing (Litwin 1980): the file grows by
 * one bucket at a time, so that no insertion ever waits for everything to be moved.
 *
 * A bucket is a page and, for a while, overflow pages; it is split in turn, not when it is full.
 * A bucket is a range of fingerprints in the order of `high`: whoever adds many in that order reads
 * and writes each page once.
 *
 * Ownership: pages_open() to pages_close(). Thread: one. Nothing here parks; the file is read and
 * written a page at a time, in the page cache. After an error the set is no longer to be trusted.
 */
#ifndef CMD_GET_SEEN_PAGES_H
#define CMD_GET_SEEN_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a string; `low` is never 0, which means an empty place. */
struct fingerprint {
    uint64_t low;
    uint64_t high;
};

static inline bool fingerprint_equal(struct fingerprint a, struct fingerprint b)
{
    return a.low == b.low && a.high == b.high;
}

struct pages;

/* `directory` as temp_file_open() takes it. 0 or -errno. */
int pages_open(struct pages **pages, const char *directory);

/* 1 when it is in, 0 when not, -errno. */
int pages_find(struct pages *pages, struct fingerprint print);

/* Adds those at the front of `prints` that belong into one bucket and are not in; `prints` are in
 * ascending order of `high`. How many were taken (at least one of `count`), or -errno. */
int pages_add(struct pages *pages, const struct fingerprint *prints, size_t count);

void pages_close(struct pages *pages); /* NULL is fine */

#endif
