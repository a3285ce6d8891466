/* rows.h - a journal's rows as text and as JSON, on standard output. Private to status/.
 *
 * Errors of standard output are main's to find. Thread: main. Nothing here parks.
 */
#ifndef CMD_STATUS_ROWS_H
#define CMD_STATUS_ROWS_H

#include "cmd/journal/journal.h"

enum rows_state {
    ROWS_ENDED,
    ROWS_RUNNING,
    ROWS_KILLED,
};

/* All that is known of one URL. 1, or -ENOMEM. */
int rows_print(const struct journal_row *row);
int rows_print_json(const struct journal_row *row);

/* Counts, and each URL that failed with its reason. 0 or -errno. */
int rows_print_all(struct journal *journal, const struct journal_counts *counts,
                   enum rows_state state);
int rows_print_all_json(struct journal *journal, const struct journal_counts *counts,
                        enum rows_state state);

#endif
