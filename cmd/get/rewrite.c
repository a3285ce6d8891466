#include "cmd/get/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes and closes `fd`. */
static int fill(int fd, int (*write)(FILE *out, void *arg), void *arg)
{
    FILE *out = fdopen(fd, "w");
    if (!out) {
        int error = -errno;
        close(fd);
        return error;
    }
    int error = write(out, arg);
    errno = 0;
    if (fflush(out) || ferror(out))
        error = error ? error : errno ? -errno : -EIO;
    if (fclose(out) && !error)
        error = -errno;
    return error;
}

static int rewrite_in_place(const char *path, int (*write)(FILE *out, void *arg), void *arg)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? -errno : fill(fd, write, arg);
}

int rewrite_file(const char *path, int (*write)(FILE *out, void *arg), void *arg)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return S_ISDIR(status.st_mode) ? -EISDIR : rewrite_in_place(path, write, arg);
    /* A symbolic link stays one. */
    char *target = realpath(path, NULL);
    char *beside = NULL;
    int error = -ENOMEM;
    if (asprintf(&beside, "%s.XXXXXX", target ? target : path) < 0)
        goto no_name;
    int fd = mkostemp(beside, O_CLOEXEC);
    error = fd < 0 ? -errno : fill(fd, write, arg);
    if (!error && rename(beside, target ? target : path))
        error = -errno;
    if (error && fd >= 0)
        unlink(beside);
    free(beside);
no_name:
    free(target);
    return error;
}
