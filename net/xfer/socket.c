/* socket.c - libcurl's sockets are opened and closed by us, so that peers can count connections. */
#include "engine/io/watch.h"
#include "net/dns/public.h"
#include "net/xfer/core.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

static struct peer *connection_peer(const struct transfer *transfer)
{
    return transfer->via ? transfer->via : transfer->target;
}

/* The last word of --deny-private: all addresses were checked when they were found, but this is
 * where libcurl goes. A proxy was the user's own choice. */
static bool is_denied(const struct transfer *transfer, const struct curl_sockaddr *to)
{
    struct address address = {.family = to->family};
    if (!transfer->client->options->deny_private || transfer->proxy)
        return false;
    if (to->family == AF_INET)
        address.v4 = ((const struct sockaddr_in *)&to->addr)->sin_addr;
    else if (to->family == AF_INET6)
        address.v6 = ((const struct sockaddr_in6 *)&to->addr)->sin6_addr;
    return !address_is_public(&address);
}

/* libcurl 7.88 closes a socket that it could not connect without telling. So whatever the loop
 * knows of this number is of another time. */
curl_socket_t socket_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    struct client *client = transfer->client;
    (void)purpose;
    if (is_denied(transfer, address)) {
        transfer->denied = true;
        return CURL_SOCKET_BAD;
    }
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) {
        /* A machine without IPv6 has one address less to try, and what is told is how the others
         * failed. */
        if (errno != EAFNOSUPPORT)
            transfer->socket_error = -errno;
        return CURL_SOCKET_BAD;
    }
    int error = interface_bind(&client->interface, fd, address->family);
    if (!error)
        error = peer_table_reserve(&client->peers, fd);
    if (error) {
        (void)close(fd); /* a socket nobody has used */
        if (error != -EAFNOSUPPORT)
            transfer->socket_error = error;
        return CURL_SOCKET_BAD;
    }
    if (client->loop.scheduled)
        watch_forget(fd);
    *(address->family == AF_INET6 ? &easy->attempt_v6 : &easy->attempt_v4) = fd;
    return fd;
}

/* All handshakes are over. Of the sockets that were tried, the latest of the right family has made
 * it: libcurl tries the addresses of one family in turn. On a connection that was there before,
 * none was. (The time that libcurl has for this, CURLINFO_PRETRANSFER_TIME_T, tells nothing of a
 * failure: since 8.17 every transfer has one at its end.) */
int socket_connected(void *ctx, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    int connected = strchr(remote_ip, ':') ? easy->attempt_v6 : easy->attempt_v4;
    (void)local_ip;
    (void)remote_port;
    (void)local_port;
    if (connected >= 0)
        peer_opened(&transfer->client->peers, connection_peer(transfer), connected);
    easy->attempt_v4 = -1;
    easy->attempt_v6 = -1;
    if (!transfer->connected)
        connection_peer(transfer)->busy++;
    transfer->connected = true;
    speed_watch(transfer);
    return CURL_PREREQFUNC_OK;
}

void socket_transfer_ended(struct transfer *transfer)
{
    if (transfer->connected)
        connection_peer(transfer)->busy--;
}

int socket_close(void *ctx, curl_socket_t fd)
{
    struct client *client = ctx;
    if (client->loop.scheduled)
        watch_forget(fd);
    peer_closed(&client->peers, fd);
    return close(fd);
}
