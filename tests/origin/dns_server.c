#include "tests/origin/dns_server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    UDP_BUFFER = 8 << 20, /* of the socket: thousands of names are asked for at once */
    PENDING_MAX = 50000,  /* queries being answered; more are dropped, as UDP may */
    TCP_PATIENCE_MS = 10000,
    PORT_TRIES = 20,
    ERROR_PAUSE_MS = 10,
};

/* A query that came over UDP. */
struct datagram {
    struct dns_server *server;
    struct sockaddr_storage from;
    socklen_t from_length;
    size_t size;
    unsigned char data[DNS_UDP_MAX];
};

static int64_t find_delay(const struct dns_server *server, enum authority_verdict verdict)
{
    return server->delay_ns + (verdict == AUTHORITY_LATE ? AUTHORITY_LATE_MS * NSEC_PER_MSEC : 0);
}

static void send_datagram(const struct datagram *datagram, const struct dns_reply *reply)
{
    struct dns_server *server = datagram->server;
    if (semaphore_acquire(&server->may_send, DEADLINE_NEVER))
        return;
    ssize_t sent =
        io_sendto(server->udp, reply->data, reply->size, (const struct sockaddr *)&datagram->from,
                  datagram->from_length, DEADLINE_NEVER);
    semaphore_release(&server->may_send);
    if (sent < 0 && sent != -ECANCELED)
        fprintf(stderr, "dns: cannot send: %s\n", strerror((int)-sent));
}

/* The answer somebody else would like the client to believe. */
static void send_spoofed(const struct datagram *datagram, const struct dns_reply *reply)
{
    struct dns_reply wrong = *reply;
    wrong.data[0] ^= 0x55;
    wrong.data[wrong.size - 1] = 66;
    send_datagram(datagram, &wrong);
}

static void *answer_datagram(void *arg)
{
    struct datagram *datagram = arg;
    struct dns_server *server = datagram->server;
    struct dns_query query;
    struct dns_reply reply;
    if (!dns_query_parse(datagram->data, datagram->size, &query))
        goto out;
    enum authority_verdict verdict = authority_answer(&server->authority, &query, false, &reply);
    if (verdict == AUTHORITY_SILENT)
        goto out;
    if (reply.size > DNS_UDP_MAX || reply.overflow) {
        dns_reply_begin(&reply, &query, DNS_NOERROR);
        dns_reply_flag(&reply, DNS_TRUNCATED);
    }
    if (task_sleep(deadline_in(find_delay(server, verdict))))
        goto out;
    if (verdict == AUTHORITY_SPOOF)
        send_spoofed(datagram, &reply);
    send_datagram(datagram, &reply);
out:
    free(datagram);
    return NULL;
}

/* Waits for the next query; NULL with errno set. */
static struct datagram *receive(struct dns_server *server)
{
    struct datagram *datagram = malloc(sizeof(*datagram));
    if (!datagram)
        return NULL;
    datagram->server = server;
    datagram->from_length = sizeof(datagram->from);
    ssize_t size =
        io_recvfrom(server->udp, datagram->data, sizeof(datagram->data),
                    (struct sockaddr *)&datagram->from, &datagram->from_length, DEADLINE_NEVER);
    if (size < 0) {
        free(datagram);
        errno = (int)-size;
        return NULL;
    }
    datagram->size = (size_t)size;
    return datagram;
}

static void *serve_udp(void *arg)
{
    struct dns_server *server = arg;
    for (;;) {
        struct datagram *datagram = receive(server);
        if (!datagram && errno == ECANCELED)
            return NULL;
        if (!datagram) {
            perror("dns: cannot receive");
            if (task_sleep(deadline_in_ms(ERROR_PAUSE_MS)))
                return NULL;
            continue;
        }
        if (server->tasks.running > PENDING_MAX ||
            group_spawn(&server->tasks, answer_datagram, datagram))
            free(datagram);
    }
}

struct stream {
    struct dns_server *server;
    int fd;
};

