/* table.h - how a comparison is shown: a table for people, JSON for programs.
 *
 * Any thread; nothing here parks.
 */
#ifndef CMD_COMPARE_TABLE_H
#define CMD_COMPARE_TABLE_H

#include "cmd/compare/measure.h"

struct table_row {
    const char *mode;
    unsigned jobs;
    struct measurement measured;
};

/* How many times as fast as the first row. 0: it took no time. */
double table_speedup(const struct table_row *rows, unsigned i);

/* Writes to standard output; the first row is what speed-up is measured against. 0 or -errno. */
int table_print(const struct table_row *rows, unsigned count);
int table_print_json(const struct table_row *rows, unsigned count);

#endif
