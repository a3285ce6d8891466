#include "cmd/get/same.h"

#include "cmd/get/store.h"
#include "engine/deadline.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STEP = 16384 };

/* What is no file may keep whoever opens it, or be anybody's. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)

static bool is_as_left(const struct known *known, const struct stat *status)
{
    int64_t mtime = status->st_mtim.tv_sec * NSEC_PER_SEC + status->st_mtim.tv_nsec;
    return S_ISREG(status->st_mode) && known->size == status->st_size && known->mtime_ns == mtime;
}

int same_open(const struct publisher *publisher, const struct known *known, const char *name,
              const char *served, int64_t size, struct stored_file *there)
{
    struct stat status;
    if (fstatat(publisher->dir_fd, name, &status, AT_SYMLINK_NOFOLLOW) ||
        !is_as_left(known, &status))
        return -1;
    there->size = known->size;
    there->mtime_ns = known->mtime_ns;
    int fd = *served ? openat(publisher->parts_fd, served, OPEN_FLAGS)
                     : openat(publisher->dir_fd, name, OPEN_FLAGS);
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == size)
        return fd;
    close(fd);
    return -1;
}

/* Up to `size` bytes; fewer at the end of the file only, or after an error. */
static size_t read_fully(int fd, char *data, size_t size, off_t at)
{
    size_t filled = 0;
    while (filled < size) {
        ssize_t got = pread(fd, data + filled, size - filled, at + (off_t)filled);
        if (got > 0)
            filled += (size_t)got;
        else if (got == 0 || errno != EINTR)
            break;
    }
    return filled;
}

bool same_bytes(int fd, const char *data, size_t size, off_t at)
{
    char piece[STEP];
    bool same = true;
    for (size_t done = 0; same && done < size; done += STEP) {
        size_t length = size - done < STEP ? size - done : STEP;
        same = read_fully(fd, piece, length, at + (off_t)done) == length &&
               memcmp(piece, data + done, length) == 0;
    }
    return same;
}

bool same_files(int one, int other, off_t at, size_t size)
{
    char piece[STEP];
    bool same = true;
    for (size_t done = 0; same && done < size; done += STEP) {
        size_t length = size - done < STEP ? size - done : STEP;
        same = read_fully(one, piece, length, at + (off_t)done) == length &&
               same_bytes(other, piece, length, at + (off_t)done);
    }
    return same;
}
