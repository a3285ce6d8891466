#include "cmd/crawl/trip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void trip_free(struct trip *trip)
{
    page_give_back(&trip->crawl->pool, trip->page);
    entry_free(trip->entry);
    free(trip->error);
    free(trip->moved);
    free(trip->path);
    free(trip->said);
    free(trip);
}

static enum page_type expected_type(unsigned kind)
{
    if (kind_is_glance(kind))
        return PAGE_OTHER;
    return kind & KIND_STYLESHEET ? PAGE_CSS : kind & KIND_FEED ? PAGE_FEED : PAGE_OTHER;
}

int trip_new(struct crawl *crawl, struct frontier_lease *lease, struct trip **out)
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
    trip->entry->lenient = !link_is_seed(link) && !crawl->options->fail_on_broken && !crawl->check;
    trip->entry->glances = kind_is_glance(link->kind);
    trip->entry->untold = crawl->check && link->referrer;
    trip->page->glance = trip->entry->glances;
    *out = trip;
    return 0;
}

/* The connection that the frontier took for the trip is nobody's. */
static void leave_host(struct trip *trip)
{
    if (trip->lease->entered)
        hosts_leave(trip->crawl->job.hosts, trip->lease->host_key);
}

int trip_ack(struct trip *trip, enum frontier_end end)
{
    struct crawl *crawl = trip->crawl;
    struct frontier_lease *lease = trip->lease;
    if (trip->family && end == FRONTIER_BACK)
        traps_return(crawl->traps, trip->family);
    else if (trip->family)
        lease->noted = traps_settle(crawl->traps, trip->family);
    lease->note = lease->noted ? trip->family : 0;
    return frontier_ack(crawl->frontier, lease, end, 0);
}

void trip_end(struct trip *trip, enum frontier_end end)
{
    struct crawl *crawl = trip->crawl;
    leave_host(trip);
    int error = trip_ack(trip, end);
    if (error)
        crawl_fail(crawl, error, NULL);
    trip_free(trip);
}

void trip_fail(struct trip *trip, struct outcome *outcome)
{
    struct entry *entry = trip->entry;
    leave_host(trip);
    trip->entry = NULL;
    job_settle(&trip->crawl->job, entry, outcome);
}

int trip_start(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    struct entry *entry = trip->entry;
    int error = slots_acquire(crawl->slots, DEADLINE_NEVER);
    if (error) {
        trip_end(trip, FRONTIER_BACK);
        return error;
    }
    trip->entry = NULL;
    crew_start(crawl->crew, entry);
    return 0;
}
