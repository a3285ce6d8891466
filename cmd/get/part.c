#include "cmd/get/part.h"

#include "cmd/get/part_file.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void part_init(struct part *part, struct store *store, const struct url *url)
{
    *part = (struct part){.store = store, .url = url};
    part_file_init(&part->file, store);
}

struct part *part_new(struct store *store, const struct url *url)
{
    struct part *part = malloc(sizeof *part);
    if (part)
        part_init(part, store, url);
    return part;
}

struct adopt {
    struct batch_job job;
    struct part *part;
};

static void adopt_run(struct batch_job *job)
{
    struct part *part = list_entry(job, struct adopt, job)->part;
    part->resume = part_file_adopt(&part->file, part->url);
    part->received = part->file.offset;
    if (part->resume && part->resume->have && part_adopt_pieces(part)) {
        part_file_discard(&part->file);
        resume_free(part->resume);
        part->resume = NULL;
        part->received = 0;
    }
    part->large = part->resume;
}

void part_adopt(struct part *part)
{
    struct adopt adopt = {.job.run = adopt_run, .part = part};
    batcher_run(&part->store->batcher, &adopt.job);
}

int64_t part_position(const struct part *part)
{
    if (!part->pieces)
        return part->received;
    const struct piece *gap = pieces_gap(part->pieces);
    return gap ? gap->written : part->pieces->total;
}

/* Another body than the one begun, if any: what is there of that is useless. */
static void part_rewind(struct part *part, const struct transfer_result *result)
{
    bool small =
        result->content_length >= 0 && result->content_length <= (int64_t)part->store->small_size;
    struct resume *before = part->resume;
    part_forget_pieces(part);
    part->resume = part->url && !small ? resume_new(part->url, result) : NULL;
    part->filled = 0;
    part->received = 0;
    part_file_rewind(&part->file, part->resume);
    resume_free(before);
}

void part_begin(struct part *part, struct transfer *transfer, const struct transfer_result *result)
{
    struct store *store = part->store;
    int64_t length = result->content_length;
    bool fits = length <= (int64_t)store->small_size;
    if (part->owner)
        ; /* it has taken up its piece */
    else if (result->status != 206)
        part_rewind(part, result);
    else if (part->pieces)
        part_take_up_gap(part);
    else if (part->resume->total < 0)
        part->resume->total = result->range.total;
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

/* Some of the body is on the disk. */
static void part_note_written(struct part *part)
{
    void (*on_growth)(void *ctx) = part->on_growth;
    if (part->piece)
        part->piece->written = part->file.offset;
    part->on_growth = NULL;
    if (on_growth)
        on_growth(part->growth_ctx);
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
    if (!part->error)
        part_note_written(part);
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

static int part_write_straight(struct part *part, const void *data, size_t size)
{
    int error = part_file_write(&part->file, data, size);
    if (!error)
        part_note_written(part);
    return error;
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
    if (part->piece && size > 0 && (size = part_take_bytes(part, size)) == 0)
        return SINK_ENOUGH;
    part->received += (int64_t)size;
    if (part->straight)
        return part->error = part_write_straight(part, data, size);
    memcpy(part->filling.data + part->filled, data, size);
    part->filled += size;
    return 0;
}

void part_settle(struct part *part)
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
    struct stored_file *end;
    int error;
};

/* On a thread of the pool, or in place: all that is left to do, in one go. */
static void commit_run(struct batch_job *job)
{
    struct commit *commit = list_entry(job, struct commit, job);
    struct part *part = commit->part;
    /* One that is complete as soon as it is there need not be found again. */
    if (!part_file_exists(&part->file))
        part->file.resume = NULL;
    int error = part_file_write(&part->file, part->filling.data, part->filled);
    if (!error)
        error = part_file_publish(&part->file, commit->name, commit->last_modified, commit->end);
    if (error)
        part_file_leave(&part->file);
    commit->error = error;
}

int part_commit(struct part *part, const char *name, int64_t last_modified, struct stored_file *end)
{
    struct commit commit = {
        .job.run = commit_run,
        .part = part,
        .name = name,
        .last_modified = last_modified,
        .end = end,
    };
    part_settle(part);
    if (part->error)
        return part->error;
    batcher_run(&part->store->batcher, &commit.job);
    buffers_give(&part->store->buffers, &part->filling);
    part->filled = 0;
    return commit.error;
}

struct leave {
    struct batch_job job;
    struct part *part;
    bool keep;
    char *meta; /* of a part in pieces */
};

/* What is gathered belongs behind what is written, unless a write has failed in between. */
static void leave_run(struct batch_job *job)
{
    struct leave *leave = list_entry(job, struct leave, job);
    struct part *part = leave->part;
    if (!leave->keep) {
        part_file_discard(&part->file);
        return;
    }
    if (!part->error)
        part->error = part_file_write(&part->file, part->filling.data, part->filled);
    if (leave->meta && part->file.keyed)
        (void)part_file_record(&part->file, leave->meta); /* then the one before counts */
    part_file_leave(&part->file);
}

/* Gives back all it holds. True when standard output has some of the body. */
static bool part_release(struct part *part, bool keep)
{
    struct store *store = part->store;
    struct leave leave = {.job.run = leave_run, .part = part, .keep = keep};
    part_put_down(part->pieces, part);
    if (keep && part->pieces)
        leave.meta = part_meta(part);
    bool gathered = keep && part->filled > store->small_size;
    if (gathered || part_file_exists(&part->file))
        batcher_run(&store->batcher, &leave.job);
    buffers_give(&store->buffers, &part->filling);
    free(leave.meta);
    part_forget_pieces(part);
    resume_free(part->resume);
    return store->to_stdout && part->file.offset > 0;
}

int part_drop(struct part *part)
{
    bool shown = part_release(part, false);
    part_init(part, part->store, part->url);
    return shown ? -ESPIPE : 0;
}

int part_hold(struct part *part)
{
    part_settle(part);
    return part->resume && !part->error ? 0 : part_drop(part);
}

void part_distrust(struct part *part)
{
    part_settle(part);
    resume_free(part->resume);
    part->resume = NULL;
    part->file.resume = NULL;
}

void part_free(struct part *part)
{
    if (!part)
        return;
    part_put_down(part->pieces, part);
    if (!part->owner)                           /* the file is not ours */
        (void)part_release(part, part->resume); /* standard output keeps what it has */
    free(part);
}
