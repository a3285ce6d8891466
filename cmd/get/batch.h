/* batch.h - work on the disk that tasks wait for, handed to the offload pool many at a time.
 *
 * Handing over each small file by itself costs more than writing it: a lock, a wake-up, a switch of
 * threads and the way back. So what the tasks of one tick ask for is listed, and handed over as one
 * job before the loop waits; while that is under way the list grows, and the next batch is the
 * larger for it. Two at once would only fight for the lock of the directory, but where the disk is
 * slow (a network, one that syncs) waiting is better done together: a batch that takes its time
 * does not hold up the next for long. Off a scheduler, or when told so, work is done in place.
 *
 * Ownership: a batch_job is the caller's, on its stack. Thread: the scheduler's; run() is called on
 * a thread of the pool. Parks (or blocks): batcher_run.
 */
#ifndef CMD_GET_BATCH_H
#define CMD_GET_BATCH_H

#include "cmd/get/store_limits.h"
#include "engine/list.h"
#include "engine/offload/offload.h"
#include "engine/sched/sched.h"

struct batch_job {
    void (*run)(struct batch_job *job);
    struct list_node node;
    struct task *task; /* who waits */
    bool done;
};

struct batcher;

/* Jobs under way together. */
struct batch {
    struct batcher *batcher;
    struct list jobs;
    struct future *future; /* NULL: idle */
    int64_t started;
};

struct batcher {
    struct sched *sched; /* NULL: everything in place */
    struct sched_hook hook;
    struct list waiting; /* jobs not handed over yet */
    unsigned jobs_max;   /* in one batch */
    int64_t patience;    /* how long a batch goes before another may start */
    struct batch batches[LIMIT_BATCHES];
};

/* `in_place`: never hand anything over. `alone`: jobs take long, one a batch. */
void batcher_init(struct batcher *batcher, bool in_place, bool alone);

/* Nothing may be under way. */
void batcher_clear(struct batcher *batcher);

/* Returns when job->run() has returned. Not cancelable: it works on the caller's memory. */
void batcher_run(struct batcher *batcher, struct batch_job *job);

#endif
