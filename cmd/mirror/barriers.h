/* barriers.h - what in a page keeps its copy from working from disk, and is left out there.
 *
 * - crossorigin: for a browser, every file is an origin of its own, from which nothing may be
 *   loaded that way;
 * - integrity: the digest of a style sheet that has been converted is another one;
 * - a content security policy: it speaks of the site.
 * The first two go only where what the element loads is a file of the copy. Scripts of
 * type=module are loaded as with crossorigin whatever is said, so from disk they do not run.
 *
 * Any thread; nothing here allocates or parks.
 */
#ifndef CMD_MIRROR_BARRIERS_H
#define CMD_MIRROR_BARRIERS_H

#include "cmd/mirror/convert.h"
#include "net/html/tokenizer.h"
#include <stdbool.h>

#define BARRIERS_MAX 2 /* of one element */

/* Of the element that was read last. */
struct barriers {
    unsigned count;
    bool unconditional; /* they go whatever the element loads */
    struct convert_range ranges[BARRIERS_MAX];
};

/* Fills `barriers` with those of a start tag. */
void barriers_read(struct barriers *barriers, const struct html_tag *tag);

#endif
