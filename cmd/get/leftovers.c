#include "cmd/get/leftovers.h"

#include "cmd/get/part_file.h"
#include "cmd/get/part_key.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Who breaks off a download takes it up again within this time, or never. */
#define AGE_MAX_S (INT64_C(14) * 24 * 3600)

/* The first line of a file of /proc about a process, at most `size` - 1 bytes. False: there is
 * none. */
static bool read_proc(const char *pid, const char *what, char *line, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%s/%s", pid, what);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, line, size - 1);
    if (fd >= 0)
        close(fd);
    line[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* Is no process of ours behind the number? It may be nobody's, that of one whose parent has yet to
 * take note of its end, or have become another program's. */
static bool is_gone(pid_t pid)
{
    char number[16], stat[512], name[32], own[32];
    if (kill(pid, 0) && errno == ESRCH)
        return true;
    snprintf(number, sizeof number, "%d", (int)pid);
    if (!read_proc(number, "stat", stat, sizeof stat) ||
        !read_proc(number, "comm", name, sizeof name) ||
        !read_proc("self", "comm", own, sizeof own))
        return false;
    const char *state = strrchr(stat, ')'); /* the name in front of it may hold anything */
    return (state && strncmp(state, ") Z", 3) == 0) || strcmp(name, own) != 0;
}

/* Does a part of this name belong to a process that is no more? One with our id may be of an
 * earlier process that had it. */
static bool is_dead(const char *name, enum leftovers_sweep sweep)
{
    char *end;
    long pid = strtol(name, &end, 10);
    size_t length = strlen(name), suffix = strlen(PART_SUFFIX);
    if (pid <= 0 || *end != '-' || length < suffix ||
        strcmp(name + length - suffix, PART_SUFFIX) != 0)
        return false;
    if (pid == getpid())
        return sweep == SWEEP_ALL;
    return is_gone((pid_t)pid);
}

/* Has nobody written to it for long, and does nobody have it open? */
static bool is_forgotten(int parts_fd, const char *name)
{
    struct stat status;
    int fd = openat(parts_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool forgotten = fstat(fd, &status) == 0 && time(NULL) - status.st_mtime > AGE_MAX_S &&
                     flock(fd, LOCK_EX | LOCK_NB) == 0;
    close(fd);
    return forgotten;
}

static void remember(struct leftovers *leftovers, uint64_t key)
{
    /* Where memory runs out, that one begins anew. */
    if ((leftovers->count & (leftovers->count - 1)) == 0) {
        size_t room = leftovers->count ? 2 * leftovers->count : 1;
        uint64_t *keys = realloc(leftovers->keys, room * sizeof *keys);
        if (!keys)
            return;
        leftovers->keys = keys;
    }
    leftovers->keys[leftovers->count++] = key;
}

static void look_at(struct leftovers *leftovers, int parts_fd, const char *name,
                    enum leftovers_sweep sweep)
{
    uint64_t key;
    if (resume_name_parse(name, PART_SUFFIX, &key)) {
        if (sweep != SWEEP_NOTHING && is_forgotten(parts_fd, name))
            part_key_remove(parts_fd, key);
        else
            remember(leftovers, key);
    } else if (sweep == SWEEP_NOTHING) {
        return;
    } else if (resume_name_parse(name, RESUME_META_SUFFIX, &key)) {
        /* Published, and then killed before it was tidied up. */
        if (faccessat(parts_fd, resume_name(key, PART_SUFFIX).text, F_OK, 0) && errno == ENOENT)
            part_key_forget(parts_fd, key);
    } else if (is_dead(name, sweep) || resume_name_parse(name, RESUME_NEXT_SUFFIX, &key)) {
        (void)unlinkat(parts_fd, name, 0);
    }
}

static int compare_keys(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

void leftovers_scan(struct leftovers *leftovers, int parts_fd, enum leftovers_sweep sweep)
{
    int fd = openat(parts_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;
    leftovers_clear(leftovers);
    if (!stream) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(stream)))
        look_at(leftovers, parts_fd, entry->d_name, sweep);
    closedir(stream);
    if (leftovers->count)
        qsort(leftovers->keys, leftovers->count, sizeof *leftovers->keys, compare_keys);
}

bool leftovers_have(const struct leftovers *leftovers, uint64_t key)
{
    return leftovers->count &&
           bsearch(&key, leftovers->keys, leftovers->count, sizeof *leftovers->keys, compare_keys);
}

void leftovers_clear(struct leftovers *leftovers)
{
    free(leftovers->keys);
    *leftovers = (struct leftovers){0};
}
