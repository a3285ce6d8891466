/* page_store_read.c - what pages said is found again. */
#include "cmd/crawl/page_store_parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a page said, in the row that was stepped to: URL, stamp, sum, page. Good until the next
 * step. NULL: it is damaged, which has been said. */
static const void *row_block(struct page_store *store, sqlite3_stmt *statement, size_t *size)
{
    const char *url = (const char *)sqlite3_column_text(statement, 0);
    const void *block = sqlite3_column_blob(statement, 3);
    *size = (size_t)sqlite3_column_bytes(statement, 3);
    if (url && block && page_store_sum(url, block, *size) == sqlite3_column_int64(statement, 2))
        return block;
    (void)pages_db_say(&store->db, -EBADMSG, "a row is damaged");
    return NULL;
}

static int take_row(struct page_store *store, sqlite3_stmt *statement, struct page *page)
{
    size_t size;
    const void *block = row_block(store, statement, &size);
    int error = block ? page_unpack(page, block, size) : -EBADMSG;
    page->stamp = sqlite3_column_int64(statement, 1);
    return error == -EINVAL ? 0
           : error          ? error
                            : 1; /* of another version: as if it was not there */
}

/* SQLite's code: is there a row? To be reset. */
static int step_to(struct page_store *store, const char *url)
{
    sqlite3_stmt *find = store->db.find;
    sqlite3_bind_int64(find, 1, page_store_number(url));
    sqlite3_bind_text(find, 2, url, -1, SQLITE_STATIC);
    return sqlite3_step(find);
}

int page_store_find(struct page_store *store, const char *url, struct page *page)
{
    pthread_mutex_lock(&store->reading);
    int code = step_to(store, url);
    int found = pages_db_fail(&store->db, store->db.reader, code);
    if (code == SQLITE_ROW)
        found = take_row(store, store->db.find, page);
    sqlite3_reset(store->db.find);
    pthread_mutex_unlock(&store->reading);
    return found;
}

/* The row that was stepped to, as a block of its own. 0 or -errno. */
static int keep_row(struct page_store *store, struct page_query *query)
{
    size_t size;
    const void *block = row_block(store, store->db.find, &size);
    if (!block)
        return -EBADMSG;
    if (!page_is_packed(block, size))
        return 0; /* of another version: as if it was not there */
    query->said = malloc(size);
    if (!query->said)
        return -ENOMEM;
    memcpy(query->said, block, size);
    query->size = size;
    query->stamp = sqlite3_column_int64(store->db.find, 1);
    return 0;
}

static int answer(struct page_store *store, struct page_query *query)
{
    int code = step_to(store, query->url);
    int error = pages_db_fail(&store->db, store->db.reader, code);
    if (code == SQLITE_ROW)
        error = keep_row(store, query);
    sqlite3_reset(store->db.find);
    return error;
}

int page_store_find_all(struct page_store *store, struct page_query *queries, size_t count)
{
    sqlite3 *reader = store->db.reader;
    pthread_mutex_lock(&store->reading);
    int error = pages_db_fail(&store->db, reader, sqlite3_exec(reader, "BEGIN", NULL, NULL, NULL));
    for (size_t i = 0; i < count; i++) {
        queries[i].said = NULL;
        queries[i].size = 0;
        if (!error)
            error = answer(store, &queries[i]);
    }
    (void)sqlite3_exec(reader, "COMMIT", NULL, NULL, NULL); /* nothing was written */
    pthread_mutex_unlock(&store->reading);
    for (size_t i = 0; error && i < count; i++) {
        free(queries[i].said);
        queries[i].said = NULL;
    }
    return error;
}

char *page_store_url(struct page_store *store, int64_t number)
{
    char *url = NULL;
    pthread_mutex_lock(&store->reading);
    sqlite3_bind_int64(store->db.find_url, 1, number);
    if (sqlite3_step(store->db.find_url) == SQLITE_ROW)
        url = strdup((const char *)sqlite3_column_text(store->db.find_url, 0));
    sqlite3_reset(store->db.find_url);
    pthread_mutex_unlock(&store->reading);
    return url;
}

int page_store_each(struct page_store *store, struct page *page,
                    int (*seen)(void *ctx, const char *url, struct page *page), void *ctx)
{
    sqlite3_stmt *each = NULL;
    int result = pages_db_prepare(&store->db, "SELECT url, stamp, sum, said FROM pages", &each);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(each)) == SQLITE_ROW) {
        result = take_row(store, each, page);
        if (result == 1)
            result = seen(ctx, (const char *)sqlite3_column_text(each, 0), page);
    }
    if (!result)
        result = pages_db_fail(&store->db, store->db.reader, code);
    sqlite3_finalize(each);
    return result;
}

int page_store_each_move(struct page_store *store,
                         int (*seen)(void *ctx, const char *url, const char *target, bool shown),
                         void *ctx)
{
    sqlite3_stmt *each = NULL;
    int result = pages_db_prepare(&store->db, "SELECT url, target, shown FROM moves", &each);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(each)) == SQLITE_ROW) {
        const char *url = (const char *)sqlite3_column_text(each, 0);
        const char *target = (const char *)sqlite3_column_text(each, 1);
        result = url && target ? seen(ctx, url, target, sqlite3_column_int(each, 2)) : -ENOMEM;
    }
    if (!result)
        result = pages_db_fail(&store->db, store->db.reader, code);
    sqlite3_finalize(each);
    return result;
}

int page_store_each_depth(struct page_store *store,
                          int (*seen)(void *ctx, const char *url, const struct depth *depth,
                                      const char *moved),
                          void *ctx)
{
    sqlite3_stmt *each = NULL;
    int result = pages_db_prepare(&store->db, "SELECT url, links, chain, moved FROM depths", &each);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(each)) == SQLITE_ROW) {
        const char *url = (const char *)sqlite3_column_text(each, 0);
        const struct depth depth = {.links = (unsigned)sqlite3_column_int64(each, 1),
                                    .chain = (unsigned)sqlite3_column_int64(each, 2)};
        result = url ? seen(ctx, url, &depth, (const char *)sqlite3_column_text(each, 3)) : -ENOMEM;
    }
    if (!result)
        result = pages_db_fail(&store->db, store->db.reader, code);
    sqlite3_finalize(each);
    return result;
}

/* To sort URLs alone takes less room than to sort what their pages say. */
int page_store_each_by_url(struct page_store *store, struct page *page,
                           int (*seen)(void *ctx, const char *url, struct page *page), void *ctx)
{
    sqlite3_stmt *urls = NULL;
    int result = pages_db_prepare(&store->db, "SELECT url FROM pages ORDER BY url", &urls);
    int code = SQLITE_ROW;
    while (!result && (code = sqlite3_step(urls)) == SQLITE_ROW) {
        const char *url = (const char *)sqlite3_column_text(urls, 0);
        result = url ? page_store_find(store, url, page) : -ENOMEM;
        if (result == 1)
            result = seen(ctx, url, page);
    }
    if (!result)
        result = pages_db_fail(&store->db, store->db.reader, code);
    sqlite3_finalize(urls);
    return result;
}
