/* main_loop.h - the main thread's scheduler in every mode that has one: it runs the mode's body as
 * a task, draws progress beside it, and cancels it when a signal comes.
 *
 * Thread: main, outside any task. Nothing here parks: it is the loop.
 */
#ifndef CMD_GET_MAIN_LOOP_H
#define CMD_GET_MAIN_LOOP_H

#include "cmd/get/job.h"

/* Runs body(arg) to its end. Returns what it returned, or -errno when there is no loop to be had. A
 * canceled body cleans up under task_shield(). */
int main_loop_run(struct job *job, int (*body)(void *arg), void *arg);

#endif
