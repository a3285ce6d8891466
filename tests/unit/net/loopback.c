#include "tests/unit/net/loopback.h"
#include "engine/engine.h"
#include <arpa/inet.h>
#include <assert.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct loopback_server {
    pthread_t thread;
    int listener;
    const struct reply *replies;
    const struct answer *answers;
    struct sched *sched;
    struct group group;
    struct sched_message stop;
    sem_t ready; /* the scheduler is there, to be told to stop */
    _Atomic unsigned connections;
    _Atomic unsigned requests;
};

struct connection {
    struct loopback_server *server;
    int fd;
    char request[16384];
    size_t length;
    unsigned requests;
};

static bool send_all(int fd, const void *data, size_t size)
{
    return io_write(fd, data, size, DEADLINE_NEVER) == (ssize_t)size;
}

/* Whether a whole request is there. */
static bool receive_request(struct connection *connection)
{
    connection->length = 0;
    for (;;) {
        size_t room = sizeof connection->request - 1 - connection->length;
        ssize_t n =
            io_read(connection->fd, connection->request + connection->length, room, DEADLINE_NEVER);
        if (n <= 0)
            return false;
        connection->length += (size_t)n;
        connection->request[connection->length] = '\0';
        if (strstr(connection->request, "\r\n\r\n"))
            return true;
    }
}

static bool send_body(int fd, size_t size, bool chunked)
{
    unsigned char block[8192];
    char head[32];
    for (size_t sent = 0; sent < size;) {
        size_t n = size - sent < sizeof block ? size - sent : sizeof block;
        for (size_t i = 0; i < n; i++)
            block[i] = body_byte(sent + i);
        int length = snprintf(head, sizeof head, "%zx\r\n", n);
        if (chunked && !send_all(fd, head, (size_t)length))
            return false;
        if (!send_all(fd, block, n) || (chunked && !send_all(fd, "\r\n", 2)))
            return false;
        sent += n;
    }
    return !chunked || send_all(fd, "0\r\n\r\n", 5);
}

static bool reply_size(struct connection *connection, size_t size, bool chunked)
{
    char head[128];
    int length =
        chunked
            ? snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            : snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", size);
    return send_all(connection->fd, head, (size_t)length) &&
           send_body(connection->fd, size, chunked);
}

static bool reply_echo(struct connection *connection)
{
    char head[128];
    int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
                          connection->length);
    return send_all(connection->fd, head, (size_t)length) &&
           send_all(connection->fd, connection->request, connection->length);
}

