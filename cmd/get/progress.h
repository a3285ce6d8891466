/* progress.h - how far the job is, on standard error: a single line that is redrawn where there is
 * a terminal, a line now and then elsewhere.
 *
 * Ownership: embed it. Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_PROGRESS_H
#define CMD_GET_PROGRESS_H

#include "cmd/get/options.h"

/* What there is to show. */
struct progress_state {
    uint64_t done; /* URLs, whatever became of them */
    uint64_t failed;
    uint64_t bytes;
    unsigned in_flight;
};

struct progress {
    enum progress_kind kind;      /* never AUTO */
    bool drawn;                   /* the bar stands on the terminal's last line */
    int64_t next;                 /* when to draw again */
    int64_t measured;             /* when the rates were */
    struct progress_state before; /* at that time */
    double bytes_rate;            /* a second, smoothed */
    double done_rate;
};

/* Decides how, by `kind` and by what standard error is. `now` monotonic ns. */
void progress_init(struct progress *progress, enum progress_kind kind, int64_t now);

/* Draws if it is time; returns when it will be next, DEADLINE_NEVER for PROGRESS_NONE. */
int64_t progress_tick(struct progress *progress, const struct progress_state *state, int64_t now);

/* Takes the bar away, so that something else can be said; it comes back with a later tick. */
void progress_clear(struct progress *progress);

/* The line itself, at most `columns` of ASCII. Returns `text`. */
char *progress_line(const struct progress *progress, const struct progress_state *state,
                    size_t columns, char *text, size_t size);

#endif
