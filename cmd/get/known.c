#include "cmd/get/known.h"

#include <stdlib.h>
#include <string.h>

/* Copies `text` to *place, which moves on. NULL stays NULL. */
static const char *put_string(char **place, const char *text)
{
    if (!text)
        return NULL;
    char *copy = *place;
    *place = stpcpy(copy, text) + 1;
    return copy;
}

static size_t string_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

struct known *known_new(const struct known *from)
{
    size_t size = sizeof *from + string_size(from->etag) + string_size(from->last_modified);
    struct known *known = malloc(size);
    if (!known)
        return NULL;
    char *place = (char *)(known + 1);
    *known = *from;
    known->etag = put_string(&place, from->etag);
    known->last_modified = put_string(&place, from->last_modified);
    return known;
}
