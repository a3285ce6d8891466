/* sqlite_schema.h - whose a database is, and how a new one becomes ours: the same for all of ours.
 *
 * Thread: the connection's. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_JOURNAL_SQLITE_SCHEMA_H
#define CMD_JOURNAL_SQLITE_SCHEMA_H

#include <sqlite3.h>
#include <stdint.h>

enum sqlite_schema_kind {
    SQLITE_SCHEMA_CURRENT,
    SQLITE_SCHEMA_EMPTY, /* a database with nothing in it */
    SQLITE_SCHEMA_OLDER, /* ours, and its tables are those of an older version */
    SQLITE_SCHEMA_NEWER,
    SQLITE_SCHEMA_FOREIGN, /* another program's, or another of ours */
};

/* `application` and `version` are what the tables' own SQL sets as application_id and user_version.
 * 0 or SQLite's code. */
int sqlite_schema_identify(sqlite3 *db, int64_t application, int64_t version,
                           enum sqlite_schema_kind *kind);

/* Why it is none that we can use, a literal; NULL when it is CURRENT. */
const char *sqlite_schema_problem(enum sqlite_schema_kind kind);

/* Makes an empty database one with these tables, all or nothing, in WAL mode: there readers and
 * writers do not wait for each other. 0 or SQLite's code. */
int sqlite_schema_make(sqlite3 *db, const char *tables);

#endif
