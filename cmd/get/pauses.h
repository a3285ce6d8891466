/* pauses.h - pauses that have not ended yet, counted: a heap by their ends.
 *
 * Ownership: a zeroed struct is empty; pauses_clear() frees its room. A pause is embedded in what
 * is paused, and stays where it is while it is noted. Thread: one, or under the caller's lock.
 * Nothing here parks.
 */
#ifndef CMD_GET_PAUSES_H
#define CMD_GET_PAUSES_H

#include "cmd/get/turn_heap.h"
#include <stdbool.h>

struct pause {
    int64_t until; /* monotonic ns; may have passed; 0: there was none */
    bool noted;
};

struct pauses {
    struct turn_heap ends; /* an end that was put off since is found out when its turn comes */
};

/* It lasts until then, or for longer if it did so before. One for which there is no memory is not
 * counted. */
void pauses_note(struct pauses *pauses, struct pause *pause, int64_t until);

/* How many end after `now`; the others are no longer noted. In all, a pause costs two steps of a
 * heap for each time that it was put off. */
size_t pauses_count(struct pauses *pauses, int64_t now);
void pauses_clear(struct pauses *pauses);

#endif
