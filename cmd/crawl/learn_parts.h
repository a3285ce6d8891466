/* learn_parts.h - what learn.c, learn_links.c and learn_seeds.c share. Private to them.
 *
 * Thread: main. Parks: all, when the disk is far behind.
 */
#ifndef CMD_CRAWL_LEARN_PARTS_H
#define CMD_CRAWL_LEARN_PARTS_H

#include "cmd/crawl/follow.h"

/* All links of a page, whose URL is `url`. 0 or -errno. */
int learn_links(struct crawl *crawl, const char *url, const struct page *page,
                struct follow_origin *origin);

/* Where `url` has moved to is a link like others, as far from the seeds as it is itself. 0 or
 * -errno. */
int learn_redirect(struct crawl *crawl, const char *url, const char *moved,
                   struct follow_origin *origin);

/* The sitemaps that a robots.txt names are links of the site. 0 or -errno. */
int learn_sitemaps(struct crawl *crawl, const struct site *site);

#endif
