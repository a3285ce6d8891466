/* block.h - strings in one block with the struct that points to them.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_GET_BLOCK_H
#define CMD_GET_BLOCK_H

#include <stddef.h>
#include <string.h>

/* Bytes that a copy takes. NULL takes none. */
static inline size_t block_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

/* Copies `text` to *place, which moves on. NULL stays NULL. */
static inline const char *block_put(char **place, const char *text)
{
    if (!text)
        return NULL;
    char *copy = *place;
    *place = stpcpy(copy, text) + 1;
    return copy;
}

#endif
