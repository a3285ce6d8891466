/* recall.h - the lines ahead, looked up in the journal many at a time.
 *
 * Stands between the reader of a list and whoever takes its entries: gathers up to 256, has one job
 * of the offload pool recollect what is known of them and give them their names, and hands them out
 * in their order; the next ones are looked up meanwhile. So the loop never waits for the disk. Off
 * a scheduler all of it happens in place.
 *
 * Ownership: recall_new() to recall_free(); naming outlives it. Thread: one. Parks: nothing here.
 */
#ifndef CMD_GET_RECALL_H
#define CMD_GET_RECALL_H

#include "cmd/get/naming.h"

struct recall;

/* `read(ctx, ...)` gives the entries, as url_list_try_next() does. `only_failed`: leaves out what
 * did not fail last time. NULL when memory or descriptors run out. */
struct recall *recall_new(struct naming *naming, bool only_failed,
                          int (*read)(void *ctx, struct entry **entry), void *ctx);

/* Waits for a job under way. NULL is fine. */
void recall_free(struct recall *recall);

/* As url_list_try_next(). After an error of the lookup it is the same for ever. */
int recall_try_next(struct recall *recall, struct entry **entry);

/* After -EAGAIN: the descriptor that becomes readable when the job under way has ended; -1: there
 * is none, it is the reader that waits. */
int recall_descriptor(const struct recall *recall);

/* Entries that `only_failed` left out. */
uint64_t recall_left_out(const struct recall *recall);

/* Is it the lookup that failed? */
bool recall_failed(const struct recall *recall);

#endif
