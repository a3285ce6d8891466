#include "cmd/crawl/pages_db.h"

#include "cmd/journal/sqlite_error.h"
#include "cmd/journal/sqlite_schema.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
    APPLICATION = 0x66747067, /* "ftpg": tells file(1) and us whose database it is */
    VERSION = 4,              /* of the tables */
};

/* Another connection writes for some milliseconds at most. */
#define BUSY_MS 10000

/* Rows come behind each other: numbers are hashes, and rows in their order would have nearly each
 * of a transaction's in a page of its own, all of which is written twice. What is read together in
 * the next run lies together, too.
 *
 * `stamp` is page_stamp()'s. `sum` is a hash of URL and page: SQLite does not notice when bytes of
 * a row become others, and a page's links must not become others unnoticed. */
static const char tables[] = "PRAGMA application_id = 0x66747067;"
                             "PRAGMA user_version = 4;"
                             "CREATE TABLE store (whole INTEGER NOT NULL);"
                             "INSERT INTO store VALUES (0);"
                             "CREATE TABLE pages ("
                             " place INTEGER PRIMARY KEY,"
                             " number INTEGER NOT NULL UNIQUE,"
                             " url TEXT NOT NULL,"
                             " stamp INTEGER NOT NULL,"
                             " sum INTEGER NOT NULL,"
                             " said BLOB NOT NULL);"
                             "CREATE TABLE depths ("
                             " url TEXT PRIMARY KEY,"
                             " links INTEGER NOT NULL,"
                             " chain INTEGER NOT NULL,"
                             " moved TEXT) WITHOUT ROWID;"
                             "CREATE TABLE moves ("
                             " url TEXT PRIMARY KEY,"
                             " target TEXT NOT NULL,"
                             " shown INTEGER NOT NULL) WITHOUT ROWID;";

int pages_db_say(struct pages_db *db, int error, const char *problem)
{
    pthread_mutex_lock(&db->telling);
    if (!*db->problem)
        snprintf(db->problem, sizeof db->problem, "%s: %s", db->path, problem);
    db->damaged = db->damaged || error == -EBADMSG;
    pthread_mutex_unlock(&db->telling);
    return error;
}

int pages_db_fail(struct pages_db *db, sqlite3 *connection, int code)
{
    const char *problem;
    int error = sqlite_error(connection, code, &problem);
    /* A table that is not there, or has what we never write. */
    if ((code & 0xff) == SQLITE_CONSTRAINT || (code & 0xff) == SQLITE_ERROR)
        error = -EBADMSG;
    return error ? pages_db_say(db, error, problem) : 0;
}

int pages_db_run(struct pages_db *db, const char *sql)
{
    return pages_db_fail(db, db->writer, sqlite3_exec(db->writer, sql, NULL, NULL, NULL));
}

static int prepare(struct pages_db *db, sqlite3 *connection, const char *sql, sqlite3_stmt **to)
{
    int code = sqlite3_prepare_v3(connection, sql, -1, SQLITE_PREPARE_PERSISTENT, to, NULL);
    return pages_db_fail(db, connection, code);
}

int pages_db_prepare(struct pages_db *db, const char *sql, sqlite3_stmt **statement)
{
    return prepare(db, db->reader, sql, statement);
}

/* What lies under its name must not lead elsewhere. */
static int check_file(struct pages_db *db)
{
    struct stat status;
    if (lstat(db->path, &status))
        return errno == ENOENT ? 0 : pages_db_say(db, -errno, strerror(errno));
    return S_ISREG(status.st_mode) ? 0 : pages_db_say(db, -EINVAL, "it is not a plain file");
}

static int connect(struct pages_db *db, sqlite3 **connection, int flags)
{
    int code = sqlite3_open_v2(db->path, connection, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_extended_result_codes(*connection, 1);
    if (code == SQLITE_OK)
        code = sqlite3_busy_timeout(*connection, BUSY_MS);
    return pages_db_fail(db, *connection, code);
}

/* Makes an empty database the store's. */
static int prepare_tables(struct pages_db *db)
{
    enum sqlite_schema_kind kind = SQLITE_SCHEMA_FOREIGN;
    int code = sqlite_schema_identify(db->writer, APPLICATION, VERSION, &kind);
    if (code)
        return pages_db_fail(db, db->writer, code);
    if (kind == SQLITE_SCHEMA_EMPTY) {
        db->made = true;
        /* A page of the web is some KiB. */
        code = sqlite3_exec(db->writer, "PRAGMA page_size = 16384", NULL, NULL, NULL);
        return pages_db_fail(db, db->writer, code ? code : sqlite_schema_make(db->writer, tables));
    }
    const char *problem = sqlite_schema_problem(kind);
    return problem ? pages_db_say(db, -EBADMSG, problem) : 0;
}

static int read_whole(struct pages_db *db)
{
    sqlite3_stmt *statement = NULL;
    int error = pages_db_prepare(db, "SELECT whole FROM store", &statement);
    if (error)
        return error;
    int code = sqlite3_step(statement);
    db->whole = code == SQLITE_ROW && sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW    ? 0
           : code == SQLITE_DONE ? pages_db_say(db, -EBADMSG, "a table is empty")
                                 : pages_db_fail(db, db->reader, code);
}

static int prepare_statements(struct pages_db *db)
{
    int error = prepare(db, db->writer,
                        "INSERT OR REPLACE INTO pages (number, url, stamp, sum, said) "
                        "VALUES (?1, ?2, ?3, ?4, ?5)",
                        &db->put);
    if (!error)
        error = prepare(db, db->writer, "INSERT OR REPLACE INTO depths VALUES (?1, ?2, ?3, ?4)",
                        &db->put_depth);
    if (!error)
        error = prepare(db, db->writer, "INSERT OR REPLACE INTO moves VALUES (?1, ?2, ?3)",
                        &db->put_move);
    if (!error)
        error = pages_db_prepare(
            db, "SELECT url, stamp, sum, said FROM pages WHERE number = ?1 AND url = ?2",
            &db->find);
    if (!error)
        error = pages_db_prepare(db, "SELECT url FROM pages WHERE number = ?1", &db->find_url);
    return error;
}

int pages_db_open(struct pages_db *db, const char *directory)
{
    pthread_mutex_init(&db->telling, NULL); /* cannot fail on Linux */
    /* A path that begins with "file:" would be a URI to SQLite. */
    const char *here = *directory == '/' || *directory == '.' ? "" : "./";
    int length = snprintf(db->path, sizeof db->path, "%s%s/pages.db", here, directory);
    if (length >= PATH_MAX)
        return pages_db_say(db, -ENAMETOOLONG, strerror(ENAMETOOLONG));
    int error = check_file(db);
    if (!error)
        error = connect(db, &db->writer, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!error)
        error = prepare_tables(db);
    if (!error)
        error = pages_db_run(db, "PRAGMA synchronous = NORMAL");
    if (!error)
        error = connect(db, &db->reader, SQLITE_OPEN_READONLY);
    if (!error)
        error = read_whole(db);
    return error ? error : prepare_statements(db);
}

void pages_db_close(struct pages_db *db)
{
    sqlite3_finalize(db->put);
    sqlite3_finalize(db->put_depth);
    sqlite3_finalize(db->put_move);
    sqlite3_finalize(db->find);
    sqlite3_finalize(db->find_url);
    sqlite3_close(db->reader);
    sqlite3_close(db->writer);
    pthread_mutex_destroy(&db->telling);
}
