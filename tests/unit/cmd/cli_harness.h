/* cli_harness.h - command lines as a test writes them, and what is said to them.
 *
 * Thread: the test's.
 */
#ifndef TESTS_UNIT_CMD_CLI_HARNESS_H
#define TESTS_UNIT_CMD_CLI_HARNESS_H

#include "cmd/cli/cli.h"

/* What the last parse() said. */
extern char said[65536];

/* Parses `line`, split at blanks, as the words after "fetch". 0, or what the exit status is, plus
 * 1000 so that 0 has only one meaning; its words are in `said`. */
int parse(struct cli *cli, const char *line);

/* The command line is wrong, in these words. */
void refuses(const char *line, const char *complaint);

#endif
