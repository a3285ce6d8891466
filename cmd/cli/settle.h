/* settle.h - what can only be told when all options are known. Private to cli/.
 *
 * Thread: main. Nothing here parks.
 */
#ifndef CMD_CLI_SETTLE_H
#define CMD_CLI_SETTLE_H

#include "cmd/cli/cli.h"

/* Where files go, and what options depend on one another. 0 or -EINVAL after a complaint. */
int cli_settle(struct cli *cli);

#endif
