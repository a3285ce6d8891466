/* page_parts.h - what page.c, page_keep.c and page_pack.c share. Private to them.
 *
 * Thread: the page's. Nothing here parks.
 */
#ifndef CMD_CRAWL_PAGE_PARTS_H
#define CMD_CRAWL_PAGE_PARTS_H

#include "cmd/crawl/page.h"

/* page.c: as if nothing had been read. */
void page_forget(struct page *page);

/* page_keep.c: room for so many links, and bytes of text. 0 or -ENOMEM. */
int page_reserve(struct page *page, size_t links, size_t text);

/* What readers find goes there. */
extern const struct html_links_handler page_handler;
extern const struct html_links_handler page_handler_checking;
void page_on_css_url(void *page, const struct css_url *url);
void page_on_feed_link(void *page, const struct feed_link *link);

/* What stands in the head of the answer: Link, Refresh, X-Robots-Tag. */
void page_keep_fields(struct page *page, const struct transfer_result *result);

#endif
