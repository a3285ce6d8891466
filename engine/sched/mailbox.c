#include "engine/sched/mailbox.h"
#include "engine/sched/core.h"
#include <assert.h>
#include <errno.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Armed and empty are two sides of one promise: the loop arms and then looks into the box, a
 * poster fills the box and then looks whether it is armed. Both need sequential consistency, which
 * is what atomics have when nothing else is said; with less, each could miss the other. */

static void mailbox_on_event(void *ctx, int fd, unsigned events)
{
    uint64_t posts;
    (void)ctx;    /* mailbox_run() follows in any case: */
    (void)events; /* all there is to do here is to make the descriptor quiet again */
    ssize_t got = read(fd, &posts, sizeof(posts));
    assert(got == (ssize_t)sizeof(posts) || errno == EAGAIN || errno == EINTR);
}

int mailbox_open(struct sched *sched)
{
    atomic_init(&sched->_shared.mailbox, NULL);
    atomic_init(&sched->_shared.mailbox_armed, false);
    atomic_init(&sched->_shared.posters, 0);
    sched->mailbox_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (sched->mailbox_fd < 0)
        return -errno;
    int error = poller_watch_internal(&sched->poller, sched->mailbox_fd, mailbox_on_event, sched);
    if (error) {
        close(sched->mailbox_fd);
        sched->mailbox_fd = -1;
    }
    return error;
}

void mailbox_close(struct sched *sched)
{
    if (sched->mailbox_fd < 0)
        return;
    /* The last message may have run, and ended the loop, before its poster had returned. */
    while (atomic_load(&sched->_shared.posters) > 0)
        sched_yield();
    assert(!atomic_load(&sched->_shared.mailbox));
    poller_forget(&sched->poller, sched->mailbox_fd);
    close(sched->mailbox_fd);
    sched->mailbox_fd = -1;
}

static void mailbox_ring(struct sched *sched)
{
    uint64_t one = 1;
    ssize_t put;
    do {
        put = write(sched->mailbox_fd, &one, sizeof(one));
    } while (put < 0 && errno == EINTR);
    /* EAGAIN: the counter is full, so the descriptor is readable all the same. */
    assert(put == (ssize_t)sizeof(one) || errno == EAGAIN);
}

void sched_post(struct sched *sched, struct sched_message *message)
{
    atomic_fetch_add(&sched->_shared.posters, 1);
    struct sched_message *top = atomic_load(&sched->_shared.mailbox);
    do {
        message->next = top;
    } while (!atomic_compare_exchange_weak(&sched->_shared.mailbox, &top, message));
    if (atomic_exchange(&sched->_shared.mailbox_armed, false))
        mailbox_ring(sched);
    /* Last: from here on the scheduler may be gone. */
    atomic_fetch_sub(&sched->_shared.posters, 1);
}

static struct sched_message *mailbox_reverse(struct sched_message *message)
{
    struct sched_message *first = NULL;
    while (message) {
        struct sched_message *next = message->next;
        message->next = first;
        first = message;
        message = next;
    }
    return first;
}

bool mailbox_run(struct sched *sched)
{
    if (atomic_load_explicit(&sched->_shared.mailbox_armed, memory_order_relaxed))
        atomic_store(&sched->_shared.mailbox_armed, false);
    if (!atomic_load_explicit(&sched->_shared.mailbox, memory_order_relaxed))
        return false;
    struct sched_message *message = mailbox_reverse(atomic_exchange(&sched->_shared.mailbox, NULL));
    while (message) {
        struct sched_message *next = message->next;
        sched_begin(sched, "a message from another thread", NULL);
        message->run(message); /* its owner may free it */
        sched_end(sched);
        message = next;
    }
    return true;
}

bool mailbox_arm(struct sched *sched)
{
    atomic_store(&sched->_shared.mailbox_armed, true);
    if (!atomic_load(&sched->_shared.mailbox))
        return true;
    atomic_store(&sched->_shared.mailbox_armed, false);
    return false;
}

void sched_hold(struct sched *sched)
{
    sched->holds++;
}

void sched_unhold(struct sched *sched)
{
    assert(sched->holds > 0);
    sched->holds--;
}
