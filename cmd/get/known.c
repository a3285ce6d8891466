#include "cmd/get/known.h"

#include "cmd/get/block.h"
#include <stdlib.h>

struct known *known_new(const struct known *from)
{
    struct known *known =
        malloc(sizeof *from + block_size(from->etag) + block_size(from->last_modified));
    if (!known)
        return NULL;
    char *place = (char *)(known + 1);
    *known = *from;
    known->etag = block_put(&place, from->etag);
    known->last_modified = block_put(&place, from->last_modified);
    return known;
}
