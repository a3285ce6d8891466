#include "cmd/mirror/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024, RANGES_FIRST = 256 };

struct changes_block {
    struct changes_block *next;
    size_t used;
    size_t size;
    char text[];
};

char *changes_reserve(struct changes *changes, size_t size)
{
    struct changes_block *block = changes->blocks;
    if (block && size <= block->size - block->used)
        return block->text + block->used;
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    block = malloc(sizeof *block + room);
    if (!block)
        return NULL;
    *block = (struct changes_block){.next = changes->blocks, .size = room};
    changes->blocks = block;
    return block->text;
}

void changes_keep(struct changes *changes, size_t size)
{
    changes->blocks->used += size;
}

/* Room for one range more. 0 or -ENOMEM. */
static int grow(struct changes *changes)
{
    if (changes->count < changes->size)
        return 0;
    size_t size = changes->size ? 2 * changes->size : RANGES_FIRST;
    struct convert_range *ranges = reallocarray(changes->ranges, size, sizeof *ranges);
    if (!ranges)
        return -ENOMEM;
    changes->ranges = ranges;
    changes->size = size;
    return 0;
}

static uint64_t end_of(const struct convert_range *range)
{
    return range->offset + range->length;
}

int changes_add(struct changes *changes, const struct convert_range *range)
{
    int error = grow(changes);
    if (error)
        return error;
    /* Nearly always it is the last; attributes of one tag may come in another order. */
    size_t at = changes->count;
    while (at > 0 && changes->ranges[at - 1].offset > range->offset)
        at--;
    struct convert_range *place = changes->ranges + at;
    if ((at > 0 && end_of(place - 1) > range->offset) ||
        (at < changes->count && end_of(range) > place->offset))
        return 0;
    memmove(place + 1, place, (changes->count - at) * sizeof *place);
    *place = *range;
    changes->count++;
    return 0;
}

void changes_empty(struct changes *changes)
{
    changes->count = 0;
    struct changes_block *block = changes->blocks;
    while (block && block->next) {
        changes->blocks = block->next;
        free(block);
        block = changes->blocks;
    }
    if (block)
        block->used = 0;
}

void changes_clear(struct changes *changes)
{
    changes_empty(changes);
    free(changes->blocks);
    free(changes->ranges);
    *changes = (struct changes){0};
}
