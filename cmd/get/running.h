/* running.h - the transfers that have been under way for longest, as they are shown.
 *
 * Entries under way are on a list in the order in which they began. Only the first few of it are
 * looked at, so that ten thousand cost no more than ten.
 *
 * Ownership: a zeroed struct is empty; running_clear(). Thread: the list's. Nothing here parks.
 */
#ifndef CMD_GET_RUNNING_H
#define CMD_GET_RUNNING_H

#include "cmd/get/gauge.h"
#include "engine/list.h"

#define RUNNING_MAX 8

struct running_row {
    uint64_t number; /* the entry's */
    char *name;      /* of its file, else the URL without credentials; owned; NULL: no memory */
    int64_t age;     /* ns since it began */
    int64_t rest;    /* ns until it is tried again; 0: it is under way */
    int64_t silent;  /* ns since something came, as far as was seen */
    int64_t received;
    int64_t expected; /* bytes, -1: not announced */
    struct gauge gauge;
};

struct running {
    unsigned count;
    struct running_row rows[RUNNING_MAX]; /* the oldest first */
};

/* Reads the meters of the first RUNNING_MAX entries of the list (entry.h: node, meter, started).
 * `now` monotonic ns. */
void running_sample(struct running *running, const struct list *entries, int64_t now);

void running_clear(struct running *running);

#endif
