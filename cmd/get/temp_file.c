#include "cmd/get/temp_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Network file systems know no O_TMPFILE: there the name lives for a moment. */
static int temp_file_unlinked(const char *directory)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/fetch-XXXXXX", directory);
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (unlink(path) == 0)
        return fd;
    int error = -errno;
    close(fd);
    return error;
}

static int temp_file_open_in(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, S_IRUSR | S_IWUSR);
    if (fd >= 0)
        return fd;
    /* The ways kernels and file systems say that they do not know it (open(2)). */
    if (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL || errno == ENOSYS)
        return temp_file_unlinked(directory);
    return -errno;
}

int temp_file_open(const char *directory)
{
    if (!directory)
        directory = getenv("TMPDIR");
    if (directory && *directory)
        return temp_file_open_in(directory);
    int fd = temp_file_open_in("/var/tmp");
    return fd >= 0 ? fd : temp_file_open_in("/tmp");
}
