/* ends.h - what became of URLs that were not simply there: they cannot be had, or have moved.
 *
 * Ownership: a zeroed struct is empty; ends_clear() frees it. Thread: one. Nothing here parks.
 */
#ifndef CMD_CRAWL_ENDS_H
#define CMD_CRAWL_ENDS_H

#include <stdbool.h>

struct end {
    char *url;
    char *text;     /* why it cannot be had, or the URL where it is */
    char *fragment; /* of where it is; NULL: none, or it cannot be had */
    bool moved;
    bool told; /* the user knows of it */
};

struct ends {
    void *tree; /* of search.h */
};

/* `url` cannot be had, for this reason; or is at `target`, whose fragment may be NULL. Texts are
 * copied. What is known of the URL already stands. 0 or -ENOMEM. */
int ends_add_broken(struct ends *ends, const char *url, const char *reason);
int ends_add_moved(struct ends *ends, const char *url, const char *target, const char *fragment);

/* NULL: nothing is known of it. Lives until ends_clear(); only `told` may be set. */
struct end *ends_find(const struct ends *ends, const char *url);

/* Calls seen(ctx, end) for each, in the order of their URLs. */
void ends_each(const struct ends *ends, void (*seen)(void *ctx, const struct end *end), void *ctx);

void ends_clear(struct ends *ends);

#endif
