/* loop.h - libcurl's multi handle as a part of the scheduler's loop. Private to net/xfer.
 *
 * Tasks post what they want (start, stop, resume) to a queue and park; a hook on the loop's own
 * stack carries it out, runs libcurl's timer, takes finished transfers back and wakes their tasks.
 * libcurl's callbacks only record: none yields, and none calls libcurl. No coroutine of its own
 * drives libcurl, and none ever calls it: its depth of stack is not ours to bound.
 *
 * Off a scheduler the same struct is driven by curl_multi_poll() (blocking.c).
 *
 * Ownership: the client's. Thread: the client's. Parks: loop_perform. Blocks: blocking_perform.
 */
#ifndef NET_XFER_LOOP_H
#define NET_XFER_LOOP_H

#include "engine/list.h"
#include "engine/sched/sched.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

struct client;
struct transfer;

struct loop {
    struct sched_hook hook;
    struct client *client;
    CURLM *multi;
    bool scheduled; /* a hook of the thread's scheduler; else blocking */
    bool broken;    /* libcurl lost track of its transfers: to be made anew */
    bool ran;       /* libcurl has run since its messages were last read */
    int64_t timer;  /* when libcurl wants to be called; DEADLINE_NEVER: need not be */
    int64_t stall;  /* longest silence; DEADLINE_NEVER: any */
    struct list commands;
    struct list active;  /* transfers that libcurl has */
    struct list quiet;   /* those that are not paused, longest silent first */
    struct list nudged;  /* those that libcurl may forget to wait for */
    int64_t next_nudge;  /* DEADLINE_NEVER: nobody needs one */
    struct list touched; /* those for which something arrived in this tick */
    struct list yielded; /* those that let others have their turn */
    struct list delayed; /* those that were too fast, by when they may go on */
    struct list watched; /* those that must not be slow, longest watched first */
    /* Guard against a libcurl that spins. */
    unsigned idle_calls; /* of libcurl since something last came of one */
    int64_t idle_since;
    bool spin_reported;
};

int loop_init(struct loop *loop, struct client *client);

/* Closes all connections. Nothing may be under way. */
void loop_close(struct loop *loop);

/* Runs a transfer from a task, until transfer->ended. */
void loop_perform(struct loop *loop, struct transfer *transfer);

/* The same on a thread without a scheduler. */
void blocking_perform(struct loop *loop, struct transfer *transfer);

/* What loop.c and blocking.c share: giving a transfer to libcurl (which fails only by ending it),
 * ending those that libcurl is done with, and ending one that it is not. */
void loop_start(struct loop *loop, struct transfer *transfer);
void loop_collect(struct loop *loop);
void loop_end(struct loop *loop, struct transfer *transfer, CURLcode code);

/* Continues one that is paused; may end it. */
void loop_resume(struct loop *loop, struct transfer *transfer);

/* Continues those that have let others have their turn. They may do so again: loop->yielded. */
void loop_resume_yielded(struct loop *loop);

/* libcurl no longer knows what it does: ends all transfers, drops the multi handle. */
void loop_fail_all(struct loop *loop);

/* Ends transfers that have been silent for too long: when to look again. */
int64_t loop_end_stalled(struct loop *loop, int64_t now);

/* Runs transfers that libcurl may have forgotten to wait for (nudge.c): when to do so again. */
void loop_nudge_later(struct loop *loop, struct transfer *transfer);
int64_t loop_nudge(struct loop *loop, int64_t now);

/* Something arrived for `transfer`. */
void loop_touch(struct transfer *transfer);

#endif
