#include "cmd/crawl/page_store.h"

#include "cmd/journal/sqlite_error.h"
#include "engine/deadline.h"
#include "engine/offload/offload.h"
#include "engine/sched/sched.h"
#include "engine/sync/event.h"
#include <errno.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xxhash.h>

/* Pages that are worth a transaction. */
#define PAGE_STORE_BATCH 64

#define PATIENCE         (50 * NSEC_PER_MSEC)

/* Another connection writes for some milliseconds at most. */
#define BUSY_MS 10000

static const char schema[] =
    "PRAGMA page_size = 16384;" /* of a new one: a page is some KiB */
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = NORMAL;"
    "CREATE TABLE IF NOT EXISTS pages (number INTEGER PRIMARY KEY, url TEXT NOT NULL, "
    "said BLOB NOT NULL);";

/* A page that waits to be written. */
struct waiting {
    char *url;
    void *block;
    size_t size;
};

struct batch {
    struct waiting pages[PAGE_STORE_BATCH];
    unsigned count;
};

/* The two connections are for two threads: who writes and who reads. */
struct page_store {
    sqlite3 *writer;
    sqlite3 *reader;
    sqlite3_stmt *put;
    sqlite3_stmt *find;
    sqlite3_stmt *has;
    sqlite3_stmt *find_url;
    pthread_mutex_t reading;
    struct batch batches[2];
    struct batch *collected;
    struct batch *writing;
    int64_t oldest; /* of those collected */
    bool busy;      /* a job is under way */
    bool hooked;
    int job_error;
    int error; /* the first */
    pthread_mutex_t telling;
    char problem[256]; /* the first, under `telling`; "" when there was none */
    struct event idle;
    struct sched_hook hook;
    char path[4096];
};

/* Threads that read and write may both have one. */
static void tell(struct page_store *store, const char *problem)
{
    pthread_mutex_lock(&store->telling);
    if (!*store->problem)
        snprintf(store->problem, sizeof store->problem, "the store of pages: %s", problem);
    pthread_mutex_unlock(&store->telling);
}

static int fail(struct page_store *store, sqlite3 *db, int code)
{
    const char *problem;
    int error = sqlite_error(db, code, &problem);
    if (error)
        tell(store, problem);
    return error;
}

static int open_connection(struct page_store *store, sqlite3 **db, int flags)
{
    int code = sqlite3_open_v2(store->path, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(*db, BUSY_MS);
    if (code == SQLITE_OK && (flags & SQLITE_OPEN_CREATE))
        code = sqlite3_exec(*db, schema, NULL, NULL, NULL);
    return fail(store, *db, code);
}

static int prepare(struct page_store *store, sqlite3 *db, const char *text, sqlite3_stmt **to)
{
    return fail(store, db, sqlite3_prepare_v3(db, text, -1, SQLITE_PREPARE_PERSISTENT, to, NULL));
}

/* What lies under its name must not lead elsewhere. */
static int check_file(struct page_store *store)
{
    struct stat status;
    if (lstat(store->path, &status))
        return errno == ENOENT ? 0 : -errno;
    if (S_ISREG(status.st_mode))
        return 0;
    tell(store, "it is not a plain file");
    return -EINVAL;
}

static int open_all(struct page_store *store)
{
    int error = check_file(store);
    if (!error)
        error = open_connection(store, &store->writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!error)
        error = open_connection(store, &store->reader, SQLITE_OPEN_READONLY);
    if (!error)
        error = prepare(store, store->writer, "INSERT OR REPLACE INTO pages VALUES (?1, ?2, ?3)",
                        &store->put);
    if (!error)
        error = prepare(store, store->reader,
                        "SELECT said FROM pages WHERE number = ?1 AND url = ?2", &store->find);
    if (!error)
        error = prepare(store, store->reader, "SELECT 1 FROM pages WHERE number = ?1 AND url = ?2",
                        &store->has);
    if (!error)
        error = prepare(store, store->reader, "SELECT url FROM pages WHERE number = ?1",
                        &store->find_url);
    return error;
}

static void batch_empty(struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        free(batch->pages[i].url);
        free(batch->pages[i].block);
    }
    batch->count = 0;
}

static void store_free(struct page_store *store)
{
    sqlite3_finalize(store->put);
    sqlite3_finalize(store->find);
    sqlite3_finalize(store->has);
    sqlite3_finalize(store->find_url);
    sqlite3_close(store->reader);
    sqlite3_close(store->writer);
    batch_empty(&store->batches[0]);
    batch_empty(&store->batches[1]);
    pthread_mutex_destroy(&store->telling);
    pthread_mutex_destroy(&store->reading);
    free(store);
}

int page_store_open(struct page_store **out, const char *directory, char **why)
{
    struct page_store *store = calloc(1, sizeof *store);
    if (!store)
        return -ENOMEM;
    store->collected = &store->batches[0];
    store->writing = &store->batches[1];
    pthread_mutex_init(&store->reading, NULL); /* cannot fail on Linux */
    pthread_mutex_init(&store->telling, NULL);
    event_init(&store->idle);
    event_set(&store->idle);
    int length = snprintf(store->path, sizeof store->path, "%s/pages.db", directory);
    int error = (size_t)length < sizeof store->path ? open_all(store) : -ENAMETOOLONG;
    if (!error) {
        *out = store;
        return 0;
    }
    const char *problem = *store->problem ? store->problem : strerror(-error);
    if (asprintf(why, "cannot open %s/pages.db: %s", directory, problem) < 0)
        *why = NULL;
    store_free(store);
    return error;
}

int64_t page_store_number(const char *url)
{
    uint64_t hash = XXH3_64bits(url, strlen(url)) & INT64_MAX;
    return hash ? (int64_t)hash : 1;
}

