/* schema.h - the tables of a journal, and whether a database is one. Private to journal/.
 *
 * Thread: the connection's. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_JOURNAL_SCHEMA_H
#define CMD_JOURNAL_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

/* Is it a journal that we can read? Sets *empty when it is a database with nothing in it. 0;
 * -EINVAL with *why, a literal; or SQLite's code, above 0. */
int schema_check(sqlite3 *db, bool *empty, const char **why);

/* Makes an empty database a journal. 0 or SQLite's code. */
int schema_make(sqlite3 *db);

#endif
