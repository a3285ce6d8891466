/* connection.h - one connection to a journal's database, and its errors. Private to journal/.
 *
 * Thread: one at a time. Nothing here parks; it blocks on the disk.
 */
#ifndef CMD_JOURNAL_CONNECTION_H
#define CMD_JOURNAL_CONNECTION_H

#include "cmd/journal/spare_room.h"
#include "cmd/journal/statements.h"
#include <limits.h>

/* Kept in the file: never renumber. */
enum run_state {
    RUN_ENDED = 0,
    RUN_ON = 1,         /* or killed */
    RUN_ENDED_LATE = 2, /* in order, but what one before it left when it was killed is not done */
};

struct journal {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENT_COUNT]; /* prepared when first needed */
    enum journal_use use;
    int64_t seed;
    int64_t pass;                 /* the last one, or the one that goes on */
    bool was_killed;              /* the last run */
    bool pass_was_killed;         /* it, or one before it in the pass that goes on */
    bool was_complete;            /* the last pass came to its end */
    dev_t device;                 /* of the open file, a writer's */
    ino_t inode;                  /* likewise */
    struct spare_room spare_room; /* a writer's */
    const char *problem;          /* a literal, or SQLite's own */
    char *directory;              /* owned */
    char path[PATH_MAX];          /* for the user */
};

/* Opens the file of journal->path, a new one made a journal, and reads what it says of earlier
 * runs. 0 or -errno, as journal_open(). */
int journal_connect(struct journal *journal, bool synced);

/* A writer's: is what lies under its name still the open file? Else what is written is for nobody:
 * -ESTALE. 0 or -errno. */
int journal_check_place(struct journal *journal);

/* Closes it: nothing happens where it is not open. */
void journal_disconnect(struct journal *journal);

/* SQLite's code as -errno, and its words kept. 0 stays 0. */
int journal_fail(struct journal *journal, int code);

/* Runs one or more statements without parameters. 0 or -errno. */
int journal_execute(struct journal *journal, const char *sql);

/* The statement, ready to be bound. 0 or -errno. */
int journal_statement(struct journal *journal, enum statement number, sqlite3_stmt **statement);

/* Runs one that gives no rows, and makes it ready for the next time. 0 or -errno. */
int journal_run(struct journal *journal, sqlite3_stmt *statement);

#endif
