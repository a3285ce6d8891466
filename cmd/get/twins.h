/* twins.h - entries of one URL that differ in nothing but their credentials.
 *
 * Each is a file of its own, but credentials are nothing to be remembered by: so twins are numbered
 * in the order in which they come (entry->twin, entry_key()).
 *
 * Ownership: the struct is the reader's, zeroed at first. Thread: one. Nothing here parks; what
 * does not fit into memory goes to a file (seen.h).
 */
#ifndef CMD_GET_TWINS_H
#define CMD_GET_TWINS_H

#include "cmd/get/entry.h"
#include "cmd/get/seen.h"

struct twins {
    struct seen *keys; /* of those that may have some; NULL: no URL had credentials so far */
};

/* Numbers an entry whose URL is new. `urls`: all so far, this one too. 0 or -errno, as seen_add().
 */
int twins_number(struct twins *twins, struct seen *urls, struct entry *entry);

void twins_clear(struct twins *twins);

#endif
