/* learn.c - what has landed leads on: its links go to the frontier. */
#include "cmd/crawl/learn_parts.h"

#include "cmd/crawl/held.h"
#include "cmd/crawl/trip.h"
#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a page said when it was read. */
struct recollection {
    struct page_store *pages;
    const char *url;
    struct page *page;
    int found;
};

static void *find_page(void *arg)
{
    struct recollection *recollection = arg;
    recollection->found =
        page_store_find(recollection->pages, recollection->url, recollection->page);
    return NULL;
}

/* 0, or -errno, which is told. */
static int recollect(struct crawl *crawl, const char *url, struct page *page)
{
    struct recollection recollection = {.pages = crawl->pages, .url = url, .page = page};
    int error = offload(find_page, &recollection, NULL, DEADLINE_NEVER);
    if (error)
        find_page(&recollection);
    if (recollection.found >= 0)
        return 0;
    crawl_fail(crawl, recollection.found, strdup(page_store_problem(crawl->pages)));
    return recollection.found;
}

/* Has it come now, whether it is what was there or not? */
static bool was_read(const struct trip *trip)
{
    return trip->outcome == OUTCOME_OK || trip->resent;
}

/* What an unchanged page said when it was read. 0 or -ENOMEM. */
static int recollect_page(const struct trip *trip)
{
    int error =
        !was_read(trip) && trip->said ? page_unpack(trip->page, trip->said, trip->said_size) : 0;
    return error == -ENOMEM ? error : 0;
}

/* How far away it is, which may be less than when it was leased. */
static int measure(struct trip *trip, struct follow_origin *origin)
{
    struct crawl *crawl = trip->crawl;
    const char *url = trip->lease->link.text;
    if (!crawl->depths || kind_is_glance(origin->kind))
        return 0;
    struct depth depth = follow_depth(origin->depth, origin->kind);
    int error = depths_learn(crawl->depths, url, &depth, trip->moved);
    if (error)
        return error;
    if (trip->moved) /* what is there is what the lease said */
        origin->depth = depth.links;
    else
        follow_nearer(origin, depth);
    error = page_store_put_depth(crawl->pages, url, &depth, trip->moved);
    if (error)
        crawl_fail(crawl, error, strdup(page_store_problem(crawl->pages)));
    return error;
}

static int learn_page(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    const char *url = trip->lease->link.text;
    struct page *page = trip->page;
    struct follow_origin origin = {
        .depth = trip->lease->link.depth,
        .kind = trip->lease->link.kind,
        .number = page_store_number(url),
        .place = {.page = url},
    };
    int error = page->error ? page->error : recollect_page(trip);
    if (!error)
        error = measure(trip, &origin);
    if (error)
        return error;
    crawl->cut += page->cut;
    referrers_add(&crawl->referrers, origin.number, url);
    if (trip->moved)
        return learn_redirect(crawl, url, trip->moved, &origin);
    if (crawl->check)
        error = check_keep_anchors(crawl->check, url, page);
    if (error)
        return error;
    if (crawl->tree)
        tree_meet(crawl->tree, url, trip->outcome == OUTCOME_OK);
    if (crawl->pages && was_read(trip) && page->type != PAGE_OTHER)
        error = page_store_put(crawl->pages, url, page);
    if (error)
        crawl_fail(crawl, error, strdup(page_store_problem(crawl->pages)));
    return error ? error : learn_links(crawl, url, page, &origin);
}

/* Of one that is nearer than it was when it was learnt from: its links are, too. */
static int learn_nearer(struct crawl *crawl, const char *url, struct depth depth, const char *moved)
{
    struct follow_origin origin = {.number = page_store_number(url), .place = {.page = url}};
    follow_nearer(&origin, depth);
    if (moved)
        return learn_redirect(crawl, url, moved, &origin);
    struct page *page = page_take(&crawl->pool, PAGE_OTHER);
    int error = page ? page_store_flush(crawl->pages) : -ENOMEM;
    if (error && page)
        crawl_fail(crawl, error, strdup(page_store_problem(crawl->pages)));
    if (!error)
        error = recollect(crawl, url, page);
    if (!error)
        error = learn_links(crawl, url, page, &origin);
    page_give_back(&crawl->pool, page);
    return error;
}

/* Until none is nearer. Links that are refused were counted when they were first met. */
static int learn_again(struct crawl *crawl)
{
    const struct tally tally = crawl->tally;
    const char *url, *moved;
    struct depth depth;
    int error = 0;
    while (crawl->depths && depths_again(crawl->depths, &url, &depth, &moved)) {
        if (!error)
            error = learn_nearer(crawl, url, depth, moved);
        depths_again_done(crawl->depths);
        crawl->tally = tally;
    }
    return error;
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
    if (!error)
        error = learn_again(crawl);
    if (end == FRONTIER_FAILED && crawl->check)
        error = check_break(crawl->check, trip->lease->link.text,
                            trip->error ? trip->error : "it cannot be had",
                            !trip->lease->link.referrer);
    if (end == FRONTIER_FAILED && crawl->tree)
        tree_fail(crawl->tree, trip->lease->link.text);
    /* That it is gone is something to know; that it cannot be had just now is not. Without what the
     * user has named nothing is known of what is behind it. */
    bool gone = trip->status == 404 || trip->status == 410;
    if (end != FRONTIER_DONE && (!gone || link_is_seed(&trip->lease->link)))
        crawl->incomplete = true;
    if (error)
        crawl_fail(crawl, error, NULL);
    held_add(trip, error ? FRONTIER_BACK : end);
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
    for (;;) {
        struct list_node *node = list_first(&crawl->landed);
        if (!node && crawl->depths && depths_waits(crawl->depths)) {
            int error = learn_again(crawl);
            if (error)
                crawl_fail(crawl, error, NULL);
            event_set(&crawl->learnt);
            continue;
        }
        held_release(crawl, !node);
        if (!node && crawl->ended && list_empty(&crawl->held))
            break;
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
