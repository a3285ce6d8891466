#include "cmd/journal/journal.h"

#include "cmd/journal/lookup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define FILE_NAME "journal.db"

/* Puts the problem in words. */
static void journal_complain(const struct journal *journal, int error, char **why)
{
    bool movable = error == -EINVAL && journal->use == JOURNAL_WRITE;
    if (asprintf(why, "cannot open the journal %s: %s%s", journal->path, journal->problem,
                 movable ? "; move it away" : "") < 0)
        *why = NULL;
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
    journal_disconnect(journal);
    spare_room_close(&journal->spare_room);
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
    int error = journal_check_place(journal);
    if (!error)
        error = journal_statement(journal, STATEMENT_ENDED, &statement);
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
    sqlite3_reset(journal->statements[STATEMENT_FIND_NAME]);
    sqlite3_reset(journal->statements[STATEMENT_SCAN_NAME]);
}

int journal_commit(struct journal *journal)
{
    bool writes = journal->use == JOURNAL_WRITE;
    end_lookups(journal);
    int error = writes ? journal_check_place(journal) : 0;
    if (!error)
        error = journal_execute(journal, "COMMIT");
    if (!error && writes)
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

int journal_set_size(struct journal *journal, const struct journal_row *row, int64_t size)
{
    sqlite3_stmt *statement;
    int error = journal_statement(journal, STATEMENT_SIZE, &statement);
    if (error)
        return error;
    sqlite3_bind_int64(statement, 1, row->id);
    sqlite3_bind_int64(statement, 2, size);
    return journal_run(journal, statement);
}

int journal_forget(struct journal *journal, const struct journal_row *row)
{
    return remove_row(journal, row->id);
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
