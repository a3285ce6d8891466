/* command.h - --exec: a shell command run for a file that has its final name.
 *
 * The command is given to /bin/sh -c. It finds in its environment FETCH_PATH (the file, as DIR was
 * typed), FETCH_URL and FETCH_FINAL_URL (without credentials), FETCH_STATUS and FETCH_BYTES. It
 * reads nothing (/dev/null) and writes where we do. Never put together from what the network sent:
 * hostile names stay values of variables.
 *
 * Thread: any worker's. Parks (or blocks): command_run.
 */
#ifndef CMD_GET_COMMAND_H
#define CMD_GET_COMMAND_H

#include "cmd/get/entry.h"
#include "cmd/get/options.h"
#include "cmd/get/outcome.h"
#include <stddef.h>

/* Runs it for the file of `outcome` and waits for its end. 0: it exited with 0. -ECANCELED: it was
 * stopped with us. -ECHILD: it failed, `why` (at most `size` bytes) says how; another -errno: it
 * could not be started. */
int command_run(const struct get_options *options, const struct entry *entry,
                const struct outcome *outcome, char *why, size_t size);

#endif
