/* redirects.h - where a redirect leads that nobody can follow.
 *
 * Of a URL that the user gave, such a one is a failure like an answer 500: what it stood for cannot
 * be had, and nothing may be concluded from that, least of all that its copies are to be deleted.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CRAWL_REDIRECTS_H
#define CMD_CRAWL_REDIRECTS_H

#include "cmd/crawl/core.h"

/* How many redirects in a row, or requisites of requisites, the target of what is of this kind is
 * behind; and how many are followed. */
unsigned redirects_behind(unsigned kind);
unsigned redirects_most(const struct crawl *crawl, bool requisite);

/* Has the way from `target`, which `url` redirects to, been back to `url`? What an earlier run has
 * seen may be otherwise by now, so a run that goes on sees only what redirects to itself. 0, 1, or
 * -ENOMEM. */
int redirects_circle(const struct crawl *crawl, const char *url, const char *target);

/* Why `moved`, the Location of what was leased, cannot be followed: a new string; NULL: it can. 0
 * or -ENOMEM. */
int redirects_judge(const struct crawl *crawl, const struct frontier_link *link, const char *moved,
                    char **problem);

#endif
