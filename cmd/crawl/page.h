/* page.h - what a document says, read while it is saved: its links, its title, what it tells
 * robots.
 *
 * A page is a tap (cmd/get/tap.h): HTML, style sheets, sitemaps and feeds are read as they
 * arrive, anything else passes by. Links are kept as they were written, until somebody
 * resolves them (learn.c). Should the transfer begin anew, so does the page.
 *
 * A page keeps at most PAGE_LINKS_MAX links and PAGE_TEXT_MAX bytes of them: what comes beyond that
 * is left out, and `cut` says so.
 *
 * Each link is kept once, without its fragment. But a checking pool's pages keep all of them, as
 * often as they are there, and what their fragments may be.
 *
 * Ownership: readers live in a pool, page_pool_init() to page_pool_clear(), pages in it from
 * page_take() to page_give_back(). Thread: the pool's is one; a page's body may arrive on another
 * between the two. Nothing here parks.
 */
#ifndef CMD_CRAWL_PAGE_H
#define CMD_CRAWL_PAGE_H

#include "cmd/get/tap.h"
#include "net/css/css.h"
#include "net/feed/feed.h"
#include "net/html/links.h"
#include "net/xfer/transfer.h"
#include <stdbool.h>

/* As robots.txt, pages and answers may call us. */
#define PAGE_AGENT     "fetch"

#define PAGE_LINKS_MAX 200000
#define PAGE_TEXT_MAX  (32U << 20)

enum page_type {
    PAGE_OTHER, /* nothing that could have links */
    PAGE_HTML,
    PAGE_CSS,
    PAGE_FEED, /* a sitemap, RSS, Atom */
};

/* One link as it was written. */
struct page_link {
    uint32_t url;    /* place in page->text, closed by a NUL */
    uint32_t length; /* of it */
    uint32_t line;
    uint32_t set;            /* candidates of one srcset share a number; else 0 */
    unsigned kind : 4;       /* enum html_link_kind */
    unsigned nofollow : 1;   /* rel says so */
    unsigned stylesheet : 1; /* what it leads to is to be read as one */
    unsigned feed : 1;       /* or as a sitemap or feed */
    unsigned
        descriptor : 10; /* of a candidate: what it is good for, in eighths of an x or of 100w */
};

/* XXH3 of 128 bits: to tell whether a document is the same, not to prove it. */
struct page_digest {
    uint64_t halves[2];
};

/* Of a path in DIR/.fetch. */
#define PAGE_SERVED_SIZE 40

/* What an earlier run has of a document, for the tap's served(). */
struct page_before {
    enum page_type type; /* OTHER: it was none that could have links */
    struct page_digest digest;
    char content_type[CONTENT_TYPE_MAX + 1];
    char served[PAGE_SERVED_SIZE]; /* where in DIR/.fetch it lies as it was sent; "": it is its own
                                      copy */
};

struct page {
    struct tap tap;
    enum page_type type;
    enum page_type expected; /* what whoever links to it takes it for */
    bool glance;             /* of its body nothing is wanted: the transfer ends when that begins */
    bool whole;              /* the pool is a checking one */
    bool lines;              /* the pool's */
    bool finished;
    bool cut;                                /* there was more than it keeps, or may have been */
    int error;                               /* -ENOMEM: it was not read to its end */
    unsigned robots;                         /* ROBOTS_ bits */
    char content_type[CONTENT_TYPE_MAX + 1]; /* as sent */
    int64_t bytes;                           /* of the body, so far */
    struct XXH3_state_s *digester;           /* owned */
    struct page_digest digest;               /* of the whole body, once it is finished */
    struct page_before before;               /* page_recall() sets it, and the maker `served` */
    int64_t stamp;                           /* of the file: page_stamp()'s; the caller's to set */

    struct page_link *links; /* in the order of the document; owned */
    size_t count;
    size_t room;
    uint32_t *slots; /* numbers of links, from 1, by what they say; owned */
    size_t slot_count;
    uint64_t met; /* links, also those that were met before */
    char *text;   /* owned */
    size_t text_length;
    size_t text_room;
    size_t base;  /* the document's <base href>, a place in `text`; 0: none */
    size_t title; /* likewise */

    uint64_t *anchors; /* of page_anchor_hash(): its ids and names; owned */
    size_t anchor_count;
    size_t anchor_room;

    struct html_links *html; /* made when the first HTML comes by; kept */
    struct css css;
    struct html_recoder *recoder; /* of a style sheet in UTF-16, say; NULL: it is read as it is */
    char head[4];                 /* its first bytes, until it is known which */
    unsigned head_length;
    struct feed *feed; /* while one is read; owned */
    struct page *next; /* in the pool */
};

struct page_pool {
    struct page *free; /* owned */
    bool checking;
    bool lines; /* links tell their lines, which costs something; the maker's to set */
};

void page_pool_init(struct page_pool *pool, bool checking);
void page_pool_clear(struct page_pool *pool);

/* A page for one entry. `expected`: how what comes is to be read unless it says that it is
 * something else. NULL when memory runs out. */
struct page *page_take(struct page_pool *pool, enum page_type expected);

/* Its body has arrived in full: reads the last of it. */
void page_finish(struct page *page);

void page_give_back(struct page_pool *pool, struct page *page); /* NULL is fine */

struct page_digest page_digest_of(const void *data, size_t size);

/* "xxh3-128=" and 32 digits; returns `text`. */
#define PAGE_DIGEST_SIZE 48
const char *page_digest_text(const struct page_digest *digest, char text[PAGE_DIGEST_SIZE]);

uint64_t page_anchor_hash(const char *name, size_t length);

/* A page as a block of bytes that this machine reads again, for the store of pages. *block is a new
 * one. 0 or -ENOMEM. */
int page_pack(const struct page *page, void **block, size_t *size);

/* Would page_unpack() take it? Any thread. */
bool page_is_packed(const void *block, size_t size);

/* Takes the page's `before` from a block. False: it is none. */
bool page_recall(struct page *page, const void *block, size_t size);

/* As if the page had been read: 0; -EINVAL when the block is none; -ENOMEM. */
int page_unpack(struct page *page, const void *block, size_t size);

/* NUL-terminated; NULL: the page has none. */
static inline const char *page_title(const struct page *page)
{
    return page->title ? page->text + page->title : NULL;
}

static inline const char *page_base(const struct page *page)
{
    return page->base ? page->text + page->base : NULL;
}

#endif
