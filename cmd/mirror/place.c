#include "cmd/mirror/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* One step down. */
static int enter(int at, const char *name, size_t length)
{
    char component[NAME_MAX + 1];
    if (length > NAME_MAX)
        return -ENAMETOOLONG;
    memcpy(component, name, length);
    component[length] = '\0';
    if (length == 0 || strcmp(component, ".") == 0 || strcmp(component, "..") == 0)
        return -EINVAL;
    int fd = openat(at, component, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    return errno == ELOOP ? -ENOTDIR : -errno;
}

int place_open(int dir_fd, const char *name, const char **base)
{
    int place = dir_fd;
    const char *slash;
    for (; place >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
        int next = enter(place, name, (size_t)(slash - name));
        place_close(dir_fd, place);
        place = next;
    }
    *base = name;
    return place;
}

void place_close(int dir_fd, int place)
{
    if (place != dir_fd && place >= 0)
        close(place);
}

int place_remove(int dir_fd, const char *name)
{
    const char *base;
    int place = place_open(dir_fd, name, &base);
    int error = place < 0 ? place : unlinkat(place, base, 0) ? -errno : 0;
    place_close(dir_fd, place);
    return error == -ENOENT ? 0 : error;
}
