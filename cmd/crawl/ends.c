#include "cmd/crawl/ends.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct end *)a)->url, ((const struct end *)b)->url);
}

static void end_free(void *node)
{
    struct end *end = node;
    free(end->url);
    free(end->text);
    free(end);
}

int ends_add(struct ends *ends, const char *url, const char *text, bool moved)
{
    struct end *end = malloc(sizeof *end);
    if (!end)
        return -ENOMEM;
    *end = (struct end){.url = strdup(url), .text = strdup(text), .moved = moved};
    struct end **node = end->url && end->text ? tsearch(end, &ends->tree, compare) : NULL;
    if (node && *node == end)
        return 0;
    end_free(end);
    return node ? 0 : -ENOMEM;
}

const struct end *ends_find(const struct ends *ends, const char *url)
{
    const struct end wanted = {.url = (char *)url};
    struct end *const *node = tfind(&wanted, &ends->tree, compare);
    return node ? *node : NULL;
}

void ends_clear(struct ends *ends)
{
    tdestroy(ends->tree, end_free);
    ends->tree = NULL;
}
