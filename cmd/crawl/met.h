/* met.h - the references that pages of one directory have in common: what is in the frontier
 * already, or is not to be followed, need not be resolved, judged and pushed for each of them.
 *
 * The pages of a site say the same again and again: menus, style sheets, the next page. What a
 * reference means depends on the directory of its page alone, but for those that are not kept here:
 * what is only a query or a fragment, and odd spellings.
 *
 * Whether it is followed depends also on how far from the seeds its page is, and on what it is to
 * that: who asks says so, in a number.
 *
 * Exact, no fingerprints: a page cannot hide another's link. But only a part of what was met: two
 * tables of fixed size, 1 MiB, in which one may push out another.
 *
 * Ownership: met_new() to met_free(). Thread: one at a time. Nothing here parks.
 */
#ifndef CMD_CRAWL_MET_H
#define CMD_CRAWL_MET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct met;

/* NULL when memory runs out. */
struct met *met_new(void);
void met_free(struct met *met); /* NULL is fine */

/* Where references are looked for that pages in a canonical URL's directory have, if those are all
 * judged as this one is. 0, where nothing is kept: there is no memory. */
uint64_t met_enter(struct met *met, const char *url, size_t length, unsigned judged_as);

struct met_reference {
    uint64_t place; /* met_enter()'s */
    const char *text;
    size_t length;
    bool requisite;
};

/* Has it been added? Then *refused is what was said about it. */
bool met_find(const struct met *met, const struct met_reference *reference, int *refused);

/* `refused`: where that is counted (tally.h), MET_FOLLOWED: nowhere, it is followed. */
#define MET_FOLLOWED (-1)
void met_add(struct met *met, const struct met_reference *reference, int refused);

/* What is to be followed is judged otherwise from now on: nothing has been met. Costs nothing. */
void met_forget(struct met *met);

#endif
