/* backend.h - somebody who can be asked for addresses. Private to net/dns/: ares.c and system.c are
 * the two kinds, resolver.c asks.
 *
 * A backend is driven by whoever owns it: turn() before every wait and whenever the time it
 * returned has come. On a scheduler, sockets come in through watch_fd() by themselves; off one,
 * wait() blocks until one of them has something.
 *
 * Ownership: made by its kind's function, freed by close(). Questions belong to the asker and stay
 * put until answered, or until close(), which answers none of those left. Thread: the resolver's.
 * Blocks: wait; nothing parks.
 */
#ifndef NET_DNS_BACKEND_H
#define NET_DNS_BACKEND_H

#include "net/dns/address.h"

/* One name, one family. */
struct dns_question {
    const char *name; /* a trailing dot keeps the search list out; the asker's */
    int family;       /* AF_INET or AF_INET6 */
    /* Called once, perhaps within ask(). It may only take note: no asking, no closing. */
    void (*answered)(struct dns_question *question);
    void *ctx; /* the asker's */
    /* The answer. */
    int error;   /* 0; -ENOENT: no such name or no address; -EAGAIN: worth another try; -ENOMEM */
    int64_t ttl; /* ns; of the shortest-lived record */
    size_t count;
    struct address found[ADDRESS_LIST_MAX];
};

struct dns_backend {
    void (*ask)(struct dns_backend *backend, struct dns_question *question);
    /* Does what is due. When to be called again at the latest; DEADLINE_NEVER: no need. */
    int64_t (*turn)(struct dns_backend *backend);
    /* Off a scheduler: until something came in (or might have), or the deadline. 0 or -errno, with
     * -ECANCELED after blocking_interrupt(). */
    int (*wait)(struct dns_backend *backend, int64_t deadline);
    void (*close)(struct dns_backend *backend);
};

#endif
