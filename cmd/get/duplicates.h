/* duplicates.h - where else a server says that its file is found (RFC 6249, Metalink/HTTP).
 *
 *     Link: <http://other.test/a.iso>; rel=duplicate; pri=1
 *     Digest: SHA-256=...
 *
 * Only the first answer for a file is listened to, and as the RFC has it, only where a digest goes
 * with the places: either the server's or the list's. They are as good as redirects: allowed
 * protocols, and no credentials for other origins.
 *
 * Ownership: zeroed, duplicates_take() to duplicates_clear(). Any thread, one at a time; nothing
 * here parks.
 */
#ifndef CMD_GET_DUPLICATES_H
#define CMD_GET_DUPLICATES_H

#include "cmd/get/entry.h"
#include "net/xfer/transfer.h"

/* Of more places only the best count. */
#define DUPLICATES_MAX 32

struct duplicates {
    struct url *list; /* the best first: by priority, then as they were told */
    size_t count;
    struct checksum checksum; /* the server's digest of the file; CHECKSUM_NONE: none */
};

/* Takes what this answer, to a request for the entry, tells. 0 or -ENOMEM. */
int duplicates_take(struct duplicates *duplicates, const struct entry *entry,
                    const struct transfer_result *result, const char *protocols);

/* What may be sent to such a place. */
enum trust duplicates_trust(const struct entry *entry, const struct url *url);

void duplicates_clear(struct duplicates *duplicates);

#endif
