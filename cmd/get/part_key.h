/* part_key.h - the file of a body that can be gone on with: under its URL's own name in
 * DIR/.fetch/, locked for as long as somebody works on it, with its resume lines beside it.
 *
 * At no moment are there bytes of one body and validators of another: the file is emptied first,
 * then the lines are written, then bytes come. The lock ends with the descriptor, whatever ends it.
 *
 * Any thread; nothing here parks; blocks on the disk.
 */
#ifndef CMD_GET_PART_KEY_H
#define CMD_GET_PART_KEY_H

#include "cmd/get/resume.h"

/* Opens it, and makes it if `make`. A descriptor with the lock, or -errno: -EWOULDBLOCK, somebody
 * else has it; -ENOENT. */
int part_key_open(int parts_fd, uint64_t key, bool make);

/* Empties it for a body of which `resume` tells; NULL: one that nobody could go on with. 0 or
 * -errno. */
int part_key_begin(int parts_fd, uint64_t key, int fd, const struct resume *resume);

/* Removes both files. Where that fails, only room is lost. */
void part_key_remove(int parts_fd, uint64_t key);

/* Removes the lines alone: the part has been published, or is useless. */
void part_key_forget(int parts_fd, uint64_t key);

#endif
