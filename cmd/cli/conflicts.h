/* conflicts.h - options that would have no effect beside others are refused, lest somebody believes
 * they had one. Private to cli/.
 *
 * Only what was typed counts: the configuration file says what is wanted wherever it applies.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CLI_CONFLICTS_H
#define CMD_CLI_CONFLICTS_H

#include "cmd/cli/cli.h"

/* 0, or -EINVAL after a complaint. All else is settled. */
int conflicts_check(const struct cli *cli);

#endif
