#include "engine/io/io.h"
#include "engine/limits.h"
#include "engine/sched/blocking.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A descriptor that is always ready would never let its task park, and the others starve: after so
 * many calls in a row that did not wait, a task steps back once. */
static int io_step_back(void)
{
    struct task *task = task_self();
    if (!task || ++task->io_streak < LIMIT_IO_STREAK)
        return 0;
    task->io_streak = 0;
    return task_yield();
}

static unsigned io_translate(short revents)
{
    return ((revents & (POLLIN | POLLHUP)) ? IO_IN : 0) | ((revents & POLLOUT) ? IO_OUT : 0) |
           ((revents & (POLLERR | POLLHUP)) ? IO_ERROR : 0);
}

static struct pollfd io_pollfd(int fd, unsigned mask)
{
    int events = ((mask & IO_IN) ? POLLIN : 0) | ((mask & IO_OUT) ? POLLOUT : 0);
    return (struct pollfd){.fd = fd, .events = (short)events};
}

/* The result of io_wait() after poll(2) on one descriptor, which returned `count`. */
static int io_polled(int count, const struct pollfd *poll, unsigned mask)
{
    if (count < 0)
        return count;
    if (count == 0)
        return -ETIMEDOUT;
    if (poll->revents & POLLNVAL)
        return -EBADF;
    return (int)(io_translate(poll->revents) & (mask | IO_ERROR));
}

static int io_block(int fd, unsigned mask, int64_t deadline)
{
    struct pollfd entry = io_pollfd(fd, mask);
    return io_polled(blocking_wait(&entry, 1, deadline), &entry, mask);
}

static int io_look(int fd, unsigned mask)
{
    struct pollfd entry = io_pollfd(fd, mask);
    int count = poll(&entry, 1, 0);
    return io_polled(count < 0 ? -errno : count, &entry, mask);
}

static int io_park(int fd, unsigned mask, int64_t deadline)
{
    struct task *task = task_self();
    struct poller *poller = &task->sched->poller;
    struct io_waiter waiter = {.task = task, .mask = mask};
    int error = poller_list(poller, fd, &waiter);
    if (error)
        return error;
    while (!waiter.result && !error) {
        task_waits_for(mask == IO_OUT ? "io_write" : "io_read", fd);
        error = task_park(deadline);
    }
    task->io_streak = 0;
    if (waiter.result)
        return waiter.result;
    poller_unlist(poller, fd, &waiter);
    return error;
}

int io_wait(int fd, unsigned mask, int64_t deadline)
{
    if (!(mask & (IO_IN | IO_OUT)))
        return -EINVAL;
    if (fd < 0)
        return -EBADF; /* poll(2) would pass over it */
    mask &= IO_IN | IO_OUT;
    if (!sched_self())
        return io_block(fd, mask, deadline);
    if (!task_self())
        return -ENOTSUP; /* the loop's own stack can neither park nor block */
    if (task_canceled())
        return -ECANCELED;
    if (deadline <= deadline_now())
        return io_look(fd, mask);
    return io_park(fd, mask, deadline);
}

/* After a system call that failed: 0 when it is worth calling again. */
static int io_retry(int fd, unsigned mask, int64_t deadline)
{
    if (errno == EINTR)
        return !sched_self() && blocking_interrupted() ? -ECANCELED : 0;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
        return -errno;
    int ready = io_wait(fd, mask, deadline);
    return ready < 0 ? ready : 0;
}

ssize_t io_read(int fd, void *buf, size_t size, int64_t deadline)
{
    int error = io_step_back();
    while (!error) {
        ssize_t got = read(fd, buf, size);
        if (got >= 0)
            return got;
        error = io_retry(fd, IO_IN, deadline);
    }
    return error;
}

ssize_t io_read_full(int fd, void *buf, size_t size, int64_t deadline)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = io_read(fd, (char *)buf + done, size - done, deadline);
        if (got < 0)
            return got;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

/* Only sockets can be asked not to raise SIGPIPE. */
static ssize_t io_write_some(int fd, const void *buf, size_t size)
{
    ssize_t put = send(fd, buf, size, MSG_NOSIGNAL);
    return put < 0 && errno == ENOTSOCK ? write(fd, buf, size) : put;
}

ssize_t io_write(int fd, const void *buf, size_t size, int64_t deadline)
{
    size_t done = 0;
    int error = io_step_back();
    while (!error && done < size) {
        ssize_t put = io_write_some(fd, (const char *)buf + done, size - done);
        if (put < 0) {
            error = io_retry(fd, IO_OUT, deadline);
        } else {
            done += (size_t)put;
            error = done < size ? io_step_back() : 0;
        }
    }
    return error ? error : (ssize_t)done;
}

int io_accept(int fd, struct sockaddr *addr, socklen_t *len, int64_t deadline)
{
    socklen_t room = len ? *len : 0;
    int error = io_step_back();
    while (!error) {
        if (len)
            *len = room;
        int peer = accept4(fd, addr, len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (peer >= 0)
            return peer;
        /* Trouble of one connection that has gone again; the next may be fine (accept(2)). */
        if (errno == ECONNABORTED || errno == EPROTO)
            error = io_step_back();
        else
            error = io_retry(fd, IO_IN, deadline);
    }
    return error;
}

int io_connect(int fd, const struct sockaddr *addr, socklen_t len, int64_t deadline)
{
    int error = io_step_back();
    if (error)
        return error;
    if (connect(fd, addr, len) == 0)
        return 0;
    /* Interrupted, it goes on in the background, as if non-blocking. */
    if (errno != EINPROGRESS && errno != EINTR)
        return -errno;
    int ready = io_wait(fd, IO_OUT, deadline);
    if (ready < 0)
        return ready;
    socklen_t size = sizeof(error);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
        return -errno;
    return -error;
}

ssize_t io_recvfrom(int fd, void *buf, size_t size, struct sockaddr *addr, socklen_t *len,
                    int64_t deadline)
{
    socklen_t room = len ? *len : 0;
    int error = io_step_back();
    while (!error) {
        if (len)
            *len = room;
        ssize_t got = recvfrom(fd, buf, size, 0, addr, len);
        if (got >= 0)
            return got;
        error = io_retry(fd, IO_IN, deadline);
    }
    return error;
}

ssize_t io_sendto(int fd, const void *buf, size_t size, const struct sockaddr *addr, socklen_t len,
                  int64_t deadline)
{
    int error = io_step_back();
    while (!error) {
        ssize_t put = sendto(fd, buf, size, MSG_NOSIGNAL, addr, len);
        if (put >= 0)
            return put;
        error = io_retry(fd, IO_OUT, deadline);
    }
    return error;
}

int io_socket(int domain, int type, int protocol)
{
    int fd = socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    return fd < 0 ? -errno : fd;
}

int io_nonblock(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0)
        return -errno;
    return fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

int io_close(int fd)
{
    watch_forget(fd);
    /* EINTR: Linux has closed it all the same, and trying again could hit another's. */
    return close(fd) < 0 && errno != EINTR ? -errno : 0;
}

int watch_fd(int fd, unsigned mask, watch_fn fn, void *ctx)
{
    struct sched *sched = sched_self();
    return sched ? poller_watch(&sched->poller, fd, mask, fn, ctx) : -ENOTSUP;
}

void watch_forget(int fd)
{
    struct sched *sched = sched_self();
    if (sched)
        poller_forget(&sched->poller, fd);
}

void watch_closed(int fd)
{
    struct sched *sched = sched_self();
    if (sched)
        poller_closed(&sched->poller, fd);
}
