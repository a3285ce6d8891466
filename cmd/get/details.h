/* details.h - what a list says of a file besides its first URL.
 *
 * Most entries have none. Packed, they are a few strings: so they wait on the disk (entry_queue.h)
 * and travel to a child process (wire.h).
 *
 * Ownership: details_new() to details_free(), all that hangs on it included; the entry owns it.
 * Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_GET_DETAILS_H
#define CMD_GET_DETAILS_H

#include "cmd/get/checksum.h"
#include "net/url/url.h"
#include <stdint.h>

struct details {
    struct url *mirrors; /* other places of the same file, the best first */
    size_t mirror_count;
    struct checksum checksum; /* CHECKSUM_NONE: none is known */
    char **headers;           /* "Name: value", NULL-terminated; NULL: none */
    size_t header_bytes;
    int64_t size; /* bytes that the file is to have; -1: not said */
};

/* NULL when memory runs out. */
struct details *details_new(void);
void details_free(struct details *details); /* NULL is fine */

/* Takes the URL over, also on an error. 0 or -ENOMEM. */
int details_add_mirror(struct details *details, struct url *mirror);

/* Of all header lines together, so that a list cannot make an entry as long as it likes. */
#define DETAILS_HEADERS_MAX 65536

/* Adds a header line. 0, -ENOMEM, -E2BIG. */
int details_add_header(struct details *details, const char *line, size_t length);

/* Adds "NAME: value", or puts it in the place of one with that name. Likewise. */
int details_set_header(struct details *details, const char *name, const char *value, size_t length);

#endif
