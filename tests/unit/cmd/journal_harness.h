/* journal_harness.h - a journal in a directory of the test's own.
 *
 * Ownership: from the setup to the teardown of each test, one at a time.
 */
#ifndef TESTS_UNIT_CMD_JOURNAL_HARNESS_H
#define TESTS_UNIT_CMD_JOURNAL_HARNESS_H

#include "cmd/journal/journal.h"

extern char journal_directory[]; /* where its files lie */
extern char journal_file[48];    /* the database */

int journal_setup(void **state);
int journal_teardown(void **state);

/* What there is of it, whatever that is. */
void journal_remove(void);

struct journal *open_as(enum journal_use use);

/* The row of a file that was fetched well. */
struct journal_row good_row(const char *url, const char *name);

/* In a transaction of its own. */
void put_row(struct journal *journal, const struct journal_row *row);

/* In one transaction: http://h/0 with the name 0, and so on. */
void put_rows(struct journal *journal, int count);

#endif
