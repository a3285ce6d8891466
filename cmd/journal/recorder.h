/* recorder.h - the writing side of a journal: rows are collected, and written many at a time.
 *
 * A transaction costs as much as several rows. So rows wait until there are 256 or the oldest is
 * 50 ms old; then all go to the offload pool as one job, never two at once, while further ones
 * collect. The loop never waits for the disk. Off a scheduler they are written in place, by whoever
 * adds one or calls recorder_tick() when it is time.
 *
 * The first error ends it: later rows are dropped, downloads go on.
 *
 * Ownership: recorder_new() to recorder_free(); the journal outlives it. Thread: one. Parks:
 * recorder_detach.
 */
#ifndef CMD_JOURNAL_RECORDER_H
#define CMD_JOURNAL_RECORDER_H

#include "cmd/journal/journal.h"

/* Rows that are worth a transaction. */
#define RECORDER_ROWS 256

struct recorder;

/* NULL when memory runs out. */
struct recorder *recorder_new(struct journal *journal);

/* Nothing is written by this. NULL is fine. */
void recorder_free(struct recorder *recorder);

/* From now on this thread's scheduler drives it, until recorder_detach(), from a task, which waits
 * (not cancelably) for a job under way. Rows may still be left for recorder_flush(). */
void recorder_attach(struct recorder *recorder);
void recorder_detach(struct recorder *recorder);

/* Copies the row. 0; or the first error, -errno, of this or earlier rows. */
int recorder_add(struct recorder *recorder, const struct journal_row *row);

/* Off a scheduler: writes in place what has waited long enough. `now` monotonic ns; returns when
 * that will be of what is left. An error is told by the next call of another. */
int64_t recorder_tick(struct recorder *recorder, int64_t now);

/* A row that was just added is written for good once recorder_written() is true of this number; so
 * it is after an error, when nothing is written any more. */
uint64_t recorder_added(const struct recorder *recorder);
bool recorder_written(const struct recorder *recorder, uint64_t number);

/* Calls written(ctx) on the loop's own stack whenever more of them are. While attached. */
void recorder_listen(struct recorder *recorder, void (*written)(void *ctx), void *ctx);

/* Somebody waits for what was added: it waits for no more. While attached. */
void recorder_hurry(struct recorder *recorder);

/* Writes all that waits, in place. Not while attached. As recorder_add(). */
int recorder_flush(struct recorder *recorder);

#endif
