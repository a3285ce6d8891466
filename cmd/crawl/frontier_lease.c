#include "cmd/crawl/frontier_state.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void frontier_on_left(void *ctx, const char *host_key)
{
    struct frontier *frontier = ctx;
    pthread_mutex_lock(&frontier->mutex);
    struct lane *lane = frontier_find_lane(frontier, host_key);
    if (lane && lane->state == LANE_FULL) {
        lane->state = LANE_IDLE;
        frontier_settle_lane(frontier, lane);
    }
    pthread_mutex_unlock(&frontier->mutex);
}

static int64_t waiting_due(const struct frontier *frontier)
{
    return frontier->waiting.count ? (int64_t)frontier->waiting.turns[0].key : DEADLINE_NEVER;
}

/* Those whose host opens by now. */
static void collect_due(struct frontier *frontier)
{
    if (frontier->waiting.count == 0)
        return;
    int64_t now = deadline_clock();
    while (waiting_due(frontier) <= now) {
        struct lane *lane = turn_heap_pop(&frontier->waiting);
        lane->state = LANE_IDLE;
        frontier_settle_lane(frontier, lane);
    }
}

/* The host has refused; it may be left meanwhile, but whoever leaves it waits for our mutex. */
static void lane_refused(struct frontier *frontier, struct lane *lane, int64_t again)
{
    lane->state = LANE_FULL;
    if (again == DEADLINE_NEVER)
        return;
    lane->state = LANE_WAITING;
    turn_heap_push(&frontier->waiting, (uint64_t)again, lane);
    frontier_tell_lane(frontier, lane);
}

/* The lane whose turn it is tries to enter its host. 0, -EAGAIN, or -ENOMEM. */
static int lane_try(struct frontier *frontier, struct lane *lane, struct lane_url **url)
{
    int64_t again = DEADLINE_NEVER;
    list_remove(&lane->listed);
    lane->state = LANE_IDLE;
    int refused = hosts_try_enter(frontier->hosts, lane->key, true, &again);
    if (refused == -EAGAIN) {
        lane_refused(frontier, lane, again);
        return refused;
    }
    if (refused && refused != -EBUSY) {
        frontier_settle_lane(frontier, lane);
        return refused;
    }
    *url = lane_take(lane);
    (*url)->lease.entered = !refused;
    frontier->leased++;
    frontier_settle_lane(frontier, lane);
    return 0;
}

static int take_ready(struct frontier *frontier, struct lane_url **url)
{
    int error = -EAGAIN;
    struct list_node *node;
    collect_due(frontier);
    while (error == -EAGAIN && (node = list_first(&frontier->ready)))
        error = lane_try(frontier, list_entry(node, struct lane, listed), url);
    return error;
}

/* When to look again, if nothing happens. */
static int64_t look_again(const struct frontier *frontier)
{
    int64_t again = waiting_due(frontier);
    if (frontier->later == 0 || frontier->busy)
        return again;
    int64_t left = frontier->next_recall - frontier_wall_ms();
    return deadline_min(again, deadline_in_ms(left > 0 ? left : 0));
}

/* Are there URLs left, and yet none anywhere? Whoever wrote to the file has not said so: waiting
 * for them would be without end. */
static bool is_lost(struct frontier *frontier)
{
    bool idle = frontier->leased == 0 && frontier->later == 0 && !frontier->parked &&
                frontier->waiting.count == 0 && !frontier->busy && !frontier_has_work(frontier);
    return idle && frontier_lanes_are_empty(frontier);
}

/* As frontier_try_lease(); 1 when all is done. */
static int take(struct frontier *frontier, struct lane_url **url)
{
    if (frontier->error)
        return frontier->error;
    int error = take_ready(frontier, url);
    if (error != -EAGAIN)
        return error;
    if (frontier->totals.left == 0)
        return 1;
    if (is_lost(frontier)) {
        frontier->problem = "the frontier counts URLs that it does not have";
        frontier_fail(frontier, -EBADMSG);
        return -EBADMSG;
    }
    frontier->eager = true;
    frontier_kick(frontier);
    return -EAGAIN;
}

