#include "cmd/mirror/pristine.h"

#include "cmd/mirror/place.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "pristine"

/* The name of a number: 16 digits. */
struct number_name {
    char text[24];
};

static struct number_name name_of(int64_t number)
{
    struct number_name name;
    snprintf(name.text, sizeof name.text, "%016" PRIx64, (uint64_t)number);
    return name;
}

void pristine_path(int64_t number, char path[PAGE_SERVED_SIZE])
{
    snprintf(path, PAGE_SERVED_SIZE, FOLDER "/%s", name_of(number).text);
}

int pristine_open(struct pristine *pristine, int dir_fd, int parts_fd)
{
    *pristine = (struct pristine){.dir_fd = dir_fd, .fd = -1};
    if (mkdirat(parts_fd, FOLDER, 0777) && errno != EEXIST)
        return -errno;
    pristine->fd = openat(parts_fd, FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    return pristine->fd < 0 ? -errno : 0;
}

bool pristine_is_there(int parts_fd)
{
    return parts_fd >= 0 && faccessat(parts_fd, FOLDER, F_OK, 0) == 0;
}

void pristine_close(struct pristine *pristine)
{
    if (pristine->fd >= 0)
        close(pristine->fd);
    pristine->fd = -1;
}

static int open_file(int dir_fd, const char *name)
{
    const char *base;
    int place = place_open(dir_fd, name, &base);
    if (place < 0)
        return place;
    int fd = openat(place, base, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    int error = fd < 0 ? -errno : 0;
    place_close(dir_fd, place);
    return error ? error : fd;
}

int document_load(int dir_fd, const char *name, struct document *document)
{
    struct stat status;
    *document = (struct document){.data = ""};
    int fd = open_file(dir_fd, name);
    if (fd < 0)
        return fd;
    int error = fstat(fd, &status) ? -errno : S_ISREG(status.st_mode) ? 0 : -EINVAL;
    if (!error && status.st_size > 0) {
        void *data = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (data == MAP_FAILED)
            error = -errno;
        else
            *document = (struct document){.data = data, .size = (size_t)status.st_size};
    }
    if (!error)
        document->time = status.st_mtim;
    close(fd);
    return error;
}

void document_unload(struct document *document)
{
    if (document->size > 0)
        munmap((void *)document->data, document->size);
    *document = (struct document){.data = ""};
}

/* 1: it is the one; 0: it is not, or not there; -errno. */
static int load_if(int dir_fd, const char *name, const struct page_digest *digest,
                   struct document *document)
{
    int error = document_load(dir_fd, name, document);
    if (error)
        return error == -ENOENT || error == -ELOOP || error == -EINVAL || error == -ENOTDIR ? 0
                                                                                            : error;
    struct page_digest found = page_digest_of(document->data, document->size);
    if (memcmp(&found, digest, sizeof found) == 0)
        return 1;
    document_unload(document);
    return 0;
}

/* The copy's name will be another file's: this one stays under its number. */
static int keep(struct pristine *pristine, const struct number_name *number, const char *name)
{
    const char *base;
    int place = place_open(pristine->dir_fd, name, &base);
    if (place < 0)
        return place;
    int error = linkat(place, base, pristine->fd, "new", 0) && errno != EEXIST ? -errno : 0;
    place_close(pristine->dir_fd, place);
    if (error)
        return error;
    return renameat(pristine->fd, "new", pristine->fd, number->text) ? -errno : 0;
}

int pristine_find(struct pristine *pristine, int64_t number, const struct page_digest *digest,
                  struct document *document)
{
    struct number_name kept = name_of(number);
    return load_if(pristine->fd, kept.text, digest, document);
}

int pristine_load(struct pristine *pristine, int64_t number, const char *name,
                  const struct page_digest *digest, struct document *document)
{
    struct number_name kept = name_of(number);
    int found = pristine_find(pristine, number, digest, document);
    if (found)
        return found;
    found = load_if(pristine->dir_fd, name, digest, document);
    if (found != 1)
        return found;
    (void)unlinkat(pristine->fd, "new", 0); /* of a run that was killed */
    int error = keep(pristine, &kept, name);
    if (error)
        document_unload(document);
    return error ? error : 1;
}

void pristine_remove(struct pristine *pristine, int64_t number)
{
    struct number_name kept = name_of(number);
    (void)unlinkat(pristine->fd, kept.text, 0); /* most have none */
}
