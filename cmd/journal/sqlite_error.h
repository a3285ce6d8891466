/* sqlite_error.h - SQLite's result codes as -errno, and in words.
 *
 * Thread: the connection's. Nothing here parks.
 */
#ifndef CMD_JOURNAL_SQLITE_ERROR_H
#define CMD_JOURNAL_SQLITE_ERROR_H

#include <sqlite3.h>

/* 0 for codes that are no errors; -EBADMSG: the file is damaged, or none of ours; -ECANCELED:
 * somebody has interrupted it; else -errno of what the machine refused, or -EIO. *problem: a
 * literal, or SQLite's own words, good until the next call with `db`. `db` NULL: it could not be
 * opened. */
int sqlite_error(sqlite3 *db, int code, const char **problem);

#endif
