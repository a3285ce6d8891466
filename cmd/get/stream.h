/* stream.h - writing to what somebody reads, or has stopped reading: a pipe, a terminal.
 *
 * write(2) waits there for whoever reads, and on a thread that takes no signals nothing ends that.
 * O_NONBLOCK would hold for all who share the open file, the user's shell among them. So it is set
 * where the open file is ours alone (stream_own()); elsewhere poll(2) is asked first, and never
 * more than PIPE_BUF is written, for which a pipe that is ready has room; a terminal need not.
 *
 * Thread: any. Blocks: stream_write_some() and stream_write(), except on regular files, until
 * there is room or the job is interrupted (signals.h).
 */
#ifndef CMD_GET_STREAM_H
#define CMD_GET_STREAM_H

#include <stddef.h>
#include <sys/types.h>

/* An open file of our own for what `fd` writes to; close-on-exec, to be closed. -errno where there
 * is none to be had (a socket, a pipe of another user) or a shared one is wanted: a regular file's
 * offset is for all who write there. */
int stream_own(int fd);

/* Some of it: how much, or -errno; -EINTR when to try again, -ECANCELED when interrupted. */
ssize_t stream_write_some(int fd, const void *data, size_t size);

/* All of it, also what who reads takes within a moment after the interruption. 0 or -errno;
 * -ECANCELED when nobody took it. */
int stream_write(int fd, const void *data, size_t size);

#endif
