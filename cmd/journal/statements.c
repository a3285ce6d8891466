#include "cmd/journal/statements.h"

#define COLUMNS                                                                                    \
    "url, name, size, mtime_ns, etag, last_modified, checksum, outcome, status, attempts, error, " \
    "finished"

#define APPEND                                    \
    "INSERT INTO url (place, name_hash, " COLUMNS \
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"

/* The condition is false where another URL has the place: then nothing changes. */
#define PUT                                                                                    \
    APPEND                                                                                     \
    " ON CONFLICT (place) DO UPDATE SET name = excluded.name, name_hash = excluded.name_hash," \
    " outcome = excluded.outcome, status = excluded.status, attempts = excluded.attempts,"     \
    " error = excluded.error, finished = excluded.finished"
#define IF_SAME_URL " WHERE url = excluded.url"

const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_JOB] = "SELECT seed, running FROM job",
    [STATEMENT_BEGAN] = "UPDATE job SET running = 1, began = ?1, ended = NULL",
    [STATEMENT_ENDED] = "UPDATE job SET running = 0, ended = ?1",
    [STATEMENT_ANY] = "SELECT 1 FROM url LIMIT 1",
    [STATEMENT_FIND] = "SELECT " COLUMNS " FROM url WHERE place = ?1",
    [STATEMENT_NAME] = "SELECT url FROM url WHERE name_hash = ?1",
    [STATEMENT_FREE_NAME] = "DELETE FROM url WHERE name_hash = ?1 AND place <> ?2",
    [STATEMENT_APPEND] = APPEND,
    [STATEMENT_PUT] = PUT ", size = excluded.size, mtime_ns = excluded.mtime_ns,"
                          " etag = excluded.etag, last_modified = excluded.last_modified,"
                          " checksum = excluded.checksum" IF_SAME_URL,
    [STATEMENT_PUT_UNCHANGED] =
        PUT ", size = coalesce(excluded.size, size), mtime_ns = coalesce(excluded.mtime_ns, "
            "mtime_ns), etag = coalesce(excluded.etag, etag), last_modified = "
            "coalesce(excluded.last_modified, last_modified), checksum = "
            "coalesce(excluded.checksum, checksum)" IF_SAME_URL,
    [STATEMENT_PUT_FAILED] = PUT IF_SAME_URL,
    [STATEMENT_EACH] = "SELECT " COLUMNS " FROM url",
    [STATEMENT_EACH_FAILED] = "SELECT " COLUMNS " FROM url WHERE outcome = 4",
    [STATEMENT_COUNT_ROWS] =
        "SELECT outcome, count(*), count(size), coalesce(sum(size), 0) FROM url GROUP BY outcome",
};

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC); /* NULL is NULL */
}

/* A failed binding leaves a NULL, and memory that ran out shows in the step that follows. */
void statement_bind_row(sqlite3_stmt *statement, int64_t place, int64_t name_hash,
                        const struct journal_row *row)
{
    bool has_file = row->size >= 0 && row->outcome != JOURNAL_FAILED;
    sqlite3_clear_bindings(statement);
    sqlite3_bind_int64(statement, 1, place);
    if (row->name)
        sqlite3_bind_int64(statement, 2, name_hash);
    bind_text(statement, 3, row->url);
    bind_text(statement, 4, row->name);
    if (has_file) {
        sqlite3_bind_int64(statement, 5, row->size);
        sqlite3_bind_int64(statement, 6, row->mtime_ns);
        bind_text(statement, 7, row->etag);
        bind_text(statement, 8, row->last_modified);
        bind_text(statement, 9, row->checksum);
    }
    sqlite3_bind_int(statement, 10, (int)row->outcome);
    sqlite3_bind_int(statement, 11, row->status);
    sqlite3_bind_int64(statement, 12, row->attempts);
    bind_text(statement, 13, row->error);
    sqlite3_bind_int64(statement, 14, row->finished);
}

static const char *column_text(sqlite3_stmt *statement, int at)
{
    return (const char *)sqlite3_column_text(statement, at);
}

static int64_t column_number(sqlite3_stmt *statement, int at, int64_t none)
{
    return sqlite3_column_type(statement, at) == SQLITE_NULL ? none
                                                             : sqlite3_column_int64(statement, at);
}

void statement_read_row(sqlite3_stmt *statement, struct journal_row *row)
{
    const char *url = column_text(statement, 0);
    *row = (struct journal_row){
        .url = url ? url : "", /* as memory runs out: no URL's */
        .name = column_text(statement, 1),
        .size = column_number(statement, 2, -1),
        .mtime_ns = column_number(statement, 3, -1),
        .etag = column_text(statement, 4),
        .last_modified = column_text(statement, 5),
        .checksum = column_text(statement, 6),
        .outcome = (enum journal_outcome)sqlite3_column_int(statement, 7),
        .status = sqlite3_column_int(statement, 8),
        .attempts = (unsigned)sqlite3_column_int64(statement, 9),
        .error = column_text(statement, 10),
        .finished = sqlite3_column_int64(statement, 11),
    };
}
