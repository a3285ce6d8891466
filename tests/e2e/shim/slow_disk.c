/* A disk on which every look, open, read, write, rename, link, removal and sync takes SLOW_DISK_MS
 * milliseconds: preloaded into the program under test (ld.so(8), LD_PRELOAD). Sockets, pipes and
 * the like keep their pace, and so do files of the system. No file system is memory any more, so
 * that nobody takes a short cut; every call that was slowed leaves its mark in the file
 * SLOW_DISK_COUNT, one byte each: 'L' when it was the main thread's, between two of its waits for
 * events, else '.'. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* The main thread's: has it waited for events, and what has it done to the disk since? */
static bool is_loop;
static int calls_since;

static bool is_main(void)
{
    return gettid() == getpid();
}

static void mark(char what)
{
    const char *count = getenv("SLOW_DISK_COUNT");
    int fd = count ? REAL(open)(count, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    if (fd < 0)
        return;
    (void)!REAL(write)(fd, &what, 1);
    close(fd);
}

static void take_time(void)
{
    const char *ms = getenv("SLOW_DISK_MS");
    struct timespec rest = {.tv_nsec = (ms ? atol(ms) : 0) * 1000000};
    int kept = errno;
    if (is_loop && is_main())
        calls_since++;
    else
        mark('.');
    while (nanosleep(&rest, &rest) && errno == EINTR)
        continue;
    errno = kept;
}

static void loop_waits(void)
{
    if (!is_main())
        return;
    for (; calls_since > 0; calls_since--)
        mark('L');
    is_loop = true;
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
    loop_waits();
    return REAL(epoll_wait)(fd, events, count, timeout);
}

int epoll_pwait2(int fd, struct epoll_event *events, int count, const struct timespec *timeout,
                 const sigset_t *signals)
{
    loop_waits();
    return REAL(epoll_pwait2)(fd, events, count, timeout, signals);
}

static bool is_of_system(const char *path)
{
    static const char *const places[] = {"/etc/", "/usr/", "/proc/", "/sys/", "/dev/", "/run/"};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strncmp(path, places[i], strlen(places[i])) == 0)
            return true;
    return false;
}

static void take_time_on(int fd)
{
    char link[32], path[512];
    struct stat status;
    if (fd <= STDERR_FILENO || fstat(fd, &status) || !S_ISREG(status.st_mode))
        return;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    if (!is_of_system(path))
        take_time();
}

static void take_time_at(const char *path)
{
    if (!is_of_system(path))
        take_time();
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (mode_t)va_arg(more, int); /* nonsense where there is none, and then unused */
    va_end(more);
    take_time_at(path);
    return REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (mode_t)va_arg(more, int); /* nonsense where there is none, and then unused */
    va_end(more);
    take_time_at(path);
    return REAL(open64)(path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (mode_t)va_arg(more, int); /* nonsense where there is none, and then unused */
    va_end(more);
    take_time_at(path);
    return REAL(openat)(at, path, flags, mode);
}

ssize_t read(int fd, void *data, size_t size)
{
    take_time_on(fd);
    return REAL(read)(fd, data, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
    take_time_on(fd);
    return REAL(pread)(fd, data, size, offset);
}

ssize_t pread64(int fd, void *data, size_t size, off_t offset)
{
    take_time_on(fd);
    return REAL(pread64)(fd, data, size, offset);
}

ssize_t write(int fd, const void *data, size_t size)
{
    take_time_on(fd);
    return REAL(write)(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    take_time_on(fd);
    return REAL(pwrite)(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    take_time_on(fd);
    return REAL(pwrite64)(fd, data, size, offset);
}

int lstat(const char *path, struct stat *status)
{
    take_time_at(path);
    return REAL(lstat)(path, status);
}

int fstatat(int at, const char *path, struct stat *status, int flags)
{
    take_time_at(path);
    return REAL(fstatat)(at, path, status, flags);
}

int unlinkat(int at, const char *path, int flags)
{
    take_time_at(path);
    return REAL(unlinkat)(at, path, flags);
}

int mkdirat(int at, const char *path, mode_t mode)
{
    take_time_at(path);
    return REAL(mkdirat)(at, path, mode);
}

int rename(const char *from, const char *to)
{
    take_time();
    return REAL(rename)(from, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    take_time();
    return REAL(renameat)(from_dir, from, to_dir, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    take_time();
    return REAL(renameat2)(from_dir, from, to_dir, to, flags);
}

int linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
    take_time();
    return REAL(linkat)(from_dir, from, to_dir, to, flags);
}

int fsync(int fd)
{
    take_time();
    return REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    take_time();
    return REAL(fdatasync)(fd);
}

int fstatfs(int fd, struct statfs *status)
{
    int result = REAL(fstatfs)(fd, status);
    if (result == 0)
        status->f_type = EXT4_SUPER_MAGIC;
    return result;
}
