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
    STATEMENT_FIND,
    STATEMENT_NAME,
    STATEMENT_FREE_NAME,
    STATEMENT_APPEND, /* where nothing is to be found */
    STATEMENT_PUT,
    STATEMENT_PUT_UNCHANGED,
    STATEMENT_PUT_FAILED,
    STATEMENT_EACH,
    STATEMENT_EACH_FAILED,
    STATEMENT_COUNT_ROWS,
    STATEMENT_COUNT,
};

extern const char *const statement_texts[STATEMENT_COUNT];

/* For APPEND and the PUTs. The row's strings must live until the statement has run. */
void statement_bind_row(sqlite3_stmt *statement, int64_t place, int64_t name_hash,
                        const struct journal_row *row);

/* From FIND and EACH. */
void statement_read_row(sqlite3_stmt *statement, struct journal_row *row);

#endif
