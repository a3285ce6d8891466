/* locate.c - where a URL's host is, for whoever counts by address. */
#include "net/xfer/core.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static size_t address_size(int family)
{
    return family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);
}

/* IPv4 before IPv6. */
static bool is_lower(const struct address *a, const struct address *b)
{
    if (a->family != b->family)
        return a->family == AF_INET;
    return memcmp(&a->v4, &b->v4, address_size(a->family)) < 0;
}

static void take(struct address *lowest, const struct address *address)
{
    if (lowest->family == AF_UNSPEC || is_lower(address, lowest))
        *lowest = *address;
}

/* One of --resolve, or of the URL itself. */
static void take_text(struct address *lowest, const char *text, size_t length)
{
    char copy[INET6_ADDRSTRLEN];
    struct address address;
    if (length >= 2 && *text == '[') {
        text++;
        length -= 2;
    }
    if (length >= sizeof copy)
        return;
    memcpy(copy, text, length);
    copy[length] = '\0';
    address.family = strchr(copy, ':') ? AF_INET6 : AF_INET;
    if (inet_pton(address.family, copy, &address.v4) == 1)
        take(lowest, &address);
}

static void take_texts(struct address *lowest, const char *given)
{
    for (size_t length; *given; given += length + (given[length] == ',')) {
        length = strcspn(given, ",");
        take_text(lowest, given, length);
    }
}

static int look_up(struct client *client, const char *host, struct address *lowest)
{
    struct address_list *list;
    int64_t patience = client->options->connect_timeout_ns;
    int error = resolver_lookup(client->resolver, host,
                                patience ? deadline_in(patience) : DEADLINE_NEVER, &list);
    if (error)
        return error;
    for (size_t i = 0; i < list->count; i++)
        take(lowest, &list->at[i]);
    address_list_drop(list);
    return 0;
}

int client_locate(struct client *client, const struct url *url, char address[CLIENT_ADDRESS_SIZE])
{
    struct address lowest = {.family = AF_UNSPEC};
    const char *given = override_find(&client->overrides, url->host_key);
    int error = 0;
    if (proxy_for(&client->proxies, url))
        return -ENOENT;
    if (url->host_is_ip)
        take_text(&lowest, url->host, strcspn(url->host, "%"));
    else if (given)
        take_texts(&lowest, given);
    else
        error = look_up(client, url->host, &lowest);
    if (error || lowest.family == AF_UNSPEC)
        return error ? error : -ENOENT;
    return inet_ntop(lowest.family, &lowest.v4, address, CLIENT_ADDRESS_SIZE) ? 0 : -errno;
}
