/* page_store.h - what pages said, kept from run to run in DIR/.fetch/pages.db.
 *
 * A page that has not changed is not read again: its links come from here. A copy whose links are
 * made to lead to other copies is made from here, too, and so is the list of who links to what is
 * broken.
 *
 * Pages wait to be written until there are 64 or the oldest is 50 ms old; a thread of
 * the offload pool then writes all in one transaction. What is written last is lost in a kill:
 * whoever finds nothing of a page asks for it again.
 *
 * Ownership: page_store_open() to page_store_close(). Thread: main, but for what says otherwise.
 * Parks: page_store_flush, page_store_detach, and what puts (when the disk is far behind). Blocks
 * on the disk: open, close, and what says so.
 */
#ifndef CMD_CRAWL_PAGE_STORE_H
#define CMD_CRAWL_PAGE_STORE_H

#include "cmd/crawl/depths.h"
#include "cmd/crawl/page.h"

struct page_store;

/* The store in `directory` ("DIR/.fetch"). 0; -EBADMSG: the file is damaged, or none of ours; or
 * another -errno; with *why, a new string for the user (NULL when memory runs out). */
int page_store_open(struct page_store **store, const char *directory, char **why);

/* Has it what every page said that was met since the last page_store_begin()? Not a new one: a
 * crawl that goes on counts on pages that it does not have. */
bool page_store_is_whole(const struct page_store *store);

/* A crawl begins anew: depths and moves are forgotten. 0 or -errno. Blocks on the disk. */
int page_store_begin(struct page_store *store);

/* Waits until what was put can be found. 0, or the first error of the disk. */
int page_store_flush(struct page_store *store);

/* Before its scheduler ends: writes what waits. 0 or the first error of the disk. */
int page_store_detach(struct page_store *store);

/* 0 or the first error of the disk. NULL is fine. */
int page_store_close(struct page_store *store);

/* The number under which a page is kept; of the URL alone, above 0. */
int64_t page_store_number(const char *url);

/* Which of its versions a file is, by what the journal keeps of it: what a page said is good for
 * the version that it was read from. `etag` may be NULL. */
int64_t page_stamp(int64_t mtime_ns, const char *etag);

/* Keeps what a page said, of the version page->stamp, instead of what it said before. 0, -ENOMEM,
 * or the disk's first error. */
int page_store_put(struct page_store *store, const char *url, const struct page *page);

/* Keeps at what depth the crawl has learnt from it (depths.h), and where it has moved to (NULL: it
 * has not). As page_store_put(). */
int page_store_put_depth(struct page_store *store, const char *url, const struct depth *depth,
                         const char *moved);

/* Keeps that `target` is what links to `url` mean: because it has moved there, or because that is
 * `shown` in its place. Both are canonical. As page_store_put(). */
int page_store_put_move(struct page_store *store, const char *url, const char *target, bool shown);

/* Calls seen(ctx, url, target, shown) for each; as page_store_each_depth(). */
int page_store_each_move(struct page_store *store,
                         int (*seen)(void *ctx, const char *url, const char *target, bool shown),
                         void *ctx);

/* Calls seen(ctx, url, depth, moved) for each that was kept until it returns other than 0: 0, what
 * it returned, or -errno. As page_store_find(). */
int page_store_each_depth(struct page_store *store,
                          int (*seen)(void *ctx, const char *url, const struct depth *depth,
                                      const char *moved),
                          void *ctx);

/* Reads what is in the file into `page`. 1; 0: nothing is known of it; -errno. Any thread, one at a
 * time; blocks on the disk. */
int page_store_find(struct page_store *store, const char *url, struct page *page);

/* What is in the file of a URL, for page_unpack(); `said` is a new block, NULL: nothing is known.
 */
struct page_query {
    const char *url;
    void *said;
    size_t size;
    int64_t stamp; /* of the version of the file that said it */
};

/* Answers so many at once. 0, or -errno: then none is. As page_store_find(). */
int page_store_find_all(struct page_store *store, struct page_query *queries, size_t count);

/* Was there none, so that nothing is in it that an earlier run has read? Any thread. */
bool page_store_was_made(const struct page_store *store);

/* A page that was just put is written for good once page_store_written() is true of this number; so
 * it is after an error, when nothing is written any more. Main. */
uint64_t page_store_added(const struct page_store *store);
bool page_store_written(const struct page_store *store, uint64_t number);

/* Calls written(ctx) on the loop's own stack whenever more of them are. Main. */
void page_store_listen(struct page_store *store, void (*written)(void *ctx), void *ctx);

/* Somebody waits for what was put: it waits for no more. Main. */
void page_store_hurry(struct page_store *store);

/* The URL of a number: a new string; NULL when it is not known. As page_store_find(). */
char *page_store_url(struct page_store *store, int64_t number);

/* Calls seen(ctx, url, page) for each page in the file, read into `page`, in no particular order,
 * until it returns other than 0. 0, what it returned, or -errno. As page_store_find(). */
int page_store_each(struct page_store *store, struct page *page,
                    int (*seen)(void *ctx, const char *url, struct page *page), void *ctx);

/* The same in the order of their URLs. */
int page_store_each_by_url(struct page_store *store, struct page *page,
                           int (*seen)(void *ctx, const char *url, struct page *page), void *ctx);

/* After an error of the disk, in words: of the first one, good as long as the store. */
const char *page_store_problem(const struct page_store *store);

/* Was one of the errors that the file is damaged? */
bool page_store_is_damaged(struct page_store *store);

#endif
