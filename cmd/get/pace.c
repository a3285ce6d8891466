#include "cmd/get/pace.h"

/* A request takes at least so long, where we must divide by it. */
#define SHORTEST NSEC_PER_MSEC

/* One in so many of a new measurement goes into the smoothed one. */
enum { SMOOTHING = 8 };

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t pace_took(const struct pace *pace)
{
    return later(pace->took, SHORTEST);
}

/* From the begin of one request to that of the next, ns. */
static int64_t pace_gap(const struct pace *pace)
{
    double gap = (double)pace_took(pace) / pace->allowed;
    return gap < (double)PACE_SLOWEST ? (int64_t)gap : PACE_SLOWEST;
}

void pace_begin(struct pace *pace, int64_t interval, int64_t now)
{
    int64_t gap = interval;
    if (pace_is_spaced(pace))
        gap = later(gap, pace_gap(pace));
    bool in_time = now - pace->next <= PACE_TOLERANCE;
    pace->next = (in_time ? pace->next : now) + gap;
}

static void pace_lower(struct pace *pace, unsigned used, double floor, int64_t now)
{
    double least = (double)pace_took(pace) / (double)PACE_SLOWEST;
    double before = pace->allowed > 0 && pace->allowed < used ? pace->allowed : used;
    double after = before / 2 > least ? before / 2 : least;
    if (after < floor)
        after = floor < before ? floor : before;
    pace->allowed = after;
    pace->step = after;
    pace->grown = now;
    pace->eased = now;
    pace->served = false;
    pace->strain = 0;
    if (pace_is_spaced(pace))
        pace->next = later(pace->next, now + pace_gap(pace));
}

static void pace_raise(struct pace *pace, unsigned per_host, int64_t now)
{
    /* A host that nobody asked for long has not shown that it would have borne it. */
    int64_t passed = now - pace->grown < PACE_RECOVERY ? now - pace->grown : PACE_RECOVERY;
    pace->grown = now;
    pace->allowed += pace->step * (double)passed / (double)PACE_RECOVERY;
    if (pace->allowed >= 2 * pace->step)
        pace->step = pace->allowed;
    if (pace->allowed >= per_host)
        pace->allowed = 0;
}

static void pace_measure(struct pace *pace, int64_t took)
{
    pace->took = pace->took ? pace->took + (took - pace->took) / SMOOTHING : took;
}

/* Counts a sign of strain. True when there are too many of them. */
static bool pace_strained(struct pace *pace)
{
    pace->strain += PACE_STRAIN_SHARE;
    return pace->strain >= PACE_STRAIN_COUNT * PACE_STRAIN_SHARE;
}

bool pace_learn(struct pace *pace, const struct visit *visit, unsigned used, unsigned per_host,
                int64_t now)
{
    bool lowers = false;
    bool is_news = pace->allowed <= 0 || now - visit->took >= pace->eased;
    switch (visit->end) {
    case VISIT_NOTHING:
        break;
    case VISIT_SERVED:
        pace_measure(pace, visit->took);
        pace->served = true;
        pace->strain -= pace->strain > 0;
        if (pace->allowed > 0)
            pace_raise(pace, per_host, now);
        break;
    case VISIT_REFUSED:
        lowers = is_news;
        break;
    case VISIT_STRAINED:
        lowers = is_news && pace_strained(pace);
        break;
    case VISIT_TIMED_OUT:
        lowers = is_news && pace->served && pace_strained(pace);
        break;
    }
    bool floored = visit->end == VISIT_TIMED_OUT || (pace->eased && !pace->served);
    if (lowers)
        pace_lower(pace, used, floored ? PACE_FRUITLESS_FLOOR : 0, now);
    return lowers;
}
