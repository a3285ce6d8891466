/* store.h - files on the disk: a body grows as a part in DIR/.fetch/ and gets its final name by an
 * atomic rename. A file under its final name is complete, always.
 *
 * The loop never waits for the disk. Bodies up to 64 KiB are gathered in a buffer and created,
 * written and renamed in one job; many such jobs are handed to the offload pool as one batch. A
 * larger body fills two buffers in turn, at most one of them being written, and its transfer pauses
 * only when both are full. Off a scheduler, and on tmpfs, where writing is copying, everything
 * happens in place.
 *
 *     struct download download;
 *     error = download_open(&download, store, name);      // -EEXIST: --if-exists skip or fail
 *     client_perform(... &download.sink ...)
 *     error = ok ? download_commit(&download, last_modified) : ...;
 *     download_close(&download);                          // drops what was not committed
 *
 * Ownership: a store is one worker's: store_new() to store_free(); all workers share DIR. A
 * download is the caller's struct between open and close. Thread: the worker's. Parks (or blocks):
 * download_open (only where a file may exist), download_restart, download_commit, download_close.
 */
#ifndef CMD_GET_STORE_H
#define CMD_GET_STORE_H

#include "cmd/get/options.h"
#include "net/xfer/sink.h"

struct store;
struct part; /* private: buffers and descriptor of one body */

/* Once a job, before workers: makes DIR and DIR/.fetch/, takes the lock (unless a single URL), and
 * removes parts that dead runs left. -EBUSY: another run has DIR. 0, or -errno with *place, a new
 * string for the user. The directory descriptors are shared by all stores of the process and its
 * children. */
struct store_directory {
    int dir_fd;      /* DIR; -1: nothing is written */
    int parts_fd;    /* DIR/.fetch */
    bool locked;     /* parts_fd is, with flock(2); else a placeholder keeps DIR/.fetch there */
    const char *dir; /* as the user typed it */
    _Atomic uint64_t *received; /* body bytes that have arrived: all workers count, child processes
                                   too */
};
int store_directory_open(struct store_directory *directory, const struct get_options *options,
                         char **place);

/* Removes DIR/.fetch/ when it is empty. Harmless on one that was not opened. */
void store_directory_close(struct store_directory *directory);

/* To be called on the scheduler it will be used on, if any. NULL when memory runs out. */
struct store *store_new(const struct store_directory *directory, const struct get_options *options);
void store_free(struct store *store); /* NULL is fine */

struct download {
    struct sink sink;
    struct store *store;
    const char *name;  /* the entry's; NULL: discard, or standard output with -o - */
    struct part *part; /* NULL: bodies are thrown away */
    char *path;        /* after commit: the name it was published under; owned */
};

/* Makes ready to receive. Touches the disk only for --if-exists skip and fail. 0; -EEXIST, -EISDIR:
 * the name is taken; -ENOMEM. On an error download_close() is still due. */
int download_open(struct download *download, struct store *store, const char *name);

/* Forgets what has arrived, for another try. 0, or -ESPIPE: standard output has some of it. */
int download_restart(struct download *download);

/* All bytes are on the disk under the final name, with `last_modified` (unix seconds, -1: none) as
 * their time, when this returns 0. Else -errno: -ENOSPC, -EROFS, -EIO, -EACCES concern the machine
 * (store_error_is_machine()), -ENAMETOOLONG, -EISDIR, -ENOTDIR, -EEXIST this URL only. What has
 * arrived in full is kept even when the task is canceled: the wait is for the disk alone. */
int download_commit(struct download *download, int64_t last_modified);

/* Drops buffers and, when not committed, the part. Not cancelable either. */
void download_close(struct download *download);

bool store_error_is_machine(int error);

#endif
