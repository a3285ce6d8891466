/* rewrite.h - a small file that is read at the beginning and gets new contents at the end, at once:
 * by whoever reads it, the old or the new are found, never something between.
 *
 * Any thread; waits for the disk. Nothing here parks.
 */
#ifndef CMD_GET_REWRITE_H
#define CMD_GET_REWRITE_H

#include <stddef.h>
#include <stdio.h>

/* Longer files are none of these. */
#define REWRITE_SIZE_MAX ((size_t)64 << 20)

/* What is in the file: a new string, NUL-terminated; empty where there is no file, and of a device.
 * 0 or -errno: -EFBIG, -EISDIR; -ESPIPE: a pipe, which cannot be read now and written to later. */
int rewrite_read(const char *path, char **text, size_t *size);

/* Could rewrite_file() write there, as far as can be told before? 0 or -errno. */
int rewrite_check(const char *path);

/* write(out, arg), 0 or -errno, makes the new contents of `path`. They are written beside it, for
 * the owner's eyes only, and renamed; what is no plain file (a pipe, /dev/null) is written to as it
 * is, but a pipe only if somebody reads it. Of several processes that rewrite a file one after
 * another does so: what write() reads of it stays true until it is replaced. 0 or -errno. */
int rewrite_file(const char *path, int (*write)(FILE *out, void *arg), void *arg);

#endif
