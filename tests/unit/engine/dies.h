/* dies.h - tests that a program is stopped: the deed is done in a child process.
 */
#ifndef ENGINE_DIES_H
#define ENGINE_DIES_H

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* What became of the child: its wait status, and the beginning of what it said on stderr. */
struct death {
    int status;
    char said[512];
};

static inline void dies_in_child(void (*deed)(void), int error_fd)
{
    static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
    const struct rlimit no_core = {0};
    dup2(error_fd, STDERR_FILENO);
    setrlimit(RLIMIT_CORE, &no_core);
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        signal(signals[i], SIG_DFL);
    alarm(20);
    deed();
    _exit(0);
}

static inline struct death dies_by(void (*deed)(void))
{
    struct death death = {0};
    int pipe_fds[2];
    if (pipe(pipe_fds))
        abort();
    pid_t child = fork();
    if (child == 0)
        dies_in_child(deed, pipe_fds[1]);
    close(pipe_fds[1]);
    char sink[512];
    size_t used = 0;
    ssize_t n;
    while ((n = read(pipe_fds[0], sink, sizeof(sink))) > 0) {
        size_t kept = sizeof(death.said) - 1 - used;
        kept = (size_t)n < kept ? (size_t)n : kept;
        memcpy(death.said + used, sink, kept);
        used += kept;
    }
    close(pipe_fds[0]);
    waitpid(child, &death.status, 0);
    return death;
}

/* Aborted, with these words. */
static inline bool dies_saying(void (*deed)(void), const char *words)
{
    struct death death = dies_by(deed);
    return WIFSIGNALED(death.status) && WTERMSIG(death.status) == SIGABRT &&
           strstr(death.said, words) != NULL;
}

#endif
