#include "cmd/get/part_key.h"

#include "cmd/get/part_file.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Locks the open file. It may have been published or removed since it was opened: then it is not
 * ours to touch. */
static int lock_in_place(int parts_fd, const char *name, int fd)
{
    struct stat ours, there;
    if (flock(fd, LOCK_EX | LOCK_NB) || fstat(fd, &ours) ||
        fstatat(parts_fd, name, &there, AT_SYMLINK_NOFOLLOW))
        return -errno;
    if (!S_ISREG(ours.st_mode) || ours.st_dev != there.st_dev || ours.st_ino != there.st_ino)
        return -EWOULDBLOCK;
    return 0;
}

int part_key_open(int parts_fd, uint64_t key, bool make)
{
    struct resume_name name = resume_name(key, PART_SUFFIX);
    int fd = openat(parts_fd, name.text,
                    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (make ? O_CREAT : 0), 0666);
    if (fd < 0)
        return -errno;
    int error = lock_in_place(parts_fd, name.text, fd);
    if (!error)
        return fd;
    close(fd);
    return error;
}

int part_key_begin(int parts_fd, uint64_t key, int fd, const struct resume *resume)
{
    if (ftruncate(fd, 0))
        return -errno;
    if (resume)
        return resume_write(resume, parts_fd);
    part_key_forget(parts_fd, key);
    return 0;
}

void part_key_forget(int parts_fd, uint64_t key)
{
    (void)unlinkat(parts_fd, resume_name(key, RESUME_META_SUFFIX).text, 0);
}

void part_key_remove(int parts_fd, uint64_t key)
{
    /* The part first: without it the lines mean nothing. */
    (void)unlinkat(parts_fd, resume_name(key, PART_SUFFIX).text, 0);
    part_key_forget(parts_fd, key);
}
