/* turn_heap.h - what has a turn, by a key, the least first: a binary heap.
 *
 * Room is made beforehand (turn_heap_reserve), so that pushing never fails. Ownership: a zeroed
 * struct is an empty heap; turn_heap_clear() frees its room, the items are others'. Thread: one.
 * Nothing here parks.
 */
#ifndef CMD_GET_TURN_HEAP_H
#define CMD_GET_TURN_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct turn {
    uint64_t key;
    void *item;
};

struct turn_heap {
    struct turn *turns;
    size_t count;
    size_t room;
};

/* Room for `count` in all. 0 or -ENOMEM. */
int turn_heap_reserve(struct turn_heap *heap, size_t count);
void turn_heap_push(struct turn_heap *heap, uint64_t key, void *item);

/* Takes the one with the least key; there is one: heap->turns[0]. */
void *turn_heap_pop(struct turn_heap *heap);
void turn_heap_clear(struct turn_heap *heap);

#endif
