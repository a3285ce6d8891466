/* learn.c - what has landed leads on: its links go to the frontier. */
#include "cmd/crawl/core.h"
#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Links that are handed to the frontier together. */
#define BATCH 64

/* Before pages, so that what is shown is soon whole. */
enum { PRIORITY_REQUISITE = 0, PRIORITY_PAGE = 1 };

struct batch {
    struct crawl *crawl;
    struct frontier_link links[BATCH];
    char *texts[BATCH]; /* owned */
    size_t count;
};

static int batch_flush(struct batch *batch)
{
    int error =
        batch->count ? frontier_push(batch->crawl->frontier, batch->links, batch->count, NULL) : 0;
    for (size_t i = 0; i < batch->count; i++)
        free(batch->texts[i]);
    batch->count = 0;
    /* All are added: it was the wait for the disk that was cut short. */
    return error == -ECANCELED ? 0 : error;
}

static int batch_add(struct batch *batch, const struct url_resolved *url,
                     const struct frontier_link *link)
{
    char *text = strndup(url->text, url->length);
    if (!text)
        return -ENOMEM;
    batch->texts[batch->count] = text;
    batch->links[batch->count] = *link;
    batch->links[batch->count].text = text;
    batch->links[batch->count++].length = url->length;
    return batch->count == BATCH ? batch_flush(batch) : 0;
}

/* Of whom the links are. */
struct origin {
    unsigned depth;
    unsigned kind;
    int64_t number; /* of the page; 0: none */
    struct why_place place;
};

/* --check: out of scope, but not because somebody wants it left alone? */
static bool is_to_be_checked(enum scope_rule rule)
{
    switch (rule) {
    case SCOPE_HOST:
    case SCOPE_DOMAINS:
    case SCOPE_LEVEL:
    case SCOPE_PARENT:
    case SCOPE_ACCEPT:
    case SCOPE_ACCEPT_REGEX:
    case SCOPE_INCLUDE:
        return true;
    default:
        return false;
    }
}

static int glance(struct batch *batch, const struct origin *origin, const struct url_resolved *url)
{
    return batch_add(batch, url,
                     &(struct frontier_link){
                         .depth = origin->depth + 1,
                         .priority = PRIORITY_PAGE,
                         .kind = KIND_GLANCE,
                         .referrer = origin->number,
                     });
}

