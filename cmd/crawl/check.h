/* check.h - `fetch crawl --check`: which links are broken, and where they are.
 *
 * While it crawls, what is broken, what has moved and the anchors of pages are kept; at the end one
 * pass over the store of pages, which then has every link as often as it is there, tells of each
 * that leads to what is broken.
 *
 * In memory are the URLs that are broken or have moved, and ten bytes for each anchor.
 *
 * Ownership: check_new() to check_free(). Thread: main. Nothing here parks; check_report() blocks
 * on the disk and on standard output.
 */
#ifndef CMD_CRAWL_CHECK_H
#define CMD_CRAWL_CHECK_H

#include "cmd/crawl/page.h"
#include "net/url/resolve.h"
#include <stdint.h>

struct check;
struct crawl;

/* 0, -ENOMEM, -ENOTSUP (see seen.h). */
int check_new(struct check **check);
void check_free(struct check *check); /* NULL is fine */

/* `url` cannot be had, for this reason, which has been told or is for check_report() to tell. 0 or
 * -ENOMEM. */
int check_break(struct check *check, const char *url, const char *reason, bool told);

/* `url` redirects to `target`. 0 or -ENOMEM. */
int check_move(struct check *check, const char *url, const struct url_resolved *target);

/* Keeps the anchors of a page that was read. 0 or -ENOMEM. */
int check_keep_anchors(struct check *check, const char *url, const struct page *page);

/* Writes "PAGE:LINE: URL: reason" to standard output for each broken link, by page; *broken is
 * their number. What is broken and no page leads to is told on standard error. 0 or -errno. */
int check_report(struct crawl *crawl, uint64_t *broken);

#endif
