#include "cmd/crawl/held.h"

#include "cmd/crawl/trip.h"
#include "cmd/journal/recorder.h"
#include <stdlib.h>
#include <string.h>

static void on_written(void *ctx)
{
    struct crawl *crawl = ctx;
    event_set(&crawl->news);
}

void held_begin(struct crawl *crawl)
{
    struct recorder *recorder = crawl->job.history.recorder;
    if (crawl->pages)
        page_store_listen(crawl->pages, on_written, crawl);
    if (recorder)
        recorder_listen(recorder, on_written, crawl);
}

void held_add(struct trip *trip, enum frontier_end end)
{
    struct crawl *crawl = trip->crawl;
    const struct recorder *recorder = crawl->job.history.recorder;
    trip->end = end;
    trip->page_number = crawl->pages ? page_store_added(crawl->pages) : 0;
    trip->row_number = recorder ? recorder_added(recorder) : 0;
    page_give_back(&crawl->pool, trip->page);
    trip->page = NULL;
    free(trip->said);
    trip->said = NULL;
    list_push_back(&crawl->held, &trip->node);
}

static bool is_written(const struct trip *trip)
{
    const struct crawl *crawl = trip->crawl;
    const struct recorder *recorder = crawl->job.history.recorder;
    return (!crawl->pages || page_store_written(crawl->pages, trip->page_number)) &&
           (!recorder || recorder_written(recorder, trip->row_number));
}

static void release(struct trip *trip)
{
    struct crawl *crawl = trip->crawl;
    int error = trip_ack(trip, trip->end);
    if (error)
        crawl_fail(crawl, error, strdup(frontier_problem(crawl->frontier)));
    trip_free(trip);
}

/* Is there nothing to do but to wait for those that are held? */
static bool is_waited_for(const struct crawl *crawl)
{
    struct frontier_counts counts;
    if (crawl->ended)
        return true;
    frontier_count(crawl->frontier, &counts);
    uint64_t held = 0;
    struct list_node *node = list_first(&crawl->held);
    for (; node; node = list_next(&crawl->held, node))
        held++;
    return counts.left == held;
}

void held_release(struct crawl *crawl, bool idle)
{
    struct list_node *node;
    while ((node = list_first(&crawl->held))) {
        struct trip *trip = list_entry(node, struct trip, node);
        if (!is_written(trip))
            break;
        list_remove(node);
        release(trip);
    }
    if (!node || !idle || !is_waited_for(crawl))
        return;
    if (crawl->pages)
        page_store_hurry(crawl->pages);
    if (crawl->job.history.recorder)
        recorder_hurry(crawl->job.history.recorder);
}
