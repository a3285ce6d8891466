/* entry_queue.h - entries that wait, in order of coming, in bounded memory.
 *
 * A waiting entry is packed into some 150 bytes: an entry as such costs ten times that, most of it
 * inside libcurl. When the pool has as many in memory as it may, further ones go to disk, many at a
 * time; those of a queue that has some there follow them, so that the order stays.
 *
 * Ownership: a queue is its owner's zeroed struct, a pool is shared by its queues and outlives
 * them. Thread: one; of several tasks one at a time. Parks (or blocks), for the disk and not
 * cancelably: entry_queue_put, entry_queue_take.
 */
#ifndef CMD_GET_ENTRY_QUEUE_H
#define CMD_GET_ENTRY_QUEUE_H

#include "cmd/get/entry.h"
#include "cmd/get/spill.h"
#include "net/url/parser.h"

struct packed_entry;

struct entry_pool {
    struct spill *spill;
    struct leaving *leaving; /* a batch on its way to disk; owned */
    size_t leaving_count;
    size_t in_memory; /* entries */
    size_t bytes;     /* that they take */
    struct url_parser parser;
};

struct entry_queue {
    uint64_t count;             /* in memory and on disk */
    struct packed_entry *first; /* in memory whenever there is one */
    struct packed_entry *last;  /* the last in memory */
    struct spill_queue spilled;
    size_t leaving; /* on their way to disk, after those there */
};

/* 0 or -ENOMEM. */
int entry_pool_init(struct entry_pool *pool);
void entry_pool_clear(struct entry_pool *pool);

/* Memory and disk have what they may have: put no more. */
bool entry_pool_full(const struct entry_pool *pool);

/* Takes a good entry over. 0, or -errno: then it is still the caller's. */
int entry_queue_put(struct entry_pool *pool, struct entry_queue *queue, struct entry *entry);

/* Likewise, before all others but the first, and always in memory: without waiting for the disk,
 * also while another task does. */
int entry_queue_put_early(struct entry_pool *pool, struct entry_queue *queue, struct entry *entry);

/* The first entry, now the caller's. 0; -errno: then it is still the first, unless the disk failed.
 */
int entry_queue_take(struct entry_pool *pool, struct entry_queue *queue, struct entry **entry);

/* The number of the first entry; there is one. */
uint64_t entry_queue_number(const struct entry_queue *queue);

/* Frees what is in memory; what is on disk goes with the pool. */
void entry_queue_clear(struct entry_pool *pool, struct entry_queue *queue);

#endif
