/* learn_seeds.c - URLs that no page has: the user's, where they have moved to, a robots.txt's. */
#include "cmd/crawl/learn_parts.h"

#include "cmd/crawl/redirects.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More is in scope from now on. */
static int add_to_scope(struct crawl *crawl, const struct url_resolved *url)
{
    met_forget(crawl->met);
    return scope_add_seed(crawl->scope, url);
}

/* The site may have the job's credentials, and the seed's own, which nobody else is told. */
static int keep_login(struct crawl *crawl, const struct entry *entry, struct url_resolved *url)
{
    struct site *site = sites_find(crawl->sites, &entry->url);
    if (!site)
        return -ENOMEM;
    site->named = true;
    if (url->host > url->authority && !site->login) {
        site->login = strndup(url->text + url->authority, url->host - url->authority);
        if (!site->login)
            return -ENOMEM;
    }
    url_resolver_drop_login(&crawl->resolver, url);
    return 0;
}

/* The run with which this one goes on has asked for the seed, and was sent on: what it was sent to
 * counts as a seed in this one, too. */
static int recall_targets(struct crawl *crawl, const struct url_resolved *seed)
{
    struct url_resolved parts;
    char *url = strndup(seed->text, seed->length);
    int error = url ? 0 : -ENOMEM;
    for (unsigned hops = 0; !error && url && hops < KIND_CHAIN_MAX; hops++) {
        char *target = NULL;
        error = tree_target(crawl->tree, url, &target);
        free(url);
        url = target;
        if (url && url_split(&parts, url, strlen(url)))
            error = add_to_scope(crawl, &parts);
    }
    free(url);
    return error;
}

int learn_seed(struct crawl *crawl, const struct entry *entry)
{
    struct url_resolved url;
    const char *why;
    struct follow follow = {.crawl = crawl};
    bool strips = crawl->resolver.strip_query; /* a page is being read, perhaps */
    crawl->resolver.strip_query = false;
    int error = url_resolve(&crawl->resolver, &url, entry->url.text, strlen(entry->url.text), &why);
    crawl->resolver.strip_query = strips;
    if (error) {
        crawl->tally.refused[TALLY_BROKEN_URL]++;
        return error == -ENOMEM ? error : 0;
    }
    error = keep_login(crawl, entry, &url);
    if (error)
        return error;
    why_admit(&crawl->why, url.text, url.length, &(struct why_place){0},
              scope_rule_word(SCOPE_SEED));
    error = add_to_scope(crawl, &url);
    if (!error && crawl->resumed && crawl->tree)
        error = recall_targets(crawl, &url);
    if (!error)
        error = follow_add(&follow, &url, &(struct frontier_link){.priority = PRIORITY_PAGE});
    int flushed = follow_flush(&follow);
    event_set(&crawl->learnt);
    event_set(&crawl->news); /* it may have been met as a link before */
    return error ? error : flushed;
}

/* Who follows them further may do so for ever. What they led to before may be there yet. */
static int give_up_redirects(struct crawl *crawl, const char *url, unsigned hops)
{
    char reason[48];
    crawl->tally.refused[TALLY_REDIRECTS]++;
    crawl->incomplete = true;
    snprintf(reason, sizeof reason, "more than %u redirects", hops - 1);
    return crawl->check ? check_break(crawl->check, url, reason, false) : 0;
}

/* The target has been met, and led back here. */
static int give_up_circle(struct crawl *crawl, const char *url)
{
    crawl->tally.refused[TALLY_REDIRECTS]++;
    crawl->incomplete = true;
    return crawl->check ? check_break(crawl->check, url, "it redirects in a circle", false) : 0;
}

/* What it redirects to cannot be followed: because it is no URL, or because its scheme is another
 * program's. */
