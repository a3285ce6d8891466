#include "cmd/compare/measure.h"

#include "cmd/compare/shares.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Where the child finds the pipe; `fetch compare` passes --stats-fd 3. */
#define STATS_FD 3

/* How often the shares of a family of processes are added up: often enough to see a job of a tenth
 * of a second, seldom enough not to slow it. */
#define SAMPLE_MS 20

/* The process being measured, for the signal handler; 0: none. */
static volatile sig_atomic_t running_pid;

void measure_forward(int signal)
{
    if (running_pid > 0)
        kill(running_pid, signal);
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* fork and exec, with the pipe at STATS_FD. The new program's peak memory is its own only as long
 * as this one is small, since a child starts with its parent's maximum. */
static pid_t start(char *const *argv, int stats_fd)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    /* dup2() onto itself would leave close-on-exec in place. */
    if (stats_fd == STATS_FD)
        fcntl(stats_fd, F_SETFD, 0);
    else
        dup2(stats_fd, STATS_FD);
    execv(argv[0], argv);
    _exit(127);
}

/* Collects what the child writes until it closes the pipe; samples shares meanwhile. */
static size_t collect(int fd, char *text, size_t size, pid_t family, int64_t *peak_kib)
{
    size_t length = 0;
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};
    for (;;) {
        int ready = poll(&pollfd, 1, family ? SAMPLE_MS : -1);
        if (ready < 0 && errno != EINTR)
            break;
        if (family) {
            int64_t kib = shares_of_family(family);
            *peak_kib = kib > *peak_kib ? kib : *peak_kib;
        }
        if (ready <= 0)
            continue;
        ssize_t got = read(fd, text + length, size - length - 1);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    text[length] = '\0';
    return length;
}

static int64_t integer_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* The child's own account. */
static int read_stats(const char *text, struct measurement *measurement)
{
    json_t *object = json_loads(text, 0, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return -EPROTO;
    }
    measurement->ok = integer_of(object, "ok");
    measurement->failed = integer_of(object, "failed");
    measurement->bytes = integer_of(object, "bytes");
    json_decref(object);
    return 0;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int measure_run(char *const *argv, bool children, struct measurement *measurement)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC))
        return -errno;
    *measurement = (struct measurement){0};
    double begun = seconds_now();
    pid_t pid = start(argv, fds[1]);
    int error = pid < 0 ? -errno : 0;
    close(fds[1]);
    if (error) {
        close(fds[0]);
        return error;
    }
    running_pid = pid;
    char text[1024];
    int64_t peak_kib = 0;
    collect(fds[0], text, sizeof text, children ? pid : 0, &peak_kib);
    close(fds[0]);
    int status;
    struct rusage usage;
    while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
        continue;
    running_pid = 0;
    measurement->wall_s = seconds_now() - begun;
    measurement->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    measurement->user_s = seconds_of(usage.ru_utime);
    measurement->sys_s = seconds_of(usage.ru_stime);
    measurement->max_rss_kib = children ? peak_kib : usage.ru_maxrss;
    measurement->context_switches = usage.ru_nvcsw + usage.ru_nivcsw;
    return read_stats(text, measurement);
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, compare_doubles);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

void measure_median(const struct measurement *runs, size_t n, struct measurement *result)
{
    double *values = malloc(5 * n * sizeof *values);
    *result = runs[n - 1];
    if (!values)
        return;
    for (size_t i = 0; i < n; i++) {
        values[i] = runs[i].wall_s;
        values[n + i] = runs[i].user_s;
        values[2 * n + i] = runs[i].sys_s;
        values[3 * n + i] = (double)runs[i].max_rss_kib;
        values[4 * n + i] = (double)runs[i].context_switches;
    }
    result->wall_s = median(values, n);
    result->user_s = median(values + n, n);
    result->sys_s = median(values + 2 * n, n);
    result->max_rss_kib = (int64_t)median(values + 3 * n, n);
    result->context_switches = (int64_t)median(values + 4 * n, n);
    free(values);
}
