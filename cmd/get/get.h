/* get.h - the command `fetch get`: sets a job up, runs it in its mode, tells the exit status.
 *
 * Thread: main, once. Nothing here parks: it runs the schedulers itself.
 */
#ifndef CMD_GET_GET_H
#define CMD_GET_GET_H

#include "cmd/get/options.h"

/* The exit status, as in cmd/exit_status.h. */
int get_run(const struct get_options *options);

#endif
