/* interface.h - from which device or address of this machine connections go out (--interface).
 *
 * libcurl could bind its sockets itself, but would look the word up as a name before it did. So the
 * word is understood once, here, and sockets are bound where they are opened (socket.c).
 *
 * Ownership: the client's. Any thread once made; nothing here parks.
 */
#ifndef NET_XFER_INTERFACE_H
#define NET_XFER_INTERFACE_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>

struct interface {
    bool bound;             /* false: the system chooses */
    char device[IFNAMSIZ];  /* "" for an address */
    struct sockaddr_in v4;  /* sin_family 0: none of this family */
    struct sockaddr_in6 v6; /* likewise */
};

/* `text` as curl takes it: a device ("eth0", "if!eth0") or an address ("192.0.2.1",
 * "host!192.0.2.1"); NULL: none. 0, or -EINVAL with `why` (a literal). */
int interface_init(struct interface *interface, const char *text, const char **why);

/* 0; -EAFNOSUPPORT: it has no address of this family; another -errno. */
int interface_bind(const struct interface *interface, int fd, int family);

#endif
