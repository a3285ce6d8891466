/* frontier_connection.h - the connection to a frontier's database, and its errors. Private to
 * cmd/crawl; frontier_store_open() and frontier_store_close() are here, too.
 *
 * Thread: one at a time. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_CRAWL_FRONTIER_CONNECTION_H
#define CMD_CRAWL_FRONTIER_CONNECTION_H

#include "cmd/crawl/frontier_schema.h"
#include "cmd/crawl/frontier_store.h"
#include <limits.h>

struct frontier_store {
    sqlite3 *db;
    sqlite3_stmt *statements[FRONTIER_STATEMENTS]; /* prepared when first needed */
    char path[PATH_MAX];
    char problem[PATH_MAX + 256];
};

/* Keeps what happened, for the user. Returns `error`. */
int frontier_db_say(struct frontier_store *store, int error, const char *problem);

/* SQLite's code as -errno, and its words kept. 0 stays 0. */
int frontier_db_fail(struct frontier_store *store, int code);

/* Runs one or more statements without parameters. 0 or -errno. */
int frontier_db_execute(struct frontier_store *store, const char *sql);

/* The statement, ready to be bound. 0 or -errno. */
int frontier_db_statement(struct frontier_store *store, enum frontier_statement number,
                          sqlite3_stmt **statement);

/* Runs one that gives no rows, and makes it ready for the next time. 0 or -errno. */
int frontier_db_run(struct frontier_store *store, sqlite3_stmt *statement);

/* One that gives rows has come to its end, with `code`: makes it ready for the next time. 0 or
 * -errno. */
int frontier_db_end(struct frontier_store *store, sqlite3_stmt *statement, int code);

#endif
