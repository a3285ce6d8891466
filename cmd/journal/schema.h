/* schema.h - the tables of a journal, and whether a database is one. Private to journal/.
 *
 * Thread: the connection's. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_JOURNAL_SCHEMA_H
#define CMD_JOURNAL_SCHEMA_H

#include "cmd/journal/sqlite_schema.h"

/* Is it a journal that we can read? 0; -EINVAL with *why, a literal, unless it is CURRENT; or
 * SQLite's code, above 0. */
int schema_check(sqlite3 *db, enum sqlite_schema_kind *kind, const char **why);

/* Brings an OLDER one up to date. As schema_check(); after an error it is as it was when the
 * connection has been closed. */
int schema_upgrade(sqlite3 *db, const char **why);

/* Makes an empty database a journal. 0 or SQLite's code. */
int schema_make(sqlite3 *db);

#endif
