/* signals.h - SIGINT, SIGTERM and SIGHUP end a job in order; another one, unless it comes within a
 * moment of the first, ends the process at once.
 *
 * The handler only writes to a descriptor and interrupts blocking waits (engine/sched/blocking.h).
 * Thread: signals_install() on the main thread before others start. Nothing here parks.
 */
#ifndef CMD_GET_SIGNALS_H
#define CMD_GET_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

/* 0 or -errno. A child process calls it again after fork(). */
int signals_install(void);

/* As if a signal had been caught: for a job that must stop by itself. */
void signals_stop(void);

bool signals_caught(void);

/* When the first was: monotonic ns; 0: none yet. */
int64_t signals_caught_at(void);

/* Readable once a signal was caught: for a scheduler's watch. */
int signals_fd(void);

#endif
