/* same.h - is a body that has come in full what is there already, byte for byte?
 *
 * Where it is, and the file is as the journal has left it, the file stays as it is, its time and
 * its inode, too. What the server sent last lies under the file's own name, or, where links in that
 * were converted, beside it.
 *
 * Nothing is made or changed. Any thread; blocks on the disk.
 */
#ifndef CMD_GET_SAME_H
#define CMD_GET_SAME_H

#include "cmd/get/known.h"
#include "cmd/get/publish.h"
#include <sys/types.h>

struct stored_file;

/* The file `name` in DIR; `served`: where what was sent last lies, in DIR/.fetch, "": under the
 * name itself. Of `size` bytes; a descriptor, and `there` the file's size and time, or -1: it is
 * not there, is of another size, or somebody has changed the file since. */
int same_open(const struct publisher *publisher, const struct known *known, const char *name,
              const char *served, int64_t size, struct stored_file *there);

/* Has the file these bytes, from `at` on? A file that cannot be read has not. */
bool same_bytes(int fd, const char *data, size_t size, off_t at);

/* Have both the same, of these bytes? */
bool same_files(int one, int other, off_t at, size_t size);

#endif
