#include "cmd/get/part_file.h"

#include "cmd/get/part.h"
#include "engine/sched/blocking.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes `number` in decimal; returns the end. There is one for each file: snprintf() would take
 * longer than all else that is done for it outside the kernel. */
static char *print_number(char *end, uint32_t number)
{
    char digits[10];
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while (number /= 10);
    while (count > 0)
        *end++ = digits[--count];
    return end;
}

void part_file_init(struct part_file *file, struct store *store)
{
    *file = (struct part_file){.store = store, .fd = store->to_stdout ? STDOUT_FILENO : -1};
    char *end = print_number(stpcpy(file->name, store->part_prefix), ++store->parts);
    memcpy(end, PART_SUFFIX, sizeof PART_SUFFIX);
}

bool part_file_exists(const struct part_file *file)
{
    return file->fd >= 0 && !file->store->to_stdout;
}

static int part_file_create(struct part_file *file)
{
    file->fd = openat(file->store->publisher.parts_fd, file->name,
                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

/* Some of it; how much or -errno. */
static ssize_t write_some(struct part_file *file, const char *data, size_t size)
{
    ssize_t written = pwrite(file->fd, data, size, file->offset);
    return written < 0 ? -errno : written;
}

/* To standard output as much as it takes without blocking: whoever reads a pipe may be slow or
 * have stopped, and an interrupt is to end the wait. Never more than PIPE_BUF, for which there is
 * room when poll(2) says so. */
static ssize_t write_some_to_stdout(const char *data, size_t size)
{
    struct stat status;
    if (fstat(STDOUT_FILENO, &status) == 0 && !S_ISREG(status.st_mode)) {
        struct pollfd pipe = {.fd = STDOUT_FILENO, .events = POLLOUT};
        int ready = blocking_wait(&pipe, 1, DEADLINE_NEVER);
        if (ready < 0)
            return ready;
        if (size > PIPE_BUF)
            size = PIPE_BUF;
    }
    ssize_t written = write(STDOUT_FILENO, data, size);
    if (written < 0)
        return errno == EAGAIN ? -EINTR : -errno;
    return written;
}

int part_file_write(struct part_file *file, const char *data, size_t size)
{
    int error = file->fd < 0 ? part_file_create(file) : 0;
    while (!error && size > 0) {
        ssize_t written = file->store->to_stdout ? write_some_to_stdout(data, size)
                                                 : write_some(file, data, size);
        if (written > 0) {
            file->offset += written;
            data += written;
            size -= (size_t)written;
        } else if (written != -EINTR) {
            /* Nothing at all, without an error: it would be so for ever. */
            error = written ? (int)written : -EIO;
        }
    }
    return error;
}

/* The server's time, where the file system can hold it; where not, that of arrival stays. */
static void part_file_set_time(struct part_file *file, int64_t last_modified)
{
    const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = last_modified}};
    if (last_modified >= 0)
        (void)futimens(file->fd, times);
}

int part_file_publish(struct part_file *file, const char *name, int64_t last_modified, char **path)
{
    const struct publisher *publisher = &file->store->publisher;
    if (file->store->to_stdout)
        return 0;
    part_file_set_time(file, last_modified);
    if (publisher->fsync && fdatasync(file->fd))
        return -errno;
    /* A file system over the network may tell only here that there was no room. */
    int closed = close(file->fd) ? -errno : 0;
    file->fd = -1;
    int error = closed ? closed : publish_part(publisher, file->name, name, path);
    if (error)
        (void)unlinkat(publisher->parts_fd, file->name, 0); /* the first error is the one to tell */
    return error;
}

void part_file_discard(struct part_file *file)
{
    if (!part_file_exists(file))
        return;
    /* Nothing is lost by an error here but room, until a later run removes it. */
    (void)close(file->fd);
    (void)unlinkat(file->store->publisher.parts_fd, file->name, 0);
    file->fd = -1;
}
