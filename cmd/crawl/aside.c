#include "cmd/crawl/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int move(int fd, const char *name, const char *suffix)
{
    char from[NAME_MAX], to[NAME_MAX];
    snprintf(from, sizeof from, "%s%s", name, suffix);
    snprintf(to, sizeof to, "%s.aside%s", name, suffix);
    if (unlinkat(fd, to, 0) && errno != ENOENT)
        return -errno;
    return renameat(fd, from, fd, to) && errno != ENOENT ? -errno : 0;
}

static int put(int fd, const char *name)
{
    char index[NAME_MAX];
    struct stat status;
    if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW))
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    /* The log goes first: a new database beside an old log would be filled from that. */
    int error = move(fd, name, "-wal");
    snprintf(index, sizeof index, "%s-shm", name);
    if (!error && unlinkat(fd, index, 0) && errno != ENOENT)
        error = -errno;
    return error ? error : move(fd, name, "");
}

int aside_put(const char *directory, const char *name)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int error = put(fd, name);
    close(fd);
    return error;
}
