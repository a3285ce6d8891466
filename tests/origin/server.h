/* server.h - listens, and runs a task for each connection.
 *
 * Ownership: server_init() to server_close(); the sockets are the server's. Thread: one scheduler.
 * Parks: server_close.
 */
#ifndef ORIGIN_SERVER_H
#define ORIGIN_SERVER_H

#include "engine/sched/group.h"
#include "tests/origin/address.h"
#include "tests/origin/stats.h"
#include "tests/origin/web.h"

enum { SERVER_LISTENERS_MAX = 16 };

struct listener {
    struct server *server;
    int fd;
    bool resets; /* every connection, as soon as it is accepted */
};

struct server {
    struct group tasks; /* acceptors and connections */
    struct stats stats;
    struct web web; /* set before anything is listened on */
    struct listener listeners[SERVER_LISTENERS_MAX];
    size_t listener_count;
};

/* 0 or -errno. */
int server_init(struct server *server);

/* Listens on "127.0.0.1:8081" or "[::1]:0" (port 0: any that is free) and accepts from now on. The
 * address in use is written to `bound`. 0; -EINVAL when `address` is none; another -errno. */
int server_listen(struct server *server, const char *address, bool resets,
                  char bound[ADDRESS_SIZE]);

/* Ends all connections and closes the sockets. */
void server_close(struct server *server);

#endif
