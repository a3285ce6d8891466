/* store_harness.h - a scratch directory, and bodies that arrive as libcurl would deliver them.
 *
 * Ownership: scratch_open() to scratch_close(). Thread: one. Parks (or blocks): deliver, when the
 * sink pauses.
 */
#ifndef TEST_STORE_HARNESS_H
#define TEST_STORE_HARNESS_H

#include "cmd/get/part.h"
#include "cmd/get/store.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* On what the store works. */
enum ground {
    GROUND_BLOCKING, /* no scheduler */
    GROUND_IN_PLACE, /* a scheduler, work in place */
    GROUND_BATCHED,  /* a scheduler, work on the pool */
    GROUND_COUNT,
};

struct scratch {
    char dir[64]; /* absolute */
    char *sources[2];
    struct get_options options;
    struct store_directory directory;
    struct store *store; /* inside on_ground() */
};

/* Makes the directory; options are those of a list with -o dir. */
void scratch_open(struct scratch *scratch);

/* Checks that DIR/.fetch/ is gone, and removes all. */
void scratch_close(struct scratch *scratch);

/* Opens directory and store, runs body(scratch) on the given ground, closes both. */
void on_ground(struct scratch *scratch, enum ground ground, void (*body)(struct scratch *));

/* The n bytes of every test body: any two offsets look different. */
char *body_bytes(size_t length);

/* As download_open(), for an entry that has this name and no URL; one at a time a task. */
int open_named(struct download *download, struct store *store, const char *name);

/* As download_commit(), of an answer with this Last-Modified. */
int commit(struct download *download, int64_t last_modified);

/* Hands a body to the sink in chunks, waiting where it pauses; `announced` is its Content-Length.
 * 0, or what the sink said. */
int deliver(struct download *download, size_t length, size_t chunk, int64_t announced);

/* The same with headers of the test's own, for the bytes from `first` to `end` of the body. */
int deliver_range(struct download *download, const struct transfer_result *headers, size_t first,
                  size_t end, size_t chunk);

/* How often sinks have paused since the last call. */
unsigned pauses_seen(void);

/* Fetches a body of `length` into `name`: open, deliver, commit, close. */
int save(struct scratch *scratch, const char *name, size_t length);

/* Is the file `name` below the directory exactly body_bytes(length)? */
bool holds(const struct scratch *scratch, const char *name, size_t length);
bool exists(const struct scratch *scratch, const char *name);

/* Entries in DIR/.fetch/; -1: there is none. */
int parts_left(const struct scratch *scratch);

/* A file with body_bytes(length), made behind the store's back. */
void plant(const struct scratch *scratch, const char *name, size_t length);

#endif
