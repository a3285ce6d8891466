#include "cmd/journal/connection.h"

#include "cmd/journal/schema.h"
#include "cmd/journal/sqlite_error.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Another connection writes for some milliseconds at most; a disk may be slow. */
#define BUSY_MS 10000

/* Any byte of the path may take three. */
enum { URI_SIZE = 3 * PATH_MAX + 32 };

int journal_fail(struct journal *journal, int code)
{
    return code == SQLITE_OK ? 0 : sqlite_error(journal->db, code, &journal->problem);
}

int journal_execute(struct journal *journal, const char *sql)
{
    return journal_fail(journal, sqlite3_exec(journal->db, sql, NULL, NULL, NULL));
}

int journal_statement(struct journal *journal, enum statement number, sqlite3_stmt **out)
{
    sqlite3_stmt **statement = &journal->statements[number];
    int code = SQLITE_OK;
    if (*statement)
        sqlite3_reset(*statement); /* one that found a row is still at it */
    else
        code = sqlite3_prepare_v3(journal->db, statement_texts[number], -1,
                                  SQLITE_PREPARE_PERSISTENT, statement, NULL);
    *out = *statement;
    return journal_fail(journal, code);
}

int journal_run(struct journal *journal, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    sqlite3_reset(statement); /* says the same once more */
    return code == SQLITE_DONE || code == SQLITE_ROW ? 0 : journal_fail(journal, code);
}

/* What the tables say of earlier runs. */
static int journal_read_job(struct journal *journal)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_JOB, &statement);
    if (error)
        return error;
    int code = sqlite3_step(statement);
    journal->seed = sqlite3_column_int64(statement, 0);
    int state = sqlite3_column_int(statement, 1);
    journal->was_killed = state == RUN_ON;
    journal->pass_was_killed = state != RUN_ENDED;
    journal->pass = sqlite3_column_int64(statement, 2);
    journal->was_complete = sqlite3_column_int(statement, 3) != 0;
    sqlite3_reset(statement);
    if (code == SQLITE_ROW)
        return 0;
    if (code != SQLITE_DONE)
        return journal_fail(journal, code);
    journal->problem = "a table is empty";
    return -EINVAL;
}

static int remember_place(struct journal *journal)
{
    struct stat status;
    if (lstat(journal->path, &status)) {
        journal->problem = strerror(errno);
        return -errno;
    }
    journal->device = status.st_dev;
    journal->inode = status.st_ino;
    return 0;
}

int journal_check_place(struct journal *journal)
{
    struct stat status;
    if (lstat(journal->path, &status) == 0 && status.st_dev == journal->device &&
        status.st_ino == journal->inode)
        return 0;
    journal->problem = "it was removed or replaced while this run wrote it";
    return -ESTALE;
}

/* NORMAL leaves to the system when a commit reaches the disk: a power cut may cost the latest ones,
 * but never the journal. */
static int journal_configure(struct journal *journal, bool synced)
{
    bool write = journal->use == JOURNAL_WRITE;
    enum sqlite_schema_kind kind = SQLITE_SCHEMA_FOREIGN;
    sqlite3_extended_result_codes(journal->db, 1);
    sqlite3_busy_timeout(journal->db, BUSY_MS);
    int error = journal_execute(journal, synced ? "PRAGMA synchronous = FULL"
                                                : "PRAGMA synchronous = NORMAL");
    if (!error)
        error = journal_execute(journal, "PRAGMA secure_delete = OFF");
    if (error)
        return error;
    int code = schema_check(journal->db, &kind, &journal->problem);
    if (kind == SQLITE_SCHEMA_EMPTY && write)
        code = schema_make(journal->db);
    if (kind == SQLITE_SCHEMA_OLDER && write)
        code = schema_upgrade(journal->db, &journal->problem);
    if (code)
        return code < 0 ? code : journal_fail(journal, code);
    if (!write)
        error = journal_execute(journal, "PRAGMA query_only = ON");
    else
        error = remember_place(journal);
    return error ? error : journal_read_job(journal);
}

void journal_disconnect(struct journal *journal)
{
    for (int i = 0; i < STATEMENT_COUNT; i++) {
        sqlite3_finalize(journal->statements[i]);
        journal->statements[i] = NULL;
    }
    sqlite3_close(journal->db);
    journal->db = NULL;
}

static int journal_open_file(struct journal *journal, const char *name, int flags, const char *vfs)
{
    journal_disconnect(journal);
    /* Statistics of memory cost a lock with each allocation. Refused once SQLite is at work: then
     * it has been told before. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* One thread at a time uses a connection: SQLite need not lock it. */
    int code = sqlite3_open_v2(name, &journal->db, flags | SQLITE_OPEN_NOMUTEX, vfs);
    if (journal->db)
        return journal_fail(journal, code);
    journal->problem = strerror(ENOMEM);
    return -ENOMEM;
}

/* SQLite's URI of the path, which says that nobody changes the file. */
static void immutable_uri(char uri[URI_SIZE], const char *path)
{
    char *to = stpcpy(uri, *path == '/' ? "file://" : "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path))
            to += sprintf(to, "%%%02x", (unsigned)*path);
        else
            *to++ = *path;
    }
    memcpy(to, "?immutable=1", sizeof "?immutable=1");
}

/* Where nothing can be written, nobody can keep SQLite's log or share its index. Without a log all
 * is in the file. With one, left by a run that was killed, who needs no locks keeps the index in
 * his own memory. */
static int journal_connect_unwritable(struct journal *journal, const char *name)
{
    char path[URI_SIZE];
    snprintf(path, sizeof path, "%s-wal", name);
    if (access(path, F_OK)) {
        immutable_uri(path, name);
        int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
        int error = journal_open_file(journal, path, flags, NULL);
        return error ? error : journal_configure(journal, false);
    }
    int error = journal_open_file(journal, name, SQLITE_OPEN_READONLY, "unix-none");
    if (!error)
        error = journal_execute(journal, "PRAGMA locking_mode = EXCLUSIVE");
    return error ? error : journal_configure(journal, false);
}

/* Who only reads opens it like who writes, where he may: so the last to close it takes the log's
 * files away. */
int journal_connect(struct journal *journal, bool synced)
{
    /* A path that begins with "file:" would be a URI to SQLite. */
    bool plain = *journal->path == '/' || *journal->path == '.';
    char *name;
    if (asprintf(&name, "%s%s", plain ? "" : "./", journal->path) < 0)
        return -ENOMEM;
    int create = journal->use == JOURNAL_WRITE ? SQLITE_OPEN_CREATE : 0;
    int error = journal_open_file(journal, name, SQLITE_OPEN_READWRITE | create, NULL);
    if (!error)
        error = journal_configure(journal, synced);
    if (journal->use == JOURNAL_READ && (error == -EROFS || error == -EACCES))
        error = journal_connect_unwritable(journal, name);
    free(name);
    return error;
}
