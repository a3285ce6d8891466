#include "tests/origin/lifetime.h"

#include "engine/engine.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void ending_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
}

void lifetime_begin(void)
{
    sigset_t signals;
    struct rlimit files;
    ending_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &files))
            perror("cannot raise the limit of open files");
    }
}

static int write_file(const char *text, const char *file)
{
    char draft[4096];
    if (snprintf(draft, sizeof(draft), "%s.new", file) >= (int)sizeof(draft))
        return -ENAMETOOLONG;
    FILE *stream = fopen(draft, "we");
    if (!stream)
        return -errno;
    int written = fprintf(stream, "%s\n", text);
    if (fclose(stream) != 0 || written < 0 || rename(draft, file) != 0)
        return -errno;
    return 0;
}

int lifetime_announce(const char *text, const char *file)
{
    if (printf("%s\n", text) < 0 || fflush(stdout) != 0)
        return -errno;
    return file ? write_file(text, file) : 0;
}

struct ending {
    struct event event;
    int signals; /* a signalfd */
};

static void *await_signal(void *arg)
{
    struct ending *ending = arg;
    struct signalfd_siginfo info;
    if (io_read(ending->signals, &info, sizeof(info), DEADLINE_NEVER) != -ECANCELED)
        event_set(&ending->event);
    return NULL;
}

/* Waits before each read() instead of making standard input non-blocking, which would do the same
 * to whatever shares it with us. */
static void *await_end_of_stdin(void *arg)
{
    struct ending *ending = arg;
    char rest[256];
    ssize_t got = 1;
    while (got > 0) {
        int ready = io_wait(STDIN_FILENO, IO_IN, DEADLINE_NEVER);
        if (ready < 0 && ready != -EPERM) /* EPERM: a plain file, always ready */
            break;
        got = read(STDIN_FILENO, rest, sizeof(rest));
    }
    event_set(&ending->event);
    return NULL;
}

int lifetime_wait(bool until_stdin_closes)
{
    struct ending ending;
    struct group waiters;
    sigset_t signals;
    ending_signals(&signals);
    event_init(&ending.event);
    ending.signals = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    if (ending.signals < 0)
        return -errno;
    int error = group_init(&waiters);
    if (error)
        goto out_signals;
    error = group_spawn(&waiters, await_signal, &ending);
    if (!error && until_stdin_closes)
        error = group_spawn(&waiters, await_end_of_stdin, &ending);
    if (!error)
        error = event_wait(&ending.event, DEADLINE_NEVER);
    group_close(&waiters);
out_signals:
    io_close(ending.signals);
    return error;
}