static int lose_redirect(struct crawl *crawl, const char *url, const char *moved)
{
    struct url_resolved target;
    const char *why;
    char *reason;
    crawl->incomplete = true;
    int result =
        crawl->check ? url_resolve(&crawl->resolver, &target, moved, strlen(moved), &why) : 0;
    if (result == 0 || result == -ENOMEM || result == URL_OTHER_SCHEME)
        return result == -ENOMEM ? result : 0;
    if (asprintf(&reason, "it redirects to no URL: %s", why) < 0)
        return -ENOMEM;
    int error = check_break(crawl->check, url, reason, false);
    free(reason);
    return error;
}

static int follow_redirect(struct crawl *crawl, struct follow_origin *origin,
                           const struct url_resolved *target, bool requisite, unsigned hops)
{
    struct follow follow = {.crawl = crawl};
    unsigned said = kind_is_glance(origin->kind) ? 0 : origin->kind;
    unsigned kind =
        (said & (KIND_STYLESHEET | KIND_FEED)) | (requisite ? 0 : hops << KIND_CHAIN_SHIFT);
    struct follow_origin before = *origin;
    int error;
    if (!requisite && before.depth > 0)
        before.depth--;
    if (!requisite && origin->depth == 0) { /* a seed's target is a seed */
        why_admit(&crawl->why, target->text, target->length, &origin->place, "a seed's target");
        error = add_to_scope(crawl, target);
        if (!error)
            error = follow_add(&follow, target,
                               &(struct frontier_link){.priority = PRIORITY_PAGE,
                                                       .kind = kind,
                                                       .referrer = origin->number});
    } else {
        error = follow_link(&follow, &before, target, requisite, kind);
    }
    int flushed = follow_flush(&follow);
    return error ? error : flushed;
}

/* For whoever goes on with this run, too. */
static int keep_redirect(struct crawl *crawl, const char *url, const char *target)
{
    int error = tree_redirect(crawl->tree, url, target);
    if (!error && crawl->pages)
        error = page_store_put_move(crawl->pages, url, target, false);
    return error;
}

int learn_redirect(struct crawl *crawl, const char *url, const char *moved,
                   struct follow_origin *origin)
{
    static const struct page nothing;
    struct url_resolved target;
    bool requisite = !kind_is_glance(origin->kind) && origin->kind & KIND_REQUISITE;
    unsigned hops = redirects_behind(origin->kind);
    int error = follow_set_base(crawl, url, &nothing);
    origin->place.redirect = true;
    if (!error)
        error = follow_resolve(crawl, origin, moved, strlen(moved), &target);
    if (error)
        return error < 0 ? error : lose_redirect(crawl, url, moved);
    int circle = redirects_circle(crawl, url, target.text);
    if (circle)
        return circle < 0 ? circle : give_up_circle(crawl, url);
    if (hops > redirects_most(crawl, requisite))
        return give_up_redirects(crawl, url, hops);
    if (crawl->tree)
        error = keep_redirect(crawl, url, target.text);
    if (!error && crawl->check)
        error = check_move(crawl->check, url, &target);
    return error ? error : follow_redirect(crawl, origin, &target, requisite, hops);
}

int learn_sitemaps(struct crawl *crawl, const struct site *site)
{
    static const struct page nothing;
    struct follow follow = {.crawl = crawl};
    char page[400];
    snprintf(page, sizeof page, "%s/robots.txt", site->key);
    const struct follow_origin origin = {
        .number = page_store_number(site->key),
        .place = {.page = page},
    };
    size_t count = site->robots ? robots_sitemap_count(site->robots) : 0;
    int error = count ? follow_set_base(crawl, site->key, &nothing) : 0;
    for (size_t i = 0; i < count && !error; i++) {
        const char *text = robots_sitemap(site->robots, i);
        struct url_resolved target;
        int result = follow_resolve(crawl, &origin, text, strlen(text), &target);
        if (result == 0)
            error = follow_link(&follow, &origin, &target, false, KIND_FEED);
        else if (result < 0)
            error = result;
    }
    int flushed = follow_flush(&follow);
    return error ? error : flushed;
}
