/* forecast.h - when a queue will be empty to which more is added while it is worked off.
 *
 * It is as long as it is; it drains at the rate at which what was in it ends, less the rate at
 * which more is found, both as of late. A queue that grows has no end in sight, and one that has
 * been watched for a moment only, or hardly moves, has none that could be told.
 *
 * Ownership: embed it, zeroed. Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_FORECAST_H
#define CMD_GET_FORECAST_H

#include "cmd/get/gauge.h"
#include "engine/deadline.h"
#include <stdbool.h>
#include <stdint.h>

/* What comes in place of a time. */
#define FORECAST_NONE    INT64_C(-1) /* it cannot be told */
#define FORECAST_GROWING INT64_C(-2) /* more is found than ends */

/* A forecast that jumps is none, and one that has not heard yet that the queue shrinks is wrong:
 * rates follow within the time in which so much ends, between these bounds ... */
#define FORECAST_SAMPLE 100
#define FORECAST_QUICK  (4 * NSEC_PER_SEC)
#define FORECAST_SLOW   (20 * NSEC_PER_SEC)

/* ... and are not believed before that. */
#define FORECAST_WATCH (3 * NSEC_PER_SEC)

/* Anything longer is no forecast. */
#define FORECAST_MAX_S (3600.0 * 1000)

struct forecast {
    struct gauge found; /* all that was ever in the queue */
    struct gauge ended; /* of that what is no longer */
    int64_t begun;      /* monotonic ns; 0: nothing was read yet */
};

/* Now it is so much; `now` > 0. A number that has fallen begins anew. */
void forecast_read(struct forecast *forecast, int64_t now, uint64_t found, uint64_t ended);

/* From the latest reading to the end, ns; or FORECAST_NONE, FORECAST_GROWING. */
int64_t forecast_left(const struct forecast *forecast);

/* Seconds as ns, if they are few enough to be told. */
int64_t forecast_seconds(double seconds);

#endif
