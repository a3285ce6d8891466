/* page_store.c - what pages said is collected, and written batch by batch off the loop. */
#include "cmd/crawl/page_store_parts.h"

#include "engine/deadline.h"
#include "engine/offload/offload.h"
#include "engine/sched/sched.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#define PATIENCE (50 * NSEC_PER_MSEC)

static void batch_empty(struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        free(batch->pages[i].url);
        free(batch->pages[i].block);
        free(batch->pages[i].moved);
    }
    batch->count = 0;
}

static void store_free(struct page_store *store)
{
    pages_db_close(&store->db);
    batch_empty(&store->batches[0]);
    batch_empty(&store->batches[1]);
    pthread_mutex_destroy(&store->reading);
    free(store);
}

int page_store_open(struct page_store **out, const char *directory, char **why)
{
    struct page_store *store = calloc(1, sizeof *store);
    *why = NULL;
    if (!store)
        return -ENOMEM;
    store->collected = &store->batches[0];
    store->writing = &store->batches[1];
    pthread_mutex_init(&store->reading, NULL); /* cannot fail on Linux */
    event_init(&store->idle);
    event_set(&store->idle);
    int error = pages_db_open(&store->db, directory);
    if (!error) {
        *out = store;
        return 0;
    }
    if (asprintf(why, "cannot open %s", store->db.problem) < 0)
        *why = NULL;
    store_free(store);
    return error;
}

bool page_store_is_whole(const struct page_store *store)
{
    return store->db.whole;
}

int page_store_begin(struct page_store *store)
{
    int error = pages_db_run(&store->db, "DELETE FROM depths; DELETE FROM moves");
    if (error || store->db.whole)
        return error;
    error = pages_db_run(&store->db, "UPDATE store SET whole = 1");
    store->db.whole = !error;
    return error;
}

int64_t page_store_number(const char *url)
{
    uint64_t hash = XXH3_64bits(url, strlen(url)) & INT64_MAX;
    return hash ? (int64_t)hash : 1;
}

int64_t page_stamp(int64_t mtime_ns, const char *etag)
{
    return (int64_t)XXH3_64bits_withSeed(etag ? etag : "", etag ? strlen(etag) : 0,
                                         (uint64_t)mtime_ns);
}

int64_t page_store_sum(const char *url, const void *block, size_t size)
{
    return (int64_t)XXH3_64bits_withSeed(block, size, XXH3_64bits(url, strlen(url)));
}

static int put_one(struct page_store *store, const struct waiting *page)
{
    sqlite3_stmt *put = store->db.put;
    sqlite3_bind_int64(put, 1, page_store_number(page->url));
    sqlite3_bind_text(put, 2, page->url, -1, SQLITE_STATIC);
    sqlite3_bind_int64(put, 3, page->stamp);
    sqlite3_bind_int64(put, 4, page_store_sum(page->url, page->block, page->size));
    sqlite3_bind_blob64(put, 5, page->block, page->size, SQLITE_STATIC);
    int code = sqlite3_step(put);
    sqlite3_reset(put);
    return pages_db_fail(&store->db, store->db.writer, code);
}

static int put_one_depth(struct page_store *store, const struct waiting *page)
{
    sqlite3_stmt *put = store->db.put_depth;
    sqlite3_bind_text(put, 1, page->url, -1, SQLITE_STATIC);
    sqlite3_bind_int64(put, 2, page->depth.links);
    sqlite3_bind_int64(put, 3, page->depth.chain);
    sqlite3_bind_text(put, 4, page->moved, -1, SQLITE_STATIC); /* NULL is NULL */
    int code = sqlite3_step(put);
    sqlite3_reset(put);
    return pages_db_fail(&store->db, store->db.writer, code);
}

static int put_one_move(struct page_store *store, const struct waiting *page)
{
    sqlite3_stmt *put = store->db.put_move;
    sqlite3_bind_text(put, 1, page->url, -1, SQLITE_STATIC);
    sqlite3_bind_text(put, 2, page->moved, -1, SQLITE_STATIC);
    sqlite3_bind_int(put, 3, page->shown);
    int code = sqlite3_step(put);
    sqlite3_reset(put);
    return pages_db_fail(&store->db, store->db.writer, code);
}

static int write_batch(struct page_store *store, const struct batch *batch)
{
    static int (*const put[])(struct page_store * store, const struct waiting *page) = {
        [WAITING_PAGE] = put_one,
        [WAITING_DEPTH] = put_one_depth,
        [WAITING_MOVE] = put_one_move,
    };
    int error = pages_db_run(&store->db, "BEGIN IMMEDIATE");
    for (unsigned i = 0; i < batch->count && !error; i++)
        error = put[batch->pages[i].what](store, &batch->pages[i]);
    if (!error)
        error = pages_db_run(&store->db, "COMMIT");
    if (error)
        (void)sqlite3_exec(store->db.writer, "ROLLBACK", NULL, NULL,
                           NULL); /* perhaps there is none */
    return error;
}

static void *job_run(void *arg)
{
    struct page_store *store = arg;
    store->job_error = write_batch(store, store->writing);
    return NULL;
}

