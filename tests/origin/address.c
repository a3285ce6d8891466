#include "tests/origin/address.h"

#include "engine/io/io.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_port(const char *text, in_port_t *port)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0 || value > 65535)
        return -EINVAL;
    *port = htons((in_port_t)value);
    return 0;
}

int address_parse(const char *text, struct sockaddr_storage *address, socklen_t *length)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;
    char host[INET6_ADDRSTRLEN] = "";
    const char *colon = strrchr(text, ':');
    bool is_v6 = text[0] == '[';
    memset(address, 0, sizeof(*address));
    if (!colon || (is_v6 && (colon == text + 1 || colon[-1] != ']')))
        return -EINVAL;
    size_t size = (size_t)(colon - text) - (is_v6 ? 2 : 0);
    if (size >= sizeof(host))
        return -EINVAL;
    memcpy(host, text + (is_v6 ? 1 : 0), size);
    address->ss_family = is_v6 ? AF_INET6 : AF_INET;
    *length = is_v6 ? sizeof(*v6) : sizeof(*v4);
    if (inet_pton(address->ss_family, host,
                  is_v6 ? (void *)&v6->sin6_addr : (void *)&v4->sin_addr) != 1)
        return -EINVAL;
    return parse_port(colon + 1, is_v6 ? &v6->sin6_port : &v4->sin_port);
}

void address_format(const struct sockaddr_storage *address, char text[ADDRESS_SIZE])
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    char host[INET6_ADDRSTRLEN] = "?";
    bool is_v6 = address->ss_family == AF_INET6;
    inet_ntop(address->ss_family,
              is_v6 ? (const void *)&v6->sin6_addr : (const void *)&v4->sin_addr, host,
              sizeof(host));
    snprintf(text, ADDRESS_SIZE, is_v6 ? "[%s]:%u" : "%s:%u", host,
             (unsigned)ntohs(is_v6 ? v6->sin6_port : v4->sin_port));
}

int address_bind(struct sockaddr_storage *address, socklen_t length, int type)
{
    int on = 1;
    int fd = io_socket(address->ss_family, type, 0);
    if (fd < 0)
        return fd;
    /* A listener's old connections in TIME_WAIT must not keep a restarted one from its port. */
    if ((type == SOCK_STREAM && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on))) ||
        bind(fd, (struct sockaddr *)address, length) ||
        getsockname(fd, (struct sockaddr *)address, &length)) {
        int error = -errno;
        io_close(fd);
        return error;
    }
    return fd;
}
