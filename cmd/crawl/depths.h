/* depths.h - how far from a seed the URLs of a crawl with --level are, whatever order answers come
 * in.
 *
 * Hosts differ in speed, so a page may be met on a long way before it is met on a short one; and
 * when it is learnt from on the long one, its links may seem to be too far away. So the least depth
 * of every URL is known here, and when that becomes less
 *
 * - the URL gets another place in the frontier if nobody fetches it yet, which comes before the one
 *   that it had; at the second one depths_start() tells that it is over;
 * - nothing happens if it is being fetched: depths_learn() tells the least depth;
 * - what it says is learnt from again if it has been learnt from: depths_again().
 *
 * Requisites of requisites are followed to a bound of their own, which is kept in the same way.
 *
 * 16 bytes for each URL that was met, at a load of one half to three quarters, under a fingerprint
 * with a random key (seen.h). Of a crawl that goes on, what had been learnt from comes from the
 * store of pages.
 *
 * Ownership: depths_new() to depths_free(). Thread: main. Nothing here parks.
 */
#ifndef CMD_CRAWL_DEPTHS_H
#define CMD_CRAWL_DEPTHS_H

#include <stdbool.h>
#include <stddef.h>

struct depths;

/* Links from a seed, and how many requisites in a row led there: each the least of all ways. */
struct depth {
    unsigned links;
    unsigned chain;
};

enum depths_way {
    DEPTHS_FIRST,   /* not met before, or not on a shorter way: the frontier knows what to do */
    DEPTHS_NEARER,  /* it waits, and is to come earlier */
    DEPTHS_SETTLED, /* nothing is to be done */
};

/* 0 or -errno. */
int depths_new(struct depths **depths);
void depths_free(struct depths *depths); /* NULL is fine */

/* A link leads to `url`. 0 or -ENOMEM. */
int depths_meet(struct depths *depths, const char *url, size_t length, struct depth depth,
                enum depths_way *way);

/* As when it is met, for what is only looked at: FIRST, or SETTLED. Met as a link later it is
 * NEARER. */
int depths_glance(struct depths *depths, const char *url, size_t length, enum depths_way *way);

/* It is about to be fetched, or looked at; false: it was, in this run, or more than a glance is
 * wanted by now. Memory that runs out lets it be fetched. */
bool depths_start(struct depths *depths, const char *url, bool glance);

/* It is learnt from now, or was by an earlier run: *depth, at which it was leased, becomes the
 * least there is. `moved`: where it leads to, copied; NULL: it has not moved. 0 or -ENOMEM. */
int depths_learn(struct depths *depths, const char *url, struct depth *depth, const char *moved);

/* The next to be learnt from again, with its depth and where it has moved to (NULL: it has not),
 * all good until depths_again_done(). False: there is none. */
bool depths_again(struct depths *depths, const char **url, struct depth *depth, const char **moved);

/* The one that depths_again() tells is done with. */
void depths_again_done(struct depths *depths);

/* Is there one? */
bool depths_waits(const struct depths *depths);

#endif
