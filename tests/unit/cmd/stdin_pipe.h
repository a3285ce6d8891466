/* stdin_pipe.h - standard input as the reading end of a pipe that the test writes to.
 *
 * Ownership: one at a time, from stdin_pipe_open() to stdin_pipe_close(). The writing end is the
 * caller's.
 */
#ifndef TESTS_UNIT_CMD_STDIN_PIPE_H
#define TESTS_UNIT_CMD_STDIN_PIPE_H

/* The writing end. */
int stdin_pipe_open(void);

/* Standard input is what it was. Harmless when no pipe is open. */
void stdin_pipe_close(void);

void stdin_pipe_say(int fd, const char *text);

#endif
