/* store.h - files on the disk: a body grows as a part in DIR/.fetch/ and gets its final name by an
 * atomic rename. A file under its final name is complete, always.
 *
 * The loop never waits for the disk. Bodies up to 64 KiB are gathered in a buffer and created,
 * written and renamed in one job; many such jobs are handed to the offload pool as one batch. A
 * larger body fills two buffers in turn, at most one of them being written, and its transfer pauses
 * only when both are full. Off a scheduler, and on tmpfs, where writing is copying, everything
 * happens in place.
 *
 * A large body that is broken off stays as a part, if it can be gone on with (resume.h); what is to
 * be asked of the server for that, or for a file that is there and known, download_condition()
 * says.
 *
 *     struct download download;
 *     error = download_open(&download, store, entry);     // -EEXIST: --if-exists skip or fail
 *     client_perform(... download_condition(&download), &download.sink ...)
 *     error = ok ? download_commit(&download, &result) : ...;
 *     download_close(&download);                          // leaves what was not committed
 *
 * Ownership: a store is one worker's: store_new() to store_free(); all workers share DIR. A
 * download is the caller's struct between open and close. Thread: the worker's. Parks (or blocks):
 * download_open (only where a file or a part may exist), download_replay, download_read,
 * download_restart, download_give_up, download_keep, download_commit, download_close.
 */
#ifndef CMD_GET_STORE_H
#define CMD_GET_STORE_H

#include "cmd/get/condition.h"
#include "cmd/get/entry.h"
#include "cmd/get/leftovers.h"
#include "cmd/get/options.h"
#include "cmd/get/reserve.h"
#include "net/xfer/sink.h"

/* What a download's sink ends a transfer with that has brought all it was to: others have the rest.
 */
#define SINK_ENOUGH (-EALREADY)

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
    struct leftovers leftovers;
    struct reserve reserve;
    _Atomic uint64_t *received; /* body bytes that have arrived: all workers count, child processes
                                   too */
};
int store_directory_open(struct store_directory *directory, const struct get_options *options,
                         char **place);

/* Makes DIR/.fetch/ anew that somebody has removed while the job uses it: `parts_fd` becomes that
 * of the new one. Any thread. 0; -ESTALE: DIR itself is gone; another -errno. */
int store_directory_restore(int dir_fd, int parts_fd);

/* Removes DIR/.fetch/ when it is empty. Harmless on one that was not opened. */
void store_directory_close(struct store_directory *directory);

/* To be called on the scheduler it will be used on, if any. NULL when memory runs out. */
struct store *store_new(const struct store_directory *directory, const struct get_options *options);
void store_free(struct store *store); /* NULL is fine */

/* A file under its final name. */
struct stored_file {
    char *path;       /* relative to DIR; owned; NULL: none */
    int64_t size;     /* bytes */
    int64_t mtime_ns; /* unix */
    bool kept;        /* it was there, and what has come is the same */
};

struct download {
    struct sink sink;
    struct store *store;
    const struct entry *entry;
    char *given;       /* the name that the server gave the file; owned; NULL: it has the entry's */
    struct part *part; /* NULL: bodies are thrown away */
    struct condition condition;
    struct stored_file file; /* after commit, or the one that is there and known */
};

/* Makes ready to receive what the entry names; without a name the body is thrown away, or goes to
 * standard output. Touches the disk only for --if-exists skip and fail, for a file that is known
 * and where earlier runs left parts. 0; -EEXIST, -EISDIR: the name is taken; -ENOMEM. On an error
 * download_close() is still due. */
int download_open(struct download *download, struct store *store, const struct entry *entry);

/* Does the file need no transfer at all? Then `file` is the one that is there. */
bool download_is_settled(const struct download *download);

/* What to ask for in the next transfer. */
const struct condition *download_condition(struct download *download);

/* The condition was answered with MISFIT or WHOLE: the next one will be another. 0 or -errno. */
int download_ask_anew(struct download *download, enum answer answer);

/* An answer came in full, and was a success: bytes of the body that are missing nevertheless, below
 * zero: that are too many. */
int64_t download_missing(const struct download *download);

/* Bytes of the body that came in full; -1: it is not kept. */
int64_t download_size(const struct download *download);

/* Is there nothing of a body that another try could go on with? */
bool download_is_blank(const struct download *download);

/* Did or does its body come in pieces, out of their order (split.h)? */
bool download_is_pieced(const struct download *download);

/* The transfer is over: hands on all that has come of a body which is larger than the buffer or was
 * begun by an earlier run, from its file. 0, or what take() or the disk said. On the disk's own
 * thread, where there is one. */
int download_read(struct download *download, int (*take)(void *ctx, const void *data, size_t size),
                  void *ctx);

/* Hands on what an earlier run has left of the body, if anything. 0, or what take() or the disk
 * said. On the disk's own thread, where there is one. */
int download_replay(struct download *download,
                    int (*take)(void *ctx, const void *data, size_t size), void *ctx);

/* What has arrived is not what it should be: nobody is to go on with it. */
void download_distrust(struct download *download);

/* For another try: keeps what can be gone on with and forgets the rest. 0, or -ESPIPE: standard
 * output has some of it. */
int download_restart(struct download *download);

/* Forgets all. As download_restart(). */
int download_give_up(struct download *download);

/* What is known of the file before it is asked for. NULL: nothing; and where the list has a
 * checksum that the file has not been compared with, the body is needed. */
const struct known *download_known(const struct download *download);

/* In place of a commit, of a body that has come in full: is it, byte for byte, what was sent for
 * the file that is there, and nobody has changed since? Then that stays, and is in `file`.
 * `served`: where in DIR/.fetch what was sent lies, "": it is the file itself. Not cancelable: who
 * is canceled is told that it is not the same. */
bool download_keep(struct download *download, const char *served);

/* All bytes are on the disk under the final name, with the server's time, when this returns 0. Else
 * -errno: -ENOSPC, -EROFS, -EIO, -EACCES concern the machine (store_error_is_machine()),
 * -ENAMETOOLONG, -EISDIR, -ENOTDIR, -EEXIST this URL only. What has arrived in full is kept even
 * when the task is canceled: the wait is for the disk alone. */
int download_commit(struct download *download, const struct transfer_result *result);

/* The validators of the file, where `result` may be of an answer that does not repeat them. */
const struct validators *download_validators(const struct download *download,
                                             const struct transfer_result *result);

/* Drops buffers; what is not committed stays only if another run can go on with it. Not cancelable
 * either. */
void download_close(struct download *download);

/* Has --min-free been reached? Then nothing is written any more. */
bool store_is_crowded(const struct store *store);

bool store_error_is_machine(int error);

#endif
