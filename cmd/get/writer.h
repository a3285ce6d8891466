/* writer.h - a file that grows by the line, and that the loop never waits for.
 *
 * Lines are gathered in memory; writer_flush() hands them to the offload pool, one write under way
 * at a time. Where there is no scheduler they are written in place.
 *
 * Ownership: writer_open() to writer_close(). Thread: one, all calls on the same scheduler; close
 * after its end is fine. Parks: writer_keep_pace(), and what begins a write while the pool's
 * queue is full. writer_close() blocks for what is left. No write outlasts an interruption for
 * long: what nobody reads is given up then, with -ECANCELED.
 */
#ifndef CMD_GET_WRITER_H
#define CMD_GET_WRITER_H

#include "cmd/get/json_text.h"

struct writer;

/* "-" is standard output. 0, or -errno with *place, a new string for the user. */
int writer_open(struct writer **writer, const char *path, char **place);

/* Where to append to. What is appended must end with writer_appended(), which starts a write when
 * enough has come together. 0, or the first -errno, after which nothing is kept. */
struct json_text *writer_text(struct writer *writer);
int writer_appended(struct writer *writer);

/* Starts writing what there is. 0 or the first -errno. */
int writer_flush(struct writer *writer);

/* Waits while more has come together than the disk, or who reads our standard output, takes: for
 * whoever makes the work that lines are about. 0 or -ECANCELED. */
int writer_keep_pace(struct writer *writer);

/* Writes the rest and closes. 0 or the first -errno. NULL is fine. */
int writer_close(struct writer *writer);

#endif
