#include "cmd/get/rewrite.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0, or why not. */
static int check_readable(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return -EISDIR;
    if (S_ISREG(status->st_mode))
        return status->st_size <= (off_t)REWRITE_SIZE_MAX ? 0 : -EFBIG;
    return S_ISCHR(status->st_mode) ? 0 : -ESPIPE;
}

/* Of a file that shrinks meanwhile as much as there is. */
static int read_text(int fd, size_t length, char **text, size_t *size)
{
    ssize_t got = 1;
    *size = 0;
    *text = malloc(length + 1);
    if (!*text)
        return -ENOMEM;
    while (*size < length && (got = read(fd, *text + *size, length - *size)) > 0)
        *size += (size_t)got;
    (*text)[*size] = '\0';
    if (got >= 0)
        return 0;
    int error = -errno;
    free(*text);
    *text = NULL;
    return error;
}

int rewrite_read(const char *path, char **text, size_t *size)
{
    struct stat status = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int error = fd < 0 && errno != ENOENT ? -errno : 0;
    *text = NULL;
    if (fd >= 0)
        error = fstat(fd, &status) ? -errno : check_readable(&status);
    if (!error)
        error = read_text(fd, (size_t)status.st_size, text, size);
    if (fd >= 0)
        close(fd);
    return error;
}

int rewrite_check(const char *path)
{
    struct stat status;
    bool there = stat(path, &status) == 0;
    if (there && S_ISDIR(status.st_mode))
        return -EISDIR;
    if (there && !S_ISREG(status.st_mode))
        return access(path, W_OK) ? -errno : 0;
    char *target = realpath(path, NULL);
    char *copy = strdup(target ? target : path);
    int error = !copy ? -ENOMEM : access(dirname(copy), W_OK | X_OK) ? -errno : 0;
    free(copy);
    free(target);
    return error;
}

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

/* Nobody reads a pipe: that is told, not waited for. */
static int rewrite_in_place(const char *path, int (*write)(FILE *out, void *arg), void *arg)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);
    if (fd >= 0 && flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
        return fill(fd, write, arg);
    int error = -errno;
    if (fd >= 0)
        close(fd);
    return error;
}

static bool is_still(int fd, const char *path)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

/* Until it is closed nobody else rewrites the file: the one that is there when the lock has been
 * got. -1: there is none yet, or it cannot be locked; then the last one wins. */
static int lock(const char *path)
{
    int fd;
    while ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) >= 0) {
        bool locked = flock(fd, LOCK_EX) == 0;
        if (locked && is_still(fd, path))
            return fd;
        close(fd);
        if (!locked)
            return -1;
    }
    return -1;
}

/* As rewrite_file() of a plain file, by its own name. */
static int replace(const char *path, int (*write)(FILE *out, void *arg), void *arg)
{
    char *beside = NULL;
    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        return -ENOMEM;
    int locked = lock(path);
    int fd = mkostemp(beside, O_CLOEXEC);
    int error = fd < 0 ? -errno : fill(fd, write, arg);
    if (!error && rename(beside, path))
        error = -errno;
    if (error && fd >= 0)
        unlink(beside);
    if (locked >= 0)
        close(locked);
    free(beside);
    return error;
}

int rewrite_file(const char *path, int (*write)(FILE *out, void *arg), void *arg)
{
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return S_ISDIR(status.st_mode) ? -EISDIR : rewrite_in_place(path, write, arg);
    /* A symbolic link stays one. */
    char *target = realpath(path, NULL);
    int error = replace(target ? target : path, write, arg);
    free(target);
    return error;
}