static void job_done(void *ctx, void *value)
{
    struct page_store *store = ctx;
    (void)value; /* the result is in job_error */
    store->settled += store->writing->count;
    batch_empty(store->writing);
    store->busy = false;
    if (!store->error)
        store->error = store->job_error;
    event_set(&store->idle);
    if (store->listener)
        store->listener(store->listener_ctx);
}

static void job_start(struct page_store *store)
{
    struct future *future = NULL;
    struct batch *empty = store->writing;
    store->writing = store->collected;
    store->collected = empty;
    store->busy = true;
    event_clear(&store->idle);
    int error = offload_submit(NULL, job_run, store, &future);
    if (!error)
        error = future_then(future, job_done, store);
    if (error) {
        /* No thread, or a queue that is full: slow is better than not at all. */
        job_run(store);
        job_done(store, NULL);
    }
    future_free(future);
}

/* Before the loop waits: is it time to write? */
static int64_t prepare_hook(struct sched_hook *hook)
{
    struct page_store *store = list_entry(hook, struct page_store, hook);
    if (store->busy || store->collected->count == 0)
        return DEADLINE_NEVER;
    int64_t due = store->oldest + PATIENCE;
    if (store->collected->count < PAGE_STORE_BATCH && deadline_now() < due)
        return due;
    job_start(store);
    return DEADLINE_NEVER;
}

static void attach(struct page_store *store)
{
    store->hook = (struct sched_hook){.prepare = prepare_hook};
    store->hooked = true;
    sched_hook_add(sched_self(), &store->hook);
}

int page_store_flush(struct page_store *store)
{
    task_shield(DEADLINE_NEVER);
    while (store->busy || store->collected->count > 0) {
        if (!store->busy)
            job_start(store);
        (void)event_wait(&store->idle, DEADLINE_NEVER); /* shielded: it can only be set */
    }
    task_unshield();
    return store->error;
}

/* The batch is full while the other one is being written: the pages of a disk that is so far behind
 * are written here and now. */
static int make_room(struct page_store *store)
{
    if (store->collected->count < PAGE_STORE_BATCH)
        return 0;
    if (!store->busy) {
        job_start(store);
        return store->error;
    }
    return page_store_flush(store);
}

/* It is the batch's, or freed after an error. */
static int collect(struct page_store *store, const struct waiting *waiting, int error)
{
    if (!error)
        error = store->error ? store->error : make_room(store);
    if (error) {
        free(waiting->url);
        free(waiting->block);
        free(waiting->moved);
        return error;
    }
    if (!store->hooked)
        attach(store);
    store->collected->pages[store->collected->count] = *waiting;
    store->added++;
    if (store->collected->count++ == 0)
        store->oldest = deadline_now();
    return 0;
}

int page_store_put(struct page_store *store, const char *url, const struct page *page)
{
    struct waiting waiting = {.url = strdup(url), .stamp = page->stamp};
    int error = waiting.url ? page_pack(page, &waiting.block, &waiting.size) : -ENOMEM;
    return collect(store, &waiting, error);
}

int page_store_put_depth(struct page_store *store, const char *url, const struct depth *depth,
                         const char *moved)
{
    const struct waiting waiting = {.what = WAITING_DEPTH,
                                    .url = strdup(url),
                                    .depth = *depth,
                                    .moved = moved ? strdup(moved) : NULL};
    bool whole = waiting.url && (waiting.moved || !moved);
    return collect(store, &waiting, whole ? 0 : -ENOMEM);
}

int page_store_put_move(struct page_store *store, const char *url, const char *target, bool shown)
{
    const struct waiting waiting = {
        .what = WAITING_MOVE, .url = strdup(url), .moved = strdup(target), .shown = shown};
    return collect(store, &waiting, waiting.url && waiting.moved ? 0 : -ENOMEM);
}

int page_store_detach(struct page_store *store)
{
    int error = page_store_flush(store);
    if (store->hooked)
        sched_hook_remove(&store->hook);
    store->hooked = false;
    return error;
}

uint64_t page_store_added(const struct page_store *store)
{
    return store->added;
}

bool page_store_written(const struct page_store *store, uint64_t number)
{
    return store->error || store->settled >= number;
}

void page_store_listen(struct page_store *store, void (*written)(void *ctx), void *ctx)
{
    store->listener = written;
    store->listener_ctx = ctx;
}

void page_store_hurry(struct page_store *store)
{
    store->oldest = deadline_now() - PATIENCE;
}

int page_store_close(struct page_store *store)
{
    if (!store)
        return 0;
    int error = store->error;
    store_free(store);
    return error;
}

bool page_store_was_made(const struct page_store *store)
{
    return store->db.made;
}

const char *page_store_problem(const struct page_store *store)
{
    return *store->db.problem ? store->db.problem : strerror(-store->error);
}

bool page_store_is_damaged(struct page_store *store)
{
    pthread_mutex_lock(&store->db.telling);
    bool damaged = store->db.damaged;
    pthread_mutex_unlock(&store->db.telling);
    return damaged;
}
