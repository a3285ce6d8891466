/* io.h - sockets and pipes in straight lines: each call waits for readiness where it must.
 *
 * Descriptors must be non-blocking (io_nonblock(); io_accept() and io_socket() return such).
 * Ownership: descriptors stay the caller's, and are closed with io_close() so that the scheduler
 * forgets them and waiters are told. Thread: one reader and one writer task at a time for each
 * descriptor, on one scheduler. Off a scheduler the calls block (blocking.h). Parks: all but
 * io_nonblock, io_socket and io_close.
 *
 * Each call tries first and waits only when it must; a task whose descriptors are always ready
 * yields after 64 calls in a row, so that it starves nobody.
 *
 * Results: what the system call of that name returns, or -errno, -ETIMEDOUT, -ECANCELED; -EBADF
 * when the descriptor was io_close()d under a waiter; -EBUSY for a second reader or writer.
 */
#ifndef ENGINE_IO_H
#define ENGINE_IO_H

#include "engine/deadline.h"
#include "engine/export.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
    IO_IN = 1,    /* can be read, or the peer has closed */
    IO_OUT = 2,   /* can be written */
    IO_ERROR = 4, /* error or hang-up; always told, never asked for */
};

/* Waits until `fd` is ready for any of `mask`: the ready bits (> 0), or -errno; on a
 * scheduler -EPERM for plain files, which are always ready. */
ENGINE_API int io_wait(int fd, unsigned mask, int64_t deadline);

ENGINE_API ssize_t io_read(int fd, void *buf, size_t size, int64_t deadline);

/* Writes all of it: `size`, or -errno (then some of it may have gone). Never raises SIGPIPE on
 * sockets. */
ENGINE_API ssize_t io_write(int fd, const void *buf, size_t size, int64_t deadline);

/* Reads exactly `size` bytes; fewer only at the end of the stream. */
ENGINE_API ssize_t io_read_full(int fd, void *buf, size_t size, int64_t deadline);

ENGINE_API int io_accept(int fd, struct sockaddr *addr, socklen_t *len, int64_t deadline);
ENGINE_API int io_connect(int fd, const struct sockaddr *addr, socklen_t len, int64_t deadline);
ENGINE_API ssize_t io_recvfrom(int fd, void *buf, size_t size, struct sockaddr *addr,
                               socklen_t *len, int64_t deadline);
ENGINE_API ssize_t io_sendto(int fd, const void *buf, size_t size, const struct sockaddr *addr,
                             socklen_t len, int64_t deadline);

/* socket(2), non-blocking and close-on-exec: the descriptor or -errno. */
ENGINE_API int io_socket(int domain, int type, int protocol);
ENGINE_API int io_nonblock(int fd);
ENGINE_API int io_close(int fd);

#endif
