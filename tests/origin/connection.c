#include "tests/origin/connection.h"

#include "engine/engine.h"
#include "tests/origin/respond.h"
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>

enum {
    IDLE_PATIENCE_MS = 60000, /* for a whole request head */
    LINGER_MS = 2000,         /* for the client to take our last bytes and close */
    BEFORE_RESET_MS = 20,     /* for the client to read what came before the reset */
};

struct connection *connection_new(int fd, struct stats *stats, const struct web *web)
{
    struct connection *connection = malloc(sizeof(*connection));
    if (!connection)
        return NULL;
    connection->fd = fd;
    connection->stats = stats;
    connection->web = web;
    connection->requests = 0;
    connection->input_used = 0;
    return connection;
}

void connection_free(struct connection *connection)
{
    free(connection);
}

int connection_pause(struct connection *connection, int64_t ns)
{
    int64_t deadline = deadline_in(ns);
    char byte;
    int ready = io_wait(connection->fd, IO_IN, deadline);
    if (ready == -ETIMEDOUT)
        return 0;
    if (ready < 0)
        return ready;
    if (recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
        return -ECONNRESET;
    /* The next request is waiting already, which says that somebody still is there; but readiness
     * will not tell us any more when he leaves. */
    return task_sleep(deadline);
}

/* Reads until a whole head is there: its length, 0 when the client has closed, or -errno. */
static ssize_t read_head(struct connection *connection, struct request *request)
{
    int64_t deadline = deadline_in_ms(IDLE_PATIENCE_MS);
    for (;;) {
        ssize_t length = request_parse(connection->input, connection->input_used, request);
        if (length != -EAGAIN)
            return length;
        ssize_t got = io_read(connection->fd, connection->input + connection->input_used,
                              sizeof(connection->input) - connection->input_used, deadline);
        if (got <= 0)
            return got;
        connection->input_used += (size_t)got;
    }
}

static enum respond_after answer(struct connection *connection, const struct request *request)
{
    struct stats_request *running = &connection->running;
    if (respond_is_about_stats(request))
        return respond_stats(connection, request);
    stats_request_begin(connection->stats, request, connection->requests == 0, running);
    enum respond_after after = respond(connection, request);
    stats_request_end(connection->stats, running);
    connection->requests++;
    return after;
}

/* One request after the other, until one of the two has enough. */
static enum respond_after serve(struct connection *connection)
{
    struct request request;
    for (;;) {
        ssize_t length = read_head(connection, &request);
        if (length == -EBADMSG || length == -EMSGSIZE)
            return respond_malformed(connection, (int)length);
        if (length <= 0)
            return RESPOND_CLOSE;
        enum respond_after after = answer(connection, &request);
        if (after != RESPOND_KEEP)
            return after;
        connection->input_used -= (size_t)length;
        memmove(connection->input, connection->input + length, connection->input_used);
    }
}

/* Closing with unread input would send a reset, and a reset can overtake our last bytes. So: say
 * that nothing more comes, and wait for the client to close, for a while. */
static void close_orderly(int fd)
{
    char rest[1024];
    int64_t deadline = deadline_in_ms(LINGER_MS);
    if (shutdown(fd, SHUT_WR) == 0)
        while (io_read(fd, rest, sizeof(rest), deadline) > 0)
            ;
    io_close(fd);
}

/* With a linger time of zero the kernel sends a reset instead of an orderly end. */
static void close_with_reset(int fd)
{
    struct linger linger = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    io_close(fd);
}

void *connection_run(void *arg)
{
    struct connection *connection = arg;
    int on = 1;
    /* Drips and heads are to leave at once. If the kernel refuses, they are merely late. */
    (void)setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    stats_connection_begin(connection->stats);
    switch (serve(connection)) {
    case RESPOND_RESET_LATER:
        task_sleep(deadline_in_ms(BEFORE_RESET_MS));
        close_with_reset(connection->fd);
        break;
    case RESPOND_RESET:
        close_with_reset(connection->fd);
        break;
    default:
        close_orderly(connection->fd);
    }
    stats_connection_end(connection->stats);
    connection_free(connection);
    return NULL;
}
