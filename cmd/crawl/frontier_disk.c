#include "cmd/crawl/frontier_state.h"

#include "cmd/get/wall_clock.h"
#include "engine/offload/offload.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* No change waits longer before it is committed. */
static const int64_t changes_patience_ns = 50 * NSEC_PER_MSEC;

/* Lanes that want more have some left, mostly: others may come to be read for together. */
static const int64_t reads_patience_ns = 2 * NSEC_PER_MSEC;

/* URLs whose time has come, and hosts whose turn has, that are read at once. */
enum { RECALLED_AT_ONCE = 256, HOSTS_AT_ONCE = 256 };

int64_t frontier_wall_ms(void)
{
    return wall_clock() / NSEC_PER_MSEC;
}

static bool has_changes(const struct frontier *frontier)
{
    return frontier_changes_bytes(&frontier->changes) > 0;
}

static bool wants_recall(const struct frontier *frontier)
{
    return frontier->later > 0 && frontier->next_recall <= frontier_wall_ms();
}

static unsigned hosts_wanted(const struct frontier *frontier)
{
    size_t room = LIMIT_LANES > frontier->lanes.count ? LIMIT_LANES - frontier->lanes.count : 0;
    if (!frontier->parked)
        return 0;
    return room < HOSTS_AT_ONCE ? (unsigned)room : HOSTS_AT_ONCE;
}

bool frontier_has_work(const struct frontier *frontier)
{
    if (frontier->closing)
        return has_changes(frontier);
    return has_changes(frontier) || !list_empty(&frontier->needy) || hosts_wanted(frontier) > 0 ||
           wants_recall(frontier);
}

/* When to begin: at once for whoever waits, else when more has come together. */
static int64_t work_due(const struct frontier *frontier)
{
    size_t changes = frontier->changes.added.count + frontier->changes.removed.count;
    bool waited_for = !list_empty(&frontier->pushers) || !list_empty(&frontier->lessees) ||
                      frontier->eager || frontier->flushing;
    bool reads =
        !list_empty(&frontier->needy) || hosts_wanted(frontier) > 0 || wants_recall(frontier);
    if (changes >= LIMIT_CHANGES || frontier->flushing || !list_empty(&frontier->pushers) ||
        (reads && waited_for))
        return DEADLINE_NOW;
    int64_t due = DEADLINE_NEVER;
    if (has_changes(frontier))
        due = frontier->oldest + changes_patience_ns;
    if (reads)
        due = deadline_min(due, deadline_clock() + reads_patience_ns);
    return due;
}

/* Until it is time to begin. The job's thread has nothing else to do. */
static void linger(struct frontier *frontier)
{
    int64_t due;
    while (!frontier->error && (due = work_due(frontier)) > deadline_clock()) {
        struct timespec time = {.tv_sec = due / NSEC_PER_SEC, .tv_nsec = due % NSEC_PER_SEC};
        if (pthread_cond_timedwait(&frontier->hurry, &frontier->mutex, &time) == ETIMEDOUT)
            return;
    }
}

/* What is to be exchanged, as it is now. */
static void exchange_begin(struct frontier *frontier, struct exchange *exchange)
{
    struct frontier_changes emptied = exchange->changes;
    exchange->changes = frontier->changes;
    exchange->changes.totals = frontier->totals;
    frontier->changes = emptied;
    exchange->read_count = 0;
    struct list_node *node;
    while (exchange->read_count < LIMIT_READS && (node = list_pop_front(&frontier->needy))) {
        struct lane *lane = list_entry(node, struct lane, reading_listed);
        lane->reading = true;
        exchange->reads[exchange->read_count++] = (struct lane_read){
            .lane = lane,
            .id = lane->id,
            .after = lane->until,
            .asked = lane_read_count(lane, frontier_window(frontier)),
        };
    }
    exchange->hosts_asked = hosts_wanted(frontier);
    exchange->after_turn = frontier->turn;
    exchange->recalls = wants_recall(frontier);
    exchange->now = frontier_wall_ms();
    exchange->free_turn = frontier->totals.next_turn;
    exchange->parkings = frontier->parkings;
    frontier->oldest = 0;
    if (exchange->recalls) {
        frontier->next_recall = INT64_MAX;
        frontier->totals.next_turn += RECALLED_AT_ONCE;
    }
    frontier->eager = false;
    frontier_wake_all(&frontier->pushers);
}

/* On the pool's thread, without the mutex. */
static int exchange_run(struct frontier_store *store, struct exchange *exchange)
{
    int error = 0;
    if (frontier_changes_bytes(&exchange->changes) > 0)
        error = frontier_store_write(store, &exchange->changes);
    if (!error && exchange->recalls)
        error = frontier_store_recall(store, exchange->now, RECALLED_AT_ONCE, exchange->free_turn,
                                      &exchange->recalled, &exchange->next_recall);
    for (size_t i = 0; i < exchange->read_count && !error; i++) {
        struct lane_read *read = &exchange->reads[i];
        read->first = exchange->read_rows.count;
        error =
            frontier_store_read(store, read->id, read->after, read->asked, &exchange->read_rows);
        read->count = exchange->read_rows.count - read->first;
    }
    if (!error && exchange->hosts_asked)
        error = frontier_store_turns(store, exchange->after_turn, exchange->hosts_asked,
                                     &exchange->host_rows);
    return error;
}

