/* override.h - --resolve: addresses the user gives instead of a resolver. Private to net/xfer.
 *
 * The entries are curl's: HOST:PORT:ADDR[,ADDR]... with * for any host; [+]HOST says the same here;
 * -HOST:PORT takes back what earlier entries said. Later entries win.
 *
 * Ownership: the client's. Thread: read-only once made. Nothing here parks.
 */
#ifndef NET_XFER_OVERRIDE_H
#define NET_XFER_OVERRIDE_H

#include "net/xfer/options.h"

struct override;

struct override_list {
    struct override *at; /* owned */
    size_t count;
};

/* 0, -ENOMEM, or -EINVAL with `why` (a literal). Addresses that `family` rules out are left out. */
int override_list_init(struct override_list *list, const char *const *entries,
                       enum ip_version family, const char **why);
void override_list_free(struct override_list *list);

/* "addr,addr" for "name:port" (no case), as long as the list lives: NULL when the user said
 * nothing, "" when no address is left. */
const char *override_find(const struct override_list *list, const char *key);

#endif
