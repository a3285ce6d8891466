/* part.h - one body on its way to the disk, and what the bodies of a store share. Private to the
 * store.
 *
 * A body is gathered in a buffer that grows. If it ends before the buffer is full, its file is
 * created, written and renamed in one job at the commit. A longer one becomes a part: the full
 * buffer is written by a thread of the pool while the next one fills; when that is full too before
 * the write has ended, the transfer pauses. Where work is done in place (off a scheduler, or on
 * tmpfs, where writing is copying) a long body is written as it comes, and nothing ever pauses.
 *
 * Ownership: part_new() to part_free(). Thread: the store's; while a write is under way the pool's
 * thread has the fields marked so. Parks (or blocks): part_commit, part_drop.
 */
#ifndef CMD_GET_PART_H
#define CMD_GET_PART_H

#include "cmd/get/batch.h"
#include "cmd/get/buffers.h"
#include "cmd/get/part_file.h"
#include "cmd/get/publish.h"
#include "cmd/get/store.h"
#include "net/xfer/transfer.h"
#include <stdint.h>
#include <sys/types.h>

enum store_strategy {
    STORE_IN_PLACE,
    STORE_BATCHED,
};

struct store {
    const struct store_directory *directory;
    struct publisher publisher;
    struct batcher batcher;
    struct buffers buffers;
    size_t small_size; /* a longer body becomes a part */
    size_t large_size; /* a part is written in steps of this */
    bool discard;      /* --out-null */
    bool to_stdout;
    bool checks_first; /* --if-exists skip and fail look before a request is sent */
    /* "PID-TAG-": how the names of its parts begin. By the PID a later run knows the dead ones, by
     * the random tag no two stores ever give the same name, ... */
    char part_prefix[24];
    uint32_t parts; /* ... nor one store twice */
};

/* Decides how the store works; store_new() chooses by file system. Only before its first use. */
void store_use(struct store *store, enum store_strategy strategy);

struct part {
    struct store *store;
    struct transfer *transfer; /* to be resumed; NULL: none is under way */
    struct buffer filling;
    size_t filled;
    bool large;           /* something has been written: there is no way back to small */
    bool straight;        /* written as it comes, without gathering */
    bool paused;          /* the transfer waits for the write to end */
    int error;            /* first -errno of the disk: nothing more is taken */
    struct future *write; /* under way; NULL: none */
    struct task *waiter;  /* waits for its end */
    /* The pool thread's while a write is under way: */
    struct buffer writing;
    size_t writing_length;
    int write_error;
    struct part_file file;
};

struct part *part_new(struct store *store);

/* A body of `length` bytes begins (-1: unknown); `transfer` is the one to pause. */
void part_begin(struct part *part, struct transfer *transfer, int64_t length);

/* As a sink's write(). */
int part_receive(struct part *part, const void *data, size_t size);

/* Writes what is left and publishes it; see download_commit(). */
int part_commit(struct part *part, const char *name, int64_t last_modified, char **path);

/* Forgets all that was received; the part is as new. 0, or -ESPIPE: standard output has some. */
int part_drop(struct part *part);

void part_free(struct part *part);

#endif
