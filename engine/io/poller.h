/* poller.h - what the scheduler asks of the kernel. Private to engine.
 *
 * poller.c keeps the table of descriptors (want, have, generation, who is to be told) and is the
 * same everywhere; a back-end file (poller_epoll.c) has the four functions at the end and keeps
 * nothing but the kernel's handle. Another kernel interface is another file.
 *
 * Ownership: a part of its scheduler. Thread: the scheduler's. Nothing here parks.
 */
#ifndef ENGINE_POLLER_H
#define ENGINE_POLLER_H

#include "engine/io/watch.h"
#include "engine/list.h"
#include "engine/sched/task.h"
#include <stdbool.h>
#include <stdint.h>

/* One task that waits, on its own stack. With both IO_IN and IO_OUT it is reader and writer. */
struct io_waiter {
    struct task *task;
    unsigned mask;
    int result; /* 0: not yet; > 0: the ready bits; -errno */
};

struct poller_entry {
    uint8_t want;        /* IO_* bits that somebody waits for */
    uint8_t have;        /* what the kernel was last told */
    bool changed;        /* on the list of changes */
    bool internal;       /* the scheduler's own: keeps no loop alive */
    uint32_t generation; /* moves on when the descriptor is forgotten */
    watch_fn watch;      /* NULL: tasks wait */
    void *watch_ctx;
    struct io_waiter *reader; /* on the waiting task's stack */
    struct io_waiter *writer;
};

struct poller {
    struct poller_entry *table; /* by descriptor, owned */
    size_t table_size;
    int *changes; /* descriptors to flush, owned; room for the whole table twice */
    size_t change_count;
    size_t interested; /* descriptors with want != 0, internal ones not counted */
    int kernel;        /* the back-end's descriptor */
};

int poller_init(struct poller *poller);
void poller_free(struct poller *poller);

/* Tells the kernel what has changed, waits until `deadline` at most and hands events out. The
 * number of events, or -errno. */
int poller_wait(struct poller *poller, int64_t now, int64_t deadline);

/* watch_fd() without looking for the scheduler: 0, -EBADF, -EBUSY when tasks wait, -ENOMEM. */
int poller_watch(struct poller *poller, int fd, unsigned mask, watch_fn fn, void *ctx);

/* A descriptor of the scheduler's own, watched for IO_IN. */
int poller_watch_internal(struct poller *poller, int fd, watch_fn fn, void *ctx);

/* Puts a waiter in its place or places: 0, -EBADF, -EBUSY when one is taken, -ENOMEM. It is off
 * again when result != 0; until then poller_unlist() takes it off. */
int poller_list(struct poller *poller, int fd, struct io_waiter *waiter);
void poller_unlist(struct poller *poller, int fd, struct io_waiter *waiter);

/* The descriptor is being closed: the kernel drops it, waiters get -EBADF. */
void poller_forget(struct poller *poller, int fd);

/* It may have been closed already: the same without a system call. */
void poller_closed(struct poller *poller, int fd);

/* Back-end. A stale event of an earlier generation is dropped by poller.c. */
struct poller_event {
    int fd;
    uint32_t generation;
    unsigned events;
};

int poller_backend_open(void);
int poller_backend_set(int kernel, int fd, unsigned have, unsigned want, uint32_t generation);
int poller_backend_wait(int kernel, struct poller_event *events, int capacity, int64_t timeout_ns);
void poller_backend_close(int kernel);

#endif
