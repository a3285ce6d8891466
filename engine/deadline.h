/* deadline.h - time as every waiting call takes it: one absolute deadline.
 *
 * A deadline is a point on CLOCK_MONOTONIC in nanoseconds. Absolute, because a deadline can be
 * handed down through any number of calls without anyone subtracting what was used up. A deadline
 * in the past means: try, do not wait. Any thread; nothing here parks.
 */
#ifndef ENGINE_DEADLINE_H
#define ENGINE_DEADLINE_H

#include "engine/export.h"
#include <stdint.h>

#define DEADLINE_NEVER INT64_MAX  /* wait as long as it takes */
#define DEADLINE_NOW   INT64_C(0) /* do not wait at all */

#define NSEC_PER_SEC   INT64_C(1000000000)
#define NSEC_PER_MSEC  INT64_C(1000000)
#define NSEC_PER_USEC  INT64_C(1000)

/* The clock read anew, in nanoseconds. On a scheduler with a virtual clock: its time. */
ENGINE_API int64_t deadline_clock(void);

/* The scheduler's idea of now, read once a tick: cheap, at most a tick old. Off a scheduler the
 * same as deadline_clock(). */
ENGINE_API int64_t deadline_now(void);

/* The deadline `ns` (or `ms`) from now. Saturates at DEADLINE_NEVER; negative counts as zero. */
ENGINE_API int64_t deadline_in(int64_t ns);
ENGINE_API int64_t deadline_in_ms(int64_t ms);

/* The earlier of two deadlines. */
static inline int64_t deadline_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

#endif
