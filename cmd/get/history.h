/* history.h - a job and its journal: whether there is one, and what goes into it.
 *
 * Lists and runs of several URLs keep one; a single URL only adds to one that DIR has. Rows are
 * written when an entry is settled, so never before its file has its name. The parent process alone
 * writes.
 *
 * Ownership: history_open() to history_close(); a zeroed struct keeps none. Thread: main. Parks:
 * history_detach.
 */
#ifndef CMD_GET_HISTORY_H
#define CMD_GET_HISTORY_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"
#include "cmd/get/outcome.h"
#include "cmd/get/store.h"

struct history {
    struct journal *journal;   /* the writer's; NULL: none is kept */
    struct recorder *recorder; /* NULL: none */
    struct journal *reader;    /* what was known when the job began; NULL: nothing */
    bool marked;               /* the journal says that a run is on */
    bool after_kill;           /* a run before did not end: files may be there without a row */
    bool goes_on;              /* it was broken off: what it has done is done */
    bool only_failed;          /* the list is not run as a whole */
    bool told;                 /* that it cannot be written */
};

/* After DIR was opened, and after any fork. 0, or -errno with *place, a new string for the user. */
int history_open(struct history *history, const struct get_options *options,
                 const struct store_directory *directory, char **place);

/* Writes what waits and marks the run's end; `broken_off`: before all was tried. 0 or -errno, as
 * history_record(). */
int history_finish(struct history *history, bool broken_off);

/* Without history_finish() the run counts as killed. */
void history_close(struct history *history);

/* The main thread's scheduler drives the writing from now on. Harmless where there is no journal.
 */
void history_attach(struct history *history);
void history_detach(struct history *history);

/* Off a scheduler, now and then: writes what has waited long enough; `now` monotonic ns. Returns
 * when to call again. */
int64_t history_tick(struct history *history, int64_t now);

/* What became of an entry; wrong lines and what was not tried have no row. 0; -errno when the
 * journal cannot be written: then nothing more is. */
int history_record(struct history *history, const struct entry *entry,
                   const struct outcome *outcome);

/* After an error: in words, "cannot write the journal out/.fetch/journal.db: ...": a new string,
 * NULL when memory runs out. */
char *history_problem(const struct history *history, int error);

#endif
