#include "cmd/journal/recorder.h"

#include "cmd/journal/row_store.h"
#include "engine/deadline.h"
#include "engine/offload/offload.h"
#include "engine/sched/sched.h"
#include "engine/sync/event.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* No row waits longer before it is written. */
static const int64_t rows_patience_ns = 50 * NSEC_PER_MSEC;

struct recorder {
    struct journal *journal;
    struct row_store collected;
    struct row_store writing; /* the job's while one is under way */
    int64_t oldest;           /* when the first of those collected came */
    int64_t written;          /* off a scheduler: when last */
    int error;                /* the first */
    int job_error;            /* of the job under way */
    bool attached;
    bool busy;        /* a job is under way */
    uint64_t added;   /* rows, ever */
    uint64_t settled; /* of these written, or given up */
    void (*listener)(void *ctx);
    void *listener_ctx;
    struct event idle;
    struct sched_hook hook;
};

static int write_rows(struct journal *journal, const struct row_store *rows)
{
    size_t place = 0;
    int error = journal_begin(journal);
    for (unsigned i = 0; i < rows->count && !error; i++) {
        struct journal_row row;
        row_store_read(rows, &place, &row);
        error = journal_put(journal, &row);
    }
    if (!error)
        error = journal_commit(journal);
    if (error)
        journal_abandon(journal);
    return error;
}

struct recorder *recorder_new(struct journal *journal)
{
    struct recorder *recorder = calloc(1, sizeof *recorder);
    if (recorder)
        recorder->journal = journal;
    return recorder;
}

void recorder_free(struct recorder *recorder)
{
    if (!recorder)
        return;
    row_store_free(&recorder->collected);
    row_store_free(&recorder->writing);
    free(recorder);
}

/* What was collected becomes what is written. */
static void turn_over(struct recorder *recorder)
{
    struct row_store empty = recorder->writing;
    recorder->writing = recorder->collected;
    recorder->collected = empty;
}

static void finish(struct recorder *recorder, int error)
{
    recorder->settled += recorder->writing.count;
    row_store_empty(&recorder->writing);
    if (error && !recorder->error)
        recorder->error = error;
    if (recorder->error)
        row_store_empty(&recorder->collected);
}

static void *job_run(void *arg)
{
    struct recorder *recorder = arg;
    recorder->job_error = write_rows(recorder->journal, &recorder->writing);
    return NULL;
}

/* On the loop's own stack; before it waits, the hook starts what has been collected meanwhile. */
static void job_done(void *ctx, void *value)
{
    struct recorder *recorder = ctx;
    (void)value; /* the result is in job_error */
    recorder->busy = false;
    finish(recorder, recorder->job_error);
    event_set(&recorder->idle);
    if (recorder->listener)
        recorder->listener(recorder->listener_ctx);
}

static void job_start(struct recorder *recorder)
{
    struct future *future = NULL;
    turn_over(recorder);
    recorder->busy = true;
    event_clear(&recorder->idle);
    int error = offload_submit(NULL, job_run, recorder, &future);
    if (!error)
        error = future_then(future, job_done, recorder);
    if (error) {
        /* No thread, or a queue that is full: slow is better than not at all. */
        assert(!future);
        job_run(recorder);
        job_done(recorder, NULL);
    }
    future_free(future);
}

static int64_t prepare(struct sched_hook *hook)
{
    struct recorder *recorder = list_entry(hook, struct recorder, hook);
    if (recorder->busy || recorder->collected.count == 0)
        return DEADLINE_NEVER;
    int64_t due = recorder->oldest + rows_patience_ns;
    if (recorder->collected.count < RECORDER_ROWS && deadline_now() < due)
        return due;
    job_start(recorder);
    return DEADLINE_NEVER;
}

void recorder_attach(struct recorder *recorder)
{
    event_init(&recorder->idle);
    event_set(&recorder->idle);
    recorder->hook = (struct sched_hook){.prepare = prepare};
    recorder->attached = true;
    sched_hook_add(sched_self(), &recorder->hook);
}

void recorder_detach(struct recorder *recorder)
{
    task_shield(DEADLINE_NEVER);
    sched_hook_remove(&recorder->hook);
    while (recorder->busy)
        (void)event_wait(&recorder->idle, DEADLINE_NEVER); /* shielded: it can only be set */
    task_unshield();
    recorder->attached = false;
}

int recorder_flush(struct recorder *recorder)
{
    assert(!recorder->attached);
    if (recorder->collected.count > 0) {
        turn_over(recorder);
        finish(recorder, write_rows(recorder->journal, &recorder->writing));
        recorder->written = deadline_clock();
    }
    return recorder->error;
}

/* Off a scheduler there is no timer: rows of slow transfers are written as they come, those of
 * quick ones together. */
static bool is_due(const struct recorder *recorder, int64_t now)
{
    return recorder->collected.count >= RECORDER_ROWS ||
           now - recorder->written >= rows_patience_ns;
}

int64_t recorder_tick(struct recorder *recorder, int64_t now)
{
    if (recorder->collected.count == 0)
        return DEADLINE_NEVER;
    if (now < recorder->oldest + rows_patience_ns)
        return recorder->oldest + rows_patience_ns;
    (void)recorder_flush(recorder); /* the error is kept */
    return DEADLINE_NEVER;
}

int recorder_add(struct recorder *recorder, const struct journal_row *row)
{
    if (recorder->error)
        return recorder->error;
    int64_t now = deadline_now();
    if (recorder->collected.count == 0)
        recorder->oldest = now;
    int error = row_store_add(&recorder->collected, row);
    recorder->added += !error;
    if (error)
        recorder->error = error;
    else if (!recorder->attached && is_due(recorder, now))
        return recorder_flush(recorder);
    return recorder->error;
}

uint64_t recorder_added(const struct recorder *recorder)
{
    return recorder->added;
}

bool recorder_written(const struct recorder *recorder, uint64_t number)
{
    return recorder->error || recorder->settled >= number;
}

void recorder_listen(struct recorder *recorder, void (*written)(void *ctx), void *ctx)
{
    recorder->listener = written;
    recorder->listener_ctx = ctx;
}

void recorder_hurry(struct recorder *recorder)
{
    recorder->oldest = deadline_now() - rows_patience_ns;
}
