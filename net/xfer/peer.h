/* peer.h - what libcurl knows of each "name:port" it talks to. Private to net/xfer.
 *
 * Addresses: libcurl keeps those handed over with CURLOPT_RESOLVE in a cache of its own. The table
 * mirrors it, so that they are handed over once and not with every transfer, again when they have
 * changed, and are taken back ("-name:port") when a name has not been used for long: libcurl's
 * cache never grows beyond the names in use and PEER_IDLE_MAX others.
 *
 * Connections: the table counts those that came about, until libcurl closes them. When none can be
 * idle, a new connection is asked for at once, which spares libcurl a walk past all busy ones. When
 * there are more than anybody will come back to, new ones are not kept. Attempts are not counted:
 * 7.88 closes a socket that never got connected without telling.
 *
 * Ownership: the client's; a peer lives while a transfer has entered it, a connection is open or
 * libcurl has its addresses. Thread: the client's. Nothing here parks.
 */
#ifndef NET_XFER_PEER_H
#define NET_XFER_PEER_H

#include "engine/list.h"
#include "net/dns/address.h"
#include <curl/curl.h>
#include <stdbool.h>

/* Names out of use whose addresses libcurl keeps. */
#define PEER_IDLE_MAX 512

struct peer {
    struct peer *next;              /* in its bucket */
    struct list_node idle_node;     /* table->idle: unused, but libcurl has its addresses */
    struct address_list *addresses; /* the latest answer, held; NULL: none needed or text */
    const char *text;               /* --resolve's instead; NULL: none; not owned */
    bool given;                     /* libcurl has them */
    bool serial;                    /* over TLS it has spoken HTTP/1: a connection each */
    unsigned users;                 /* transfers that entered */
    unsigned busy;                  /* those that have a connection */
    unsigned open;                  /* connections */
    unsigned hash;
    char key[]; /* "name:port" */
};

struct peer_table {
    struct peer **buckets; /* owned; a power of two of them */
    size_t bucket_count;
    size_t count;
    struct list idle; /* longest unused first */
    size_t idle_count;
    struct peer **by_fd; /* whose connection it is, by descriptor; owned */
    size_t by_fd_size;
    size_t open;       /* connections of all peers */
    size_t open_limit; /* from here on connections that only one transfer wants are not kept */
};

int peer_table_init(struct peer_table *table, size_t open_limit);

/* After libcurl has closed all connections. */
void peer_table_free(struct peer_table *table);

/* libcurl has forgotten all addresses: its multi handle was made anew. */
void peer_table_forget(struct peer_table *table);

/* The peer of that key for one transfer, to be left again. NULL when memory runs out. */
struct peer *peer_enter(struct peer_table *table, const char *key);
void peer_leave(struct peer_table *table, struct peer *peer); /* NULL is fine */

/* The latest answer of the resolver; takes the reference. */
void peer_learn(struct peer *peer, struct address_list *addresses);
/* As --resolve has it: outlives the table. */
void peer_learn_text(struct peer *peer, const char *addresses);

/* Has addresses that libcurl lacks? */
static inline bool peer_has_news(const struct peer *peer)
{
    return !peer->given && (peer->addresses || peer->text);
}

/* Appends to the value of CURLOPT_RESOLVE what libcurl is to learn of `peer`, and some old names
 * to forget. 0 or -ENOMEM. */
int peer_introduce(struct peer_table *table, struct peer *peer, struct curl_slist **list);

/* libcurl refused the introduction. */
static inline void peer_unlearn(struct peer *peer)
{
    peer->given = false;
}

/* No connection to `peer` can be idle. */
static inline bool peer_all_busy(const struct peer *peer)
{
    return peer->open <= peer->busy;
}

/* Nobody else wants its connection, and there are enough of them. */
static inline bool peer_is_passing(const struct peer_table *table, const struct peer *peer)
{
    return table->open >= table->open_limit && peer->users == 1;
}

/* Makes room for a descriptor, so that peer_opened() cannot fail. 0 or -ENOMEM. */
int peer_table_reserve(struct peer_table *table, int fd);

/* A socket is connected to `peer`; a socket, of whatever kind, is about to be closed. */
void peer_opened(struct peer_table *table, struct peer *peer, int fd);
void peer_closed(struct peer_table *table, int fd);

/* The descriptor is a connection that came about, which libcurl closes only through us. */
static inline bool peer_has_connection(const struct peer_table *table, int fd)
{
    return (size_t)fd < table->by_fd_size && table->by_fd[fd];
}

#endif
