#include "net/xfer/interface.h"
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static bool take_address(struct interface *interface, const char *text)
{
    if (inet_pton(AF_INET, text, &interface->v4.sin_addr) == 1)
        interface->v4.sin_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &interface->v6.sin6_addr) == 1)
        interface->v6.sin6_family = AF_INET6;
    else
        return false;
    return true;
}

/* A link-local address reaches no other network: any other is better. */
static void take_v6(struct interface *interface, const struct sockaddr_in6 *address)
{
    if (interface->v6.sin6_family && IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr))
        return;
    interface->v6 = *address;
}

/* The addresses of a device are needed where binding to the device itself is not permitted. */
static int take_device(struct interface *interface, const char *name)
{
    struct ifaddrs *all;
    if (!*name || strlen(name) >= sizeof interface->device || if_nametoindex(name) == 0)
        return -EINVAL;
    if (getifaddrs(&all))
        return -errno;
    for (const struct ifaddrs *at = all; at; at = at->ifa_next) {
        if (!at->ifa_addr || strcmp(at->ifa_name, name) != 0)
            continue;
        if (at->ifa_addr->sa_family == AF_INET && !interface->v4.sin_family)
            memcpy(&interface->v4, at->ifa_addr, sizeof interface->v4);
        else if (at->ifa_addr->sa_family == AF_INET6)
            take_v6(interface, (const struct sockaddr_in6 *)at->ifa_addr);
    }
    freeifaddrs(all);
    snprintf(interface->device, sizeof interface->device, "%s", name);
    return 0;
}

int interface_init(struct interface *interface, const char *text, const char **why)
{
    *interface = (struct interface){0};
    if (!text)
        return 0;
    bool only_device = strncmp(text, "if!", 3) == 0;
    bool only_address = strncmp(text, "host!", 5) == 0;
    text += only_device ? 3 : only_address ? 5 : 0;
    interface->bound = true;
    *why = "--interface: neither a network device of this machine nor an IP address";
    if (!only_device && take_address(interface, text))
        return 0;
    return only_address ? -EINVAL : take_device(interface, text);
}

/* The port is chosen when the socket connects: then only the pair of ends must be unique, and more
 * connections can go out than there are ports. */
static int bind_address(int fd, const struct sockaddr *address, socklen_t size)
{
    int on = 1;
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on); /* Linux 4.2 */
    return bind(fd, address, size) ? -errno : 0;
}

int interface_bind(const struct interface *interface, int fd, int family)
{
    if (!interface->bound)
        return 0;
    /* Needs a privilege before Linux 5.7. */
    const char *device = interface->device;
    if (*device && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen(device) + 1) == 0)
        return 0;
    if (family == AF_INET && interface->v4.sin_family)
        return bind_address(fd, (const struct sockaddr *)&interface->v4, sizeof interface->v4);
    if (family == AF_INET6 && interface->v6.sin6_family)
        return bind_address(fd, (const struct sockaddr *)&interface->v6, sizeof interface->v6);
    return -EAFNOSUPPORT;
}
