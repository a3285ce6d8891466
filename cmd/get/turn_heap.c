#include "cmd/get/turn_heap.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

enum { FIRST_ROOM = 16 };

int turn_heap_reserve(struct turn_heap *heap, size_t count)
{
    if (count <= heap->room)
        return 0;
    size_t room = heap->room ? heap->room : FIRST_ROOM;
    while (room < count)
        room *= 2;
    struct turn *turns = realloc(heap->turns, room * sizeof *turns);
    if (!turns)
        return -ENOMEM;
    heap->turns = turns;
    heap->room = room;
    return 0;
}

void turn_heap_push(struct turn_heap *heap, uint64_t key, void *item)
{
    assert(heap->count < heap->room);
    size_t at = heap->count++;
    while (at > 0 && heap->turns[(at - 1) / 2].key > key) {
        heap->turns[at] = heap->turns[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->turns[at] = (struct turn){key, item};
}

void *turn_heap_pop(struct turn_heap *heap)
{
    assert(heap->count > 0);
    struct turn least = heap->turns[0];
    struct turn moved = heap->turns[--heap->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
        if (child + 1 < heap->count && heap->turns[child + 1].key < heap->turns[child].key)
            child++;
        if (heap->turns[child].key >= moved.key)
            break;
        heap->turns[at] = heap->turns[child];
    }
    heap->turns[at] = moved;
    return least.item;
}

void turn_heap_clear(struct turn_heap *heap)
{
    free(heap->turns);
    *heap = (struct turn_heap){0};
}
