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

struct poller_entry {
    uint8_t want;        /* IO_* bits that somebody waits for */
    uint8_t have;        /* what the kernel was last told */
    bool changed;        /* on the list of changes */
    uint32_t generation; /* moves on when the descriptor is forgotten */
    watch_fn watch;      /* NULL: tasks wait */
    void *watch_ctx;
    struct io_waiter *reader; /* on the waiting task's stack */
    struct io_waiter *writer;
};

struct poller {
    struct poller_entry *table; /* by descriptor, owned */
    size_t table_size;
    int *changes; /* descriptors to flush, owned */
    size_t change_count;
    size_t change_capacity;
    size_t interested; /* descriptors with want != 0, internal ones not counted */
    int kernel;        /* the back-end's descriptor */
};

int poller_init(struct poller *poller);
void poller_free(struct poller *poller);

/* Tells the kernel what has changed, waits until `deadline` at most and hands events out. The
 * number of events, or -errno. */
int poller_wait(struct poller *poller, int64_t now, int64_t deadline);

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
