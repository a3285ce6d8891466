#include "cmd/get/publish.h"

#include "cmd/get/name.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* So many numbered names are tried. */
#define NUMBER_MAX 1000000

static int open_directory(int at, const char *name)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    /* A symbolic link is as little a directory to us as a file is. */
    return errno == ELOOP ? -ENOTDIR : -errno;
}

/* Opens the directory `name` in `at`, making it if it is missing. */
static int enter_directory(const struct publisher *publisher, int at, const char *name)
{
    int fd = open_directory(at, name);
    if (fd != -ENOENT)
        return fd;
    /* Another task may be faster. */
    if (mkdirat(at, name, 0777) && errno != EEXIST)
        return -errno;
    if (publisher->fsync && fsync(at))
        return -errno;
    return open_directory(at, name);
}

/* Is it one step down, and not a step up or aside? */
static bool is_step(const char *component)
{
    return *component && strcmp(component, ".") != 0 && strcmp(component, "..") != 0;
}

/* Opens the directory up to `last`, a slash, step by step, making what is missing. */
static int walk_to(const struct publisher *publisher, const char *name, const char *last)
{
    char component[NAME_MAX + 1];
    int fd = publisher->dir_fd;
    for (const char *slash; fd >= 0 && name <= last; name = slash + 1) {
        slash = strchr(name, '/');
        size_t length = (size_t)(slash - name);
        int next = -ENAMETOOLONG;
        if (length <= NAME_MAX) {
            memcpy(component, name, length);
            component[length] = '\0';
            next = is_step(component) ? enter_directory(publisher, fd, component) : -EINVAL;
        }
        if (fd != publisher->dir_fd)
            close(fd);
        fd = next;
    }
    return fd;
}

/* Are there steps down alone? */
static bool leads_down(const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");
        if (length <= 2 && strspn(path, ".") >= length)
            return false;
        if (!path[length])
            return true;
        path += length + 1;
    }
}

/* The directory below the publisher's, if it is there; else -1, and it is not said why. */
static int open_at_once(const struct publisher *publisher, const char *name, size_t length)
{
    char path[PATH_MAX];
    const struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
    };
    if (length == 0 || length >= sizeof path)
        return -1;
    memcpy(path, name, length);
    path[length] = '\0';
    if (!leads_down(path))
        return -1;
    return (int)syscall(SYS_openat2, publisher->dir_fd, path, &how, sizeof how);
}

/* Opens the directory that `name` lies in; *base is the last part of the name. The result is to be
 * closed unless it is the publisher's dir_fd. */
static int open_parent(const struct publisher *publisher, const char *name, const char **base)
{
    const char *last = strrchr(name, '/');
    *base = last ? last + 1 : name;
    if (!last)
        return publisher->dir_fd;
    int fd = open_at_once(publisher, name, (size_t)(last - name));
    return fd >= 0 ? fd : walk_to(publisher, name, last);
}

static bool is_directory(int at, const char *name)
{
    struct stat status;
    return fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(status.st_mode);
}

/* For file systems that can neither rename without replacing nor link: looks first. In between,
 * another program could create the file, and would lose it. */
static int rename_after_look(const struct publisher *publisher, const char *part, int at,
                             const char *name)
{
    struct stat status;
    if (fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return -EEXIST;
    return renameat(publisher->parts_fd, part, at, name) ? -errno : 0;
}

/* Gives the part a name that must be free. */
static int rename_to_new(const struct publisher *publisher, const char *part, int at,
                         const char *name)
{
    if (renameat2(publisher->parts_fd, part, at, name, RENAME_NOREPLACE) == 0)
        return 0;
    /* Not every file system knows the flag (NFS does not). */
    if (errno != EINVAL && errno != ENOSYS)
        return -errno;
    if (linkat(publisher->parts_fd, part, at, name, 0))
        return errno == EEXIST ? -EEXIST : rename_after_look(publisher, part, at, name);
    /* The file has its name; a second one in .fetch/ goes when the part's run is dead. */
    (void)unlinkat(publisher->parts_fd, part, 0);
    return 0;
}

/* --if-exists rename: the first numbered name that is free. */
static int rename_numbered(const struct publisher *publisher, const char *part, int at,
                           const char *name, char **chosen)
{
    for (unsigned number = 1; number < NUMBER_MAX; number++) {
        char *numbered = name_numbered(name, number);
        if (!numbered)
            return -ENOMEM;
        int error = rename_to_new(publisher, part, at, numbered);
        if (!error)
            *chosen = numbered;
        else
            free(numbered);
        if (error != -EEXIST)
            return error;
    }
    return -EEXIST;
}

/* *chosen: NULL, or the name it got instead. */
static int rename_part(const struct publisher *publisher, const char *part, int at,
                       const char *name, char **chosen)
{
    if (publisher->if_exists == EXISTS_UPDATE || publisher->if_exists == EXISTS_OVERWRITE)
        return renameat(publisher->parts_fd, part, at, name) ? -errno : 0;
    int error = rename_to_new(publisher, part, at, name);
    if (error == -EEXIST && publisher->if_exists == EXISTS_RENAME)
        return rename_numbered(publisher, part, at, name, chosen);
    return error == -EEXIST && is_directory(at, name) ? -EISDIR : error;
}

/* The whole name with its last part replaced, unless `chosen` is NULL. A new string. */
static char *final_path(const char *name, const char *base, const char *chosen)
{
    char *path;
    if (!chosen)
        return strdup(name);
    if (asprintf(&path, "%.*s%s", (int)(base - name), name, chosen) < 0)
        return NULL;
    return path;
}

int publish_part(const struct publisher *publisher, const char *part, const char *name, char **path)
{
    const char *base;
    char *chosen = NULL;
    int at = open_parent(publisher, name, &base);
    if (at < 0)
        return at;
    int error = is_step(base) ? rename_part(publisher, part, at, base, &chosen) : -EINVAL;
    if (!error && publisher->fsync && fsync(at))
        error = -errno;
    if (at != publisher->dir_fd)
        close(at);
    /* Whoever has no memory for the name does not know where the file is, but it is there. */
    *path = error ? NULL : final_path(name, base, chosen);
    free(chosen);
    return error;
}
