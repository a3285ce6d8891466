/* walk.c - from the frontier to the crew: which URL is fetched next, and what comes before that. */
#include "cmd/crawl/held.h"
#include "cmd/crawl/lookup.h"
#include "cmd/crawl/trip.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One file more than is wanted, or a byte? */
static const char *bound_reached(const struct crawl *crawl)
{
    const struct crawl_options *options = crawl->options;
    if (options->max_urls && crawl->started >= options->max_urls)
        return "--max-urls";
    if (options->quota && atomic_load(crawl->job.directory.received) >= (uint64_t)options->quota)
        return "--quota";
    if (crawl->until != DEADLINE_NEVER && deadline_clock() >= crawl->until)
        return "--job-time";
    return NULL;
}

/* Where its file goes, and what is known of it. */
static int prepare_file(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    crawl->started++; /* or it ends the crawl */
    if (!crawl->tree || (trip->lease->link.kind & KIND_PASSAGE))
        return trip_start(trip);
    trip->entry->name = tree_expect(crawl->tree, &trip->entry->url);
    if (!trip->entry->name) {
        trip_end(trip, FRONTIER_BACK);
        return -ENOMEM;
    }
    if (!lookup_is_needed(crawl))
        return trip_start(trip);
    lookup_add(trip);
    return 0;
}

/* Was it fetched before it came here on a shorter way, or is that what it does now? Then the trip
 * has ended. */
static bool is_over(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    const struct frontier_link *link = &trip->lease->link;
    if (!crawl->depths || depths_start(crawl->depths, link->text, kind_is_glance(link->kind)))
        return false;
    trip_end(trip, FRONTIER_DONE);
    return true;
}

/* Does the site want it to be left alone? Then it is. */
static int ask_site(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    struct site *site = trip->site;
    struct outcome outcome = {0};
    bool asks = !crawl->options->no_robots && strncmp(trip->entry->url.scheme, "http", 4) == 0;
    if (asks && site->state != SITE_KNOWN) {
        robots_ask(trip);
        return 0;
    }
    if (is_over(trip))
        return 0;
    if (!asks)
        return prepare_file(trip);
    if (site->closed) {
        outcome_fail(&outcome, "its robots.txt cannot be had: %s", site->closed);
        outcome.failure = FAILURE_ROBOTS;
        trip_fail(trip, &outcome);
        return 0;
    }
    if (site_permits(site, &trip->entry->url))
        return prepare_file(trip);
    why_bar(&crawl->why, trip->lease->link.text, tally_word(TALLY_ROBOTS));
    if (!link_is_seed(&trip->lease->link)) {
        crawl->tally.refused[TALLY_ROBOTS]++;
        trip_end(trip, FRONTIER_DONE);
    } else { /* whoever gave it, or what has moved here, is told what became of it */
        outcome_fail(&outcome, "robots.txt forbids it");
        outcome.failure = FAILURE_ROBOTS;
        trip_fail(trip, &outcome);
    }
    return 0;
}

/* Of a site without end? Then the trip has ended. Seeds and what pages need are none. */
static bool is_trap(struct trip *trip)
{
    struct url_resolved url;
    const struct frontier_link *link = &trip->lease->link;
    if (!link->referrer || (link->kind & KIND_REQUISITE) || kind_is_glance(link->kind) ||
        !url_split(&url, link->text, link->length))
        return false;
    enum trap_rule rule = traps_judge(trip->crawl->traps, &url, &trip->family);
    if (rule == TRAP_NONE)
        return false;
    trip->crawl->tally.refused[TALLY_TRAP + rule]++;
    why_bar(&trip->crawl->why, link->text, trap_rule_word(rule));
    if (trip->crawl->tree)
        tree_spare(trip->crawl->tree, link->text);
    trip_end(trip, FRONTIER_DONE);
    return true;
}

/* Let in by an earlier run, but not by what this one was told? Then the trip has ended. Where a
 * seed of that run was sent on to is known of files only, so without them hosts are not asked
 * about. */
static bool is_out_now(struct trip *trip)
{
    struct url_resolved url;
    struct crawl *crawl = trip->crawl;
    const struct frontier_link *link = &trip->lease->link;
    if (!crawl->resumed || kind_is_glance(link->kind) || !url_split(&url, link->text, link->length))
        return false;
    enum scope_rule rule =
        scope_judge(crawl->scope, &(struct scope_link){
                                      .url = &url,
                                      .level = link->depth,
                                      .is_requisite = link->kind & KIND_REQUISITE,
                                      .chain = link->kind >> KIND_CHAIN_SHIFT,
                                  });
    bool of_seeds = rule == SCOPE_HOST || rule == SCOPE_PARENT || rule == SCOPE_SCHEME;
    if (rule < SCOPE_ADMITTED || (of_seeds && !crawl->tree))
        return false;
    crawl->tally.refused[rule]++;
    why_bar(&crawl->why, link->text, scope_rule_word(rule));
    trip_end(trip, FRONTIER_DONE);
    return true;
}

/* --why: what an earlier run has let in comes without a word about it. */
static void recall_why(struct crawl *crawl, const struct frontier_lease *lease)
{
    const struct frontier_link *link = &lease->link;
    if (!why_is(&crawl->why, link->text, link->length) || crawl->why.admitted.rule)
        return;
    struct why_place place = {.page = referrers_find(&crawl->referrers, link->referrer)};
    char *page = place.page || !crawl->pages ? NULL : page_store_url(crawl->pages, link->referrer);
    if (page)
        place.page = page;
    why_admit(&crawl->why, link->text, link->length, &place, "an earlier run has met it");
    free(page);
}

