/* robots_trip.c - a site's robots.txt is fetched before anything else of it. */
#include "cmd/crawl/trip.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file as it arrives; what is longer than a crawler must read is left out. */
struct robots_text {
    struct tap tap;
    bool full; /* as much of it as anybody reads */
    char *data;
    size_t length;
    size_t room;
};

static struct robots_text *text_of(struct sink *sink)
{
    return list_entry(list_entry(sink, struct tap, sink), struct robots_text, tap);
}

static int text_begin(struct sink *sink, struct transfer *transfer,
                      const struct transfer_result *result)
{
    struct robots_text *text = text_of(sink);
    text->length = 0;
    text->full = false;
    return text->tap.next->begin(text->tap.next, transfer, result);
}

static int text_write(struct sink *sink, const void *data, size_t size)
{
    struct robots_text *text = text_of(sink);
    int result = text->tap.next->write(text->tap.next, data, size);
    if (result)
        return result;
    if (size > ROBOTS_SIZE_MAX - text->length)
        size = ROBOTS_SIZE_MAX - text->length;
    if (size > text->room - text->length) {
        size_t room = text->length + size < 4096 ? 4096 : 2 * (text->length + size);
        char *larger = realloc(text->data, room);
        if (!larger)
            return -ENOMEM;
        text->data = larger;
        text->room = room;
    }
    memcpy(text->data + text->length, data, size);
    text->length += size;
    text->full = text->length == ROBOTS_SIZE_MAX;
    return text->full ? -EFBIG : 0; /* it may have no end */
}

static void free_text(struct robots_text *text)
{
    if (text)
        free(text->data);
    free(text);
}

/* The trip that fetches it, with the connection of `first`. NULL when memory runs out. */
static struct trip *make_trip(struct trip *first)
{
    struct crawl *crawl = first->crawl;
    char url[400];
    int length = snprintf(url, sizeof url, "%s/robots.txt", first->site->key);
    struct trip *trip = calloc(1, sizeof *trip);
    if (!trip)
        return NULL;
    trip->crawl = crawl;
    trip->site = first->site;
    trip->robots = calloc(1, sizeof *trip->robots);
    if (!trip->robots || crawl_entry_new(crawl, url, (size_t)length, &trip->entry) ||
        crawl_entry_sign(crawl, &trip->entry, first->site)) {
        free_text(trip->robots);
        trip_free(trip);
        return NULL;
    }
    trip->robots->tap.sink = (struct sink){.begin = text_begin, .write = text_write};
    trip->entry->trip = trip;
    trip->entry->tap = &trip->robots->tap;
    trip->entry->aside = true;
    trip->entry->foreign = !first->site->named;
    trip->entry->leased = first->lease->entered;
    return trip;
}

/* All that waits for it is as if it had never been leased: the frontier gives it out again, in its
 * turn and as fast as the site wants it. */
static void give_back_waiting(struct crawl *crawl, struct site *site)
{
    struct list_node *node;
    while ((node = list_first(&site->waiting))) {
        struct trip *trip = list_entry(node, struct trip, node);
        list_remove(node);
        if (trip->lease->entered)
            hosts_leave(crawl->job.hosts, trip->lease->host_key);
        int error = trip_ack(trip, FRONTIER_BACK);
        if (error)
            crawl_fail(crawl, error, NULL);
        trip_free(trip);
    }
}

/* Nobody asks: there is no memory or no slot to do so. */
static void give_up(struct crawl *crawl, struct site *site, int error)
{
    site->state = SITE_NEW;
    give_back_waiting(crawl, site);
    if (error != -ECANCELED)
        crawl_fail(crawl, error, NULL);
}

void robots_ask(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    struct site *site = trip->site;
    list_push_back(&site->waiting, &trip->node);
    if (site->state == SITE_ASKING)
        return;
    site->state = SITE_ASKING;
    struct trip *asking = make_trip(trip);
    int error = asking ? slots_acquire(crawl->slots, DEADLINE_NEVER) : -ENOMEM;
    if (error) {
        if (asking)
            robots_free_trip(asking);
        give_up(crawl, site, error);
        return;
    }
    trip->lease->entered = false; /* the connection is the other's */
    struct entry *entry = asking->entry;
    asking->entry = NULL;
    crew_start(crawl->crew, entry);
}

void robots_landed(struct trip *trip, const struct outcome *outcome)
{
    struct crawl *crawl = trip->crawl;
    struct site *site = trip->site;
    struct robots_text *text = trip->robots;
    /* Of a file that was cut off nobody knows what else it forbids (RFC 9309 section 2.3.1.4). */
    bool whole = outcome->kind == OUTCOME_OK || text->full;
    const char *why = outcome->error ? outcome->error : "it broke off";
    int error = 0;
    if (outcome->kind == OUTCOME_NOT_TRIED)
        site->state = SITE_NEW;
    else
        error = sites_tell(crawl->sites, site, outcome->status, text->data ? text->data : "",
                           text->length, whole ? NULL : why);
    if (!error && site_delay(site) > 0)
        error =
            hosts_set_interval(crawl->job.hosts, strstr(site->key, "://") + 3, site_delay(site));
    give_back_waiting(crawl, site);
    if (error)
        crawl_fail(crawl, error, NULL);
    /* Its sitemaps lead on. */
    list_push_back(&crawl->landed, &trip->node);
    event_set(&crawl->news);
}

void robots_free_trip(struct trip *trip)
{
    free_text(trip->robots);
    trip_free(trip);
}
