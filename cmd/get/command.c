#include "cmd/get/command.h"

#include "cmd/get/name.h"
#include "engine/deadline.h"
#include "engine/io/io.h"
#include "engine/sched/task.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* So long a command has to end after SIGTERM, before SIGKILL. */
#define GRACE (300 * NSEC_PER_MSEC)

enum { OWN_VARIABLES = 5 };

/* Our variables before everybody's: a NULL-terminated array of which the first OWN_VARIABLES are
 * new strings. NULL when memory runs out. */
struct environment {
    char *own[OWN_VARIABLES];
    char **all;
};

static void environment_clear(struct environment *environment)
{
    for (size_t i = 0; i < OWN_VARIABLES; i++)
        free(environment->own[i]);
    free(environment->all);
}

/* "NAME=value", or NULL. */
static char *variable(const char *name, const char *value)
{
    char *text;
    return value && asprintf(&text, "%s=%s", name, value) >= 0 ? text : NULL;
}

static char *number_variable(const char *name, int64_t value)
{
    char *text;
    return asprintf(&text, "%s=%" PRId64, name, value) < 0 ? NULL : text;
}

static bool is_own(const struct environment *environment, const char *text)
{
    for (size_t i = 0; i < OWN_VARIABLES; i++) {
        size_t name = strcspn(environment->own[i], "=") + 1;
        if (strncmp(environment->own[i], text, name) == 0)
            return true;
    }
    return false;
}

/* All of ours but what has one of those names: of two shells believe the last. It is so where a
 * command of --exec runs fetch itself. */
static void inherit(struct environment *environment)
{
    char **next = environment->all + OWN_VARIABLES;
    for (char **variable = environ; *variable; variable++)
        if (!is_own(environment, *variable))
            *next++ = *variable;
}

static int environment_make(struct environment *environment, const struct get_options *options,
                            const struct entry *entry, const struct outcome *outcome)
{
    size_t count = 0;
    while (environ[count])
        count++;
    char *url = url_redacted(&entry->url);
    char *path = name_below(options->directory, outcome->path);
    *environment = (struct environment){
        .own = {variable("FETCH_PATH", path), variable("FETCH_URL", url),
                variable("FETCH_FINAL_URL", outcome->final_url ? outcome->final_url : url),
                number_variable("FETCH_STATUS", outcome->status),
                number_variable("FETCH_BYTES", outcome->bytes)},
        .all = calloc(OWN_VARIABLES + count + 1, sizeof(char *)),
    };
    free(url);
    free(path);
    bool complete = environment->all != NULL;
    for (size_t i = 0; i < OWN_VARIABLES; i++)
        complete = complete && environment->own[i];
    if (!complete) {
        environment_clear(environment);
        return -ENOMEM;
    }
    memcpy(environment->all, environment->own, sizeof environment->own);
    inherit(environment);
    return 0;
}

/* What we ignore or block, a command does not. */
static int attributes_make(posix_spawnattr_t *attributes)
{
    static const int defaults[] = {SIGINT, SIGTERM, SIGPIPE, SIGXFSZ};
    sigset_t none, handled;
    sigemptyset(&none);
    sigemptyset(&handled);
    for (size_t i = 0; i < sizeof defaults / sizeof *defaults; i++)
        sigaddset(&handled, defaults[i]);
    int error = posix_spawnattr_init(attributes);
    if (error)
        return -error;
    posix_spawnattr_setsigmask(attributes, &none);
    posix_spawnattr_setsigdefault(attributes, &handled);
    posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return 0;
}

static int start(const char *command, char **environment, pid_t *pid)
{
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", (char *)command, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = attributes_make(&attributes);
    if (error)
        return error;
    error = posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (!error)
            error = posix_spawn(pid, argv[0], &actions, &attributes, argv, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return -error;
}

/* We are to end, and so is the command. */
static void stop(pid_t pid, int pidfd)
{
    struct pollfd end = {.fd = pidfd, .events = POLLIN};
    int ready;
    kill(pid, SIGTERM);
    if (task_self()) {
        task_shield(deadline_in(2 * GRACE));
        ready = io_wait(pidfd, IO_IN, deadline_in(GRACE));
        task_unshield();
    } else {
        /* Waits of ours are over for good: blocking_interrupt(). */
        ready = poll(&end, 1, GRACE / NSEC_PER_MSEC);
    }
    if (ready <= 0)
        kill(pid, SIGKILL);
}

/* Waits without holding up the thread. 0 or -ECANCELED; it has ended, or is about to. */
static int await_end(pid_t pid)
{
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0)
        return 0; /* no descriptor left: waitpid() does it, and holds up the thread */
    int ready = io_wait(pidfd, IO_IN, DEADLINE_NEVER);
    if (ready < 0)
        stop(pid, pidfd);
    io_close(pidfd);
    return ready < 0 ? -ECANCELED : 0;
}

/* What its end means. */
static int judge_status(int status, char *why, size_t size)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status))
        snprintf(why, size, "the command of --exec exited with status %d", WEXITSTATUS(status));
    else
        snprintf(why, size, "the command of --exec was ended by signal %d", WTERMSIG(status));
    return -ECHILD;
}

int command_run(const struct get_options *options, const struct entry *entry,
                const struct outcome *outcome, char *why, size_t size)
{
    struct environment environment;
    pid_t pid = 0;
    int status;
    int error = environment_make(&environment, options, entry, outcome);
    if (error)
        return error;
    error = start(options->exec, environment.all, &pid);
    environment_clear(&environment);
    if (error)
        return error;
    assert(pid > 0);
    error = await_end(pid);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return error ? error : judge_status(status, why, size);
}