static int put_one(struct page_store *store, const struct waiting *page)
{
    sqlite3_bind_int64(store->put, 1, page_store_number(page->url));
    sqlite3_bind_text(store->put, 2, page->url, -1, SQLITE_STATIC);
    sqlite3_bind_blob64(store->put, 3, page->block, page->size, SQLITE_STATIC);
    int code = sqlite3_step(store->put);
    sqlite3_reset(store->put);
    return fail(store, store->writer, code);
}

static int run(struct page_store *store, const char *statement)
{
    return fail(store, store->writer, sqlite3_exec(store->writer, statement, NULL, NULL, NULL));
}

static int write_batch(struct page_store *store, const struct batch *batch)
{
    int error = run(store, "BEGIN IMMEDIATE");
    for (unsigned i = 0; i < batch->count && !error; i++)
        error = put_one(store, &batch->pages[i]);
    if (!error)
        error = run(store, "COMMIT");
    if (error)
        (void)sqlite3_exec(store->writer, "ROLLBACK", NULL, NULL, NULL); /* perhaps there is none */
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
    batch_empty(store->writing);
    store->busy = false;
    if (!store->error)
        store->error = store->job_error;
    event_set(&store->idle);
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

/* Waits until all that was put is in the file. 0 or -errno. */
static int flush(struct page_store *store)
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
    return flush(store);
}

int page_store_put(struct page_store *store, const char *url, const struct page *page)
{
    int error = store->error ? store->error : make_room(store);
    if (error)
        return error;
    if (!store->hooked)
        attach(store);
    struct waiting *waiting = &store->collected->pages[store->collected->count];
    *waiting = (struct waiting){.url = strdup(url)};
    error = waiting->url ? page_pack(page, &waiting->block, &waiting->size) : -ENOMEM;
    if (error) {
        free(waiting->url);
        return error;
    }
    if (store->collected->count++ == 0)
        store->oldest = deadline_now();
    return 0;
}

void page_store_detach(struct page_store *store)
{
    (void)flush(store); /* the error is kept */
    if (store->hooked)
        sched_hook_remove(&store->hook);
    store->hooked = false;
}

int page_store_close(struct page_store *store)
{
    if (!store)
        return 0;
    int error = store->error;
    store_free(store);
    return error;
}

/* The row that was stepped to, into `page`. */
static int take_row(sqlite3_stmt *statement, int column, struct page *page)
{
    const void *block = sqlite3_column_blob(statement, column);
    int size = sqlite3_column_bytes(statement, column);
    int error = page_unpack(page, block, size > 0 ? (size_t)size : 0);
    return error == -EINVAL ? 0
           : error          ? error
                            : 1; /* of another version: as if it was not there */
}

int page_store_find(struct page_store *store, const char *url, struct page *page)
{
    pthread_mutex_lock(&store->reading);
    sqlite3_bind_int64(store->find, 1, page_store_number(url));
    sqlite3_bind_text(store->find, 2, url, -1, SQLITE_STATIC);
    int code = sqlite3_step(store->find);
    int found = fail(store, store->reader, code);
    if (code == SQLITE_ROW)
        found = take_row(store->find, 0, page);
    sqlite3_reset(store->find);
    pthread_mutex_unlock(&store->reading);
    return found;
}

int page_store_has(struct page_store *store, const char *url)
{
    pthread_mutex_lock(&store->reading);
    sqlite3_bind_int64(store->has, 1, page_store_number(url));
    sqlite3_bind_text(store->has, 2, url, -1, SQLITE_STATIC);
    int code = sqlite3_step(store->has);
    int error = fail(store, store->reader, code);
    sqlite3_reset(store->has);
    pthread_mutex_unlock(&store->reading);
    return error ? error : code == SQLITE_ROW;
}

char *page_store_url(struct page_store *store, int64_t number)
{
    char *url = NULL;
    pthread_mutex_lock(&store->reading);
    sqlite3_bind_int64(store->find_url, 1, number);
    if (sqlite3_step(store->find_url) == SQLITE_ROW)
        url = strdup((const char *)sqlite3_column_text(store->find_url, 0));
    sqlite3_reset(store->find_url);
    pthread_mutex_unlock(&store->reading);
    return url;
}

int page_store_each(struct page_store *store, struct page *page,
                    int (*seen)(void *ctx, const char *url, struct page *page), void *ctx)
{
    sqlite3_stmt *each = NULL;
    int result = prepare(store, store->reader, "SELECT url, said FROM pages", &each);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(each)) == SQLITE_ROW) {
        result = take_row(each, 1, page);
        if (result == 1)
            result = seen(ctx, (const char *)sqlite3_column_text(each, 0), page);
    }
    if (!result)
        result = fail(store, store->reader, code);
    sqlite3_finalize(each);
    return result;
}

/* To sort URLs alone takes less room than to sort what their pages say. */
int page_store_each_by_url(struct page_store *store, struct page *page,
                           int (*seen)(void *ctx, const char *url, struct page *page), void *ctx)
{
    sqlite3_stmt *urls = NULL;
    int result = prepare(store, store->reader, "SELECT url FROM pages ORDER BY url", &urls);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(urls)) == SQLITE_ROW) {
        const char *url = (const char *)sqlite3_column_text(urls, 0);
        result = url ? page_store_find(store, url, page) : -ENOMEM;
        if (result == 1)
            result = seen(ctx, url, page);
    }
    if (!result)
        result = fail(store, store->reader, code);
    sqlite3_finalize(urls);
    return result;
}

const char *page_store_problem(const struct page_store *store)
{
    return *store->problem ? store->problem : strerror(-store->error);
}
