/* rewrite.h - a small file gets new contents at once: by whoever reads it, the old or the new are
 * found, never something between.
 *
 * Any thread; waits for the disk. Nothing here parks.
 */
#ifndef CMD_GET_REWRITE_H
#define CMD_GET_REWRITE_H

#include <stdio.h>

/* write(out, arg), 0 or -errno, makes the new contents of `path`. They are written beside it, for
 * the owner's eyes only, and renamed; what is no plain file (a pipe, /dev/null) is written to as it
 * is. 0 or -errno. */
int rewrite_file(const char *path, int (*write)(FILE *out, void *arg), void *arg);

#endif
