#include "cmd/get/part_file.h"

#include "cmd/get/part.h"
#include "cmd/get/part_key.h"
#include "cmd/get/stream.h"
#include "engine/deadline.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than a block of any file system is wide. */
#define HOLE_MARGIN (128 << 10)

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

void part_file_init_beside(struct part_file *file, const struct part_file *owner, int64_t offset)
{
    *file = (struct part_file){.store = owner->store, .fd = owner->fd, .offset = offset};
}

bool part_file_exists(const struct part_file *file)
{
    return file->fd >= 0 && !file->store->to_stdout;
}

static struct resume_name key_name(const struct part_file *file)
{
    return resume_name(file->key, PART_SUFFIX);
}

/* Under the URL's own name, unless that is in use. */
static void part_file_create_keyed(struct part_file *file)
{
    int parts_fd = file->store->publisher.parts_fd;
    uint64_t key = file->resume->key;
    int fd = part_key_open(parts_fd, key, true);
    if (fd < 0)
        return;
    if (part_key_begin(parts_fd, key, fd, file->resume)) {
        part_key_remove(parts_fd, key);
        close(fd);
        return;
    }
    file->fd = fd;
    file->key = key;
    file->keyed = true;
}

static int part_file_create_plain(struct part_file *file)
{
    file->fd = openat(file->store->publisher.parts_fd, file->name,
                      O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

static int part_file_create(struct part_file *file)
{
    if (file->resume)
        part_file_create_keyed(file);
    if (file->keyed)
        return 0;
    /* Whatever was in the way: if it is of weight, it is met here again. */
    file->resume = NULL;
    int error = part_file_create_plain(file);
    if (error != -ENOENT)
        return error;
    /* Somebody has removed the directory. */
    const struct publisher *publisher = &file->store->publisher;
    error = store_directory_restore(publisher->dir_fd, publisher->parts_fd);
    return error ? error : part_file_create_plain(file);
}

/* How much of the open part can be relied on; what lies behind that goes. We write from front to
 * end, unless in pieces: a hole is a write that got lost when the machine went down, and what
 * stands right before it may have got lost in part. 0: nothing. */
static off_t sound_length(int fd, bool in_pieces)
{
    off_t size = lseek(fd, 0, SEEK_END);
    off_t hole = in_pieces ? -1 : lseek(fd, 0, SEEK_HOLE);
    if (size < 0 || hole < 0 || hole >= size)
        return size < 0 ? 0 : size;
    off_t sound = hole > HOLE_MARGIN ? hole - HOLE_MARGIN : 0;
    return ftruncate(fd, sound) ? 0 : sound;
}

struct resume *part_file_adopt(struct part_file *file, const struct url *url)
{
    int parts_fd = file->store->publisher.parts_fd;
    uint64_t key;
    if (resume_key(url, &key))
        return NULL;
    int fd = part_key_open(parts_fd, key, false);
    if (fd < 0)
        return NULL;
    struct resume *resume = resume_read(parts_fd, url);
    off_t length = resume ? sound_length(fd, resume->have) : 0;
    if (length > 0 && (resume->total < 0 || length <= resume->total)) {
        file->fd = fd;
        file->offset = length;
        file->key = key;
        file->keyed = true;
        file->resume = resume;
        return resume;
    }
    part_key_remove(parts_fd, key);
    close(fd);
    resume_free(resume);
    return NULL;
}

int part_file_record(const struct part_file *file, const char *meta)
{
    /* After a power failure what is told must be there. */
    if (fdatasync(file->fd))
        return -errno;
    return resume_replace(file->key, meta, file->store->publisher.parts_fd);
}

void part_file_rewind(struct part_file *file, const struct resume *resume)
{
    file->stale = part_file_exists(file);
    file->offset = 0;
    file->resume = resume;
}

/* The bytes of the other body go. */
static int part_file_empty(struct part_file *file)
{
    file->stale = false;
    if (file->keyed)
        return part_key_begin(file->store->publisher.parts_fd, file->key, file->fd, file->resume);
    return ftruncate(file->fd, 0) ? -errno : 0;
}

/* Some of it; how much or -errno. */
static ssize_t write_some(struct part_file *file, const char *data, size_t size)
{
    ssize_t written = pwrite(file->fd, data, size, file->offset);
    return written < 0 ? -errno : written;
}

int part_file_write(struct part_file *file, const char *data, size_t size)
{
    int error = file->fd < 0 ? part_file_create(file) : 0;
    if (!error && file->stale)
        error = part_file_empty(file);
    if (!error && !file->store->to_stdout)
        error = reserve_ask(&file->store->directory->reserve, size);
    while (!error && size > 0) {
        ssize_t written = file->store->to_stdout ? stream_write_some(STDOUT_FILENO, data, size)
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

static void remove_file(struct part_file *file)
{
    int parts_fd = file->store->publisher.parts_fd;
    if (file->keyed)
        part_key_remove(parts_fd, file->key);
    else
        (void)unlinkat(parts_fd, file->name, 0); /* a later run would sweep it */
}

static void note_status(const struct part_file *file, struct stored_file *end)
{
    struct stat status = {0};
    (void)fstat(file->fd, &status); /* cannot fail for an open file of ours */
    end->size = status.st_size;
    end->mtime_ns = status.st_mtim.tv_sec * NSEC_PER_SEC + status.st_mtim.tv_nsec;
}

/* A keyed part stays when it cannot get its name: all of it is there, for the next run. */
static int publish_closed(struct part_file *file, const char *name, char **path)
{
    const struct publisher *publisher = &file->store->publisher;
    if (!file->keyed) {
        int error = publish_part(publisher, file->name, name, path);
        if (error)
            remove_file(file); /* the first error is the one to tell */
        return error;
    }
    int error = publish_part(publisher, key_name(file).text, name, path);
    if (!error)
        part_key_forget(publisher->parts_fd, file->key);
    return error;
}

/* Closes it but keeps the lock, with *held: until the file has its name, nobody else may take it
 * for a part. A file system over the network may tell only here that there was no room. */
static int close_locked(struct part_file *file, int *held)
{
    int error = 0;
    *held = file->keyed ? fcntl(file->fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (file->keyed && *held < 0)
        return -errno;
    if (close(file->fd))
        error = -errno;
    file->fd = -1;
    return error;
}

int part_file_publish(struct part_file *file, const char *name, int64_t last_modified,
                      struct stored_file *end)
{
    int held;
    if (file->store->to_stdout)
        return 0;
    part_file_set_time(file, last_modified);
    if (file->store->publisher.fsync && fdatasync(file->fd))
        return -errno;
    note_status(file, end);
    int error = close_locked(file, &held);
    if (!error)
        error = publish_closed(file, name, &end->path);
    else if (file->fd < 0)
        remove_file(file);
    if (held >= 0)
        close(held);
    return error;
}

void part_file_leave(struct part_file *file)
{
    if (!part_file_exists(file))
        return;
    if (!file->keyed || !file->resume || file->stale || file->offset == 0)
        remove_file(file);
    /* Nobody knows which bytes an error here is about. */
    if (close(file->fd) && file->keyed)
        part_key_forget(file->store->publisher.parts_fd, file->key);
    file->fd = -1;
}

void part_file_discard(struct part_file *file)
{
    if (!part_file_exists(file))
        return;
    remove_file(file);
    (void)close(file->fd); /* it is gone */
    file->fd = -1;
}
