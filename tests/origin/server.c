#include "tests/origin/server.h"

#include "engine/engine.h"
#include "tests/origin/connection.h"
#include <errno.h>
#include <stdio.h>

enum { ACCEPT_PAUSE_MS = 10 };

int server_init(struct server *server)
{
    server->listener_count = 0;
    stats_init(&server->stats);
    return group_init(&server->tasks);
}

static void refuse(int fd)
{
    struct linger linger = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
    io_close(fd);
}

/* Hands an accepted descriptor to a task of its own. */
static void start_connection(struct listener *listener, int fd)
{
    if (listener->resets) {
        refuse(fd);
        return;
    }
    struct connection *connection =
        connection_new(fd, &listener->server->stats, &listener->server->web);
    if (!connection) {
        fprintf(stderr, "origin: no memory for a connection\n");
        refuse(fd);
        return;
    }
    int error = group_spawn(&listener->server->tasks, connection_run, connection);
    if (error) {
        fprintf(stderr, "origin: cannot start a connection: %s\n", strerror(-error));
        refuse(fd);
        connection_free(connection);
    }
}

static void *accept_connections(void *arg)
{
    struct listener *listener = arg;
    int last_error = 0;
    for (;;) {
        int fd = io_accept(listener->fd, NULL, NULL, DEADLINE_NEVER);
        if (fd >= 0) {
            last_error = 0;
            start_connection(listener, fd);
            continue;
        }
        if (fd == -ECANCELED)
            return NULL;
        /* Most likely no descriptors are left: said once, and tried again when some are free. */
        if (fd != last_error)
            fprintf(stderr, "origin: accept: %s\n", strerror(-fd));
        last_error = fd;
        if (task_sleep(deadline_in_ms(ACCEPT_PAUSE_MS)))
            return NULL;
    }
}

int server_listen(struct server *server, const char *address, bool resets, char bound[ADDRESS_SIZE])
{
    struct sockaddr_storage socket_address;
    socklen_t length;
    struct listener *listener = &server->listeners[server->listener_count];
    if (server->listener_count == SERVER_LISTENERS_MAX)
        return -EMFILE;
    int error = address_parse(address, &socket_address, &length);
    if (error)
        return error;
    int fd = address_bind(&socket_address, length, SOCK_STREAM);
    if (fd < 0)
        return fd;
    /* The kernel cuts the backlog down to net.core.somaxconn. */
    error = listen(fd, 65535) ? -errno : 0;
    if (!error) {
        *listener = (struct listener){.server = server, .fd = fd, .resets = resets};
        error = group_spawn(&server->tasks, accept_connections, listener);
    }
    if (error) {
        io_close(fd);
        return error;
    }
    server->listener_count++;
    address_format(&socket_address, bound);
    return 0;
}

void server_close(struct server *server)
{
    group_close(&server->tasks);
    for (size_t i = 0; i < server->listener_count; i++)
        io_close(server->listeners[i].fd);
    stats_clear(&server->stats);
}
