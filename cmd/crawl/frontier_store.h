/* frontier_store.h - a frontier's database: what is to be fetched, and what was ever met. Private
 * to cmd/crawl.
 *
 * Ownership: frontier_store_open() to frontier_store_close(). Thread: one at a time. Nothing here
 * parks; all of it blocks on the disk.
 */
#ifndef CMD_CRAWL_FRONTIER_STORE_H
#define CMD_CRAWL_FRONTIER_STORE_H

#include "cmd/crawl/seen.h"
#include "cmd/crawl/url_rows.h"

/* What the job as a whole has come to. */
struct frontier_totals {
    uint64_t next_number; /* of a URL */
    uint64_t next_turn;   /* of a host */
    uint64_t left;
    uint64_t done;
    uint64_t failed;
};

enum host_change {
    HOST_COMES,  /* it has URLs; its turn, unless it had one already */
    HOST_WAITS,  /* it is parked; its new turn */
    HOST_LEAVES, /* it has none left: no turn */
};

/* What is to be committed together. */
struct frontier_changes {
    struct url_rows added;
    struct url_rows removed; /* host and place */
    struct url_rows later;   /* of those removed: to be tried again, at */
    struct url_rows hosts;   /* host, place.number: its turn, kind: enum host_change, text: key */
    struct url_rows notes;   /* host: the note, at: its number */
    uint64_t *prints;        /* of what was seen for the first time; owned */
    size_t print_count;
    size_t print_room;
    struct frontier_totals totals;
};

/* 0 or -ENOMEM. */
int frontier_changes_add_print(struct frontier_changes *changes, uint64_t print);
size_t frontier_changes_bytes(const struct frontier_changes *changes);
void frontier_changes_empty(struct frontier_changes *changes);
void frontier_changes_free(struct frontier_changes *changes);

struct frontier_store;

/* As frontier_open(). */
int frontier_store_open(struct frontier_store **store, const char *directory, bool synced,
                        bool fresh, char **why);
void frontier_store_close(struct frontier_store *store); /* NULL is fine */

/* From here on: 0; -EBADMSG when the file turns out to be damaged; another -errno. What happened is
 * then in frontier_store_problem(), with the file's name. */

/* What lies there: the totals, the key of the fingerprints, hosts that have a turn, URLs to be
 * tried again later. */
struct frontier_found {
    struct frontier_totals totals;
    unsigned char key[SEEN_KEY_BYTES];
    uint64_t hosts;
    uint64_t later;
};
int frontier_store_begin(struct frontier_store *store, struct frontier_found *found);

/* Adds all fingerprints. */
int frontier_store_load(struct frontier_store *store, struct seen_set *set);

/* As frontier_each_note(). */
int frontier_store_each_note(struct frontier_store *store,
                             void (*seen)(void *ctx, uint64_t note, int64_t number), void *ctx);

/* All or nothing; sorts the rows. */
int frontier_store_write(struct frontier_store *store, struct frontier_changes *changes);

/* Up to `limit` rows of a host behind `after`, in order, added to `rows`. */
int frontier_store_read(struct frontier_store *store, uint64_t host, struct url_place after,
                        unsigned limit, struct url_rows *rows);

/* Up to `limit` hosts whose turn comes after `turn`, in order: host, place.number, text. */
int frontier_store_turns(struct frontier_store *store, uint64_t turn, unsigned limit,
                         struct url_rows *rows);

/* Up to `limit` URLs whose time has come at `now` (unix ms) are to be fetched again; their rows,
 * with the whole URL for a text. Hosts that had no turn get one, from `turn` up, of which `limit`
 * are free. *next: when the next one's comes; INT64_MAX: never. */
int frontier_store_recall(struct frontier_store *store, int64_t now, unsigned limit, uint64_t turn,
                          struct url_rows *rows, int64_t *next);

const char *frontier_store_problem(const struct frontier_store *store);

#endif
