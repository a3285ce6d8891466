#include "cmd/journal/schema.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>

enum {
    APPLICATION = 0x66746368, /* "ftch": tells file(1) and us whose database it is */
    VERSION = 1,              /* of the tables */
};

/* Rows lie in the order they came in, which is nearly that of the list: a first run only appends,
 * and a second one finds neighbours together. `place` is a hash of the URL; a URL whose place
 * another one has goes to the next free one. A name that shares its hash with another counts as
 * taken. `seed` is drawn for each journal: who writes lists cannot know what collides. */
static const char tables[] = "PRAGMA application_id = 0x66746368;"
                             "PRAGMA user_version = 1;"
                             "CREATE TABLE job ("
                             " seed INTEGER NOT NULL,"
                             " running INTEGER NOT NULL,"
                             " began INTEGER,"
                             " ended INTEGER);"
                             "INSERT INTO job VALUES (random(), 0, NULL, NULL);"
                             "CREATE TABLE url ("
                             " id INTEGER PRIMARY KEY,"
                             " place INTEGER NOT NULL,"
                             " url TEXT NOT NULL,"
                             " name TEXT,"
                             " name_hash INTEGER,"
                             " size INTEGER,"
                             " mtime_ns INTEGER,"
                             " etag TEXT,"
                             " last_modified TEXT,"
                             " checksum TEXT,"
                             " outcome INTEGER NOT NULL,"
                             " status INTEGER NOT NULL,"
                             " attempts INTEGER NOT NULL,"
                             " error TEXT,"
                             " finished INTEGER NOT NULL);";

/* Made for the second run, and kept from then on: the first has nothing to find, and sorting all of
 * it afterwards costs a tenth of keeping a tree in order. */
static const char indexes[] = "CREATE UNIQUE INDEX IF NOT EXISTS url_place ON url (place);"
                              "CREATE UNIQUE INDEX IF NOT EXISTS url_name ON url (name_hash);";

/* Two in one place, or of one name, can only have come from two runs at once, or from hashes that
 * collide. The later one is kept; the other URL is asked for anew, and gets another name. */
static const char doubles[] =
    "DELETE FROM url WHERE id NOT IN (SELECT max(id) FROM url GROUP BY place);"
    "DELETE FROM url WHERE name_hash IS NOT NULL AND"
    " id NOT IN (SELECT max(id) FROM url GROUP BY name_hash);";

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

int schema_index(sqlite3 *db)
{
    int code = sqlite3_exec(db, indexes, NULL, NULL, NULL);
    if ((code & 0xff) != SQLITE_CONSTRAINT)
        return code;
    code = sqlite3_exec(db, doubles, NULL, NULL, NULL);
    return code ? code : sqlite3_exec(db, indexes, NULL, NULL, NULL);
}

int schema_check(sqlite3 *db, bool *empty, const char **why)
{
    int64_t application = 0, version = 0, things = 0;
    int code = ask(db, "PRAGMA application_id", &application);
    if (!code)
        code = ask(db, "PRAGMA user_version", &version);
    if (!code)
        code = ask(db, "SELECT count(*) FROM sqlite_master", &things);
    if (code)
        return code;
    *empty = application == 0 && version == 0 && things == 0;
    *why = NULL;
    if (*empty)
        *why = "it is empty";
    else if (application != APPLICATION)
        *why = "it is a database of another program";
    else if (version != VERSION)
        *why = "it was written by a newer fetch";
    return *why ? -EINVAL : 0;
}
