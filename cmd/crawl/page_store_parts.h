/* page_store_parts.h - the store of pages as its own files see it: page_store.c collects and
 * writes, page_store_read.c reads.
 *
 * Ownership: the store's, as page_store.h says. Thread: the batches are the main thread's, the one
 * that is being written the job's; who reads holds `reading`.
 */
#ifndef CMD_CRAWL_PAGE_STORE_PARTS_H
#define CMD_CRAWL_PAGE_STORE_PARTS_H

#include "cmd/crawl/page_store.h"
#include "cmd/crawl/pages_db.h"
#include "engine/sched/sched.h"
#include "engine/sync/event.h"
#include <pthread.h>

/* Pages that are worth a transaction. */
#define PAGE_STORE_BATCH 64

/* What waits to be written. */
struct waiting {
    enum { WAITING_PAGE, WAITING_DEPTH, WAITING_MOVE } what;
    char *url;
    int64_t stamp;
    void *block;
    size_t size;
    struct depth depth;
    char *moved;
    bool shown;
};

struct batch {
    struct waiting pages[PAGE_STORE_BATCH];
    unsigned count;
};

struct page_store {
    struct pages_db db;
    pthread_mutex_t reading;
    struct batch batches[2];
    struct batch *collected;
    struct batch *writing;
    int64_t oldest; /* of those collected */
    bool busy;      /* a job is under way */
    bool hooked;
    int job_error;
    int error;        /* the first of those who write */
    uint64_t added;   /* pages, ever */
    uint64_t settled; /* of these written, or given up */
    void (*listener)(void *ctx);
    void *listener_ctx;
    struct event idle;
    struct sched_hook hook;
};

/* Of a row: a page's URL and what it said. Bytes that have become others give another one. */
int64_t page_store_sum(const char *url, const void *block, size_t size);

#endif