static bool reply_drip(struct connection *connection, unsigned long fields)
{
    static const char begin[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n";
    bool sent = send_all(connection->fd, begin, sizeof begin - 1);
    for (; sent && fields > 0; fields--)
        sent = task_sleep(deadline_in_ms(100)) == 0 && send_all(connection->fd, "X: drip\r\n", 9);
    return sent && send_all(connection->fd, "\r\n", 2);
}

static bool then_do(struct connection *connection, enum loopback_then then)
{
    struct linger reset = {.l_onoff = 1, .l_linger = 0};
    char byte;
    switch (then) {
    case THEN_KEEP:
        return true;
    case THEN_CLOSE:
        return false;
    case THEN_RESET:
        /* What was sent must have arrived: a reset may overtake it. */
        task_sleep(deadline_in_ms(30));
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        return false;
    case THEN_STALL:
        while (io_read(connection->fd, &byte, 1, DEADLINE_NEVER) > 0)
            continue;
        return false;
    }
    return false;
}

/* Whether the connection is to be kept. */
static bool reply(struct connection *connection)
{
    const char *path = strchr(connection->request, ' ');
    if (!path)
        return false;
    path++;
    size_t length = strcspn(path, " ");
    if (strncmp(path, "/size/", 6) == 0)
        return reply_size(connection, strtoul(path + 6, NULL, 10), false);
    if (strncmp(path, "/chunked/", 9) == 0)
        return reply_size(connection, strtoul(path + 9, NULL, 10), true);
    if (strncmp(path, "/drip/", 6) == 0)
        return reply_drip(connection, strtoul(path + 6, NULL, 10));
    if (strncmp(path, "/echo", 5) == 0)
        return reply_echo(connection);
    if (strncmp(path, "/first", 6) == 0)
        return connection->requests == 1 && reply_echo(connection);
    for (const struct reply *r = connection->server->replies; r && r->path; r++) {
        if (strlen(r->path) != length || strncmp(r->path, path, length) != 0)
            continue;
        return send_all(connection->fd, r->text, strlen(r->text)) && then_do(connection, r->then);
    }
    for (const struct answer *a = connection->server->answers; a && a->path; a++) {
        if (strlen(a->path) == length && strncmp(a->path, path, length) == 0)
            return send_all(connection->fd, a->data, a->size);
    }
    static const char missing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    return send_all(connection->fd, missing, sizeof missing - 1);
}

static void *serve(void *arg)
{
    struct connection *connection = arg;
    while (receive_request(connection)) {
        connection->server->requests++;
        connection->requests++;
        if (!reply(connection))
            break;
    }
    io_close(connection->fd);
    free(connection);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct loopback_server *server = arg;
    for (;;) {
        int fd = io_accept(server->listener, NULL, NULL, DEADLINE_NEVER);
        if (fd < 0)
            return NULL;
        server->connections++;
        int on = 1; /* else a body would wait for its head to be acknowledged */
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *connection = malloc(sizeof *connection);
        assert(connection);
        connection->server = server;
        connection->fd = fd;
        connection->requests = 0;
        if (group_spawn(&server->group, serve, connection) != 0) {
            io_close(fd);
            free(connection);
        }
    }
}

static void stop_now(struct sched_message *message)
{
    struct loopback_server *server = list_entry(message, struct loopback_server, stop);
    group_cancel(&server->group);
    sched_unhold(server->sched);
}

static void *server_main(void *arg)
{
    struct loopback_server *server = arg;
    int error = group_spawn(&server->group, accept_all, server);
    assert(!error);
    group_wait(&server->group, DEADLINE_NEVER);
    group_close(&server->group);
    return NULL;
}

static void *thread_main(void *arg)
{
    struct loopback_server *server = arg;
    server->sched = sched_new(NULL);
    assert(server->sched);
    group_init(&server->group);
    sched_hold(server->sched);
    struct task *task = task_spawn(NULL, server_main, server);
    assert(task);
    sem_post(&server->ready);
    sched_run(server->sched);
    sched_free(server->sched);
    return NULL;
}

/* They would come between the tests and the server. */
static void forget_proxies(void)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY",  "no_proxy",    "NO_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        unsetenv(names[i]);
}

void loopback_start(struct loopback *loopback, const struct reply *replies)
{
    struct loopback_server *server = calloc(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int on = 1;

    assert(server);
    forget_proxies();
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server->replies = replies;
    server->listener = io_socket(AF_INET, SOCK_STREAM, 0);
    assert(server->listener >= 0);
    setsockopt(server->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    int error = bind(server->listener, (struct sockaddr *)&address, length);
    assert(!error);
    error = listen(server->listener, 1024);
    assert(!error);
    error = getsockname(server->listener, (struct sockaddr *)&address, &length);
    assert(!error);
    loopback->port = ntohs(address.sin_port);
    loopback->server = server;

    sem_init(&server->ready, 0, 0);
    error = pthread_create(&server->thread, NULL, thread_main, server);
    assert(!error);
    sem_wait(&server->ready);
}

void loopback_offer(struct loopback *loopback, const struct answer *answers)
{
    loopback->server->answers = answers;
}

void loopback_stop(struct loopback *loopback)
{
    struct loopback_server *server = loopback->server;
    server->stop.run = stop_now;
    sched_post(server->sched, &server->stop);
    pthread_join(server->thread, NULL);
    sem_destroy(&server->ready);
    io_close(server->listener);
    free(server);
}

unsigned loopback_connections(const struct loopback *loopback)
{
    return loopback->server->connections;
}

unsigned loopback_requests(const struct loopback *loopback)
{
    return loopback->server->requests;
}
