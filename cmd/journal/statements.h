/* statements.h - what a journal asks of its database. Private to journal/.
 *
 * Thread: the connection's. Nothing here parks or touches the disk.
 */
#ifndef CMD_JOURNAL_STATEMENTS_H
#define CMD_JOURNAL_STATEMENTS_H

#include "cmd/journal/journal.h"
#include <sqlite3.h>

enum statement {
    STATEMENT_JOB,
    STATEMENT_BEGAN,
    STATEMENT_ENDED,
    STATEMENT_ANY,
    STATEMENT_ADD,       /* all of a row */
    STATEMENT_REPLACE,   /* all but the name */
    STATEMENT_UNCHANGED, /* of what describes the file, only what is given */
    STATEMENT_FAILED,    /* nothing of what describes the file */
    STATEMENT_REMOVE,
    STATEMENT_SIZE,
    STATEMENT_FIND,
    STATEMENT_SCAN,
    STATEMENT_NAME,
    STATEMENT_FIND_NAME,
    STATEMENT_SCAN_NAME,
    STATEMENT_UNINDEXED,
    STATEMENT_INDEX_URLS,
    STATEMENT_INDEX_NAMES,
    STATEMENT_INDEXED,
    STATEMENT_EACH,
    STATEMENT_EACH_FAILED,
    STATEMENT_COUNT_ROWS,
    STATEMENT_COUNT,
};

extern const char *const statement_texts[STATEMENT_COUNT];

/* For ADD, REPLACE, UNCHANGED and FAILED. The row's strings must live until the statement has run.
 */
void statement_bind_row(sqlite3_stmt *statement, int64_t url_hash, int64_t name_hash, int64_t pass,
                        const struct journal_row *row);

/* From FIND, SCAN and EACH; `pass` is the last one. */
void statement_read_row(sqlite3_stmt *statement, int64_t pass, struct journal_row *row);

#endif