/* First of all: what is read of their lanes may have them, or not. */
static int take_recalled(struct frontier *frontier, struct exchange *exchange)
{
    int error = 0;
    for (size_t i = 0; i < exchange->recalled.count && !error; i++) {
        struct url_row row = exchange->recalled.rows[i];
        const char *text = url_rows_text(&exchange->recalled, &row);
        error = frontier_place(frontier, text, row.length, &row, false);
        frontier->later--;
    }
    if (exchange->recalls && exchange->next_recall < frontier->next_recall)
        frontier->next_recall = exchange->next_recall;
    return error == -EINVAL ? -EBADMSG : error;
}

static int take_read(struct frontier *frontier, struct exchange *exchange)
{
    int error = 0;
    for (size_t i = 0; i < exchange->read_count; i++) {
        struct lane_read *read = &exchange->reads[i];
        int filled =
            lane_fill(read->lane, &exchange->read_rows, read->first, read->count, read->asked);
        if (filled < 0)
            error = filled;
        frontier_settle_lane(frontier, read->lane);
    }
    return error;
}

/* Their URLs are read next. `turn` passes all turns one by one: no host is skipped, whenever it got
 * its own. */
static int take_hosts(struct frontier *frontier, struct exchange *exchange)
{
    for (size_t i = 0; i < exchange->host_rows.count; i++) {
        struct url_row *row = &exchange->host_rows.rows[i];
        char key[HOST_KEY_SIZE];
        if (row->length >= sizeof key)
            return -EBADMSG;
        memcpy(key, url_rows_text(&exchange->host_rows, row), row->length);
        key[row->length] = '\0';
        frontier->turn = row->place.number;
        if (!strchr(key, ':'))
            return -EBADMSG;
        if (frontier_find_lane(frontier, key))
            continue; /* it came to memory in another way than by its turn */
        struct lane *lane = frontier_make_lane(frontier, row->host, key);
        if (!lane)
            return -ENOMEM;
        lane->more = true;
        frontier_settle_lane(frontier, lane);
    }
    /* Were these the last, and has none come since? */
    if (exchange->hosts_asked > exchange->host_rows.count &&
        exchange->parkings == frontier->parkings)
        frontier->parked = false;
    return 0;
}

static void exchange_end(struct frontier *frontier, struct exchange *exchange, int error)
{
    if (!error)
        error = take_recalled(frontier, exchange);
    if (!error)
        error = take_hosts(frontier, exchange);
    if (!error)
        error = take_read(frontier, exchange);
    frontier_changes_empty(&exchange->changes);
    url_rows_empty(&exchange->read_rows);
    url_rows_empty(&exchange->host_rows);
    url_rows_empty(&exchange->recalled);
    if (error)
        frontier_fail(frontier, error);
    frontier->exchanges++;
    frontier_wake_all(&frontier->flushers);
    frontier_wake_one(
        &frontier->lessees); /* who looks at the clock, or finds that nothing is left */
}

/* With no job under way. */
static void submit(struct frontier *frontier);

/* One exchange; what has come meanwhile is for the next. */
static void *job_run(void *arg)
{
    struct frontier *frontier = arg;
    struct exchange *exchange = &frontier->exchange;
    pthread_mutex_lock(&frontier->mutex);
    linger(frontier);
    int error = frontier->error;
    if (!error) {
        exchange_begin(frontier, exchange);
        pthread_mutex_unlock(&frontier->mutex);
        error = exchange_run(frontier->store, exchange);
        pthread_mutex_lock(&frontier->mutex);
        if (error)
            frontier->problem = frontier_store_problem(frontier->store);
        exchange_end(frontier, exchange, error);
    }
    frontier->busy = false;
    if (!frontier->error && frontier_has_work(frontier))
        submit(frontier);
    if (!frontier->busy) {
        frontier->flushing = false;
        pthread_cond_broadcast(&frontier->idle);
    }
    pthread_mutex_unlock(&frontier->mutex);
    return NULL;
}

static void submit(struct frontier *frontier)
{
    struct future *future = NULL;
    frontier->busy = true;
    int error = offload_submit(frontier->pool, job_run, frontier, &future);
    future_free(future);
    if (!error)
        return;
    frontier->busy = false;
    /* That no thread can be had is nothing to wait for, as -EAGAIN would say. */
    frontier_fail(frontier, error == -EAGAIN ? -ENOMEM : error);
}

void frontier_kick(struct frontier *frontier)
{
    if (frontier->busy)
        pthread_cond_signal(&frontier->hurry); /* it may linger */
    else if (!frontier->error && frontier_has_work(frontier))
        submit(frontier);
}

void frontier_changed(struct frontier *frontier)
{
    size_t changes = frontier->changes.added.count + frontier->changes.removed.count;
    if (!frontier->oldest)
        frontier->oldest = deadline_clock();
    if (!frontier->busy || changes == LIMIT_CHANGES)
        frontier_kick(frontier);
}
