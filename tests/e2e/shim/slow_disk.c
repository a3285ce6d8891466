/* A disk on which every write, rename, link and sync takes SLOW_DISK_MS milliseconds: preloaded
 * into the program under test (ld.so(8), LD_PRELOAD). Sockets, pipes and the like keep their pace.
 * No file system is memory any more, so that nobody takes a short cut; every call that was slowed
 * leaves its mark in the file SLOW_DISK_COUNT, one byte each. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void take_time(void)
{
    const char *ms = getenv("SLOW_DISK_MS");
    const char *count = getenv("SLOW_DISK_COUNT");
    struct timespec rest = {.tv_nsec = (ms ? atol(ms) : 0) * 1000000};
    int kept = errno;
    int fd = count ? open(count, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    if (fd >= 0) {
        (void)!REAL(write)(fd, ".", 1);
        close(fd);
    }
    while (nanosleep(&rest, &rest) && errno == EINTR)
        continue;
    errno = kept;
}

static void take_time_on(int fd)
{
    struct stat status;
    if (fd > STDERR_FILENO && fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        take_time();
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
