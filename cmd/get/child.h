/* child.h - what a child of mode processes does: fetch what it is sent until the parent hangs up.
 *
 * Thread: the child's only one. Blocks: child_run.
 */
#ifndef CMD_GET_CHILD_H
#define CMD_GET_CHILD_H

#include "cmd/get/meter.h"
#include "cmd/get/options.h"
#include "cmd/get/store.h"

/* Serves the parent at the other end of `fd`, which looks at `meter` meanwhile; returns the
 * process's exit status. */
int child_run(int fd, const struct get_options *options, const struct store_directory *directory,
              struct meter *meter);

#endif
