/* pace.h - how fast one host may be asked: as --rate says, and as the host bears.
 *
 * A host that serves is bound by --per-host and --rate alone. One that refuses gets a limit of its
 * own, which looks for what it bears: additive increase, multiplicative decrease, as TCP does. The
 * limit is a number of connections, and a fraction of one where even a single one is too many:
 * then the next request waits so that on average only that fraction is in use. So a limit of 1/4
 * means, for requests that take 50 ms, one every 200 ms; halving the limit always halves the rate.
 *
 * Down, by half of what is in use, when the host refuses (429, or 503 with Retry-After), and when
 * it is strained: 503 without Retry-After and timeouts may be the fault of one URL, so they count
 * when they come more often than once in PACE_STRAIN_SHARE answers. Requests that were under way
 * when the limit was lowered tell nothing new and lower it no further.
 *
 * Up, with every visit that ends well, so fast that after PACE_RECOVERY the pace is what it was
 * before; where that is borne, twice as fast for as long again, and so on, until --per-host is
 * reached and the limit gone. A host whose own limit is constant thus refuses about once in
 * PACE_RECOVERY, whether it bears a thousand requests a second or one.
 *
 * Pure arithmetic on the caller's clock. Ownership: embed it; zeroed it knows of no limit. Thread:
 * whoever owns the host. Nothing here parks.
 */
#ifndef CMD_GET_PACE_H
#define CMD_GET_PACE_H

#include "engine/deadline.h"
#include <stdbool.h>
#include <stdint.h>

/* Long enough that refusals stay rare, short enough that a busy minute does not spoil the hour. */
#define PACE_RECOVERY (10 * NSEC_PER_SEC)

/* No host is asked less often: whoever refuses even that has to say so with Retry-After, and the
 * lines of one that refuses everything are to fail in this life. */
#define PACE_SLOWEST (10 * NSEC_PER_SEC)

/* Who is late by no more than this is made up for, or each tardy timer would slow a --rate down: so
 * much shorter than it should be a gap can be. */
#define PACE_TOLERANCE (10 * NSEC_PER_MSEC)

/* Answers for each that shows strain; more serve than that: it is the URL. */
#define PACE_STRAIN_SHARE 16

/* Strained answers beyond that share that make a strained host. */
#define PACE_STRAIN_COUNT 2

/* Timeouts do not push the limit below this, nor do refusals when nothing has been served since the
 * limit was last lowered; then timeouts do not lower it at all. A host that is dead, or refuses us
 * at any pace, shows nothing about its pace, and its lines should fail soon. */
#define PACE_FRUITLESS_FLOOR 4

/* A limit is remembered for so long after it was last lowered. */
#define PACE_MEMORY (600 * NSEC_PER_SEC)

/* What a visit to the host has shown. */
enum visit_end {
    VISIT_NOTHING, /* nothing was asked, or what came of it is no sign of either */
    VISIT_SERVED,
    VISIT_REFUSED,
    VISIT_STRAINED,
    VISIT_TIMED_OUT,
};

struct visit {
    enum visit_end end;
    int64_t took; /* the last request, ns */
};

struct pace {
    int64_t next;    /* nobody begins before; 0: at any time */
    int64_t took;    /* a request that was served, smoothed, ns; 0: none was yet */
    double allowed;  /* connections; 0: no limit of its own */
    double step;     /* grows by this in PACE_RECOVERY */
    int64_t grown;   /* when it last did */
    int64_t eased;   /* when it was last lowered */
    bool served;     /* something, since then */
    unsigned strain; /* in 1 / PACE_STRAIN_SHARE of an answer */
};

/* How many connections there may be: 1 to `per_host`. */
static inline unsigned pace_connections(const struct pace *pace, unsigned per_host)
{
    if (!(pace->allowed > 0) || pace->allowed >= per_host)
        return per_host;
    return pace->allowed >= 1 ? (unsigned)pace->allowed : 1;
}

/* Does the limit ask for gaps between requests? */
static inline bool pace_is_spaced(const struct pace *pace)
{
    return pace->allowed > 0 && pace->allowed < 1;
}

/* A request begins: sets when the next one may, at least `interval` later (--rate; 0: none). */
void pace_begin(struct pace *pace, int64_t interval, int64_t now);

/* Does visit_end say something that needs a look at the clock? In most cases not. */
static inline bool pace_wants_clock(const struct pace *pace, enum visit_end end)
{
    return end > VISIT_SERVED || pace->allowed > 0;
}

/* A visit has ended; `used` connections were in use then, it included. `now`: 0 unless
 * pace_wants_clock(). True when the limit was lowered. */
bool pace_learn(struct pace *pace, const struct visit *visit, unsigned used, unsigned per_host,
                int64_t now);

/* Would something be lost if the host were forgotten? */
static inline bool pace_is_memorable(const struct pace *pace, int64_t now)
{
    return pace->next > now || (pace->allowed > 0 && pace->eased + PACE_MEMORY > now);
}

#endif
