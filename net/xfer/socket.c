/* socket.c - libcurl's sockets are opened and closed by us, so that the peers can count them. */
#include "engine/io/watch.h"
#include "net/xfer/core.h"
#include <errno.h>
#include <unistd.h>

curl_socket_t loop_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    const struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    struct peer *peer = transfer->via ? transfer->via : transfer->target;
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd < 0) {
        transfer->socket_error = -errno;
        return CURL_SOCKET_BAD;
    }
    if (peer_opened(&transfer->client->peers, peer, fd) != 0) {
        (void)close(fd); /* a socket nobody has used */
        transfer->socket_error = -ENOMEM;
        return CURL_SOCKET_BAD;
    }
    return fd;
}

int loop_close_socket(void *ctx, curl_socket_t fd)
{
    struct client *client = ctx;
    if (client->loop.scheduled)
        watch_forget(fd);
    peer_closed(&client->peers, fd);
    return close(fd);
}
