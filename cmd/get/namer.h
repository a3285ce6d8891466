/* namer.h - a file gets the name that its server suggests (-J).
 *
 * All names of a job are given in one place, so that no two URLs get the same one. Where that place
 * lies in this process it is asked there, on the offload pool, for it may have to look at the disk;
 * a child process asks its parent over a socket. Either way fetch_one() says namer_give().
 *
 * Ownership: the structs are the embedder's. Thread: namer_local any, one struct may serve many;
 * namer_remote the child's. Parks (or blocks): namer_give.
 */
#ifndef CMD_GET_NAMER_H
#define CMD_GET_NAMER_H

#include "cmd/get/naming.h"
#include "cmd/get/wire.h"
#include "net/xfer/transfer.h"

struct namer {
    int (*give)(struct namer *namer, const struct entry *entry, const char *plain, char **name);
    /* The name that an answer asks for whatever the server suggests: a new string, or NULL for the
     * one that the entry has. 0 or -errno. NULL: only what is suggested counts. */
    int (*name_answer)(struct namer *namer, const struct entry *entry,
                       const struct transfer_result *result, char **name);
};

/* The entry's own name made from `plain`, which is safe: *name is a new string. 0 or -errno. */
static inline int namer_give(struct namer *namer, const struct entry *entry, const char *plain,
                             char **name)
{
    return namer->give(namer, entry, plain, name);
}

struct namer_local {
    struct namer namer;
    struct naming *naming;
};

struct namer_remote {
    struct namer namer;
    int fd;
    struct wire wire; /* reused for every question */
};

/* Both return the namer inside. */
struct namer *namer_local_init(struct namer_local *local, struct naming *naming);
struct namer *namer_remote_init(struct namer_remote *remote, int fd);
void namer_remote_clear(struct namer_remote *remote);

#endif
