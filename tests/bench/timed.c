/* timed.c - runs a program and says what it cost.
 *
 *     timed RESULT PROGRAM [ARGUMENT...]
 *
 * Writes one JSON object to the file RESULT: wall and CPU time in microseconds, peak memory in
 * KiB, context switches, exit status (128 + N after signal N). The parent has to be small: a child
 * inherits its parent's peak memory across exec, and a large parent is slow to start one. Exits
 * 0 when the program ran, whatever it said.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long to_us(struct timeval time)
{
    return time.tv_sec * 1000000LL + time.tv_usec;
}

static int write_result(const char *path, long long wall, int status, const struct rusage *usage)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        return 1;
    }
    fprintf(file,
            "{\"wall_us\": %lld, \"user_us\": %lld, \"sys_us\": %lld, \"peak_kib\": %ld, "
            "\"switches\": %ld, \"preemptions\": %ld, \"status\": %d}\n",
            wall, to_us(usage->ru_utime), to_us(usage->ru_stime), usage->ru_maxrss, usage->ru_nvcsw,
            usage->ru_nivcsw, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
    if (fclose(file)) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    extern char **environ;
    struct rusage usage;
    pid_t pid;
    int status;
    if (argc < 3) {
        fputs("usage: timed RESULT PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    long long start = now_us();
    int error = posix_spawnp(&pid, argv[2], NULL, NULL, &argv[2], environ);
    if (error) {
        fprintf(stderr, "timed: %s: %s\n", argv[2], strerror(error));
        return 1;
    }
    while (wait4(pid, &status, 0, &usage) < 0) {
        if (errno != EINTR) {
            perror("timed: wait4");
            return 1;
        }
    }
    return write_result(argv[1], now_us() - start, status, &usage);
}
