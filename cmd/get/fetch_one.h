/* fetch_one.h - the heart: one URL, from gate to file, in a straight line.
 *
 * The very same function runs as a coroutine, on a blocking thread, in a blocking process and one
 * after another: what it waits in - gate, resolver, transfer, disk, sleep - parks where there is a
 * scheduler and blocks where there is none.
 *
 * Ownership: the worker is its thread's and outlives the call; entry and outcome are the caller's.
 * Thread: the worker's. Parks (or blocks): fetch_one.
 */
#ifndef CMD_GET_FETCH_ONE_H
#define CMD_GET_FETCH_ONE_H

#include "cmd/get/entry.h"
#include "cmd/get/gate.h"
#include "cmd/get/namer.h"
#include "cmd/get/options.h"
#include "cmd/get/outcome.h"
#include "cmd/get/slots.h"
#include "cmd/get/store.h"
#include "net/xfer/transfer.h"

/* What a thread or process fetches with. */
struct worker {
    const struct get_options *options;
    struct client *client;
    struct store *store;
    struct gate *gate;
    struct namer *namer;
    struct slots *slots; /* given back while waiting; NULL where a worker is a slot */
    bool postpones;      /* a worker is a slot: no entry is to wait in it for its host's pause */
    unsigned resting;    /* tasks of this worker that wait out a back-off without a slot */
};

/* Fetches entry->url into entry->name. Fills `outcome`; an interruption leaves OUTCOME_NOT_TRIED.
 */
void fetch_one(struct worker *worker, const struct entry *entry, struct outcome *outcome);

#endif
