/* report.h - what the user gets to see: failures, progress, the log, the summary.
 *
 * One a job, on its main thread: the parent alone writes. Failures and summary go to standard
 * error, what --log and its like keep to their files (cmd/report/records.h), progress to standard
 * error as a picture on a terminal or a line every few seconds elsewhere. URLs are shown without
 * user and password, and nothing that came from outside reaches the terminal with control
 * characters in it.
 *
 * Ownership: report_new() to report_free(); options outlive it. Thread: one. Parks:
 * report_keep_pace(); report_outcome() and report_tick() as writer.h says.
 */
#ifndef CMD_GET_REPORT_H
#define CMD_GET_REPORT_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"
#include "cmd/get/outcome.h"
#include "cmd/get/url_list.h"
#include <stdatomic.h>

struct report;

struct report_counts {
    uint64_t ok;
    uint64_t unchanged;
    uint64_t skipped; /* duplicates included */
    uint64_t failed;
    uint64_t not_tried;
    uint64_t bytes; /* of the ok ones, and of what was the same */
};

/* 0, or -errno with *place, a new string ("cannot write log.jsonl: ..."). */
int report_new(struct report **report, const struct get_options *options, char **place);

/* One URL has ended: counts it, says a failure ("urls.txt:17: URL: reason"), keeps it in
 * the log and its like. 0, or -errno of a file that is given up for it (told once). */
int report_outcome(struct report *report, const struct entry *entry, const struct outcome *outcome);

/* Waits until no log is far behind any more: before new work is begun, lest lines that nobody
 * takes fill the memory. 0 or -ECANCELED. */
int report_keep_pace(struct report *report);

/* Something else than a URL has failed: says it, and the exit status is the machine's. */
void report_trouble(struct report *report, const char *what);

/* Lines of the list that were never taken up; `more`: and others, which nobody has counted. */
void report_not_tried(struct report *report, uint64_t count, bool more);

/* URLs that came again. */
void report_duplicates(struct report *report, uint64_t count);

/* For progress: transfers in flight now. */
void report_flight(struct report *report, unsigned in_flight);

/* For progress: `entry` is under way from now until report_landed(); what it receives is counted in
 * `meter`, if that is to be shown at all. */
void report_started(struct report *report, struct entry *entry, struct meter *meter);

/* Harmless for one that never started. */
void report_landed(struct report *report, struct entry *entry);

/* For progress: where all workers count the bytes that have arrived, those of unfinished transfers
 * too (store_directory's `received`). Outlives the report. Never called: progress shows the bytes
 * of finished transfers. */
void report_watch_bytes(struct report *report, const _Atomic uint64_t *received);

/* The list that the entries come from: progress shows how long it is, and what it warns of is said.
 * Outlives the report. */
void report_watch_list(struct report *report, struct url_list *list);

/* What a crawl knows of itself. */
struct crawl_state {
    uint64_t found;  /* URLs that are, or ever were, to be fetched, in earlier runs too ... */
    uint64_t ended;  /* ... of these, what no longer are */
    uint64_t queued; /* of these, what nobody has asked for yet */
    uint64_t active, waiting, paused; /* hosts, as view.h has them */
};

/* For progress, instead of a list: look(ctx, &state) tells how a crawl stands, some ten times a
 * second and only for a picture. `ctx` outlives the report. */
void report_watch_crawl(struct report *report, void (*look)(void *ctx, struct crawl_state *state),
                        void *ctx);

/* Draws progress if its time has come; `now` monotonic ns. Returns when to call again. */
int64_t report_tick(struct report *report, int64_t now);

/* Says what went wrong with the job as a whole: "fetch: why". */
void report_problem(struct report *report, const char *why);

/* Takes the picture away until the next tick: somebody is about to write to the same terminal. */
void report_make_way(struct report *report);

/* Takes the picture away, prints the summary line, closes the log and its like. 0 or -errno. */
int report_finish(struct report *report, bool interrupted);

const struct report_counts *report_counts(const struct report *report);

/* EXIT_MACHINE when it failed us, else EXIT_FAILED when some URL did, else 0; EXIT_INTERRUPTED is
 * the caller's. */
int report_exit_status(const struct report *report);
void report_free(struct report *report);

#endif
