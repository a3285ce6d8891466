/* walk.c - from the frontier to the crew: which URL is fetched next, and what comes before that. */
#include "cmd/crawl/core.h"
#include "cmd/mirror/types.h"
#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The connection that the frontier took for the trip is nobody's. */
static void leave_host(struct trip *trip)
{
    if (trip->lease->entered)
        hosts_leave(trip->crawl->job.hosts, trip->lease->host_key);
}

/* Ends a trip that did not come to be. */
static void end_trip(struct trip *trip, enum frontier_end end)
{
    struct crawl *crawl = trip->crawl;
    leave_host(trip);
    int error = frontier_ack(crawl->frontier, trip->lease, end, 0);
    if (error)
        crawl_fail(crawl, error, NULL);
    trip_free(trip);
}

/* It failed before it was asked for. */
static void fail_trip(struct trip *trip, struct outcome *outcome)
{
    struct entry *entry = trip->entry;
    leave_host(trip);
    trip->entry = NULL;
    job_settle(&trip->crawl->job, entry, outcome);
}

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

/* Hands it to the crew, as soon as there is a slot for it. */
static int start_trip(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    struct entry *entry = trip->entry;
    int error = slots_acquire(crawl->slots, DEADLINE_NEVER);
    if (error) {
        end_trip(trip, FRONTIER_BACK);
        return error;
    }
    trip->entry = NULL;
    crew_start(crawl->crew, entry);
    return 0;
}

/* What is done off the loop before a URL that may be known is asked for. */
struct lookup {
    struct trip *trip;
    struct entry *entry;
    int error;
    bool of_pages; /* the error is their store's */
};

/* Does it lead on, so that what it said must be known? */
static bool is_read(const struct lookup *lookup)
{
    unsigned kind = lookup->trip->lease->link.kind;
    return kind & (KIND_STYLESHEET | KIND_FEED) || type_leads_on(lookup->entry->name);
}

/* A page that is known, but not what it said, is asked for as if its file were another. */
static void *look_up(void *arg)
{
    struct lookup *lookup = arg;
    struct crawl *crawl = lookup->trip->crawl;
    struct entry *entry = lookup->entry;
    lookup->error = naming_give(crawl->naming, entry);
    if (lookup->error || !entry->known || !crawl->pages || !is_read(lookup))
        return NULL;
    int found = page_store_has(crawl->pages, lookup->trip->lease->link.text);
    if (found < 0)
        lookup->error = found;
    if (found == 0) {
        entry->known->outcome = OUTCOME_OK;
        entry->known->mtime_ns = -1;
    }
    lookup->of_pages = found < 0;
    return NULL;
}

static char *lookup_problem(const struct lookup *lookup)
{
    const struct crawl *crawl = lookup->trip->crawl;
    return lookup->of_pages ? strdup(page_store_problem(crawl->pages))
                            : naming_problem(crawl->naming, lookup->error);
}

static void *lookup_task(void *arg)
{
    struct trip *trip = arg;
    struct lookup lookup = {.trip = trip, .entry = trip->entry};
    int error = offload(look_up, &lookup, NULL, DEADLINE_NEVER);
    if (!error && lookup.error) {
        crawl_fail(trip->crawl, lookup.error, lookup_problem(&lookup));
        error = lookup.error;
    }
    if (error)
        end_trip(trip, FRONTIER_BACK);
    else
        (void)start_trip(trip); /* interrupted: it is back */
    return NULL;
}

/* Where its file goes, and what is known of it. */
static int prepare_file(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    crawl->started++; /* or it ends the crawl */
    if (!crawl->tree || (trip->lease->link.kind & KIND_PASSAGE))
        return start_trip(trip);
    trip->entry->name = tree_expect(crawl->tree, &trip->entry->url);
    if (!trip->entry->name) {
        end_trip(trip, FRONTIER_BACK);
        return -ENOMEM;
    }
    if (!crawl->job.history.reader)
        return start_trip(trip);
    int error = group_spawn(&crawl->aside, lookup_task, trip);
    if (error)
        end_trip(trip, FRONTIER_BACK);
    return error;
}

