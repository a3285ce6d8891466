/* sites.h - what the crawl knows of each site it meets: what its robots.txt says.
 *
 * A site is a scheme and a "host:port". Before anything else of it is fetched, its robots.txt is;
 * until that has arrived, what is to be fetched there waits with the site. With --no-robots nobody
 * asks.
 *
 * Ownership: sites_new() to sites_free(). Thread: one at a time.
 * Nothing here parks.
 */
#ifndef CMD_CRAWL_SITES_H
#define CMD_CRAWL_SITES_H

#include "engine/list.h"
#include "net/robots/robots.h"
#include "net/url/url.h"

struct sites;

enum site_state {
    SITE_NEW,    /* nobody has asked for its robots.txt yet */
    SITE_ASKING, /* somebody has */
    SITE_KNOWN,
};

struct site {
    enum site_state state;
    struct robots *robots; /* NULL: all is allowed, or `closed` */
    char *closed;          /* its robots.txt cannot be had, for this reason; owned; NULL: it can */
    bool named;            /* by the user, as a seed's: the job's credentials may be sent there */
    bool met;              /* something of it was to be fetched in this run */
    char *login;           /* "user:password@" as in a seed of it; owned; NULL: none */
    struct list waiting;   /* trips, by trip->node; the crawl's */
    char key[];            /* "http://host:port" */
};

/* `agent`: the product token that groups are looked for by. NULL when memory runs out. */
struct sites *sites_new(const char *agent);
void sites_free(struct sites *sites); /* NULL is fine */

/* The site of a URL; NULL when memory runs out. */
struct site *sites_find(struct sites *sites, const struct url *url);

/* Its robots.txt has come: `text` as the answer's status says (net/robots/robots.h), or it has not,
 * for the reason `why`. What waits stays with the site, for the caller to take. 0 or -ENOMEM. */
int sites_tell(struct sites *sites, struct site *site, int status, const char *text, size_t size,
               const char *why);

/* Of a site that is known: may it be fetched? */
bool site_permits(const struct site *site, const struct url *url);

/* Crawl-delay, ns; 0: none. */
int64_t site_delay(const struct site *site);

#endif
