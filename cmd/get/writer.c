#include "cmd/get/writer.h"

#include "cmd/get/stream.h"
#include "engine/io/io.h"
#include "engine/offload/offload.h"
#include "engine/sched/sched.h"
#include "engine/sync/event.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ENOUGH = 1 << 18,   /* bytes that are worth a write of their own */
    TOO_MANY = 1 << 20, /* bytes that wait for a write under way: no new work before it has ended */
};

struct writer {
    int fd;
    struct json_text gathered;
    struct json_text writing; /* the write's while one is under way */
    bool busy;                /* one is under way, or waits for room in the pool's queue */
    int write_error;          /* its result */
    int error;                /* the first */
    struct event written;     /* set whenever a write has ended */
};

/* A write on a thread of the pool is not to outlast an interruption. */
static int open_stdout(void)
{
    int own = stream_own(STDOUT_FILENO);
    return own < 0 ? STDOUT_FILENO : own;
}

static int open_file(const char *path)
{
    if (strcmp(path, "-") == 0)
        return open_stdout();
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    /* Not before: without a reader a FIFO would be refused then. Means nothing to a file. */
    if (fd >= 0)
        (void)io_nonblock(fd); /* else in small pieces */
    return fd;
}

int writer_open(struct writer **writer, const char *path, char **place)
{
    struct writer *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->fd = open_file(path);
    if (made->fd < 0) {
        int error = -errno;
        if (asprintf(place, "cannot write %s: %s", path, strerror(errno)) < 0)
            *place = NULL;
        free(made);
        return error;
    }
    event_init(&made->written);
    *writer = made;
    return 0;
}

struct json_text *writer_text(struct writer *writer)
{
    return &writer->gathered;
}

/* On a thread of the pool, or in place. */
static void *write_job(void *arg)
{
    struct writer *writer = arg;
    writer->write_error = stream_write(writer->fd, writer->writing.data, writer->writing.length);
    return NULL;
}

static void write_done(void *ctx, void *value)
{
    struct writer *writer = ctx;
    (void)value; /* the result is in the writer */
    writer->busy = false;
    writer->writing.length = 0;
    if (!writer->error)
        writer->error = writer->write_error;
    event_set(&writer->written);
}

/* Nothing is under way. */
static void write_start(struct writer *writer)
{
    struct future *future = NULL;
    struct json_text empty = writer->writing; /* its memory serves again */
    writer->writing = writer->gathered;
    writer->gathered = empty;
    writer->busy = true; /* before others can come: offload_submit() may park */
    int error = sched_self() ? offload_submit(NULL, write_job, writer, &future) : -ENOTSUP;
    if (!error)
        error = future_then(future, write_done, writer);
    if (error) {
        /* No scheduler, or no thread: slow is better than not at all. */
        assert(!future);
        write_job(writer);
        write_done(writer, NULL);
    }
    future_free(future);
}

int writer_flush(struct writer *writer)
{
    if (!writer->error && !writer->busy && writer->gathered.length > 0)
        write_start(writer);
    return writer->error;
}

int writer_appended(struct writer *writer)
{
    struct json_text *gathered = &writer->gathered;
    if (!writer->error && gathered->error)
        writer->error = gathered->error;
    if (writer->error)
        gathered->length = 0; /* the file is given up */
    else if (gathered->length >= ENOUGH && !writer->busy)
        write_start(writer);
    return writer->error;
}

int writer_keep_pace(struct writer *writer)
{
    int error = 0;
    while (writer->busy && writer->gathered.length >= TOO_MANY && !error) {
        event_clear(&writer->written);
        error = event_wait(&writer->written, DEADLINE_NEVER);
    }
    return error;
}

int writer_close(struct writer *writer)
{
    if (!writer)
        return 0;
    /* A scheduler does not end before its futures have. */
    assert(!writer->busy);
    int error = writer->error;
    if (!error)
        error = stream_write(writer->fd, writer->gathered.data, writer->gathered.length);
    /* Standard output is main's to close. */
    if (writer->fd != STDOUT_FILENO && close(writer->fd) && !error)
        error = -errno;
    json_text_clear(&writer->gathered);
    json_text_clear(&writer->writing);
    free(writer);
    return error;
}
