#include "cmd/journal/journal.h"

#include "cmd/journal/lookup.h"
#include "cmd/journal/schema.h"
#include "cmd/journal/spare_room.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FILE_NAME "journal.db"

/* Kept in the file: never renumber. */
enum run_state {
    RUN_ENDED = 0,
    RUN_ON = 1,         /* or killed */
    RUN_ENDED_LATE = 2, /* in order, but what one before it left when it was killed is not done */
};

/* Another connection writes for some milliseconds at most; a disk may be slow. */
#define BUSY_MS 10000

int journal_fail(struct journal *journal, int code)
{
    int error = EIO;
    if (code == SQLITE_OK)
        return 0;
    journal->problem = sqlite3_errmsg(journal->db);
    switch (code & 0xff) {
    case SQLITE_FULL:
        error = ENOSPC;
        break;
    case SQLITE_NOMEM:
        error = ENOMEM;
        break;
    case SQLITE_READONLY:
        error = EROFS;
        break;
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        error = EACCES;
        break;
    case SQLITE_BUSY:
        error = EBUSY;
        break;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return -EBADMSG;
    case SQLITE_INTERRUPT:
        return -ECANCELED;
    default:
        if (sqlite3_system_errno(journal->db))
            error = sqlite3_system_errno(journal->db);
        break;
    }
    if (error != EIO && error != EBUSY)
        journal->problem = strerror(error);
    return -error;
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

/* Puts the problem in words. */
static void journal_complain(const struct journal *journal, int error, char **why)
{
    bool movable = error == -EINVAL && journal->use == JOURNAL_WRITE;
    if (asprintf(why, "cannot open the journal %s: %s%s", journal->path, journal->problem,
                 movable ? "; move it away, or use --no-journal" : "") < 0)
        *why = NULL;
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

/* NORMAL leaves to the system when a commit reaches the disk: a power cut may cost the latest ones,
 * but never the journal. */
static int journal_configure(struct journal *journal, bool synced)
{
    bool write = journal->use == JOURNAL_WRITE;
    bool empty = false;
    sqlite3_extended_result_codes(journal->db, 1);
    sqlite3_busy_timeout(journal->db, BUSY_MS);
    int error = journal_execute(journal, synced ? "PRAGMA synchronous = FULL"
                                                : "PRAGMA synchronous = NORMAL");
    if (!error)
        error = journal_execute(journal, "PRAGMA secure_delete = OFF");
    if (error)
        return error;
    int code = schema_check(journal->db, &empty, &journal->problem);
    if (empty && write)
        code = schema_make(journal->db);
    if (code)
        return code < 0 ? code : journal_fail(journal, code);
    if (!write)
        error = journal_execute(journal, "PRAGMA query_only = ON");
    return error ? error : journal_read_job(journal);
}

/* What lies under the journal's name must not lead elsewhere. */
static int journal_check_file(struct journal *journal)
{
    struct stat status;
    if (lstat(journal->path, &status)) {
        journal->problem = strerror(errno);
        return errno == ENOENT && journal->use == JOURNAL_WRITE ? 0 : -errno;
    }
    if (S_ISREG(status.st_mode))
        return 0;
    journal->problem = "it is not a plain file";
    return -EINVAL;
}

static int journal_open_file(struct journal *journal, const char *name, int flags)
{
    sqlite3_close(journal->db);
    journal->db = NULL;
    /* Statistics of memory cost a lock with each allocation. Refused once SQLite is at work: then
     * it has been told before. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    /* One thread at a time uses a connection: SQLite need not lock it. */
    int code = sqlite3_open_v2(name, &journal->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (journal->db)
        return journal_fail(journal, code);
    journal->problem = strerror(ENOMEM);
    return -ENOMEM;
}

/* Who only reads opens it like who writes, where he may: so the last to close it takes the log's
 * files away. */
static int journal_connect(struct journal *journal, bool synced)
{
    /* A path that begins with "file:" would be a URI to SQLite. */
    bool plain = *journal->path == '/' || *journal->path == '.';
    char *name;
    if (asprintf(&name, "%s%s", plain ? "" : "./", journal->path) < 0)
        return -ENOMEM;
    int create = journal->use == JOURNAL_WRITE ? SQLITE_OPEN_CREATE : 0;
    int error = journal_open_file(journal, name, SQLITE_OPEN_READWRITE | create);
    if (!error)
        error = journal_configure(journal, synced);
    free(name);
    return error;
}

static int journal_open_in(struct journal *journal, bool synced)
{
    journal->problem = strerror(ENOMEM);
    if (!journal->directory)
        return -ENOMEM;
    int length = snprintf(journal->path, sizeof journal->path, "%s/" FILE_NAME, journal->directory);
    if (length >= PATH_MAX) {
        journal->problem = strerror(ENAMETOOLONG);
        return -ENAMETOOLONG;
    }
    int error = journal_check_file(journal);
    return error ? error : journal_connect(journal, synced);
}

int journal_open(struct journal **out, const char *directory, enum journal_use use, bool synced,
                 char **why)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal)
        return -ENOMEM;
    journal->use = use;
    journal->spare_room.fd = -1;
    journal->directory = strdup(directory);
    int error = journal_open_in(journal, synced);
    if (error == -EBADMSG)
        error = -EINVAL;
    if (error) {
        journal_complain(journal, error, why);
        journal_close(journal);
        return error;
    }
    *out = journal;
    return 0;
}

void journal_close(struct journal *journal)
{
    if (!journal)
        return;
    for (int i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(journal->statements[i]);
    spare_room_close(&journal->spare_room);
    sqlite3_close(journal->db);
    free(journal->directory);
    free(journal);
}

bool journal_exists(int fd)
{
    struct stat status;
    return fstatat(fd, FILE_NAME, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

bool journal_is_empty(struct journal *journal)
{
    sqlite3_stmt *statement;
    if (journal_statement(journal, STATEMENT_ANY, &statement))
        return false;
    int code = sqlite3_step(statement);
    sqlite3_reset(statement);
    return code == SQLITE_DONE;
}

int journal_mark_begin(struct journal *journal)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_BEGAN, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, time(NULL));
    error = journal_run(journal, statement);
    if (error)
        return error;
    if (journal->was_complete)
        journal->pass++;
    spare_room_keep(&journal->spare_room, journal->path);
    return 0;
}

int journal_mark_end(struct journal *journal, bool complete)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_ENDED, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, time(NULL));
    sqlite3_bind_int(statement, 2, complete);
    sqlite3_bind_int(statement, 3,
                     journal->pass_was_killed && !complete ? RUN_ENDED_LATE : RUN_ENDED);
    return journal_run(journal, statement);
}

