/* lifetime.h - how the servers of this folder begin and end: they say when they are ready, and run
 * until SIGTERM, SIGINT, or the end of their standard input.
 *
 * A test that dies takes its servers along with it when it holds the other end of their standard
 * input: that is what --until-stdin-closes is for. Thread: the main one. Parks: lifetime_wait.
 */
#ifndef ORIGIN_LIFETIME_H
#define ORIGIN_LIFETIME_H

#include <stdbool.h>

/* Before anything else: holds back the signals that lifetime_wait() waits for, and raises the limit
 * of open files to what is allowed. */
void lifetime_begin(void);

/* Writes "TEXT\n" to standard output and, if `file` is not NULL, to that file, which appears
 * complete or not at all. 0 or -errno. */
int lifetime_announce(const char *text, const char *file);

/* Returns when it is time to end: 0 or -errno. */
int lifetime_wait(bool until_stdin_closes);

#endif