/* One link, resolved: to be followed? */
static int take_link(struct batch *batch, const struct origin *origin,
                     const struct url_resolved *url, bool requisite, unsigned kind)
{
    struct crawl *crawl = batch->crawl;
    unsigned chain = origin->kind & KIND_REQUISITE ? origin->kind >> KIND_CHAIN_SHIFT : 0;
    /* A check is for all links: what pages need is there like what they lead to. */
    requisite = requisite && (!crawl->check || crawl->options->scope.requisites);
    struct scope_link link = {
        .url = url,
        .level = origin->depth + !requisite,
        .is_requisite = requisite,
        .chain = requisite ? chain + 1 : 0,
    };
    enum scope_rule rule = scope_judge(crawl->scope, &link);
    if (rule >= SCOPE_ADMITTED) {
        crawl->tally.refused[rule]++;
        why_refuse(&crawl->why, url->text, url->length, &origin->place, scope_rule_word(rule));
        return crawl->check && is_to_be_checked(rule) ? glance(batch, origin, url) : 0;
    }
    why_admit(&crawl->why, url->text, url->length, &origin->place, scope_rule_word(rule));
    kind |= (requisite ? KIND_REQUISITE : 0) | (rule == SCOPE_PASSAGE ? KIND_PASSAGE : 0) |
            link.chain << KIND_CHAIN_SHIFT;
    return batch_add(batch, url,
                     &(struct frontier_link){
                         .depth = link.level,
                         .priority = requisite ? PRIORITY_REQUISITE : PRIORITY_PAGE,
                         .kind = kind,
                         .referrer = origin->number,
                     });
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

int learn_seed(struct crawl *crawl, const struct entry *entry)
{
    struct url_resolved url;
    const char *why;
    struct batch batch = {.crawl = crawl};
    crawl->resolver.strip_query = false;
    int error = url_resolve(&crawl->resolver, &url, entry->url.text, strlen(entry->url.text), &why);
    if (error) {
        crawl->tally.refused[TALLY_BROKEN_URL]++;
        return error == -ENOMEM ? error : 0;
    }
    error = keep_login(crawl, entry, &url);
    if (error)
        return error;
    why_admit(&crawl->why, url.text, url.length, &(struct why_place){0},
              scope_rule_word(SCOPE_SEED));
    error = scope_add_seed(crawl->scope, &url);
    if (!error)
        error = batch_add(&batch, &url, &(struct frontier_link){.priority = PRIORITY_PAGE});
    int flushed = batch_flush(&batch);
    event_set(&crawl->learnt);
    return error ? error : flushed;
}

/* Resolves a reference of a page. 0: it is to be taken; 1: it is not; -ENOMEM. */
static int resolve(struct crawl *crawl, const struct origin *origin, const char *reference,
                   size_t length, struct url_resolved *url)
{
    const char *why;
    int result = url_resolve(&crawl->resolver, url, reference, length, &why);
    if (result == 0) /* a page does not choose who logs in */
        url_resolver_drop_login(&crawl->resolver, url);
    if (result == 0 || result == -ENOMEM)
        return result;
    int reason = result == URL_OTHER_SCHEME ? TALLY_OTHER_SCHEME : TALLY_BROKEN_URL;
    crawl->tally.refused[reason]++;
    why_refuse(&crawl->why, reference, length, &origin->place, tally_word(reason));
    return 1;
}

/* Relative to what the links are. */
int learn_set_base(struct crawl *crawl, const char *url, const struct page *page)
{
    struct url_resolved base;
    const char *why;
    url_resolver_clear(&crawl->resolver);
    crawl->resolver.strip_query = false;
    int error = url_resolver_set_base(&crawl->resolver, url, strlen(url), &why);
    if (error || !page_base(page))
        return error;
    const char *text = page_base(page);
    /* A base that is none does not count. */
    if (url_resolve(&crawl->resolver, &base, text, strlen(text), &why) == 0)
        error = url_resolver_set_base(&crawl->resolver, base.text, base.length, &why);
    return error == -ENOMEM ? error : 0;
}

static bool is_requisite(const struct page *page, const struct page_link *link)
{
    return page->type == PAGE_CSS || link->kind == HTML_LINK_REQUISITE;
}

/* Of the candidates of a srcset, all of which share a number and stand together, the largest. */
static size_t find_largest(const struct page *page, size_t index)
{
    uint32_t set = page->links[index].set;
    while (index > 0 && page->links[index - 1].set == set)
        index--;
    size_t largest = index;
    for (; index < page->count && page->links[index].set == set; index++)
        if (page->links[index].descriptor > page->links[largest].descriptor)
            largest = index;
    return largest;
}

/* A candidate that is not fetched: its set's largest is shown for it. */
static int replace_candidate(struct crawl *crawl, const struct origin *origin,
                             const struct page *page, size_t index, size_t largest)
{
    const struct page_link *link = &page->links[largest];
    struct url_resolved url;
    int result = resolve(crawl, origin, page->text + link->url, link->length, &url);
    char *target = result == 0 ? strndup(url.text, url.length) : NULL;
    if (!target)
        return result < 0 || result == 0 ? -ENOMEM : 0;
    link = &page->links[index];
    result = resolve(crawl, origin, page->text + link->url, link->length, &url);
    int error = result == 0 ? tree_replace(crawl->tree, url.text, target) : result < 0 ? result : 0;
    free(target);
    return error;
}

const char *learn_word_against(const struct crawl *crawl, const struct page *page, size_t index)
{
    const struct page_link *link = &page->links[index];
    if (link->kind == HTML_LINK_BASE)
        return "it is what other links are relative to";
    if (link->kind == HTML_LINK_ACTION)
        return "something is sent there: a form, a ping";
    bool nofollow = link->nofollow || (page->robots & ROBOTS_NOFOLLOW);
    if (!nofollow || crawl->options->no_robots || is_requisite(page, link))
        return NULL;
    return tally_word(TALLY_NOFOLLOW);
}

/* One link of a page is left alone. */
static int refuse_link(struct crawl *crawl, const struct origin *origin, const struct page *page,
                       size_t index, const char *word)
{
    const struct page_link *link = &page->links[index];
    struct url_resolved url;
    const char *why;
    crawl->tally.refused[TALLY_NOFOLLOW] += word == tally_word(TALLY_NOFOLLOW);
    if (!crawl->why.url)
        return 0;
    int result = url_resolve(&crawl->resolver, &url, page->text + link->url, link->length, &why);
    if (result == 0)
        why_refuse(&crawl->why, url.text, url.length, &origin->place, word);
    return result == -ENOMEM ? result : 0;
}

/* One link of a page, as it was written. */
static int learn_link(struct batch *batch, const struct origin *origin, const struct page *page,
                      size_t index)
{
    struct crawl *crawl = batch->crawl;
    const struct page_link *link = &page->links[index];
    struct url_resolved target;
    bool chooses = link->set && crawl->options->srcset == SRCSET_LARGEST;
    size_t largest = chooses ? find_largest(page, index) : index;
    const char *word = learn_word_against(crawl, page, index);
    if (!word && largest != index)
        word = "--srcset largest";
    int result = word ? refuse_link(crawl, origin, page, index, word) : 0;
    if (!result && largest != index && crawl->tree)
        result = replace_candidate(crawl, origin, page, index, largest);
    if (result || word)
        return result;
    result = resolve(crawl, origin, page->text + link->url, link->length, &target);
    if (result)
        return result < 0 ? result : 0;
    unsigned kind = (link->stylesheet ? KIND_STYLESHEET : 0U) | (link->feed ? KIND_FEED : 0U);
    return take_link(batch, origin, &target, is_requisite(page, link), kind);
}

/* All links of a page. */
static int learn_links(struct crawl *crawl, const char *url, const struct page *page,
                       struct origin *origin)
{
    struct batch batch = {.crawl = crawl};
    int error = learn_set_base(crawl, url, page);
    crawl->resolver.strip_query = crawl->options->scope.strip_query;
    for (size_t i = 0; i < page->count && !error; i++) {
        origin->place.line = page->links[i].line;
        error = learn_link(&batch, origin, page, i);
    }
    int flushed = batch_flush(&batch);
    return error ? error : flushed;
}

/* Where it has moved to is a link like others, as far from the seeds as it is itself. */
static int learn_redirect(struct crawl *crawl, const struct trip *trip, struct origin *origin)
{
    static const struct page nothing;
    struct url_resolved target;
    struct batch batch = {.crawl = crawl};
    int error = learn_set_base(crawl, trip->lease->link.text, &nothing);
    origin->place.redirect = true;
    if (!error)
        error = resolve(crawl, origin, trip->moved, strlen(trip->moved), &target);
    if (!error && crawl->tree)
        error = tree_redirect(crawl->tree, trip->lease->link.text, target.text);
    if (!error && crawl->check)
        error = check_move(crawl->check, trip->lease->link.text, &target);
    if (error)
        return error < 0 ? error : 0;
    bool requisite = origin->kind & KIND_REQUISITE;
    bool glance = (origin->kind & KIND_GLANCE) == KIND_GLANCE;
    unsigned hops = requisite || glance ? 0 : (origin->kind >> KIND_CHAIN_SHIFT) + 1;
    unsigned kind = (origin->kind & (KIND_STYLESHEET | KIND_FEED)) | hops << KIND_CHAIN_SHIFT;
    struct origin before = *origin;
    if (!requisite && before.depth > 0)
        before.depth--;
    if (hops > KIND_CHAIN_MAX || hops > crawl->job.options->max_redirs) {
        crawl->tally.refused[TALLY_REDIRECTS]++;
    } else if (!requisite && origin->depth == 0) { /* a seed's target is a seed */
        why_admit(&crawl->why, target.text, target.length, &origin->place, "a seed's target");
        error = scope_add_seed(crawl->scope, &target);
        if (!error)
            error =
                batch_add(&batch, &target,
                          &(struct frontier_link){
                              .priority = PRIORITY_PAGE, .kind = kind, .referrer = origin->number});
    } else {
        error = take_link(&batch, &before, &target, requisite, kind);
    }
    int flushed = batch_flush(&batch);
    return error ? error : flushed;
}

/* The sitemaps that a robots.txt names are links of the site. */
static int learn_sitemaps(struct crawl *crawl, const struct site *site)
{
    static const struct page nothing;
    struct batch batch = {.crawl = crawl};
    char page[400];
    snprintf(page, sizeof page, "%s/robots.txt", site->key);
    const struct origin origin = {
        .number = page_store_number(site->key),
        .place = {.page = page},
    };
    size_t count = site->robots ? robots_sitemap_count(site->robots) : 0;
    int error = count ? learn_set_base(crawl, site->key, &nothing) : 0;
    for (size_t i = 0; i < count && !error; i++) {
        const char *text = robots_sitemap(site->robots, i);
        struct url_resolved target;
        int result = resolve(crawl, &origin, text, strlen(text), &target);
        if (result == 0)
            error = take_link(&batch, &origin, &target, false, KIND_FEED);
        else if (result < 0)
            error = result;
    }
    int flushed = batch_flush(&batch);
    return error ? error : flushed;
}

struct recollection {
    struct trip *trip;
    int found;
};

static void *recollect(void *arg)
{
    struct recollection *recollection = arg;
    struct trip *trip = recollection->trip;
    recollection->found = page_store_find(trip->crawl->pages, trip->lease->link.text, trip->page);
    return NULL;
}

/* What an unchanged page said when it was read. */
static int recollect_page(struct trip *trip)
{
    struct recollection recollection = {.trip = trip};
    bool unread = trip->outcome == OUTCOME_UNCHANGED || trip->outcome == OUTCOME_SKIPPED;
    if (!unread || !trip->crawl->pages)
        return 0;
    int error = offload(recollect, &recollection, NULL, DEADLINE_NEVER);
    if (error)
        recollect(&recollection);
    if (recollection.found >= 0)
        return 0;
    crawl_fail(trip->crawl, recollection.found, strdup(page_store_problem(trip->crawl->pages)));
    return recollection.found;
}

static int learn_page(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    const char *url = trip->lease->link.text;
    struct page *page = trip->page;
    struct origin origin = {
        .depth = trip->lease->link.depth,
        .kind = trip->lease->link.kind,
        .number = page_store_number(url),
        .place = {.page = url},
    };
    int error = page->error ? page->error : recollect_page(trip);
    if (error)
        return error;
    crawl->cut += page->cut;
    referrers_add(&crawl->referrers, origin.number, url);
    if (trip->moved)
        return learn_redirect(crawl, trip, &origin);
    if (crawl->check)
        error = check_keep_anchors(crawl->check, url, page);
    if (error)
        return error;
    if (crawl->tree)
        tree_meet(crawl->tree, url, trip->outcome == OUTCOME_OK);
    if (crawl->pages && trip->outcome == OUTCOME_OK && page->type != PAGE_OTHER)
        error = page_store_put(crawl->pages, url, page);
    if (error)
        crawl_fail(crawl, error, strdup(page_store_problem(crawl->pages)));
    return error ? error : learn_links(crawl, url, page, &origin);
}

static enum frontier_end end_of(const struct trip *trip)
{
    switch (trip->outcome) {
    case OUTCOME_NOT_TRIED:
        return FRONTIER_BACK;
    case OUTCOME_FAILED:
        return FRONTIER_FAILED;
    default:
        return FRONTIER_DONE;
    }
}

/* After the links: a page that counts as done has them kept. */
static void learn(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    enum frontier_end end = end_of(trip);
    int error = end == FRONTIER_DONE ? learn_page(trip) : 0;
    if (end == FRONTIER_FAILED && crawl->check)
        error = check_break(crawl->check, trip->lease->link.text,
                            trip->error ? trip->error : "it cannot be had");
    if (end == FRONTIER_FAILED && crawl->tree)
        tree_fail(crawl->tree, trip->lease->link.text);
    /* That it is gone is something to know; that it cannot be had just now is not. */
    if (end != FRONTIER_DONE && trip->status != 404 && trip->status != 410)
        crawl->incomplete = true;
    if (error)
        crawl_fail(crawl, error, NULL);
    error = frontier_ack(crawl->frontier, trip->lease, error ? FRONTIER_BACK : end, 0);
    if (error)
        crawl_fail(crawl, error, strdup(frontier_problem(crawl->frontier)));
    trip_free(trip);
}

static void learn_robots(struct trip *trip)
{
    int error = learn_sitemaps(trip->crawl, trip->site);
    if (error)
        crawl_fail(trip->crawl, error, NULL);
    robots_free_trip(trip);
}

void *learn_task(void *arg)
{
    struct crawl *crawl = arg;
    task_shield(DEADLINE_NEVER); /* ends by crawl->ended: what has landed is not lost */
    while (!crawl->ended || !list_empty(&crawl->landed)) {
        struct list_node *node = list_first(&crawl->landed);
        if (!node) {
            event_clear(&crawl->news);
            (void)event_wait(&crawl->news, DEADLINE_NEVER);
            continue;
        }
        list_remove(node);
        struct trip *trip = list_entry(node, struct trip, node);
        if (trip->robots)
            learn_robots(trip);
        else
            learn(trip);
        event_set(&crawl->learnt);
    }
    task_unshield();
    return NULL;
}
