/* frontier_schema.h - the tables of a frontier, and whether a database is one. Private to
 * cmd/crawl.
 *
 * Thread: the connection's. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_CRAWL_FRONTIER_SCHEMA_H
#define CMD_CRAWL_FRONTIER_SCHEMA_H

#include <sqlite3.h>

/* Makes an empty database a frontier. 0; -EINVAL with *why, a literal, when it is something else;
 * or SQLite's code, above 0. */
int frontier_schema_prepare(sqlite3 *db, const char **why);

enum frontier_statement {
    FRONTIER_JOB,
    FRONTIER_HOSTS,
    FRONTIER_NEXT_TURN,
    FRONTIER_LATERS,
    FRONTIER_TOTALS,
    FRONTIER_PRINTS,
    FRONTIER_PRINT_ADD,
    FRONTIER_HOST_COMES,
    FRONTIER_HOST_WAITS,
    FRONTIER_HOST_LEAVES,
    FRONTIER_HOST_RETURNS,
    FRONTIER_URL_ADD,
    FRONTIER_URL_REMOVE,
    FRONTIER_LATER_ADD,
    FRONTIER_LATER_DUE,
    FRONTIER_LATER_MOVE,
    FRONTIER_LATER_REMOVE,
    FRONTIER_LATER_NEXT,
    FRONTIER_NOTE,
    FRONTIER_NOTES,
    FRONTIER_READ,
    FRONTIER_TURNS,
    FRONTIER_STATEMENTS,
};

extern const char *const frontier_statement_texts[FRONTIER_STATEMENTS];

#endif