/* Over TCP each message has its length before it (RFC 7766). */
static int send_framed(int fd, const struct dns_reply *reply, int64_t deadline)
{
    unsigned char frame[2 + DNS_MESSAGE_MAX];
    frame[0] = (unsigned char)(reply->size >> 8);
    frame[1] = (unsigned char)reply->size;
    memcpy(frame + 2, reply->data, reply->size);
    ssize_t sent = io_write(fd, frame, 2 + reply->size, deadline);
    return sent < 0 ? (int)sent : 0;
}

/* One query and its answer: 0, or -errno when there is no going on. */
static int answer_framed(const struct stream *stream)
{
    unsigned char length[2];
    unsigned char data[DNS_UDP_MAX];
    struct dns_query query;
    struct dns_reply reply;
    int64_t deadline = deadline_in_ms(TCP_PATIENCE_MS);
    if (io_read_full(stream->fd, length, sizeof(length), deadline) != sizeof(length))
        return -ECONNRESET;
    ssize_t size = length[0] << 8 | length[1];
    if (size > (ssize_t)sizeof(data) ||
        io_read_full(stream->fd, data, (size_t)size, deadline) != size ||
        !dns_query_parse(data, (size_t)size, &query))
        return -EBADMSG;
    enum authority_verdict verdict =
        authority_answer(&stream->server->authority, &query, true, &reply);
    int error = task_sleep(deadline_in(find_delay(stream->server, verdict)));
    if (verdict == AUTHORITY_SILENT || error)
        return error;
    return send_framed(stream->fd, &reply, deadline_in_ms(TCP_PATIENCE_MS));
}

static void *serve_stream(void *arg)
{
    struct stream *stream = arg;
    while (answer_framed(stream) == 0)
        ;
    io_close(stream->fd);
    free(stream);
    return NULL;
}

static void *serve_tcp(void *arg)
{
    struct dns_server *server = arg;
    for (;;) {
        int fd = io_accept(server->tcp, NULL, NULL, DEADLINE_NEVER);
        if (fd == -ECANCELED)
            return NULL;
        if (fd < 0) {
            fprintf(stderr, "dns: accept: %s\n", strerror(-fd));
            if (task_sleep(deadline_in_ms(ERROR_PAUSE_MS)))
                return NULL;
            continue;
        }
        struct stream *stream = malloc(sizeof(*stream));
        if (stream)
            *stream = (struct stream){server, fd};
        if (!stream || group_spawn(&server->tasks, serve_stream, stream)) {
            io_close(fd);
            free(stream);
        }
    }
}

/* Both protocols on one port. When any port will do, the one that UDP got may be taken for TCP:
 * then another is tried. */
static int bind_both(struct dns_server *server, const char *address, char bound[ADDRESS_SIZE])
{
    struct sockaddr_storage wanted;
    socklen_t length;
    int error = address_parse(address, &wanted, &length);
    for (int i = 0; !error && i < PORT_TRIES; i++) {
        struct sockaddr_storage actual = wanted;
        server->udp = address_bind(&actual, length, SOCK_DGRAM);
        if (server->udp < 0)
            return server->udp;
        server->tcp = address_bind(&actual, length, SOCK_STREAM);
        if (server->tcp >= 0) {
            address_format(&actual, bound);
            return 0;
        }
        io_close(server->udp);
        if (server->tcp != -EADDRINUSE)
            break;
    }
    return error ? error : server->tcp;
}

int dns_server_open(struct dns_server *server, const char *address, char bound[ADDRESS_SIZE])
{
    int buffer = UDP_BUFFER;
    int error = bind_both(server, address, bound);
    if (error)
        return error;
    /* Beyond net.core.rmem_max only root may go; else the kernel gives what it allows. */
    if (setsockopt(server->udp, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)))
        (void)setsockopt(server->udp, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    semaphore_init(&server->may_send, 1);
    error = listen(server->tcp, 65535) ? -errno : group_init(&server->tasks);
    if (!error) {
        error = group_spawn(&server->tasks, serve_udp, server);
        if (!error)
            error = group_spawn(&server->tasks, serve_tcp, server);
        if (!error)
            return 0;
        group_close(&server->tasks);
    }
    io_close(server->udp);
    io_close(server->tcp);
    return error;
}

void dns_server_close(struct dns_server *server)
{
    group_close(&server->tasks);
    io_close(server->udp);
    io_close(server->tcp);
}
