#include "engine/io/poller.h"
#include "engine/deadline.h"
#include "engine/limits.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int poller_init(struct poller *poller)
{
    memset(poller, 0, sizeof(*poller));
    poller->kernel = poller_backend_open();
    return poller->kernel < 0 ? poller->kernel : 0;
}

void poller_free(struct poller *poller)
{
    if (poller->kernel >= 0)
        poller_backend_close(poller->kernel);
    free(poller->table);
    free(poller->changes);
    memset(poller, 0, sizeof(*poller));
    poller->kernel = -1;
}

/* Makes the table reach up to `fd`, and the list of changes to hold each descriptor twice (once to
 * be flushed, once more when a callback changes it during the flush): from then on nothing that
 * happens to the descriptor needs memory. */
static int poller_reserve(struct poller *poller, int fd)
{
    if (fd < 0)
        return -EBADF;
    if ((size_t)fd < poller->table_size)
        return 0;
    size_t size = poller->table_size ? poller->table_size : LIMIT_FIRST_FDS;
    while (size <= (size_t)fd)
        size *= 2;
    int *changes = realloc(poller->changes, 2 * size * sizeof(*changes));
    if (!changes)
        return -ENOMEM;
    poller->changes = changes;
    struct poller_entry *table = realloc(poller->table, size * sizeof(*table));
    if (!table)
        return -ENOMEM;
    memset(table + poller->table_size, 0, (size - poller->table_size) * sizeof(*table));
    poller->table = table;
    poller->table_size = size;
    return 0;
}

static struct poller_entry *poller_find(struct poller *poller, int fd)
{
    return fd >= 0 && (size_t)fd < poller->table_size ? &poller->table[fd] : NULL;
}

static void poller_want(struct poller *poller, int fd, unsigned mask)
{
    struct poller_entry *entry = &poller->table[fd];
    if (!entry->internal)
        poller->interested += (mask != 0) - (entry->want != 0);
    entry->want = (uint8_t)mask;
    if (entry->want != entry->have && !entry->changed) {
        entry->changed = true;
        poller->changes[poller->change_count++] = fd;
    }
}

/* What the waiting tasks of an entry want together. */
static void poller_want_waiters(struct poller *poller, int fd)
{
    struct poller_entry *entry = &poller->table[fd];
    poller_want(poller, fd, (entry->reader ? IO_IN : 0) | (entry->writer ? IO_OUT : 0));
}

int poller_watch(struct poller *poller, int fd, unsigned mask, watch_fn fn, void *ctx)
{
    mask &= IO_IN | IO_OUT;
    int error = poller_reserve(poller, fd);
    if (error)
        return error;
    struct poller_entry *entry = &poller->table[fd];
    if (entry->reader || entry->writer)
        return -EBUSY;
    entry->watch = mask ? fn : NULL;
    entry->watch_ctx = mask ? ctx : NULL;
    poller_want(poller, fd, mask);
    return 0;
}

int poller_watch_internal(struct poller *poller, int fd, watch_fn fn, void *ctx)
{
    int error = poller_reserve(poller, fd);
    if (error)
        return error;
    poller->table[fd].internal = true;
    return poller_watch(poller, fd, IO_IN, fn, ctx);
}

int poller_list(struct poller *poller, int fd, struct io_waiter *waiter)
{
    int error = poller_reserve(poller, fd);
    if (error)
        return error;
    struct poller_entry *entry = &poller->table[fd];
    if (entry->watch || ((waiter->mask & IO_IN) && entry->reader) ||
        ((waiter->mask & IO_OUT) && entry->writer))
        return -EBUSY;
    if (waiter->mask & IO_IN)
        entry->reader = waiter;
    if (waiter->mask & IO_OUT)
        entry->writer = waiter;
    poller_want_waiters(poller, fd);
    return 0;
}

void poller_unlist(struct poller *poller, int fd, struct io_waiter *waiter)
{
    struct poller_entry *entry = poller_find(poller, fd);
    if (!entry)
        return;
    if (entry->reader == waiter)
        entry->reader = NULL;
    if (entry->writer == waiter)
        entry->writer = NULL;
    poller_want_waiters(poller, fd);
}

static void poller_tell(struct poller *poller, int fd, struct io_waiter *waiter, int result)
{
    poller_unlist(poller, fd, waiter);
    waiter->result = result;
    task_wake(waiter->task);
}

/* Ends the waiting of all tasks at an entry. */
static void poller_tell_all(struct poller *poller, int fd, int result)
{
    struct poller_entry *entry = &poller->table[fd];
    if (entry->reader)
        poller_tell(poller, fd, entry->reader, result);
    if (entry->writer)
        poller_tell(poller, fd, entry->writer, result);
}

