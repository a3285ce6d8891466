#include "engine/sched/blocking.h"
#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { BLOCKING_FDS_MAX = 16 };

/* Signals come to the process, so the interrupt is the process's too: the one thing here that is
 * not some scheduler's. Lock-free atomics, because a signal handler may touch nothing else. */
static struct {
    atomic_bool raised;
    /* An eventfd, written but never read, so that it stays readable; in the upper half the process
     * that made it, because a child must not write its parent's. 0: none yet. */
    atomic_uint_fast64_t event;
} interrupt;

/* What the thread has to do while it waits. */
static _Thread_local struct {
    int64_t (*tick)(void *ctx, int64_t now); /* NULL: nothing, or it is being done */
    void *ctx;
} chore;

void blocking_set_tick(int64_t (*tick)(void *ctx, int64_t now), void *ctx)
{
    chore.tick = tick;
    chore.ctx = ctx;
}

int64_t blocking_tick(int64_t now)
{
    int64_t (*tick)(void *ctx, int64_t now) = chore.tick;
    if (!tick)
        return DEADLINE_NEVER;
    chore.tick = NULL; /* it may have to wait for a moment itself */
    int64_t next = tick(chore.ctx, now);
    chore.tick = tick;
    return next;
}

bool blocking_interrupted(void)
{
    return atomic_load(&interrupt.raised);
}

/* This process's eventfd in what `event` holds, or -1. */
static int interrupt_fd(uint64_t event)
{
    return (pid_t)(event >> 32) == getpid() ? (int)(uint32_t)event : -1;
}

void blocking_interrupt(void)
{
    int saved = errno;
    uint64_t one = 1;
    atomic_store(&interrupt.raised, true);
    int fd = interrupt_fd(atomic_load(&interrupt.event));
    if (fd >= 0) {
        ssize_t put = write(fd, &one, sizeof(one));
        (void)put; /* EAGAIN after 2^64 interrupts: readable all the same */
    }
    errno = saved;
}

int blocking_prepare(void)
{
    uint64_t old = atomic_load(&interrupt.event);
    if (interrupt_fd(old) >= 0)
        return 0;
    int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    uint64_t event = (uint64_t)getpid() << 32 | (uint32_t)fd;
    if (!atomic_compare_exchange_strong(&interrupt.event, &old, event)) {
        close(fd); /* another thread was quicker */
        return 0;
    }
    if (old)
        close((int)(uint32_t)old); /* inherited; the parent keeps its own */
    return 0;
}

static int blocking_poll_once(struct pollfd *fds, unsigned n, int64_t deadline)
{
    struct timespec left = {0};
    if (deadline == DEADLINE_NEVER)
        return ppoll(fds, n, NULL, NULL);
    int64_t ns = deadline - deadline_clock();
    if (ns > 0) {
        left.tv_sec = ns / NSEC_PER_SEC;
        left.tv_nsec = ns % NSEC_PER_SEC;
    }
    return ppoll(fds, n, &left, NULL);
}

/* As ppoll(2), with the chore done in between. */
static int blocking_poll(struct pollfd *fds, unsigned n, int64_t deadline)
{
    for (;;) {
        int64_t due = chore.tick ? blocking_tick(deadline_clock()) : DEADLINE_NEVER;
        int ready = blocking_poll_once(fds, n, deadline_min(deadline, due));
        if (ready != 0 || due >= deadline || deadline_clock() >= deadline)
            return ready;
    }
}

int blocking_wait(struct pollfd *fds, unsigned n, int64_t deadline)
{
    struct pollfd all[BLOCKING_FDS_MAX + 1];
    if (n > BLOCKING_FDS_MAX)
        return -EINVAL;
    int error = blocking_prepare();
    if (error)
        return error;
    if (n > 0)
        memcpy(all, fds, n * sizeof(*fds));
    all[n] = (struct pollfd){.fd = interrupt_fd(atomic_load(&interrupt.event)), .events = POLLIN};
    int ready;
    do {
        /* After blocking_prepare(): an interrupt that found no descriptor has left its mark. */
        if (blocking_interrupted())
            return -ECANCELED;
        ready = blocking_poll(all, n + 1, deadline);
    } while (ready < 0 && errno == EINTR);
    if (ready < 0)
        return -errno;
    if (all[n].revents)
        return -ECANCELED;
    if (n > 0)
        memcpy(fds, all, n * sizeof(*fds));
    return ready;
}
