/* phases.h - what a transfer's time went into, from the moment its URL was taken up.
 *
 * The detailed times are those of the last request; whatever came before it - requests that were
 * redirected or failed, and the pauses between tries - is one phase.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_REPORT_PHASES_H
#define CMD_REPORT_PHASES_H

#include "cmd/get/outcome.h"

/* In the order in which they pass. */
enum phase {
    PHASE_QUEUE,   /* until the first request: for a place at the host, or a pause of it */
    PHASE_EARLIER, /* earlier requests of the same URL */
    PHASE_DNS,
    PHASE_CONNECT, /* 0 on a connection that was there already */
    PHASE_TLS,     /* likewise */
    PHASE_WAIT,    /* for the first byte of the answer */
    PHASE_BODY,
    PHASE_COUNT,
};

struct phases {
    int64_t begin; /* wall clock, ns since 1970; 0: nothing was requested */
    int64_t ns[PHASE_COUNT];
};

/* `taken_up`: wall clock, 0: not known. None of the phases is negative, whatever the clocks say. */
struct phases phases_of(int64_t taken_up, const struct outcome *outcome);

#endif
