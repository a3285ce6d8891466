#include "cmd/journal/schema.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

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

int schema_make(sqlite3 *db)
{
    return sqlite_schema_make(db, tables);
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

int schema_check(sqlite3 *db, enum sqlite_schema_kind *kind, const char **why)
{
    int code = sqlite_schema_identify(db, APPLICATION, VERSION, kind);
    if (code)
        return code;
    *why = *kind == SQLITE_SCHEMA_OLDER
               ? "it was written by an older fetch: the next run converts it"
               : sqlite_schema_problem(*kind);
    return *why ? -EINVAL : 0;
}
