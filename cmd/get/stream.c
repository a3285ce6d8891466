#include "cmd/get/stream.h"

#include "cmd/get/signals.h"
#include "engine/deadline.h"
#include "engine/sched/blocking.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Who reads gets so long after an interruption to take the rest: a job is to end within a second.
 */
#define PARTING_TIME (400 * NSEC_PER_MSEC)

static bool is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

int stream_own(int fd)
{
    char path[32];
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return -errno;
    if ((flags & O_ACCMODE) == O_RDONLY)
        return -EBADF; /* the kernel would open it for writing all the same */
    if (is_regular(fd))
        return -EINVAL;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return own < 0 ? -errno : own;
}

static ssize_t put(int fd, const void *data, size_t size)
{
    ssize_t written = write(fd, data, size);
    if (written < 0)
        return errno == EAGAIN ? -EINTR : -errno;
    return written ? written : -EIO; /* it would be so for ever */
}

/* There is room, says poll(2). */
static ssize_t put_ready(int fd, const void *data, size_t size)
{
    int flags = fcntl(fd, F_GETFL);
    bool may_block = flags < 0 || !(flags & O_NONBLOCK);
    return put(fd, data, may_block && size > PIPE_BUF ? PIPE_BUF : size);
}

ssize_t stream_write_some(int fd, const void *data, size_t size)
{
    if (is_regular(fd))
        return put(fd, data, size);
    struct pollfd entry = {.fd = fd, .events = POLLOUT};
    int ready = blocking_wait(&entry, 1, DEADLINE_NEVER);
    return ready < 0 ? ready : put_ready(fd, data, size);
}

/* As above, once the job was interrupted. */
static ssize_t write_parting(int fd, const void *data, size_t size)
{
    struct pollfd entry = {.fd = fd, .events = POLLOUT};
    int64_t left = signals_caught_at() + PARTING_TIME - deadline_clock();
    int ready = poll(&entry, 1, left > 0 ? (int)(left / NSEC_PER_MSEC) : 0);
    if (ready < 0)
        return -errno;
    return ready ? put_ready(fd, data, size) : -ECANCELED;
}

int stream_write(int fd, const void *data, size_t size)
{
    const char *rest = data;
    while (size > 0) {
        ssize_t written = stream_write_some(fd, rest, size);
        if (written == -ECANCELED)
            written = write_parting(fd, rest, size);
        if (written < 0 && written != -EINTR)
            return (int)written;
        rest += written > 0 ? written : 0;
        size -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}
