/* compare.h - the command `fetch compare`: the same list, once per mode, side by side.
 *
 * Each mode runs as a fresh `fetch get` process, started by this small one so that its peak memory
 * is its own (a child inherits its parent's maximum), into a directory of its own; wall clock, CPU,
 * memory and context switches are the finished child's. At the end the modes' files are compared.
 *
 * Thread: main, once; no scheduler, no libcurl here. Blocks.
 */
#ifndef CMD_COMPARE_COMPARE_H
#define CMD_COMPARE_COMPARE_H

#include "cmd/cli/cli.h"

/* Exit status: 0; 1 when a URL failed or the modes' files differ; else as get. */
int compare_run(const struct cli *cli);

#endif