/* Does the site want it to be left alone? Then it is. */
static int ask_site(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    struct site *site = trip->site;
    struct outcome outcome = {0};
    if (crawl->options->no_robots || strncmp(trip->entry->url.scheme, "http", 4) != 0)
        return prepare_file(trip);
    if (site->state != SITE_KNOWN) {
        robots_ask(trip);
        return 0;
    }
    if (site->closed) {
        outcome_fail(&outcome, "its robots.txt cannot be had: %s", site->closed);
        fail_trip(trip, &outcome);
        return 0;
    }
    if (site_permits(site, &trip->entry->url))
        return prepare_file(trip);
    why_bar(&crawl->why, trip->lease->link.text, tally_word(TALLY_ROBOTS));
    if (trip->lease->link.referrer) {
        crawl->tally.refused[TALLY_ROBOTS]++;
        end_trip(trip, FRONTIER_DONE);
    } else { /* who gave it is told what became of it */
        outcome_fail(&outcome, "robots.txt forbids it");
        fail_trip(trip, &outcome);
    }
    return 0;
}

static bool is_glance(unsigned kind)
{
    return (kind & KIND_GLANCE) == KIND_GLANCE;
}

static enum page_type expected_type(unsigned kind)
{
    return kind & KIND_STYLESHEET ? PAGE_CSS : kind & KIND_FEED ? PAGE_FEED : PAGE_OTHER;
}

/* The trip and what it needs; the lease is its own, or still the caller's after an error. */
static int trip_new(struct crawl *crawl, struct frontier_lease *lease, struct trip **out)
{
    const struct frontier_link *link = &lease->link;
    struct trip *trip = calloc(1, sizeof *trip);
    if (!trip)
        return -ENOMEM;
    trip->crawl = crawl;
    trip->page = page_take(&crawl->pool, expected_type(link->kind));
    int error =
        trip->page ? crawl_entry_new(crawl, link->text, link->length, &trip->entry) : -ENOMEM;
    if (!error) {
        trip->site = sites_find(crawl->sites, &trip->entry->url);
        error = trip->site ? crawl_entry_sign(crawl, &trip->entry, trip->site) : -ENOMEM;
    }
    if (error) {
        trip_free(trip);
        return error;
    }
    trip->lease = lease;
    trip->entry->trip = trip;
    trip->entry->tap = &trip->page->tap;
    trip->entry->stays = true;
    trip->entry->foreign = !trip->site->named;
    trip->site->met = true;
    trip->entry->robots_agent = PAGE_AGENT;
    trip->entry->leased = lease->entered;
    trip->entry->lenient = link->referrer && !crawl->options->fail_on_broken && !crawl->check;
    trip->entry->glances = is_glance(link->kind);
    trip->page->glance = trip->entry->glances;
    *out = trip;
    return 0;
}

/* Of a site without end? Then the trip has ended. Seeds and what pages need are none. */
static bool is_trap(struct trip *trip)
{
    struct url_resolved url;
    const struct frontier_link *link = &trip->lease->link;
    if (!link->referrer || (link->kind & KIND_REQUISITE) || is_glance(link->kind) ||
        !url_split(&url, link->text, link->length))
        return false;
    enum trap_rule rule = traps_judge(trip->crawl->traps, &url);
    if (rule == TRAP_NONE)
        return false;
    trip->crawl->tally.refused[TALLY_TRAP + rule]++;
    why_bar(&trip->crawl->why, link->text, trap_rule_word(rule));
    end_trip(trip, FRONTIER_DONE);
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
        return is_trap(trip) ? 0 : ask_site(trip);
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
    if (error == 1 && (!crawl->seeded || !list_empty(&crawl->landed))) {
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

/* Who looks something up either is under way after it, or has given up. */
static void end_aside(struct crawl *crawl)
{
    task_shield(DEADLINE_NEVER);
    group_cancel(&crawl->aside);
    (void)group_wait(&crawl->aside, DEADLINE_NEVER); /* shielded: until all have ended */
    task_unshield();
}

/* Runs until there is nothing left, or until something ends it; then what is in the air lands. */
static int walk(struct crawl *crawl)
{
    int error = 0;
    while (!error)
        error = crawl->error ? crawl->error : walk_on(crawl);
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
    struct group learning;
    int error = crew_open(&crawl->crew, &crawl->job, crawl->slots);
    if (error)
        return error;
    event_init(&crawl->news);
    event_init(&crawl->learnt);
    group_init(&crawl->aside);
    group_init(&learning);
    error = group_spawn(&learning, learn_task, crawl);
    if (!error)
        error = group_spawn(&crawl->aside, seed_task, crawl);
    if (!error)
        error = walk(crawl);
    task_shield(DEADLINE_NEVER);
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
