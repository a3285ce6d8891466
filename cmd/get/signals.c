#include "cmd/get/signals.h"

#include "engine/sched/blocking.h"
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EXIT_INTERRUPTED 130

/* A signal handler has no argument but the signal: its state must be global. */
static atomic_int caught;
static int caught_fd = -1;

static void signals_handle(int signal)
{
    (void)signal; /* all mean the same */
    int saved = errno;
    if (atomic_fetch_add(&caught, 1) > 0)
        _exit(EXIT_INTERRUPTED);
    blocking_interrupt();
    uint64_t one = 1;
    /* An eventfd that counts to one cannot be full. */
    (void)!write(caught_fd, &one, sizeof one);
    errno = saved;
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
    return atomic_load(&caught) > 0;
}

int signals_fd(void)
{
    return caught_fd;
}