static int begin_trip(struct crawl *crawl, struct frontier_lease *lease)
{
    struct trip *trip;
    recall_why(crawl, lease);
    int error = trip_new(crawl, lease, &trip);
    if (!error)
        return is_out_now(trip) || is_trap(trip) ? 0 : ask_site(trip);
    if (lease->entered)
        hosts_leave(crawl->job.hosts, lease->host_key);
    /* What the frontier has passed url_resolve(); what libcurl does not take all the same is none.
     */
    if (error == -EINVAL) {
        crawl->tally.refused[TALLY_BROKEN_URL]++;
        why_bar(&crawl->why, lease->link.text, tally_word(TALLY_BROKEN_URL));
    }
    int acked =
        frontier_ack(crawl->frontier, lease, error == -EINVAL ? FRONTIER_FAILED : FRONTIER_BACK, 0);
    return error == -EINVAL ? acked : error;
}

/* The next URL, when there is one and a slot for it. 1: there is none, and none will come. */
static int walk_on(struct crawl *crawl)
{
    struct frontier_lease *lease;
    crawl->bound = bound_reached(crawl);
    if (crawl->bound)
        return 1;
    /* What an earlier run has left waits until it is known which sites are the user's. */
    if (crawl->resumed && !crawl->seeded) {
        event_clear(&crawl->learnt);
        return event_wait(&crawl->learnt, crawl->until) == -ECANCELED ? -ECANCELED : 0;
    }
    int error = slots_await(crawl->slots);
    if (!error)
        error = report_keep_pace(crawl->job.report);
    if (!error)
        error = frontier_lease(crawl->frontier, crawl->until, &lease);
    if (error == -ETIMEDOUT)
        return 0;
    bool learns = !list_empty(&crawl->landed) || (crawl->depths && depths_waits(crawl->depths));
    if (error == 1 && (!crawl->seeded || learns)) {
        event_clear(&crawl->learnt);
        return event_wait(&crawl->learnt, crawl->until) == -ECANCELED ? -ECANCELED : 0;
    }
    return error ? error : begin_trip(crawl, lease);
}

/* The sources, line by line; a wrong line is told as get does. */
static void *seed_task(void *arg)
{
    struct crawl *crawl = arg;
    struct entry *entry;
    int error;
    while ((error = url_list_next(crawl->job.list, &entry)) == 0) {
        if (entry->problem) {
            job_settle(&crawl->job, entry, &(struct outcome){0});
            continue;
        }
        error = learn_seed(crawl, entry);
        entry_free(entry);
        if (error)
            break;
    }
    const char *why = url_list_problem(crawl->job.list);
    if (error < 0 && error != -ECANCELED)
        crawl_fail(crawl, error, why ? strdup(why) : NULL);
    crawl->seeded = true;
    event_set(&crawl->learnt);
    return NULL;
}

/* What looks things up, and what reads seeds. */
static void end_aside(struct crawl *crawl)
{
    task_shield(DEADLINE_NEVER);
    group_cancel(&crawl->aside);
    (void)group_wait(&crawl->aside, DEADLINE_NEVER); /* shielded: until all have ended */
    lookup_end(crawl);
    task_unshield();
}

/* --job-time is over: what is in the air is broken off, or it might go on for ever. */
static void *time_task(void *arg)
{
    struct crawl *crawl = arg;
    if (task_sleep(crawl->until) == 0)
        crew_cancel(crawl->crew);
    return NULL;
}

/* Runs until there is nothing left, or until something ends it; then what is in the air lands. */
static int walk(struct crawl *crawl)
{
    int error = 0;
    while (!error)
        error = crawl->error ? crawl->error : walk_on(crawl);
    /* What has been leased counts as started, so it is to take off. */
    if (error == 1 && event_wait(&crawl->all_known, DEADLINE_NEVER) == -ECANCELED)
        error = -ECANCELED;
    end_aside(crawl);
    int landed = error == -ECANCELED ? error : crew_wait(crawl->crew);
    if (landed) {
        task_shield(DEADLINE_NEVER);
        crew_cancel(crawl->crew);
        crew_wait(crawl->crew);
        task_unshield();
    }
    return landed ? landed : error == 1 ? crawl->error : error;
}

int walk_body(void *arg)
{
    struct crawl *crawl = arg;
    struct group learning, timing;
    int error = crew_open(&crawl->crew, &crawl->job, crawl->slots);
    if (error)
        return error;
    crew_burden_main(crawl->crew);
    list_init(&crawl->unknown);
    event_init(&crawl->asked);
    event_init(&crawl->all_known);
    event_set(&crawl->all_known);
    event_init(&crawl->news);
    event_init(&crawl->learnt);
    group_init(&crawl->aside);
    group_init(&learning);
    group_init(&timing);
    held_begin(crawl);
    error = group_spawn(&learning, learn_task, crawl);
    if (!error)
        error = group_spawn(&crawl->aside, lookup_task, crawl);
    if (!error)
        error = group_spawn(&crawl->aside, seed_task, crawl);
    if (!error && crawl->until != DEADLINE_NEVER)
        error = group_spawn(&timing, time_task, crawl);
    if (!error)
        error = walk(crawl);
    task_shield(DEADLINE_NEVER);
    group_close(&timing);
    group_close(&crawl->aside);
    crawl->ended = true;
    event_set(&crawl->news);
    group_wait(&learning, DEADLINE_NEVER);
    group_close(&learning);
    int kept = crawl->pages ? page_store_detach(crawl->pages) : 0;
    int flushed = frontier_flush(crawl->frontier, DEADLINE_NEVER);
    task_unshield();
    crew_close(crawl->crew);
    if (!error && flushed)
        crawl_fail(crawl, flushed, strdup(frontier_problem(crawl->frontier)));
    if (!error && kept)
        crawl_fail(crawl, kept, strdup(page_store_problem(crawl->pages)));
    return error ? error : crawl->error;
}
