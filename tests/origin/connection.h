/* connection.h - one client's connection: bytes in, bytes out, and how it ends.
 *
 * Ownership: connection_run() owns the connection it is given and frees it. Thread: one scheduler.
 * Parks: connection_run, connection_pause, and everything of output_* that may flush.
 */
#ifndef ORIGIN_CONNECTION_H
#define ORIGIN_CONNECTION_H

#include "tests/origin/request.h"
#include "tests/origin/stats.h"
#include "tests/origin/web.h"

struct connection {
    int fd;
    struct stats *stats;
    const struct web *web;
    uint64_t requests; /* answered so far */
    struct stats_request running;
    size_t input_used; /* bytes in `input` */
    char input[REQUEST_SIZE_MAX];
};

/* A connection for an accepted descriptor, which it then owns. NULL when memory runs out. */
struct connection *connection_new(int fd, struct stats *stats, const struct web *web);

/* Of one that was never run; its descriptor stays open. */
void connection_free(struct connection *connection);

/* The whole life of a connection: a task_fn, whose argument is a struct connection. */
void *connection_run(void *connection);

/* Waits `ns` nanoseconds. Returns early with -ECONNRESET when the client goes away (a client that
 * closes only its sending side counts as gone), with -ECANCELED when the origin shuts down. */
int connection_pause(struct connection *connection, int64_t ns);

/* What is to be sent, gathered so that a head and a small body are one system call. The first error
 * sticks: all further calls do nothing, and output_flush() tells it. */
struct output {
    struct connection *connection;
    int error;
    size_t used;
    char *data; /* OUTPUT_SIZE bytes, owned */
};

enum { OUTPUT_SIZE = 65536 };

/* 0 or -ENOMEM. */
int output_open(struct output *output, struct connection *connection);
void output_add(struct output *output, struct span bytes);
void output_print(struct output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* At least `size` (at most OUTPUT_SIZE) free bytes to write into; whoever did adds to `used`. NULL
 * after an error. */
char *output_room(struct output *output, size_t size);

/* 0 or the first error. */
int output_flush(struct output *output);

/* Drops what was not flushed. */
void output_close(struct output *output);

#endif
