#include "cmd/journal/sqlite_schema.h"

#include <stddef.h>

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

int sqlite_schema_identify(sqlite3 *db, int64_t application, int64_t version,
                           enum sqlite_schema_kind *kind)
{
    int64_t its_application = 0, its_version = 0, things = 0;
    int code = ask(db, "PRAGMA application_id", &its_application);
    if (!code)
        code = ask(db, "PRAGMA user_version", &its_version);
    if (!code)
        code = ask(db, "SELECT count(*) FROM sqlite_master", &things);
    if (code)
        return code;
    if (its_application == 0 && its_version == 0 && things == 0)
        *kind = SQLITE_SCHEMA_EMPTY;
    else if (its_application != application)
        *kind = SQLITE_SCHEMA_FOREIGN;
    else if (its_version == version)
        *kind = SQLITE_SCHEMA_CURRENT;
    else
        *kind = its_version < version ? SQLITE_SCHEMA_OLDER : SQLITE_SCHEMA_NEWER;
    return 0;
}

const char *sqlite_schema_problem(enum sqlite_schema_kind kind)
{
    static const char *const words[] = {
        [SQLITE_SCHEMA_EMPTY] = "it is empty",
        [SQLITE_SCHEMA_OLDER] = "it was written by an older fetch",
        [SQLITE_SCHEMA_NEWER] = "it was written by a newer fetch",
        [SQLITE_SCHEMA_FOREIGN] = "it is a database of another program",
    };
    return words[kind];
}

int sqlite_schema_make(sqlite3 *db, const char *tables)
{
    int code = sqlite3_exec(db, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    if (!code)
        code = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (!code)
        code = sqlite3_exec(db, tables, NULL, NULL, NULL);
    return code ? code : sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}
