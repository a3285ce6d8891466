/* waterfalls.h - compare --report: one page with the waterfall of each mode, on one time axis.
 *
 * Each `fetch get` writes its rows to a file of its own (--report-rows); they are put together at
 * the end. Thread: main. Blocks.
 */
#ifndef CMD_COMPARE_WATERFALLS_H
#define CMD_COMPARE_WATERFALLS_H

#include "cmd/compare/table.h"
#include "cmd/get/options.h"

/* Writes the page. rows_paths[i] is what row i's mode has written. 0 or -errno. */
int waterfalls_write(const char *path, const struct table_row *rows, char *const *rows_paths,
                     unsigned count, const struct get_options *options);

#endif
