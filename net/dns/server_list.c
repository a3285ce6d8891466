#include "net/dns/server_list.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_DEFAULT 53

/* "[", an address, "]:65535," */
#define SERVER_TEXT_MAX (INET6_ADDRSTRLEN + 9)

struct server {
    int family;
    unsigned char address[sizeof(struct in6_addr)];
    unsigned port;
};

static bool parse_port(const char *text, size_t length, unsigned *port)
{
    *port = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *port > 65535)
            return false;
        *port = *port * 10 + (unsigned)(text[i] - '0');
    }
    return *port >= 1 && *port <= 65535;
}

static bool parse_address(const char *text, size_t length, struct server *server)
{
    char copy[INET6_ADDRSTRLEN];
    if (length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    server->family = AF_INET;
    if (inet_pton(AF_INET, copy, server->address) == 1)
        return true;
    server->family = AF_INET6;
    return inet_pton(AF_INET6, copy, server->address) == 1;
}

/* ADDRESS, IPV4:PORT, [IPV6] or [IPV6]:PORT. */
static bool parse_server(const char *text, size_t length, struct server *server)
{
    server->port = PORT_DEFAULT;
    if (parse_address(text, length, server))
        return true;

    bool brackets = length > 0 && text[0] == '[';
    const char *end = memchr(text, brackets ? ']' : ':', length);
    if (!end)
        return false;
    const char *address = text + brackets;
    const char *rest = end + brackets;
    size_t rest_length = (size_t)(text + length - rest);
    if (!parse_address(address, (size_t)(end - address), server) ||
        server->family != (brackets ? AF_INET6 : AF_INET))
        return false;
    if (brackets && rest_length == 0)
        return true;
    return rest_length > 0 && *rest == ':' && parse_port(rest + 1, rest_length - 1, &server->port);
}

static size_t print_server(const struct server *server, char *out)
{
    char address[INET6_ADDRSTRLEN];
    inet_ntop(server->family, server->address, address, sizeof(address));
    return (size_t)sprintf(out, server->family == AF_INET6 ? "[%s]:%u," : "%s:%u,", address,
                           server->port);
}

int server_list_normalise(const char *text, char **normal, const char **why)
{
    char *out = malloc(SERVER_LIST_MAX * SERVER_TEXT_MAX + 1);
    size_t used = 0;
    if (!out)
        return -ENOMEM;
    for (int count = 0;; count++) {
        struct server server;
        size_t length = strcspn(text, ",");
        *why = count == SERVER_LIST_MAX ? "--dns-servers: more than 8"
                                        : "--dns-servers: not the address of a DNS server";
        if (count == SERVER_LIST_MAX || !parse_server(text, length, &server)) {
            free(out);
            return -EINVAL;
        }
        used += print_server(&server, out + used);
        text += length;
        if (*text == '\0')
            break;
        text++;
    }
    out[used - 1] = '\0'; /* the last comma */
    *normal = out;
    *why = NULL;
    return 0;
}
