#include "cmd/crawl/frontier_connection.h"

#include "cmd/journal/sqlite_error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "frontier.db"

/* Another connection only ever reads; a disk may be slow. */
#define BUSY_MS 10000

/* Memory for pages, and so many pages of log before it is taken into the file: pages that are
 * changed again and again are then written once for many commits. */
#define CONFIGURATION             \
    "PRAGMA secure_delete = OFF;" \
    "PRAGMA cache_size = -16384;" \
    "PRAGMA wal_autocheckpoint = 8192;"

int frontier_db_say(struct frontier_store *store, int error, const char *problem)
{
    snprintf(store->problem, sizeof store->problem, "%s: %s", store->path, problem);
    return error;
}

int frontier_db_fail(struct frontier_store *store, int code)
{
    const char *problem;
    int error = sqlite_error(store->db, code, &problem);
    /* A table that is not there, or has what we never write. */
    if ((code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_ERROR)
        error = -EBADMSG;
    return error ? frontier_db_say(store, error, problem) : 0;
}

int frontier_db_execute(struct frontier_store *store, const char *sql)
{
    return frontier_db_fail(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

int frontier_db_statement(struct frontier_store *store, enum frontier_statement number,
                          sqlite3_stmt **out)
{
    sqlite3_stmt **statement = &store->statements[number];
    int code = SQLITE_OK;
    if (!*statement)
        code = sqlite3_prepare_v3(store->db, frontier_statement_texts[number], -1,
                                  SQLITE_PREPARE_PERSISTENT, statement, NULL);
    *out = *statement;
    return frontier_db_fail(store, code);
}

int frontier_db_run(struct frontier_store *store, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement); /* says the same once more */
    return code == SQLITE_DONE ? 0 : frontier_db_fail(store, code);
}

int frontier_db_end(struct frontier_store *store, sqlite3_stmt *statement, int code)
{
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : frontier_db_fail(store, code);
}

/* What lies under its name must not lead elsewhere. */
static int check_file(struct frontier_store *store)
{
    struct stat status;
    if (lstat(store->path, &status))
        return errno == ENOENT ? 0 : frontier_db_say(store, -errno, strerror(errno));
    return S_ISREG(status.st_mode) ? 0 : frontier_db_say(store, -EINVAL, "it is not a plain file");
}

static int remove_files(struct frontier_store *store)
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[PATH_MAX + 8];
        snprintf(path, sizeof path, "%s%s", store->path, suffixes[i]);
        if (unlink(path) && errno != ENOENT)
            return frontier_db_say(store, -errno, strerror(errno));
    }
    return 0;
}

static int connect_file(struct frontier_store *store)
{
    /* Statistics of memory cost a lock with each allocation. Refused once SQLite is at work. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int error = frontier_db_fail(store, sqlite3_open_v2(store->path, &store->db, flags, NULL));
    if (error)
        return error;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    const char *why = NULL;
    int code = frontier_schema_prepare(store->db, &why);
    return code < 0 ? frontier_db_say(store, code, why) : frontier_db_fail(store, code);
}

static int open_file(struct frontier_store *store, const char *directory, bool synced, bool fresh)
{
    /* A path that begins with "file:" would be a URI to SQLite. */
    const char *here = *directory == '/' || *directory == '.' ? "" : "./";
    int length = snprintf(store->path, sizeof store->path, "%s%s/" FILE_NAME, here, directory);
    if (length >= PATH_MAX)
        return frontier_db_say(store, -ENAMETOOLONG, strerror(ENAMETOOLONG));
    int error = check_file(store);
    if (!error && fresh)
        error = remove_files(store);
    if (!error)
        error = connect_file(store);
    if (!error)
        error = frontier_db_execute(store, CONFIGURATION);
    if (error)
        return error;
    return frontier_db_execute(store, synced ? "PRAGMA synchronous = FULL"
                                             : "PRAGMA synchronous = NORMAL");
}

int frontier_store_open(struct frontier_store **out, const char *directory, bool synced, bool fresh,
                        char **why)
{
    struct frontier_store *store = calloc(1, sizeof *store);
    *why = NULL;
    if (!store)
        return -ENOMEM;
    int error = open_file(store, directory, synced, fresh);
    if (!error) {
        *out = store;
        return 0;
    }
    if (error == -EBADMSG)
        error = -EINVAL;
    if (asprintf(why, "cannot open the frontier %s", store->problem) < 0)
        *why = NULL;
    frontier_store_close(store);
    return error;
}

void frontier_store_close(struct frontier_store *store)
{
    if (!store)
        return;
    for (int i = 0; i < FRONTIER_STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    free(store);
}