/* Ends all interest in a descriptor: what the kernel had of it. */
static unsigned poller_clear(struct poller *poller, int fd)
{
    struct poller_entry *entry = &poller->table[fd];
    unsigned had = entry->have;
    poller_tell_all(poller, fd, -EBADF);
    entry->watch = NULL;
    entry->watch_ctx = NULL;
    poller_want(poller, fd, 0);
    entry->have = 0;
    entry->internal = false;
    entry->generation++;
    return had;
}

void poller_forget(struct poller *poller, int fd)
{
    if (!poller_find(poller, fd))
        return;
    unsigned had = poller_clear(poller, fd);
    /* close() alone would leave it in the kernel's set when the description lives on elsewhere (a
     * dup(), a child process), and then nobody could take it out any more. */
    if (had)
        poller_backend_set(poller->kernel, fd, had, 0, 0);
}

void poller_closed(struct poller *poller, int fd)
{
    if (poller_find(poller, fd))
        (void)poller_clear(poller, fd);
}

/* For the watchdog a callback is named by what it watches. */
static void poller_call(watch_fn watch, void *ctx, int fd, unsigned events)
{
    struct sched *sched = sched_self();
    sched_begin(sched, "a watch on a descriptor", NULL);
    watch(ctx, fd, events);
    sched_end(sched);
}

/* The kernel refuses a descriptor: who waits for it must know, and is not asked about again. */
static void poller_refuse(struct poller *poller, int fd, int error)
{
    struct poller_entry *entry = &poller->table[fd];
    watch_fn watch = entry->watch;
    void *ctx = entry->watch_ctx;
    poller_tell_all(poller, fd, error);
    entry->watch = NULL;
    entry->watch_ctx = NULL;
    entry->have = 0;
    poller_want(poller, fd, 0);
    if (watch)
        poller_call(watch, ctx, fd, IO_ERROR);
}

static int poller_flush_one(struct poller *poller, int fd)
{
    struct poller_entry *entry = &poller->table[fd];
    entry->changed = false;
    if (entry->want == entry->have)
        return 0;
    int error = poller_backend_set(poller->kernel, fd, entry->have, entry->want, entry->generation);
    entry->have = entry->want;
    return error;
}

/* Tells the kernel what has changed: how many descriptors it refused. What callbacks change
 * meanwhile is left for the next time, so that none can keep us here. */
static int poller_flush(struct poller *poller)
{
    int refused = 0;
    size_t count = poller->change_count;
    for (size_t i = 0; i < count; i++) {
        int fd = poller->changes[i];
        int error = poller_flush_one(poller, fd);
        if (error) {
            refused++;
            poller_refuse(poller, fd, error);
        }
    }
    poller->change_count -= count;
    if (poller->change_count > 0)
        memmove(poller->changes, poller->changes + count, poller->change_count * sizeof(int));
    return refused;
}

static void poller_dispatch(struct poller *poller, const struct poller_event *event)
{
    struct poller_entry *entry = poller_find(poller, event->fd);
    if (!entry)
        return;
    if (entry->generation != event->generation) {
        /* It was closed while this event was on the way, and the number may be another's now; or
         * it was only said to be closed, and then the event would come for ever. */
        if (!entry->have)
            poller_backend_set(poller->kernel, event->fd, event->events, 0, event->generation);
        return;
    }
    unsigned events = event->events & (entry->want | IO_ERROR);
    if (!entry->want || !events)
        return;
    if (entry->watch) {
        poller_call(entry->watch, entry->watch_ctx, event->fd, events);
        return;
    }
    struct io_waiter *reader = entry->reader;
    struct io_waiter *writer = entry->writer;
    if (reader && reader == writer) {
        poller_tell(poller, event->fd, reader, (int)events);
        return;
    }
    if (reader && (events & (IO_IN | IO_ERROR)))
        poller_tell(poller, event->fd, reader, (int)(events & (IO_IN | IO_ERROR)));
    if (writer && (events & (IO_OUT | IO_ERROR)))
        poller_tell(poller, event->fd, writer, (int)(events & (IO_OUT | IO_ERROR)));
}

static int64_t poller_timeout(int64_t now, int64_t deadline)
{
    if (deadline == DEADLINE_NEVER)
        return -1;
    return deadline > now ? deadline - now : 0;
}

int poller_wait(struct poller *poller, int64_t now, int64_t deadline)
{
    struct poller_event events[LIMIT_EVENTS];
    int refused = poller_flush(poller);
    int64_t timeout = refused ? 0 : poller_timeout(now, deadline);
    int count = poller_backend_wait(poller->kernel, events, LIMIT_EVENTS, timeout);
    if (count < 0)
        return count;
    for (int i = 0; i < count; i++)
        poller_dispatch(poller, &events[i]);
    return refused + count;
}
