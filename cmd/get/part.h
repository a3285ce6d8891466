/* part.h - one body on its way to the disk, and what the bodies of a store share. Private to the
 * store.
 *
 * A body is gathered in a buffer that grows. If it ends before the buffer is full, its file is
 * created, written and renamed in one job at the commit. A longer one becomes a part: the full
 * buffer is written by a thread of the pool while the next one fills; when that is full too before
 * the write has ended, the transfer pauses. Where work is done in place (off a scheduler, or on
 * tmpfs, where writing is copying) a long body is written as it comes, and nothing ever pauses.
 *
 * A long body that is broken off may be gone on with, by another try or another run, if the server
 * gave what it takes (resume.h): then the part keeps what it has.
 *
 * The file of a part may be brought in pieces (pieces.h), one by the part itself and others by
 * parts that only write into its file, at once or one after another.
 *
 * Ownership: part_new() to part_free(). Thread: the store's; while a write is under way the pool's
 * thread has the fields marked so. Parks (or blocks): part_adopt, part_hold, part_distrust,
 * part_commit, part_drop, part_put_down, part_flush.
 */
#ifndef CMD_GET_PART_H
#define CMD_GET_PART_H

#include "cmd/get/batch.h"
#include "cmd/get/buffers.h"
#include "cmd/get/part_file.h"
#include "cmd/get/pieces.h"
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
    bool dated;        /* files get the server's time */
    bool updates;      /* update asks whether a file that is known has changed */
    /* "PID-TAG-": how the names of its parts begin. By the PID a later run knows the dead ones, by
     * the random tag no two stores ever give the same name, ... */
    char part_prefix[24];
    uint32_t parts; /* ... nor one store twice */
};

/* Decides how the store works; store_new() chooses by file system. Only before its first use. */
void store_use(struct store *store, enum store_strategy strategy);

struct part {
    struct store *store;
    const struct url *url; /* whose body it is; NULL: no part is kept for it */
    struct resume *resume; /* how to go on with the body; owned; NULL: not at all */
    struct pieces *pieces; /* of the file; owned; NULL: it is brought without a gap, by one */
    struct piece *piece;   /* the one this part is bringing; NULL: none */
    int64_t asked;         /* the answer under way ends before this byte; 0: where the file ends */
    const struct part *owner; /* whose file it writes into; NULL: its own */
    void (*on_growth)(
        void *ctx); /* called once, when some of the body is on the disk; may be NULL */
    void *growth_ctx;
    struct transfer *transfer; /* to be resumed; NULL: none is under way */
    struct buffer filling;
    size_t filled;
    int64_t received;     /* bytes of the body */
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

/* `url` may be NULL, and outlives the part. */
struct part *part_new(struct store *store, const struct url *url);

/* One that writes into the file of another, which outlives it, piece by piece. NULL when memory
 * runs out. */
struct part *part_new_beside(const struct part *owner);

/* What comes next is of this piece, which has been taken. */
void part_take_up(struct part *part, struct piece *piece);

/* The transfer is over: what has arrived of its piece is written, and the piece given back.
 * Harmless without a piece. */
void part_put_down(struct pieces *pieces, struct part *part);

/* The transfer is over: all that has arrived is written to the file. 0 or -errno of the disk. */
int part_flush(struct part *part);

/* Divides what is missing, of `total` bytes, into `wanted` pieces of at least `least` bytes. The
 * part's own is the first. True when there is more than that one. */
bool part_divide(struct part *part, int64_t total, size_t wanted, int64_t least);

/* Writes down which bytes are on the disk, and sees to it that they are. 0 or -errno, also when
 * nobody could go on with them. Waits for the pool. */
int part_record(struct part *part);

/* Takes over what an earlier run left of the URL, if there is any. */
void part_adopt(struct part *part);

/* Bytes of the body it has, between two tries. */
int64_t part_position(const struct part *part);

/* A body begins, with an answer that is a success: 206 goes on at part_position(), all others begin
 * anew. `transfer` is the one to pause. */
void part_begin(struct part *part, struct transfer *transfer, const struct transfer_result *result);

/* As a sink's write(). */
int part_receive(struct part *part, const void *data, size_t size);

/* The transfer is over and no write is under way. Keeps what can be gone on with, else as
 * part_drop(). */
int part_hold(struct part *part);

/* What it has is wrong: nobody is to go on with it. */
void part_distrust(struct part *part);

/* Writes what is left and publishes it; see download_commit(). */
int part_commit(struct part *part, const char *name, int64_t last_modified,
                struct stored_file *end);

/* Forgets all that was received; the part is as new. 0, or -ESPIPE: standard output has some. */
int part_drop(struct part *part);

/* The transfer is over; waits until no write is under way. */
void part_settle(struct part *part);

/* part_pieces.c, for part.c: from what resume.h says, 0 or -errno; how many of `size` bytes are the
 * part's to bring; the first piece that misses something; the lines for resume.h, NULL when memory
 * runs out. */
int part_adopt_pieces(struct part *part);
size_t part_take_bytes(struct part *part, size_t size);
void part_take_up_gap(struct part *part);
char *part_meta(struct part *part);
void part_forget_pieces(struct part *part);

/* What can be gone on with stays on the disk for another run. */
void part_free(struct part *part);

#endif
