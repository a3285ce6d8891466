/* log.h - --log: one JSON object a line for every URL that is finished.
 *
 * All lines have all keys. Lines reach the file when the buffer is full, at log_flush() and at the
 * end.
 *
 * Ownership: log_open() to log_close(). Thread: one. Nothing here parks.
 */
#ifndef CMD_GET_LOG_H
#define CMD_GET_LOG_H

#include "cmd/get/entry.h"
#include "cmd/get/outcome.h"

struct log;

/* "-" is standard output. 0, or -errno with *place, a new string for the user. */
int log_open(struct log **log, const char *path, char **place);

/* `url` is the entry's, without credentials. 0 or -errno. */
int log_write(struct log *log, const char *url, const struct outcome *outcome);
int log_flush(struct log *log);

/* Flushes and closes. 0 or -errno. NULL is fine. */
int log_close(struct log *log);

#endif
