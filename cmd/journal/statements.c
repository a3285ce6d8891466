#include "cmd/journal/statements.h"

#define DESCRIPTION "size, mtime_ns, etag, last_modified, checksum"
#define OUTCOME     "outcome, status, attempts, error, finished"
#define ROW         "url.id, url, name, " DESCRIPTION ", " OUTCOME ", pass"

/* Parameters have the same numbers everywhere: statement_bind_row(). */
#define SET_OUTCOME                                                                            \
    "UPDATE url SET outcome = ?11, status = ?12, attempts = ?13, error = ?14, finished = ?15," \
    " pass = ?16"

const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_JOB] = "SELECT seed, running, pass, complete FROM job",
    [STATEMENT_BEGAN] = "UPDATE job SET running = 1, began = ?1, ended = NULL,"
                        " pass = pass + complete, complete = 0",
    [STATEMENT_ENDED] = "UPDATE job SET running = ?3, ended = ?1, complete = ?2",
    [STATEMENT_ANY] = "SELECT 1 FROM url LIMIT 1",
    [STATEMENT_ADD] = "INSERT INTO url (url_hash, name_hash, url, name, " DESCRIPTION ", " OUTCOME
                      ", pass) VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
                      " ?15, ?16)",
    [STATEMENT_REPLACE] = SET_OUTCOME ", size = ?6, mtime_ns = ?7, etag = ?8, last_modified = ?9,"
                                      " checksum = ?10 WHERE id = ?1",
    [STATEMENT_UNCHANGED] =
        SET_OUTCOME ", size = coalesce(?6, size), mtime_ns = coalesce(?7, mtime_ns),"
                    " etag = coalesce(?8, etag), last_modified = coalesce(?9, last_modified),"
                    " checksum = coalesce(?10, checksum) WHERE id = ?1",
    [STATEMENT_FAILED] = SET_OUTCOME " WHERE id = ?1",
    [STATEMENT_SIZE] = "UPDATE url SET size = ?2 WHERE id = ?1",
    [STATEMENT_REMOVE] = "DELETE FROM url WHERE id = ?1",
    [STATEMENT_FIND] =
        "SELECT " ROW " FROM by_url JOIN url ON url.id = by_url.id WHERE by_url.hash = ?1",
    [STATEMENT_SCAN] = "SELECT " ROW " FROM url WHERE url.id > (SELECT indexed FROM job)"
                       " AND url_hash = ?1 AND url = ?2 ORDER BY url.id DESC LIMIT 1",
    [STATEMENT_NAME] = "SELECT url FROM by_name JOIN url ON url.id = by_name.id WHERE"
                       " by_name.hash = ?1 AND url.name_hash = ?1",
    [STATEMENT_FIND_NAME] = "SELECT " ROW " FROM by_name JOIN url ON url.id = by_name.id WHERE"
                            " by_name.hash = ?1 AND url.name_hash = ?1",
    [STATEMENT_SCAN_NAME] = "SELECT " ROW " FROM url WHERE url.id > (SELECT indexed FROM job)"
                            " AND name_hash = ?1 AND name = ?2 ORDER BY url.id DESC LIMIT 1",
    [STATEMENT_UNINDEXED] =
        "SELECT count(*), count(name_hash) FROM url WHERE id > (SELECT indexed FROM job)",
    [STATEMENT_INDEX_URLS] = "INSERT OR IGNORE INTO by_url SELECT url_hash, id FROM url"
                             " WHERE id > (SELECT indexed FROM job) ORDER BY url_hash, id DESC",
    [STATEMENT_INDEX_NAMES] =
        "INSERT OR IGNORE INTO by_name SELECT name_hash, id FROM url"
        " WHERE id > (SELECT indexed FROM job) AND name_hash NOT NULL ORDER BY name_hash, id",
    [STATEMENT_INDEXED] = "UPDATE job SET indexed = (SELECT coalesce(max(id), 0) FROM url)",
    [STATEMENT_EACH] = "SELECT " ROW " FROM url",
    [STATEMENT_EACH_FAILED] = "SELECT " ROW " FROM url WHERE outcome = 4",
    [STATEMENT_COUNT_ROWS] =
        "SELECT outcome, count(*), count(size), coalesce(sum(size), 0) FROM url GROUP BY outcome",
};

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC); /* NULL is NULL */
}

/* A parameter that the statement does not have is refused, which is as well. One that cannot be
 * bound stays NULL, and memory that ran out shows in the step that follows. */
void statement_bind_row(sqlite3_stmt *statement, int64_t url_hash, int64_t name_hash, int64_t pass,
                        const struct journal_row *row)
{
    bool has_file = row->size >= 0 && row->outcome != JOURNAL_FAILED;
    sqlite3_clear_bindings(statement);
    sqlite3_bind_int64(statement, 1, row->id);
    sqlite3_bind_int64(statement, 2, url_hash);
    if (row->name)
        sqlite3_bind_int64(statement, 3, name_hash);
    bind_text(statement, 4, row->url);
    bind_text(statement, 5, row->name);
    if (has_file) {
        sqlite3_bind_int64(statement, 6, row->size);
        sqlite3_bind_int64(statement, 7, row->mtime_ns);
        bind_text(statement, 8, row->etag);
        bind_text(statement, 9, row->last_modified);
        bind_text(statement, 10, row->checksum);
    }
    sqlite3_bind_int(statement, 11, (int)row->outcome);
    sqlite3_bind_int(statement, 12, row->status);
    sqlite3_bind_int64(statement, 13, row->attempts);
    bind_text(statement, 14, row->error);
    sqlite3_bind_int64(statement, 15, row->finished);
    sqlite3_bind_int64(statement, 16, pass);
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

void statement_read_row(sqlite3_stmt *statement, int64_t pass, struct journal_row *row)
{
    const char *url = column_text(statement, 1);
    *row = (struct journal_row){
        .id = sqlite3_column_int64(statement, 0),
        .url = url ? url : "", /* as memory runs out: no URL's */
        .name = column_text(statement, 2),
        .size = column_number(statement, 3, -1),
        .mtime_ns = column_number(statement, 4, -1),
        .etag = column_text(statement, 5),
        .last_modified = column_text(statement, 6),
        .checksum = column_text(statement, 7),
        .outcome = (enum journal_outcome)sqlite3_column_int(statement, 8),
        .status = sqlite3_column_int(statement, 9),
        .attempts = (unsigned)sqlite3_column_int64(statement, 10),
        .error = column_text(statement, 11),
        .finished = sqlite3_column_int64(statement, 12),
        .of_last_pass = sqlite3_column_int64(statement, 13) == pass,
    };
}
