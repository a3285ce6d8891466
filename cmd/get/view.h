/* view.h - what stands at the foot of the terminal while a job runs: a bar, a line of numbers, and
 * the transfers that take longest.
 *
 *      ━━━━━━━━━━━━━━━━━━━━━╸────────────────────────────────────────────────  32%  0:41 left
 *      3214 of 10000 done, 50 in flight, 3 failed, 1.2 GiB, 35.1 MiB/s, 116 files/s
 *         0:39   12.3 MiB   1.2 MiB/s   34%  linux-6.1.tar.xz
 *
 * Of a crawl, which finds its URLs on the way, it tells what waits, how the hosts stand, and why
 * what failed did:
 *
 *      ━━━━━━━━━━━━━━━━━━━━━╸───────────────────────────────────────────────  32%  ~0:41 left
 *      3214 done, 6786 queued, 50 in flight, 116 pages/s, 12.1 MiB, 0.9 MiB/s
 *      hosts: 48 active, 951 waiting, 1 paused
 *      23 failed: 14 4xx, 5 timeout, 4 dns
 *
 * A picture begins where the cursor is and leaves it there, in the first column of the first line,
 * which is blank. So the next picture needs to know nothing of the one before, whatever was typed,
 * printed or resized meanwhile, and the cursor never has to be hidden.
 *
 * Pure: facts in, characters out. Any thread; nothing here parks.
 */
#ifndef CMD_GET_VIEW_H
#define CMD_GET_VIEW_H

#include "cmd/get/failure.h"
#include "cmd/get/forecast.h"
#include "cmd/get/running.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* How a crawl stands. */
struct view_crawl {
    uint64_t queued;  /* URLs that nobody has asked for yet */
    uint64_t active;  /* hosts with connections in use */
    uint64_t waiting; /* hosts that are asked again when their delay is over */
    uint64_t paused;  /* hosts that have asked for a pause, or seem to need one */
    uint64_t failed[FAILURE_KINDS];
};

struct view_facts {
    uint64_t done; /* URLs, whatever became of them */
    uint64_t failed;
    uint64_t total; /* 0: nobody knows yet */
    bool about;     /* total is an estimate */
    unsigned in_flight;
    uint64_t bytes;
    double bytes_rate; /* a second */
    double done_rate;
    double fraction;                /* of the job; only with a total */
    int64_t left_ns;                /* until it is over; FORECAST_NONE, FORECAST_GROWING */
    const struct view_crawl *crawl; /* NULL: it is none */
};

struct view_frame {
    size_t columns; /* that may be written to */
    size_t lines;   /* at least one */
    bool colour;
    bool utf8;
};

/* Draws the picture, which takes at most frame->lines lines. */
void view_draw(FILE *out, const struct view_facts *facts, const struct running *running,
               const struct view_frame *frame);

/* Takes away what the cursor stands before. */
#define VIEW_WIPE "\r\x1b[J"

/* The line of numbers alone, without its end; fields that do not fit are left out. */
void view_numbers(FILE *out, const struct view_facts *facts, size_t columns, bool colour);

#endif
