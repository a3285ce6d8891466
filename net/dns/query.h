/* query.h - the names that are being asked for. Private to net/dns/.
 *
 * One query serves all who wait for a name. It asks for each family apart, and is settled - the
 * answer goes into the cache and to those who wait - when all families have answered, or when one
 * came with addresses and the other's grace is over; the late answer then still improves the
 * cache. At most `limit` queries are under way at a time, and they begin at a pace that servers
 * bear; the others wait in line.
 *
 * The backend calls back out of the depths of its library, so an answer is only noted there and
 * looked at by queries_take_news().
 *
 * Ownership: queries belong to struct queries, which is a part of its resolver; a struct lookup
 * lies on the stack of who waits, and is linked only while he does. Thread: the resolver's.
 * Nothing here parks.
 */
#ifndef NET_DNS_QUERY_H
#define NET_DNS_QUERY_H

#include "engine/list.h"
#include "engine/sched/task.h"
#include "net/dns/backend.h"
#include "net/dns/cache.h"

enum { FAMILY_V6, FAMILY_V4, FAMILIES };

struct queries {
    struct dns_backend *backend;
    struct dns_cache *cache;
    bool wanted[FAMILIES];
    size_t limit;
    int64_t ttl_min;
    int64_t ttl_negative;
    struct list waiting;  /* in line */
    struct list asked;    /* under way */
    struct list news;     /* those with an answer that nobody has looked at */
    struct list in_grace; /* those with addresses of one family, by the end of the grace */
    size_t count;         /* waiting and asked */
    size_t asked_count;
    uint64_t asked_total;
    int64_t paced_to; /* ns; how far the names asked so far reach at the pace that servers bear */
};

/* Somebody who waits. */
struct lookup {
    struct list_node node;
    struct task *task; /* NULL: a thread that blocks */
    bool done;
    int error;                 /* -ENOENT, -EAGAIN, -ENOMEM */
    struct address_list *list; /* a reference for the waiter */
};

/* The caller has filled in the first six fields. */
void queries_init(struct queries *queries);

/* Forgets all; none is waited for any more, and the backend is closed already. */
void queries_clear(struct queries *queries);

/* Puts a query for `name` in line; `entry` is what the cache has of it, or NULL. It is asked at the
 * next turn. NULL when memory runs out. */
struct query *query_new(struct queries *queries, struct cache_entry *entry, const char *name);

/* Waits with the others. */
void query_join(struct query *query, struct lookup *lookup);

/* Looks at answers that have come in. */
void queries_take_news(struct queries *queries);

/* Does all that is due. When to be called again at the latest. */
int64_t queries_turn(struct queries *queries);

#endif