bool journal_was_killed(const struct journal *journal)
{
    return journal->was_killed;
}

bool journal_pass_was_killed(const struct journal *journal)
{
    return journal->pass_was_killed;
}

bool journal_was_complete(const struct journal *journal)
{
    return journal->was_complete;
}

int journal_begin(struct journal *journal)
{
    return journal_execute(journal, journal->use == JOURNAL_WRITE ? "BEGIN IMMEDIATE" : "BEGIN");
}

/* One that found a row would keep its view of the journal. */
static void end_lookups(struct journal *journal)
{
    sqlite3_reset(journal->statements[STATEMENT_FIND]); /* NULL is fine */
    sqlite3_reset(journal->statements[STATEMENT_SCAN]);
}

int journal_commit(struct journal *journal)
{
    end_lookups(journal);
    int error = journal_execute(journal, "COMMIT");
    if (!error && journal->use == JOURNAL_WRITE)
        spare_room_keep(&journal->spare_room, journal->path);
    return error;
}

void journal_abandon(struct journal *journal)
{
    end_lookups(journal);
    /* Some errors have ended the transaction already. */
    if (!sqlite3_get_autocommit(journal->db))
        (void)sqlite3_exec(journal->db, "ROLLBACK", NULL, NULL, NULL);
}

static int put_with(struct journal *journal, enum statement number, const struct journal_row *row)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, number, &statement);
    if (error)
        return error;
    bool adds = number == STATEMENT_ADD;
    statement_bind_row(statement, adds ? journal_hash(journal, row->url) : 0,
                       adds && row->name ? journal_hash(journal, row->name) : 0, journal->pass,
                       row);
    return journal_run(journal, statement);
}

static int remove_row(struct journal *journal, int64_t id)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_REMOVE, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, id);
    return journal_run(journal, statement);
}

int journal_put(struct journal *journal, const struct journal_row *row)
{
    static const enum statement updates[] = {
        [JOURNAL_OK] = STATEMENT_REPLACE,
        [JOURNAL_UNCHANGED] = STATEMENT_UNCHANGED,
        [JOURNAL_FAILED] = STATEMENT_FAILED,
    };
    if (row->id && row->outcome == JOURNAL_SKIPPED)
        return 0;
    if (row->id && !row->renamed) {
        int error = put_with(journal, updates[row->outcome], row);
        /* Meanwhile somebody else may have replaced it. */
        if (error || sqlite3_changes(journal->db) > 0)
            return error;
    }
    /* First the new one: the number of the last row would be given again. */
    int error = put_with(journal, STATEMENT_ADD, row);
    return error || !row->renamed ? error : remove_row(journal, row->id);
}

int journal_each(struct journal *journal, bool failed,
                 int (*seen)(void *ctx, const struct journal_row *row), void *ctx)
{
    sqlite3_stmt *statement;
    int result =
        journal_statement(journal, failed ? STATEMENT_EACH_FAILED : STATEMENT_EACH, &statement);
    if (result)
        return result;
    int code;
    while (!result && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct journal_row row;
        statement_read_row(statement, journal->pass, &row);
        result = seen(ctx, &row);
    }
    sqlite3_reset(statement);
    if (result)
        return result;
    return code == SQLITE_DONE ? 0 : journal_fail(journal, code);
}

int journal_count(struct journal *journal, struct journal_counts *counts)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_COUNT_ROWS, &statement);
    if (error)
        return error;
    *counts = (struct journal_counts){0};
    int code;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        int outcome = sqlite3_column_int(statement, 0);
        if (outcome < JOURNAL_OK || outcome > JOURNAL_FAILED)
            outcome = 0; /* nobody of ours wrote that */
        counts->by_outcome[outcome] += (uint64_t)sqlite3_column_int64(statement, 1);
        counts->files += (uint64_t)sqlite3_column_int64(statement, 2);
        counts->bytes += (uint64_t)sqlite3_column_int64(statement, 3);
    }
    sqlite3_reset(statement);
    return code == SQLITE_DONE ? 0 : journal_fail(journal, code);
}

const char *journal_problem(const struct journal *journal)
{
    return journal->problem;
}

const char *journal_path(const struct journal *journal)
{
    return journal->path;
}
