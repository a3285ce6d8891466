#include "tests/unit/net/silent_port.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t address_make(union address *address, int family, unsigned port)
{
    memset(address, 0, sizeof *address);
    if (family == AF_INET6) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_addr = in6addr_loopback;
        address->v6.sin6_port = htons((uint16_t)port);
        return sizeof address->v6;
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->v4.sin_port = htons((uint16_t)port);
    return sizeof address->v4;
}

int silent_port_open(struct silent_port *silent, int family, unsigned port)
{
    union address address;
    socklen_t length = address_make(&address, family, port);
    silent->listener = socket(family, SOCK_STREAM, 0);
    if (silent->listener < 0)
        return -errno;
    if (bind(silent->listener, &address.any, length) != 0 || listen(silent->listener, 0) != 0 ||
        getsockname(silent->listener, &address.any, &length) != 0) {
        int error = -errno;
        close(silent->listener);
        return error;
    }
    silent->port = ntohs(family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
    for (int i = 0; i < SILENT_PORT_FILLERS; i++) {
        silent->fillers[i] = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(silent->fillers[i], &address.any,
                      length); /* the later ones hang: that's it */
    }
    return 0;
}

void silent_port_close(struct silent_port *silent)
{
    for (int i = 0; i < SILENT_PORT_FILLERS; i++)
        close(silent->fillers[i]);
    close(silent->listener);
}
