#include "cmd/get/argument.h"
#include "cmd/get/directories.h"
#include "cmd/get/part_file.h"
#include "cmd/get/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PARTS_NAME ".fetch"

/* A run that ends holds the lock for a moment while it removes DIR/.fetch/; the children of one
 * that was killed hold it until they have noticed. */
#define LOCK_TRIES    100
#define LOCK_PAUSE_NS 10000000

/* Runs with a lock of their own come and go; so often in a row is another matter. */
#define OPEN_TRIES 100

/* Whoever holds the lock alone may remove DIR/.fetch/. A run for a single URL takes none, so that
 * many may go into one DIR at once: instead it keeps a placeholder there, for a directory that is
 * not empty cannot be removed. */
static void placeholder_name(char *name, size_t size)
{
    snprintf(name, size, "%d-0" PART_SUFFIX, (int)getpid());
}

/* `error`, with the user's text in *place. */
static int explain(char **place, int error, const char *what, const char *dir)
{
    if (asprintf(place, "%s %s: %s", what, dir, strerror(-error)) < 0)
        *place = NULL;
    return error;
}

static int open_directory(int at, const char *name, int more)
{
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | more);
    return fd < 0 ? -errno : fd;
}

static int open_or_make(const char *path)
{
    int fd = open_directory(AT_FDCWD, path, 0);
    if (fd != -ENOENT)
        return fd;
    int error = directories_make(path);
    return error ? error : open_directory(AT_FDCWD, path, 0);
}

/* 0; -EBUSY: somebody else has it; another -errno: this file system knows no such lock. */
static int lock(int parts_fd)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_NS};
    for (int tries = 0; tries < LOCK_TRIES; tries++) {
        if (flock(parts_fd, LOCK_EX | LOCK_NB) == 0)
            return 0;
        if (errno != EWOULDBLOCK)
            return -errno;
        nanosleep(&pause, NULL);
    }
    return -EBUSY;
}

/* For a list: the lock for as long as the run lasts. */
static int hold(struct store_directory *directory, int fd)
{
    int error = lock(fd);
    if (error == -EBUSY)
        return error;
    if (error)
        /* NFS takes no locks on directories. That is no reason not to download to it. */
        fprintf(stderr, "fetch: cannot lock %s (%s): see to it that no other fetch uses it\n",
                directory->dir, strerror(-error));
    directory->locked = !error;
    leftovers_scan(&directory->leftovers, fd, SWEEP_ALL);
    return 0;
}

/* For a single URL: the lock just long enough to sweep, if it is free; then a placeholder. */
static int share(struct store_directory *directory, int fd)
{
    char name[32];
    placeholder_name(name, sizeof name);
    bool alone = flock(fd, LOCK_EX | LOCK_NB) == 0;
    leftovers_scan(&directory->leftovers, fd, alone ? SWEEP_ALL : SWEEP_NOTHING);
    if (alone)
        (void)flock(fd, LOCK_UN); /* cannot fail for one we hold */
    int held = openat(fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (held < 0)
        return -errno;
    close(held);
    return 0;
}

/* Is the directory we hold still the one of that name? */
static bool is_in_place(int dir_fd, int fd)
{
    struct stat ours, there;
    return fstat(fd, &ours) == 0 && fstatat(dir_fd, PARTS_NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/* One attempt to make and hold DIR/.fetch/: its descriptor; -ENOENT: another run removed it
 * meanwhile; another -errno. */
static int enter_parts(struct store_directory *directory, bool single)
{
    if (mkdirat(directory->dir_fd, PARTS_NAME, 0777) && errno != EEXIST)
        return -errno;
    int fd = open_directory(directory->dir_fd, PARTS_NAME, O_NOFOLLOW);
    if (fd < 0)
        return fd;
    int error = single ? share(directory, fd) : hold(directory, fd);
    if (!error && !is_in_place(directory->dir_fd, fd))
        error = -ENOENT;
    if (!error)
        return fd;
    close(fd);
    return error;
}

static int open_parts(struct store_directory *directory, bool single, char **place)
{
    int fd = -ENOENT;
    for (int tries = 0; tries < OPEN_TRIES && fd == -ENOENT; tries++)
        fd = enter_parts(directory, single);
    if (fd == -EBUSY && asprintf(place, "%s is in use by another fetch", directory->dir) < 0)
        *place = NULL;
    if (fd == -EBUSY)
        return fd;
    if (fd < 0)
        return explain(place, fd, "cannot make " PARTS_NAME " in", directory->dir);
    directory->parts_fd = fd;
    return 0;
}

int store_directory_restore(int dir_fd, int parts_fd)
{
    if (mkdirat(dir_fd, PARTS_NAME, 0777) && errno != EEXIST)
        return errno == ENOENT ? -ESTALE : -errno;
    int fd = open_directory(dir_fd, PARTS_NAME, O_NOFOLLOW);
    if (fd < 0)
        return fd;
    /* Of those who come here at once, the first has it for all: processes of one job. */
    (void)flock(fd, LOCK_EX | LOCK_NB);
    int error = dup3(fd, parts_fd, O_CLOEXEC) < 0 ? -errno : 0;
    close(fd);
    return error;
}

/* What all processes of a job know. */
struct shared {
    _Atomic uint64_t received;
    _Atomic bool crowded;
};

static int share_counter(struct store_directory *directory)
{
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED)
        return -errno;
    directory->received = &shared->received;
    directory->reserve.crowded = &shared->crowded;
    return 0;
}

/* --min-free, before anything is asked for. */
static int check_reserve(struct store_directory *directory, char **place)
{
    int error = reserve_ask(&directory->reserve, 0);
    if (error)
        *place = reserve_problem(&directory->reserve, directory->dir);
    return error;
}

int store_directory_open(struct store_directory *directory, const struct get_options *options,
                         char **place)
{
    bool single = arguments_are_single_url(options);
    *directory = (struct store_directory){
        .dir_fd = -1,
        .parts_fd = -1,
        .dir = options->directory,
        .reserve.bytes = options->min_free,
    };
    int error = share_counter(directory);
    if (error || options->out_null || options->to_stdout)
        return error;
    int fd = open_or_make(directory->dir);
    if (fd < 0)
        error = explain(place, fd, "cannot write to", directory->dir);
    else
        directory->dir_fd = directory->reserve.dir_fd = fd;
    if (!error)
        error = check_reserve(directory, place);
    if (!error)
        error = open_parts(directory, single, place);
    if (error)
        store_directory_close(directory);
    return error;
}

static void leave_parts(struct store_directory *directory)
{
    char name[32];
    placeholder_name(name, sizeof name);
    if (!directory->locked)
        (void)unlinkat(directory->parts_fd, name, 0); /* a later run would sweep it */
    if (directory->locked || flock(directory->parts_fd, LOCK_EX | LOCK_NB) == 0) {
        /* Of child processes that had to be killed. */
        leftovers_scan(&directory->leftovers, directory->parts_fd, SWEEP_OTHERS);
        /* Not empty: then it stays. */
        (void)unlinkat(directory->dir_fd, PARTS_NAME, AT_REMOVEDIR);
    }
    close(directory->parts_fd);
}

void store_directory_close(struct store_directory *directory)
{
    if (directory->parts_fd >= 0)
        leave_parts(directory);
    leftovers_clear(&directory->leftovers);
    if (directory->dir_fd >= 0)
        close(directory->dir_fd);
    if (directory->received)
        (void)munmap(directory->received, sizeof(struct shared)); /* as mapped, its first member */
    *directory = (struct store_directory){.dir_fd = -1, .parts_fd = -1};
}
