#include "cmd/journal/schema.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

enum {
    APPLICATION = 0x66746368, /* "ftch": tells file(1) and us whose database it is */
    VERSION = 2,              /* of the tables: one more for each change of what is below */
};

/* Rows of `url` lie in the order in which they were added: so a run writes a few pages in a row for
 * hundreds of files, and a later run of the same list does, too. Were they sorted by a hash, each
 * would change pages of its own, twice (40 us a row at a million, against 3).
 *
 * by_url and by_name find a row by a hash of its URL and its name. They cover rows up to
 * job.indexed; what a run has added since is sorted in before the next one reads (lookup.h). `seed`
 * is drawn for each journal: who writes lists cannot know what collides.
 *
 * A pass is a run that came to its end, with those before it that were broken off on the way. The
 * clock may be set in between, so it is a number. */
static const char tables[] =
    "PRAGMA application_id = 0x66746368;"
    "PRAGMA user_version = 2;"
    "CREATE TABLE job ("
    " seed INTEGER NOT NULL,"
    " indexed INTEGER NOT NULL,"
    " running INTEGER NOT NULL,"
    " began INTEGER,"
    " ended INTEGER,"
    " pass INTEGER NOT NULL,"
    " complete INTEGER NOT NULL);"
    "INSERT INTO job VALUES (random(), 0, 0, NULL, NULL, 0, 1);"
    "CREATE TABLE url ("
    " id INTEGER PRIMARY KEY,"
    " url_hash INTEGER NOT NULL,"
    " name_hash INTEGER,"
    " url TEXT NOT NULL,"
    " name TEXT,"
    " size INTEGER,"
    " mtime_ns INTEGER,"
    " etag TEXT,"
    " last_modified TEXT,"
    " checksum TEXT,"
    " outcome INTEGER NOT NULL,"
    " status INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL,"
    " error TEXT,"
    " finished INTEGER NOT NULL,"
    " pass INTEGER NOT NULL);"
    "CREATE TABLE by_url (hash INTEGER PRIMARY KEY, id INTEGER NOT NULL);"
    "CREATE TABLE by_name (hash INTEGER PRIMARY KEY, id INTEGER NOT NULL);";

/* The number that `sql` asks for. 0 or SQLite's code. */
static int ask(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code)
        return code;
    if (sqlite3_step(statement) == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement);
}

/* In WAL mode readers and writers do not wait for each other. */
int schema_make(sqlite3 *db)
{
    int code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (!code)
        code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (!code)
        code = sqlite3_exec(db, tables, NULL, NULL, NULL);
    if (!code)
        code = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    return code;
}

/* Version 1 began without passes, and got them without a new number. What it recorded is from
 * passes that are complete: a run that it saw broken off is not gone on with. */
static const struct {
    const char *probe; /* a column that may be missing, */
    const char *add;   /* and how it comes to be there */
} additions[] = {
    {"SELECT pass FROM job", "ALTER TABLE job ADD COLUMN pass INTEGER NOT NULL DEFAULT 0"},
    {"SELECT complete FROM job", "ALTER TABLE job ADD COLUMN complete INTEGER NOT NULL DEFAULT 1"},
    {"SELECT pass FROM url", "ALTER TABLE url ADD COLUMN pass INTEGER NOT NULL DEFAULT 0"},
};

static bool has(sqlite3 *db, const char *probe)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, probe, -1, &statement, NULL);
    sqlite3_finalize(statement);
    return code == SQLITE_OK;
}

/* Inside a transaction. SQLite's code. */
static int add_what_is_missing(sqlite3 *db)
{
    int code = SQLITE_OK;
    for (size_t i = 0; i < sizeof additions / sizeof *additions && !code; i++)
        if (!has(db, additions[i].probe))
            code = sqlite3_exec(db, additions[i].add, NULL, NULL, NULL);
    return code ? code : sqlite3_exec(db, "PRAGMA user_version = 2", NULL, NULL, NULL);
}

int schema_upgrade(sqlite3 *db, const char **why)
{
    int code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (code)
        return code;
    if (!has(db, "SELECT indexed FROM job") || !has(db, "SELECT url_hash FROM url")) {
        *why = "it was written by an older fetch, in a way that is no more";
        code = -EINVAL;
    } else {
        code = add_what_is_missing(db);
    }
    return code ? code : sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

int schema_check(sqlite3 *db, enum schema_state *state, const char **why)
{
    int64_t application = 0, version = 0, things = 0;
    int code = ask(db, "PRAGMA application_id", &application);
    if (!code)
        code = ask(db, "PRAGMA user_version", &version);
    if (!code)
        code = ask(db, "SELECT count(*) FROM sqlite_master", &things);
    if (code)
        return code;
    *state = SCHEMA_OTHER;
    *why = "it is a database of another program";
    if (application == 0 && version == 0 && things == 0) {
        *state = SCHEMA_EMPTY;
        *why = "it is empty";
    } else if (application == APPLICATION && version < VERSION) {
        *state = SCHEMA_OLDER;
        *why = "it was written by an older fetch: the next run converts it";
    } else if (application == APPLICATION && version > VERSION) {
        *why = "it was written by a newer fetch";
    } else if (application == APPLICATION) {
        *state = SCHEMA_CURRENT;
        *why = NULL;
    }
    return *why ? -EINVAL : 0;
}
