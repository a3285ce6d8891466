#include "cmd/journal/lookup.h"

#include <stdbool.h>
#include <string.h>
#include <xxhash.h>

/* Some milliseconds of SQLite's work. */
enum { STEPS_BETWEEN_ASKING = 100000 };

/* Once in a blue moon: some hashes were there already. What is left out of by_url after that shares
 * its hash with another URL. */
static const char settle_urls[] =
    /* An earlier row of the same URL goes, and what points to it. */
    "DELETE FROM url WHERE id IN (SELECT old.id FROM url AS new"
    "  JOIN by_url ON by_url.hash = new.url_hash JOIN url AS old ON old.id = by_url.id"
    "  WHERE new.id > (SELECT indexed FROM job) AND old.id < new.id AND old.url = new.url);"
    "DELETE FROM by_url WHERE hash IN (SELECT new.url_hash FROM url AS new"
    "  JOIN by_url ON by_url.hash = new.url_hash"
    "  WHERE new.id > (SELECT indexed FROM job)"
    "  AND NOT EXISTS (SELECT 1 FROM url WHERE url.id = by_url.id));"
    "INSERT OR IGNORE INTO by_url SELECT url_hash, id FROM url"
    "  WHERE id > (SELECT indexed FROM job) ORDER BY url_hash, id DESC;"
    /* Of two that were added since, the earlier. */
    "DELETE FROM url WHERE id IN (SELECT new.id FROM url AS new"
    "  JOIN by_url ON by_url.hash = new.url_hash JOIN url AS last ON last.id = by_url.id"
    "  WHERE new.id > (SELECT indexed FROM job) AND last.id > new.id AND last.url = new.url);";

static const char settle_names[] =
    /* Names of rows that are no more are free again. */
    "DELETE FROM by_name WHERE hash IN (SELECT new.name_hash FROM url AS new"
    "  JOIN by_name ON by_name.hash = new.name_hash"
    "  WHERE new.id > (SELECT indexed FROM job) AND NOT EXISTS"
    "  (SELECT 1 FROM url WHERE url.id = by_name.id AND url.name_hash = by_name.hash));"
    "INSERT OR IGNORE INTO by_name SELECT name_hash, id FROM url"
    "  WHERE id > (SELECT indexed FROM job) AND name_hash NOT NULL ORDER BY name_hash, id;"
    "UPDATE url SET name = NULL, name_hash = NULL WHERE id > (SELECT indexed FROM job)"
    "  AND name_hash NOT NULL AND id <> (SELECT id FROM by_name WHERE hash = name_hash);";

int64_t journal_hash(const struct journal *journal, const char *text)
{
    return (int64_t)(XXH3_64bits_withSeed(text, strlen(text), (uint64_t)journal->seed) >> 1);
}

/* Rows that are in neither table yet, and how many of them have a name. */
static int count_unindexed(struct journal *journal, int64_t *urls, int64_t *names)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_UNINDEXED, &statement);
    if (error)
        return error;
    int code = sqlite3_step(statement);
    *urls = sqlite3_column_int64(statement, 0);
    *names = sqlite3_column_int64(statement, 1);
    sqlite3_reset(statement);
    return code == SQLITE_ROW ? 0 : journal_fail(journal, code);
}

/* Fills one of the tables; `settle` for when not all of `count` rows found a place. */
static int fill(struct journal *journal, enum statement number, int64_t count, const char *settle)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, number, &statement);
    if (!error)
        error = journal_run(journal, statement);
    if (!error && sqlite3_changes(journal->db) < count)
        error = journal_execute(journal, settle);
    return error;
}

static int index_rows(struct journal *journal)
{
    sqlite3_stmt *statement;
    int64_t urls, names;
    int error = count_unindexed(journal, &urls, &names);
    if (error || urls == 0)
        return error;
    error = fill(journal, STATEMENT_INDEX_URLS, urls, settle_urls);
    if (!error)
        error = fill(journal, STATEMENT_INDEX_NAMES, names, settle_names);
    if (!error)
        error = journal_statement(journal, STATEMENT_INDEXED, &statement);
    return error ? error : journal_run(journal, statement);
}

/* SQLite asks now and then: other than 0 ends what it is doing. */
static int ask_whether_stopped(void *ctx)
{
    bool (**stopped)(void) = ctx;
    return (*stopped)();
}

int journal_index(struct journal *journal, bool (*stopped)(void))
{
    if (stopped)
        sqlite3_progress_handler(journal->db, STEPS_BETWEEN_ASKING, ask_whether_stopped, &stopped);
    int error = journal_begin(journal);
    if (!error)
        error = index_rows(journal);
    if (!error)
        error = journal_commit(journal);
    sqlite3_progress_handler(journal->db, 0, NULL, NULL);
    if (error)
        journal_abandon(journal);
    return error;
}

/* What a row is looked for by: a statement that finds it by its hash among those in a table, and
 * one that goes through those that have come since. */
struct way {
    enum statement find;
    enum statement scan;
    bool by_name;
};

static const struct way by_url = {STATEMENT_FIND, STATEMENT_SCAN, false};
static const struct way by_name = {STATEMENT_FIND_NAME, STATEMENT_SCAN_NAME, true};

/* The row that the statement finds, as journal_find(). */
static int take_row(struct journal *journal, sqlite3_stmt *statement, const struct way *way,
                    const char *text, struct journal_row *row)
{
    int code = sqlite3_step(statement);
    if (code != SQLITE_ROW) {
        sqlite3_reset(statement);
        return code == SQLITE_DONE ? 0 : journal_fail(journal, code);
    }
    statement_read_row(statement, journal->pass, row);
    const char *found = way->by_name ? row->name : row->url;
    return found && strcmp(found, text) == 0;
}

static int find(struct journal *journal, const struct way *way, const char *text,
                struct journal_row *row)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, way->find, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, journal_hash(journal, text));
    return take_row(journal, statement, way, text, row);
}

static int search(struct journal *journal, const struct way *way, const char *text,
                  struct journal_row *row)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, way->scan, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, journal_hash(journal, text));
    sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    int found = take_row(journal, statement, way, text, row);
    return found ? found : find(journal, way, text, row);
}

int journal_find(struct journal *journal, const char *url, struct journal_row *row)
{
    return find(journal, &by_url, url, row);
}

int journal_search(struct journal *journal, const char *url, struct journal_row *row)
{
    return search(journal, &by_url, url, row);
}

int journal_search_name(struct journal *journal, const char *name, struct journal_row *row)
{
    return search(journal, &by_name, name, row);
}

int journal_name_taken(struct journal *journal, const char *name, const char *url)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_NAME, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, journal_hash(journal, name));
    int code = sqlite3_step(statement);
    const char *owner = code == SQLITE_ROW ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    int taken = owner && strcmp(owner, url) != 0;
    sqlite3_reset(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? taken : journal_fail(journal, code);
}
