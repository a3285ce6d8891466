/* known.h - what the journal knew of a URL when its line was read: what a conditional request
 * needs.
 *
 * Ownership: one block, strings included: known_new() to free(); the entry owns it, and its strings
 * are not to be replaced. Any thread; nothing here parks.
 */
#ifndef CMD_GET_KNOWN_H
#define CMD_GET_KNOWN_H

#include "cmd/get/outcome.h"
#include <stdbool.h>
#include <stdint.h>

struct known {
    /* What became of it last time. NOT_TRIED: nothing is recorded, but the last run was killed, so
     * that a file under the entry's name may be its work: published, and the record lost. */
    enum outcome_kind outcome;
    int64_t row;               /* in the journal; 0: none */
    bool renamed;              /* what is recorded lies under another name than the entry's */
    int64_t size;              /* of the published file; -1: none is recorded */
    int64_t mtime_ns;          /* its time, unix; -1: not recorded */
    const char *etag;          /* as the server sent it; NULL: none */
    const char *last_modified; /* likewise */
    bool settled;              /* by a run that was broken off, and this one goes on with it */
    bool verified;             /* it had the checksum that the list wants it to have */
};

/* A copy of `from`, strings too. NULL when memory runs out. */
struct known *known_new(const struct known *from);

#endif
