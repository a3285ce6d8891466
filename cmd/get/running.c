#include "cmd/get/running.h"

#include "cmd/get/entry.h"
#include "cmd/get/meter.h"
#include "engine/deadline.h"
#include <stdlib.h>
#include <string.h>

#define RATE_MEMORY (2 * NSEC_PER_SEC)

/* Takes the entry's row out of `before`, or makes one. */
static struct running_row take_row(struct running *before, const struct entry *entry)
{
    for (unsigned i = 0; i < before->count; i++) {
        struct running_row row = before->rows[i];
        if (row.number != entry->number)
            continue;
        before->rows[i].name = NULL;
        before->rows[i].number = 0; /* entries are counted from 1 */
        return row;
    }
    struct running_row row = {.number = entry->number};
    row.name = entry->name ? strdup(entry->name) : url_redacted(&entry->url);
    gauge_init(&row.gauge, RATE_MEMORY, entry->started, 0);
    return row;
}

void running_sample(struct running *running, const struct list *entries, int64_t now)
{
    struct running before = *running;
    const struct list_node *node = list_first(entries);
    running->count = 0;
    for (; node && running->count < RUNNING_MAX; node = list_next(entries, node)) {
        const struct entry *entry = list_entry(node, const struct entry, node);
        struct running_row *row = &running->rows[running->count++];
        *row = take_row(&before, entry);
        row->age = now - entry->started;
        int64_t resumes = meter_resumes(entry->meter);
        row->rest = resumes > now ? resumes - now : 0;
        int64_t received = meter_received(entry->meter);
        row->silent = received == row->received ? row->silent + now - row->gauge.measured : 0;
        row->received = received;
        row->expected = meter_expected(entry->meter);
        gauge_read(&row->gauge, now, row->received);
    }
    running_clear(&before);
}

void running_clear(struct running *running)
{
    for (unsigned i = 0; i < running->count; i++)
        free(running->rows[i].name);
    running->count = 0;
}
