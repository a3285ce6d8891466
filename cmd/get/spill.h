/* spill.h - queues of bytes on disk: swap space for what waits in no hurry.
 *
 * Any number of queues share one temporary file, made when the first byte comes. Each is a chain
 * of pages, written at its end and read at its start; pages that were read are used again, and
 * when all queues are empty the file is cut to nothing.
 *
 * Ownership: spill_new() to spill_free(); a queue is its owner's zeroed struct. Thread: one
 * at a time. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_GET_SPILL_H
#define CMD_GET_SPILL_H

#include <stddef.h>
#include <stdint.h>

struct spill;

struct spill_queue {
    uint64_t bytes; /* in it */
    uint64_t first; /* page being read, and how far */
    uint64_t last;  /* page being written, and how far */
    size_t first_at;
    size_t last_at;
};

/* NULL when memory runs out. */
struct spill *spill_new(void);
void spill_free(struct spill *spill); /* NULL is fine */

/* Adds `size` bytes at the end. 0 or -errno: then the queue is no longer to be trusted. */
int spill_put(struct spill *spill, struct spill_queue *queue, const void *from, size_t size);

/* Takes exactly `size` bytes from the start. 0 or -errno, as above. */
int spill_get(struct spill *spill, struct spill_queue *queue, void *to, size_t size);

/* Size of the file. */
uint64_t spill_size(const struct spill *spill);

#endif
