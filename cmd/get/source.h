/* source.h - one list as a stream of lines: a file, plain or gzip'ed, or standard input.
 *
 * Reads through buffers of fixed size; gzip is known by its first bytes, wherever they come from.
 * What need not be waited for (a plain file) is read in place; a pipe or terminal is asked with
 * poll() or io_wait() first and then read as far as it has something, because O_NONBLOCK would
 * reach all processes that share the open file.
 *
 * Ownership: source_open() to source_close(). Thread: one. Parks (or blocks): source_next with
 * an
 * `until`.
 */
#ifndef CMD_GET_SOURCE_H
#define CMD_GET_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest line that is read, bytes without its newline. */
#define SOURCE_LINE_MAX 65536

struct source;

struct source_line {
    char *text;    /* not terminated; good until the next call, and may be written to */
    size_t length; /* without the newline */
    bool cut;      /* it was longer than SOURCE_LINE_MAX; the rest has been skipped */
};

/* Can it be opened, as far as one can tell without opening it? NULL is standard input. 0 or -errno.
 */
int source_check(const char *path);

/* 0 or -errno. */
int source_open(struct source **source, const char *path);

/* The next line. 0; 1 at the end; -EAGAIN when it is not there by `until` (DEADLINE_NOW: does not
 * wait); -ECANCELED, -ENOMEM, -EIO and what else read(2) says. */
int source_next(struct source *source, int64_t until, struct source_line *line);

/* As source_next(), but all that is there, lines or not; never empty. Not to be mixed with it. */
int source_next_some(struct source *source, int64_t until, struct source_line *some);

/* The descriptor that becomes readable when source_next() can go on, or -1 when it never waits. */
int source_descriptor(const struct source *source);

/* Bytes of a file, and how many of an open one are not read yet, packed as they are. -1: it is no
 * plain file, or cannot be looked at. */
int64_t source_size(const char *path);
int64_t source_left(const struct source *source);

/* After an error of source_next(): what the errno does not say, or NULL. */
const char *source_problem(const struct source *source);

void source_close(struct source *source); /* NULL is fine */

#endif
