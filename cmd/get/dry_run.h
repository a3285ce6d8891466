/* dry_run.h - --dry-run: what would be fetched, and under which name.
 *
 * Reads the list and the journal, if there is one; makes no directory and asks no server. A line
 * "URL<tab>FILE" on standard output for each URL, what --if-exists leaves
 * out and wrong lines as in a real run.
 *
 * Thread: main, outside any scheduler. Blocks while it reads the list.
 */
#ifndef CMD_GET_DRY_RUN_H
#define CMD_GET_DRY_RUN_H

#include "cmd/get/options.h"

/* The exit status. */
int dry_run(const struct get_options *options);

#endif
