#include "cmd/get/part.h"

#include "cmd/get/part_file.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct part *part_new(struct store *store)
{
    struct part *part = calloc(1, sizeof *part);
    if (!part)
        return NULL;
    part->store = store;
    part_file_init(&part->file, store);
    return part;
}

void part_begin(struct part *part, struct transfer *transfer, int64_t length)
{
    struct store *store = part->store;
    bool fits = length <= (int64_t)store->small_size;
    part->transfer = transfer;
    if (part->filling.data || length <= 0)
        return;
    if (!fits && !store->batcher.sched)
        part->straight = true;
    else
        /* If there is no memory, the first bytes find no room and ask again. */
        (void)buffers_take(&store->buffers, fits ? (size_t)length : store->large_size,
                           &part->filling);
}

/* On a thread of the pool, or in place. */
static void *part_write_job(void *arg)
{
    struct part *part = arg;
    part->write_error = part_file_write(&part->file, part->writing.data, part->writing_length);
    return NULL;
}

/* The write has ended: on with the transfer, or with the task that waits. */
static void part_written(void *ctx, void *value)
{
    struct part *part = ctx;
    (void)value; /* the result is in the part */
    future_free(part->write);
    part->write = NULL;
    buffers_give(&part->store->buffers, &part->writing);
    if (!part->error)
        part->error = part->write_error;
    if (part->paused)
        transfer_resume(part->transfer);
    part->paused = false;
    if (part->waiter)
        task_wake(part->waiter);
}

/* Hands the full buffer to the pool. Nothing else is being written. */
static void part_hand_over(struct part *part)
{
    part->writing = part->filling;
    part->writing_length = part->filled;
    part->filling = (struct buffer){0};
    part->filled = 0;
    part->large = true;
    int error = offload_submit(NULL, part_write_job, part, &part->write);
    if (!error)
        error = future_then(part->write, part_written, part);
    if (!error)
        return;
    /* No thread, or a queue that is full: slow is better than not at all. */
    part_write_job(part);
    part_written(part, NULL);
}

/* A larger buffer for what is gathered and `size` more. */
static int part_grow(struct part *part, size_t size)
{
    struct buffers *buffers = &part->store->buffers;
    struct buffer larger;
    int error = buffers_take(buffers, part->filled + size, &larger);
    if (error)
        return error;
    if (part->filled)
        memcpy(larger.data, part->filling.data, part->filled);
    buffers_give(buffers, &part->filling);
    part->filling = larger;
    return 0;
}

/* Writes in place what is gathered, and from now on what comes. */
static int part_go_straight(struct part *part)
{
    int error = part_file_write(&part->file, part->filling.data, part->filled);
    buffers_give(&part->store->buffers, &part->filling);
    part->filled = 0;
    part->straight = true;
    return error;
}

/* Sees to it that `size` bytes fit into the buffer, or that none is needed. 0, SINK_PAUSE, -errno.
 */
static int part_make_room(struct part *part, size_t size)
{
    struct store *store = part->store;
    if (size <= part->filling.size - part->filled)
        return 0;
    if (!part->large && part->filled + size <= store->small_size)
        return part_grow(part, size);
    if (!store->batcher.sched)
        return part_go_straight(part);
    if (part->write) {
        part->paused = true;
        return SINK_PAUSE;
    }
    if (part->filled)
        part_hand_over(part);
    buffers_give(&store->buffers, &part->filling);
    return part_grow(part, size > store->large_size ? size : store->large_size);
}

int part_receive(struct part *part, const void *data, size_t size)
{
    if (!part->error && !part->straight) {
        int result = part_make_room(part, size);
        if (result == SINK_PAUSE)
            return result;
        /* A write in place may have failed meanwhile. */
        if (!part->error)
            part->error = result;
    }
    if (part->error)
        return part->error;
    if (part->straight)
        return part->error = part_file_write(&part->file, data, size);
    memcpy(part->filling.data + part->filled, data, size);
    part->filled += size;
    return 0;
}

/* The transfer is over; waits until no write is under way. */
static void part_settle(struct part *part)
{
    part->transfer = NULL;
    part->paused = false;
    while (part->write) {
        part->waiter = task_self();
        (void)task_park_uncancelable(); /* woken for something else: it waits on */
    }
    part->waiter = NULL;
}

struct commit {
    struct batch_job job;
    struct part *part;
    const char *name;
    int64_t last_modified;
    char *path;
    int error;
};

/* On a thread of the pool, or in place: all that is left to do, in one go. */
static void commit_run(struct batch_job *job)
{
    struct commit *commit = list_entry(job, struct commit, job);
    struct part *part = commit->part;
    int error = part_file_write(&part->file, part->filling.data, part->filled);
    if (!error)
        error = part_file_publish(&part->file, commit->name, commit->last_modified, &commit->path);
    if (error)
        part_file_discard(&part->file);
    commit->error = error;
}

int part_commit(struct part *part, const char *name, int64_t last_modified, char **path)
{
    struct commit commit = {
        .job.run = commit_run,
        .part = part,
        .name = name,
        .last_modified = last_modified,
    };
    part_settle(part);
    if (part->error)
        return part->error;
    batcher_run(&part->store->batcher, &commit.job);
    buffers_give(&part->store->buffers, &part->filling);
    part->filled = 0;
    *path = commit.path;
    return commit.error;
}

struct discard {
    struct batch_job job;
    struct part *part;
};

static void discard_run(struct batch_job *job)
{
    part_file_discard(&list_entry(job, struct discard, job)->part->file);
}

/* Gives back all it holds. True when standard output has some of the body. */
static bool part_release(struct part *part)
{
    struct store *store = part->store;
    struct discard discard = {.job.run = discard_run, .part = part};
    part_settle(part);
    if (part_file_exists(&part->file))
        batcher_run(&store->batcher, &discard.job);
    buffers_give(&store->buffers, &part->filling);
    return store->to_stdout && part->file.offset > 0;
}

int part_drop(struct part *part)
{
    struct store *store = part->store;
    bool shown = part_release(part);
    *part = (struct part){.store = store};
    part_file_init(&part->file, store);
    return shown ? -ESPIPE : 0;
}

void part_free(struct part *part)
{
    if (!part)
        return;
    (void)part_release(part); /* standard output keeps what it has */
    free(part);
}