int frontier_try_lease(struct frontier *frontier, struct frontier_lease **lease, int64_t *again)
{
    struct lane_url *url;
    pthread_mutex_lock(&frontier->mutex);
    int error = take(frontier, &url);
    if (error == -EAGAIN)
        *again = look_again(frontier);
    pthread_mutex_unlock(&frontier->mutex);
    if (!error)
        *lease = &url->lease;
    return error;
}

int frontier_lease(struct frontier *frontier, int64_t deadline, struct frontier_lease **lease)
{
    struct lane_url *url;
    int error, waited = 0;
    pthread_mutex_lock(&frontier->mutex);
    while ((error = take(frontier, &url)) == -EAGAIN && !waited) {
        /* Of those who wait only the first looks at the clock. */
        bool first = list_empty(&frontier->lessees);
        int64_t until = first ? deadline_min(deadline, look_again(frontier)) : deadline;
        waited = frontier_sleep(frontier, &frontier->lessees, until);
        if (waited == -ETIMEDOUT && deadline_clock() < deadline)
            waited = 0;
    }
    if (error == 1)
        frontier_wake_all(&frontier->lessees);
    else
        frontier_wake_one(&frontier->lessees); /* another is the first now */
    pthread_mutex_unlock(&frontier->mutex);
    if (error == -EAGAIN)
        return waited;
    if (!error)
        *lease = &url->lease;
    return error;
}

static void row_of(const struct lane_url *url, struct url_row *row)
{
    *row = (struct url_row){
        .host = url->lane->id,
        .place = url->place,
        .kind = url->lease.link.kind,
        .tries = url->lease.tries,
        .referrer = url->lease.link.referrer,
    };
}

static int write_end(struct frontier *frontier, const struct lane_url *url, enum frontier_end end,
                     int64_t delay)
{
    struct url_row row;
    row_of(url, &row);
    int error = url_rows_add(&frontier->changes.removed, &row, NULL);
    if (!error && url->lease.note)
        error =
            url_rows_add(&frontier->changes.notes,
                         &(struct url_row){.host = url->lease.note, .at = url->lease.noted}, NULL);
    if (error || end != FRONTIER_LATER) {
        frontier->totals.left--;
        frontier->totals.done += end == FRONTIER_DONE;
        frontier->totals.failed += end == FRONTIER_FAILED;
        return error;
    }
    row.at = frontier_wall_ms() + delay / NSEC_PER_MSEC;
    row.tries++;
    row.length = (uint32_t)url->lease.link.length;
    frontier->later++;
    if (row.at < frontier->next_recall)
        frontier->next_recall = row.at;
    return url_rows_add(&frontier->changes.later, &row, url->lease.link.text);
}

int frontier_ack(struct frontier *frontier, struct frontier_lease *lease, enum frontier_end end,
                 int64_t delay)
{
    struct lane_url *url = (struct lane_url *)lease; /* its first member */
    struct lane *lane = url->lane;
    pthread_mutex_lock(&frontier->mutex);
    int error = frontier->error;
    frontier->leased--;
    if (end == FRONTIER_BACK || error) {
        lane_return(url);
    } else {
        error = write_end(frontier, url, end, delay);
        if (error)
            frontier_fail(frontier, error);
        lane_end(url);
        frontier_changed(frontier);
    }
    frontier_settle_lane(frontier, lane);
    /* The last one ends the crawl; one for later may be the next. */
    if (frontier->totals.left == 0)
        frontier_wake_all(&frontier->lessees);
    else if (end == FRONTIER_LATER)
        frontier_wake_one(&frontier->lessees);
    pthread_mutex_unlock(&frontier->mutex);
    return error;
}
