/* gauge.h - how fast a number grows, smoothed.
 *
 * At first the mean since the beginning; later what is further back than the gauge's memory counts
 * less and less.
 *
 * Ownership: embed it. Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_GAUGE_H
#define CMD_GET_GAUGE_H

#include <stdint.h>

struct gauge {
    double rate;      /* a second */
    int64_t memory;   /* ns */
    int64_t begun;    /* monotonic ns */
    int64_t measured; /* likewise: the latest reading */
    int64_t amount;   /* and what it was */
};

/* At `begun` the number was `amount`. */
void gauge_init(struct gauge *gauge, int64_t memory, int64_t begun, int64_t amount);

/* Now it is `amount`. A number that has fallen begins anew and shows no rate for the moment. */
void gauge_read(struct gauge *gauge, int64_t now, int64_t amount);

#endif
