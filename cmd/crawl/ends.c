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
    free(end->fragment);
    free(end);
}

static int add(struct ends *ends, const struct end *given)
{
    struct end *end = malloc(sizeof *end);
    if (!end)
        return -ENOMEM;
    *end = (struct end){
        .url = strdup(given->url),
        .text = strdup(given->text),
        .fragment = given->fragment ? strdup(given->fragment) : NULL,
        .moved = given->moved,
    };
    bool whole = end->url && end->text && (end->fragment || !given->fragment);
    struct end **node = whole ? tsearch(end, &ends->tree, compare) : NULL;
    if (node && *node == end)
        return 0;
    end_free(end);
    return node ? 0 : -ENOMEM;
}

int ends_add_broken(struct ends *ends, const char *url, const char *reason)
{
    return add(ends, &(struct end){.url = (char *)url, .text = (char *)reason});
}

int ends_add_moved(struct ends *ends, const char *url, const char *target, const char *fragment)
{
    return add(ends, &(struct end){
                         .url = (char *)url,
                         .text = (char *)target,
                         .fragment = (char *)fragment,
                         .moved = true,
                     });
}

struct end *ends_find(const struct ends *ends, const char *url)
{
    const struct end wanted = {.url = (char *)url};
    struct end *const *node = tfind(&wanted, &ends->tree, compare);
    return node ? *node : NULL;
}

struct visit {
    void (*seen)(void *ctx, const struct end *end);
    void *ctx;
};

static void visit(const void *node, VISIT when, void *closure)
{
    const struct visit *visit = closure;
    if (when == postorder || when == leaf)
        visit->seen(visit->ctx, *(struct end *const *)node);
}

void ends_each(const struct ends *ends, void (*seen)(void *ctx, const struct end *end), void *ctx)
{
    struct visit closure = {.seen = seen, .ctx = ctx};
    twalk_r(ends->tree, visit, &closure);
}

void ends_clear(struct ends *ends)
{
    tdestroy(ends->tree, end_free);
    ends->tree = NULL;
}
