/* pages_db.h - the database of page_store.h: its connections, its tables, its errors. Private to
 * cmd/crawl.
 *
 * Ownership: the struct is the caller's, pages_db_open() to pages_db_close(). Thread: one at a time
 * for each of the two connections; pages_db_fail() and pages_db_say() from any. Nothing here parks;
 * it blocks on the disk.
 */
#ifndef CMD_CRAWL_PAGES_DB_H
#define CMD_CRAWL_PAGES_DB_H

#include <limits.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdbool.h>

/* The two connections are for two threads: who writes and who reads. */
struct pages_db {
    sqlite3 *writer;
    sqlite3 *reader;
    sqlite3_stmt *put;
    sqlite3_stmt *put_depth;
    sqlite3_stmt *put_move;
    sqlite3_stmt *find;
    sqlite3_stmt *find_url;
    pthread_mutex_t telling;
    char problem[PATH_MAX + 256]; /* the first, under `telling`; "" when there was none */
    bool damaged;                 /* likewise */
    bool made;                    /* there was no file, or nothing in it */
    bool whole;                   /* see page_store_is_whole() */
    char path[PATH_MAX];
};

/* The file in `directory`, made if there is none; `db` is zeroed. 0; -EBADMSG: it is damaged, or
 * none of ours; another -errno; pages_db_close() in any case. */
int pages_db_open(struct pages_db *db, const char *directory);
void pages_db_close(struct pages_db *db);

/* SQLite's code as -errno; the first one's words are kept. 0 stays 0. */
int pages_db_fail(struct pages_db *db, sqlite3 *connection, int code);

/* Keeps the words if they are the first. Returns `error`. */
int pages_db_say(struct pages_db *db, int error, const char *problem);

/* Statements without parameters, by who writes. 0 or -errno. */
int pages_db_run(struct pages_db *db, const char *sql);

/* One for who reads: to be finalized. 0 or -errno. */
int pages_db_prepare(struct pages_db *db, const char *sql, sqlite3_stmt **statement);

#endif
