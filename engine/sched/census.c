/* census.c - a small open hash by the address of the site's literal. */
#include "engine/sched/census.h"
#include "engine/sched/report.h"
#include <stdint.h>
#include <stdlib.h>

struct census_row {
    const char *name;
    const char *site; /* NULL: free */
    size_t tasks;
    size_t most_bytes;
};

struct census {
    struct census_row *rows; /* owned */
    size_t size;             /* a power of two */
    size_t used;
};

enum { CENSUS_FIRST_SIZE = 16 };

struct census *census_new(void)
{
    struct census *census = calloc(1, sizeof(*census));
    if (!census)
        return NULL;
    census->size = CENSUS_FIRST_SIZE;
    census->rows = calloc(census->size, sizeof(*census->rows));
    if (!census->rows) {
        free(census);
        return NULL;
    }
    return census;
}

void census_free(struct census *census)
{
    if (!census)
        return;
    free(census->rows);
    free(census);
}

/* The site's row, or the free one where it belongs. There always is a free one. */
static struct census_row *find_row(struct census_row *rows, size_t size, const char *site)
{
    size_t at = ((uintptr_t)site * UINT64_C(0x9e3779b97f4a7c15)) >> 32;
    while (rows[at & (size - 1)].site && rows[at & (size - 1)].site != site)
        at++;
    return &rows[at & (size - 1)];
}

static int grow(struct census *census)
{
    size_t size = census->size * 2;
    struct census_row *rows = calloc(size, sizeof(*rows));
    if (!rows)
        return -1;
    for (size_t i = 0; i < census->size; i++) {
        if (census->rows[i].site)
            *find_row(rows, size, census->rows[i].site) = census->rows[i];
    }
    free(census->rows);
    census->rows = rows;
    census->size = size;
    return 0;
}

void census_add(struct census *census, const char *name, const char *site, size_t stack_bytes)
{
    if (!census)
        return;
    struct census_row *row = find_row(census->rows, census->size, site);
    if (!row->site) {
        if (census->used + 1 == census->size / 2) {
            if (grow(census))
                return;
            row = find_row(census->rows, census->size, site);
        }
        census->used++;
        row->name = name;
        row->site = site;
    }
    row->tasks++;
    if (row->most_bytes < stack_bytes)
        row->most_bytes = stack_bytes;
}

void census_report(const struct census *census, struct sched *sched)
{
    for (size_t i = 0; census && i < census->size; i++) {
        const struct census_row *row = &census->rows[i];
        if (row->site)
            report_line(sched, "  stack of %zu KiB at most, task %s (spawned at %s), %zu times",
                        row->most_bytes / 1024, row->name, row->site, row->tasks);
    }
}
