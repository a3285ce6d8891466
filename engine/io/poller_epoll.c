#include "engine/deadline.h"
#include "engine/io/poller.h"
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { BATCH_MAX = 256 };

int poller_backend_open(void)
{
    int kernel = epoll_create1(EPOLL_CLOEXEC);
    return kernel < 0 ? -errno : kernel;
}

void poller_backend_close(int kernel)
{
    close(kernel);
}

static int epoll_change(int kernel, int op, int fd, unsigned want, uint32_t generation)
{
    struct epoll_event event = {
        .events = ((want & IO_IN) ? EPOLLIN : 0) | ((want & IO_OUT) ? EPOLLOUT : 0),
        .data.u64 = (uint64_t)generation << 32 | (uint32_t)fd,
    };
    return epoll_ctl(kernel, op, fd, &event) < 0 ? -errno : 0;
}

/* The kernel forgets a descriptor with its last close(), which we may not have seen, and a new one
 * may have its number: so what we think it has is no more than a good guess. */
int poller_backend_set(int kernel, int fd, unsigned have, unsigned want, uint32_t generation)
{
    if (!want) {
        int error = epoll_change(kernel, EPOLL_CTL_DEL, fd, 0, generation);
        return error == -ENOENT || error == -EBADF || error == -EPERM ? 0 : error;
    }
    int error = epoll_change(kernel, have ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, want, generation);
    if (error == -ENOENT && have)
        error = epoll_change(kernel, EPOLL_CTL_ADD, fd, want, generation);
    else if (error == -EEXIST && !have)
        error = epoll_change(kernel, EPOLL_CTL_MOD, fd, want, generation);
    return error;
}

/* epoll_pwait2() (Linux 5.11) takes nanoseconds. Older kernels do not know it, and sandboxes may
 * forbid it; then milliseconds must do, rounded up so that no timer is looked at too early. */
static int epoll_wait_ns(int kernel, struct epoll_event *events, int capacity, int64_t timeout_ns)
{
    if (timeout_ns <= 0)
        return epoll_wait(kernel, events, capacity, timeout_ns < 0 ? -1 : 0);
    struct timespec timeout = {
        .tv_sec = timeout_ns / NSEC_PER_SEC,
        .tv_nsec = timeout_ns % NSEC_PER_SEC,
    };
    int count = epoll_pwait2(kernel, events, capacity, &timeout, NULL);
    if (count >= 0 || (errno != ENOSYS && errno != EPERM))
        return count;
    int64_t ms = timeout_ns / NSEC_PER_MSEC + (timeout_ns % NSEC_PER_MSEC != 0);
    return epoll_wait(kernel, events, capacity, ms > INT_MAX ? INT_MAX : (int)ms);
}

/* After a hang-up reading returns at once (the end of the stream, or the error), so it counts as
 * readable too. */
static unsigned epoll_translate(uint32_t events)
{
    return ((events & (EPOLLIN | EPOLLHUP)) ? IO_IN : 0) | ((events & EPOLLOUT) ? IO_OUT : 0) |
           ((events & (EPOLLERR | EPOLLHUP)) ? IO_ERROR : 0);
}

int poller_backend_wait(int kernel, struct poller_event *events, int capacity, int64_t timeout_ns)
{
    struct epoll_event raw[BATCH_MAX];
    assert(capacity <= BATCH_MAX);
    int count = epoll_wait_ns(kernel, raw, capacity, timeout_ns);
    if (count < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        events[i] = (struct poller_event){
            .fd = (int)(uint32_t)raw[i].data.u64,
            .generation = (uint32_t)(raw[i].data.u64 >> 32),
            .events = epoll_translate(raw[i].events),
        };
    }
    return count;
}
