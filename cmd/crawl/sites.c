#include "cmd/crawl/sites.h"

#include "cmd/get/key_table.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listed {
    struct key_node node;
    struct site site;
};

struct sites {
    struct key_table table;
    const char *agent;
};

struct sites *sites_new(const char *agent)
{
    struct sites *sites = calloc(1, sizeof *sites);
    if (!sites || key_table_init(&sites->table)) {
        free(sites);
        return NULL;
    }
    sites->agent = agent;
    return sites;
}

static bool drop(struct key_node *node, void *ctx)
{
    struct listed *listed = list_entry(node, struct listed, node);
    (void)ctx;
    robots_free(listed->site.robots);
    free(listed->site.closed);
    free(listed->site.login);
    free(listed);
    return false;
}

void sites_free(struct sites *sites)
{
    if (!sites)
        return;
    key_table_filter(&sites->table, drop, NULL);
    key_table_clear(&sites->table);
    free(sites);
}

struct site *sites_find(struct sites *sites, const struct url *url)
{
    char key[320];
    int length = snprintf(key, sizeof key, "%s://%s", url->scheme, url->host_key);
    if (length < 0 || (size_t)length >= sizeof key)
        return NULL; /* host names have at most 253 bytes */
    struct key_node *node = key_table_find(&sites->table, key);
    if (node)
        return &list_entry(node, struct listed, node)->site;
    struct listed *listed = calloc(1, sizeof *listed + (size_t)length + 1);
    if (!listed)
        return NULL;
    memcpy(listed->site.key, key, (size_t)length + 1);
    list_init(&listed->site.waiting);
    listed->node.key = listed->site.key;
    key_table_add(&sites->table, &listed->node);
    return &listed->site;
}

int sites_tell(struct sites *sites, struct site *site, int status, const char *text, size_t size,
               const char *why)
{
    enum robots_answer answer = robots_answer(status > 0 ? (unsigned)status : 0, 0);
    site->state = SITE_KNOWN;
    if (answer == ROBOTS_ALLOW_ALL)
        return 0;
    if (answer == ROBOTS_PARSE && !why) {
        site->robots = robots_parse(text, size, sites->agent);
        return site->robots ? 0 : -ENOMEM;
    }
    site->closed = strdup(why ? why : "it cannot be had");
    return site->closed ? 0 : -ENOMEM;
}

/* Path and query of a normalised URL, as they stand in its text. */
static const char *target_of(const struct url *url)
{
    return strchr(strstr(url->text, "://") + 3, '/');
}

bool site_permits(const struct site *site, const struct url *url)
{
    if (site->closed)
        return false;
    const char *target = site->robots ? target_of(url) : NULL;
    return !target || robots_allows(site->robots, target, strlen(target), NULL);
}

int64_t site_delay(const struct site *site)
{
    int64_t delay = site->robots ? robots_delay(site->robots) : 0;
    return delay > 0 ? delay : 0;
}
