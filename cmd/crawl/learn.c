/* learn.c - what has landed leads on: its links go to the frontier. */
#include "cmd/crawl/learn_parts.h"

#include "cmd/crawl/held.h"
#include "cmd/crawl/trip.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What an unchanged page said when it was read. 0 or -ENOMEM. */
static int recollect_page(const struct trip *trip)
{
    bool unread = trip->outcome == OUTCOME_UNCHANGED || trip->outcome == OUTCOME_SKIPPED;
    int error = unread && trip->said ? page_unpack(trip->page, trip->said, trip->said_size) : 0;
    return error == -ENOMEM ? error : 0;
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
