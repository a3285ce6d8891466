/* buffers.h - buffers for bodies, in a few sizes, kept for the next body when one is done.
 *
 * Ownership: a taken buffer is the taker's until given back. Thread: the store's. Nothing here
 * parks.
 */
#ifndef CMD_GET_BUFFERS_H
#define CMD_GET_BUFFERS_H

#include <stddef.h>

struct buffer {
    char *data; /* NULL: none */
    size_t size;
};

#define BUFFER_SIZES 4

struct buffers {
    struct {
        size_t size;
        void *first; /* free ones, linked through their first bytes */
        unsigned kept;
    } shelf[BUFFER_SIZES];
};

/* `sizes` in ascending order. */
void buffers_init(struct buffers *buffers, const size_t sizes[BUFFER_SIZES]);
void buffers_clear(struct buffers *buffers);

/* A buffer of at least `size`: of the next larger size of the set, or of just that size if there is
 * none. 0 or -ENOMEM. */
int buffers_take(struct buffers *buffers, size_t size, struct buffer *buffer);

/* Empties the caller's struct. Harmless on an empty one. */
void buffers_give(struct buffers *buffers, struct buffer *buffer);

#endif
