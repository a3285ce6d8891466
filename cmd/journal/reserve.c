#include "cmd/journal/reserve.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

/* Some thousand rows, the pages of the log that they go through included. */
#define RESERVE_BYTES (2L << 20)

static void reserve_path(char *path, size_t size, const char *directory)
{
    snprintf(path, size, "%s/journal.reserve", directory);
}

void reserve_take(const char *directory)
{
    char path[PATH_MAX];
    reserve_path(path, sizeof path, directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return;
    /* Not posix_fallocate(): where the file system cannot do it, that writes every block. */
    if (fallocate(fd, 0, 0, RESERVE_BYTES))
        (void)unlink(path); /* an empty file is no reserve, nor is it in the way */
    close(fd);
}

bool reserve_release(const char *directory)
{
    char path[PATH_MAX];
    reserve_path(path, sizeof path, directory);
    return unlink(path) == 0;
}
