#include "cmd/get/signals.h"

#include "cmd/exit_status.h"
#include "engine/deadline.h"
#include "engine/sched/blocking.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A second signal so soon is the echo of the first: timeout(1) sends one to its child and another
 * to the group. Nobody who loses patience is that quick. */
#define ECHO_TIME (300 * NSEC_PER_MSEC)

/* A signal handler has no argument but the signal: its state must be global. */
static _Atomic int64_t first_caught; /* monotonic; 0: none yet */
static int caught_fd = -1;

static void tell_all(void)
{
    blocking_interrupt();
    uint64_t one = 1;
    /* An eventfd that counts to one cannot be full. */
    (void)!write(caught_fd, &one, sizeof one);
}

static void signals_handle(int signal)
{
    (void)signal; /* all mean the same */
    int saved = errno;
    int64_t first = 0, now = deadline_clock();
    if (!atomic_compare_exchange_strong(&first_caught, &first, now) && now - first > ECHO_TIME)
        _exit(EXIT_INTERRUPTED);
    tell_all();
    errno = saved;
}

void signals_stop(void)
{
    int64_t first = 0;
    if (atomic_compare_exchange_strong(&first_caught, &first, deadline_clock()))
        tell_all();
}

int signals_install(void)
{
    int error = blocking_prepare();
    if (error)
        return error;
    if (caught_fd >= 0)
        close(caught_fd);
    caught_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (caught_fd < 0)
        return -errno;
    struct sigaction action = {.sa_handler = signals_handle};
    sigemptyset(&action.sa_mask);
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++) {
        struct sigaction before;
        /* nohup ignores SIGHUP for us; that is to stay. */
        if (sigaction(ending[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN &&
            ending[i] == SIGHUP)
            continue;
        if (sigaction(ending[i], &action, NULL))
            return -errno;
    }
    return 0;
}

bool signals_caught(void)
{
    return signals_caught_at() != 0;
}

int64_t signals_caught_at(void)
{
    return atomic_load(&first_caught);
}

int signals_fd(void)
{
    return caught_fd;
}
