/* progress.h - how far the job is, on standard error: a picture that is redrawn where there is a
 * terminal (view.h), a line now and then elsewhere.
 *
 * What else is to be said while the picture stands goes through progress_say(): it then scrolls by
 * above the picture.
 *
 * Ownership: progress_init() to progress_end(). Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_PROGRESS_H
#define CMD_GET_PROGRESS_H

#include "cmd/get/gauge.h"
#include "cmd/get/options.h"
#include "cmd/get/running.h"
#include "cmd/get/view.h"

/* What there is to show. */
struct progress_state {
    uint64_t done; /* URLs, whatever became of them */
    uint64_t failed;
    uint64_t bytes;
    unsigned in_flight;
    uint64_t total;                 /* URLs of the job; 0: nobody knows yet */
    bool about;                     /* that is an estimate */
    const struct view_crawl *crawl; /* what it is to be told of it besides; NULL: it is none */
    uint64_t found;                 /* by a crawl: all that is, or ever was, to be fetched ... */
    uint64_t ended;                 /* ... and what no longer is */
    const struct list *running; /* entries in the order in which they began; NULL: none to show */
};

struct progress {
    enum progress_kind kind; /* never AUTO */
    int64_t next;            /* when to draw again */
    struct gauge bytes;
    struct gauge done;
    struct gauge pace;        /* done too, with a longer memory: for what is left */
    struct forecast forecast; /* instead, of a crawl */
    struct running running;
    bool colour;
    bool utf8;
    bool wipes; /* the terminal has changed its size: lines of the picture may have been broken */
    size_t columns;
    char *picture;    /* the latest; owned; NULL: none */
    char *said;       /* what is to appear above the next one; owned; NULL: nothing */
    size_t said_size; /* bytes of it */
};

/* Decides how, by `kind` and by what standard error is. `shared`: the terminal shows other output
 * too, so there will be no picture unless `kind` wants one. `now` monotonic ns. */
void progress_init(struct progress *progress, enum progress_kind kind, bool shared, int64_t now);

/* Draws if it is time; returns when it will be next, DEADLINE_NEVER for PROGRESS_NONE. */
int64_t progress_tick(struct progress *progress, const struct progress_state *state, int64_t now);

/* A line on standard error, without its end. Where there is a picture it waits for the next one, or
 * it would have to be drawn for each line. */
void progress_say(struct progress *progress, const char *line);

/* Takes the picture away, and says what has waited; it comes back with a later tick. */
void progress_clear(struct progress *progress);

/* Likewise, for good. */
void progress_end(struct progress *progress);

#endif
