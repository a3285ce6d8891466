/* attempt.h - tries at one URL: through its host's gate, and hop by hop to what it redirects to.
 *
 * Ownership: the caller's struct: zeroed but for the fields above the line, attempt_clear() at the
 * end. Thread: the worker's. Parks (or blocks): attempt_run, attempt_rest.
 */
#ifndef CMD_GET_ATTEMPT_H
#define CMD_GET_ATTEMPT_H

#include "cmd/get/fetch_one.h"
#include "cmd/get/judge.h"
#include "cmd/get/success_sink.h"

struct attempt {
    struct worker *worker;
    const struct entry *entry;
    struct slots *slots; /* it has one of these, and gives it away while it waits; NULL: none */
    const char *host;    /* whose gate we are in (its key, in entry or here); NULL: none */
    struct success_sink body;
    bool takes_links; /* of the next answer */
    /* What follows is told: */
    struct transfer_result result;       /* of the latest hop */
    char groups[2][CLIENT_ADDRESS_SIZE]; /* that `host` may be: the latest, and the one before */
    unsigned group;                      /* the latest */
    struct url here;                     /* the latest redirect's target; empty before the first */
    struct visit visit;                  /* what has been seen of the host since we are inside */
    enum trust trust;                    /* that all hops of this try so far leave */
    unsigned count;                      /* tries that got as far as a request */
    bool pauses;                         /* the latest back-off has paused the entry's host */
    int64_t first_start;                 /* wall clock, of the first request; 0: there was none */
    int64_t deadline;                    /* of the latest hop; DEADLINE_NEVER: none */
    char reason[320];                    /* why the latest try failed */
};

/* One try at `url`, which gets what `condition` asks for. `max_time` is for all its hops, waiting
 * at a gate not counted; 0: no bound. `trust`: in its origin. */
enum verdict attempt_run(struct attempt *attempt, const struct url *url,
                         const struct condition *condition, int64_t max_time, enum trust trust);

/* Before another try: is there one left, and when (`until`)? `tries` counts those that count
 * against --retry; the first of them was at `started`. RETRY or FAILED. */
enum verdict attempt_back_off(struct attempt *attempt, unsigned *tries, int64_t started,
                              int64_t *until);

/* Waits until then, the slot given away. RETRY or CANCELED. */
enum verdict attempt_rest(struct attempt *attempt, int64_t until);

/* Leaves the gate, if inside. */
void attempt_leave(struct attempt *attempt);

void attempt_clear(struct attempt *attempt);

#endif
