/* tap.h - somebody looks at a body on its way to the file.
 *
 * fetch_one() puts the entry's tap before the file: it sees each body that is a success from its
 * beginning (begin() of a 206 goes on where the body was broken off), and what an earlier run has
 * left of it.
 *
 * Ownership: the embedder's, which outlives fetch_one(). Thread: the transfer's; take() also on
 * the disk's. Nothing here parks.
 */
#ifndef CMD_GET_TAP_H
#define CMD_GET_TAP_H

#include "net/xfer/sink.h"

struct tap {
    struct sink sink;
    struct sink *next; /* set by fetch_one() */
    /* As if these bytes of the body, which are there already, had arrived. 0 or -errno. */
    int (*take)(void *tap, const void *data, size_t size);
    /* The body has come in full. Where in DIR/.fetch, until the tap's end, lies what it may be the
     * same as: download_keep()'s `served`. NULL: nowhere. May be NULL itself: so it is always. */
    const char *(*served)(void *tap);
};

#endif
