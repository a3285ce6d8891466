/* changes.h - what is to be different in the copy of one document: ranges and their texts, as they
 * are found.
 *
 * Ownership: a zeroed struct is empty and ready; changes_clear() frees what it holds. Its memory is
 * used again after changes_empty(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_MIRROR_CHANGES_H
#define CMD_MIRROR_CHANGES_H

#include "cmd/mirror/convert.h"

struct changes_block; /* of texts */

struct changes {
    struct convert_range *ranges; /* owned; in the order of the document */
    size_t count;
    size_t size;
    struct changes_block *blocks; /* owned; the first has room */
};

/* Room for a text of at most `size` bytes, NUL included, good until changes_empty(). NULL when
 * memory runs out. Only what changes_keep() says of it is kept. */
char *changes_reserve(struct changes *changes, size_t size);
void changes_keep(struct changes *changes, size_t size);

/* Adds the range, which need not be behind the others; one that overlaps another is left out. Its
 * text must live as long as the changes do. 0 or -ENOMEM. */
int changes_add(struct changes *changes, const struct convert_range *range);

void changes_empty(struct changes *changes);
void changes_clear(struct changes *changes);

#endif
