/* state.h - the directory in which a crawl keeps what it still has to do.
 *
 * DIR/.fetch, where there is a DIR: then a crawl that was broken off goes on. Else a directory in
 * $TMPDIR (/tmp) that goes when the crawl ends.
 *
 * Ownership: state_open() to state_close(). Thread: main. Nothing here parks; it blocks on the
 * disk.
 */
#ifndef CMD_CRAWL_STATE_H
#define CMD_CRAWL_STATE_H

#include "cmd/get/options.h"
#include "cmd/get/store.h"

struct state {
    char *directory; /* owned; NULL: not open */
    bool passing;    /* it goes when the crawl ends */
    int lock;        /* -1: the job's own lock is enough */
};

/* 0; -EBUSY: another run has it; another -errno; with *place, a new string for the user. */
int state_open(struct state *state, const struct get_options *options,
               const struct store_directory *directory, char **place);
void state_close(struct state *state);

#endif
