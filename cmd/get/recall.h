/* recall.h - the lines ahead, read and looked up in the journal many at a time.
 *
 * Stands between the reader of a list and whoever takes its entries: has one job of the offload
 * pool read up to 256, recollect what is known of them and give them their names, and hands them
 * out in their order; the next ones are read meanwhile. So the loop never waits for the disk. Off a
 * scheduler all of it happens in place.
 *
 * Ownership: recall_new() to recall_free(); naming outlives it. Thread: one. Parks: nothing here.
 */
#ifndef CMD_GET_RECALL_H
#define CMD_GET_RECALL_H

#include "cmd/get/naming.h"

struct recall;

/* Where the entries come from. While a job is under way the reader is its own. */
struct recall_reader {
    /* As url_list_try_next(), on whatever thread. */
    int (*read)(void *ctx, struct entry **entry);
    /* After read() had -EAGAIN: may it have something else by now? */
    bool (*may_go_on)(void *ctx);
    /* A job begins: what is asked of the reader meanwhile must be known. */
    void (*leave)(void *ctx);
    void *ctx;
};

/* `only_failed`: leaves out what did not fail last time. NULL when memory or descriptors run out.
 */
struct recall *recall_new(struct naming *naming, bool only_failed,
                          const struct recall_reader *reader);

/* Waits for a job under way. NULL is fine. */
void recall_free(struct recall *recall);

/* As url_list_try_next(). After an error of the lookup it is the same for ever. */
int recall_try_next(struct recall *recall, struct entry **entry);

/* After -EAGAIN: the descriptor that becomes readable when the job under way has ended; -1: there
 * is none, it is the reader that waits. */
int recall_descriptor(const struct recall *recall);

/* Is a job under way, so that the reader is not ours? */
bool recall_reads(const struct recall *recall);

/* Entries that `only_failed` left out. */
uint64_t recall_left_out(const struct recall *recall);

/* Is it the lookup that failed? */
bool recall_failed(const struct recall *recall);

#endif
