#include "cmd/crawl/frontier_state.h"

#include "net/url/resolve.h"
#include "net/url/url.h"
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Links that are looked up together. */
enum { PUSHED_AT_ONCE = 64 };

int frontier_sleep(struct frontier *frontier, struct list *list, int64_t until)
{
    struct sleeper sleeper = {0};
    waker_init(&sleeper.waker);
    list_push_back(list, &sleeper.node);
    pthread_mutex_unlock(&frontier->mutex);
    int error = waker_wait(&sleeper.waker, until);
    pthread_mutex_lock(&frontier->mutex);
    bool listed = list_linked(&sleeper.node);
    list_remove(&sleeper.node);
    if (error && !listed) {
        /* Whoever unlisted it is at the waker, or was: it can be waited for. */
        pthread_mutex_unlock(&frontier->mutex);
        waker_settle(&sleeper.waker);
        pthread_mutex_lock(&frontier->mutex);
        error = 0;
    }
    waker_destroy(&sleeper.waker);
    return error;
}

void frontier_wake_one(struct list *sleepers)
{
    struct list_node *node = list_pop_front(sleepers);
    if (node)
        waker_wake(&list_entry(node, struct sleeper, node)->waker);
}

void frontier_wake_all(struct list *sleepers)
{
    while (!list_empty(sleepers))
        frontier_wake_one(sleepers);
}

void frontier_fail(struct frontier *frontier, int error)
{
    if (!frontier->error)
        frontier->error = error;
    frontier_wake_all(&frontier->lessees);
    frontier_wake_all(&frontier->pushers);
    frontier_wake_all(&frontier->flushers);
}

static int frontier_load(struct frontier *frontier)
{
    struct frontier_found found;
    int error = frontier_store_begin(frontier->store, &found);
    if (!error)
        error = seen_set_new(&frontier->seen, found.key);
    if (!error)
        error = frontier_store_load(frontier->store, frontier->seen);
    if (error)
        return error;
    frontier->totals = found.totals;
    frontier->later = found.later;
    frontier->next_recall = found.later ? 0 : INT64_MAX;
    frontier->parked = found.hosts > 0;
    return 0;
}

static int frontier_init(struct frontier *frontier, const struct frontier_options *options)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&frontier->hurry, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&frontier->idle, NULL);
    pthread_mutex_init(&frontier->mutex, NULL);
    list_init(&frontier->ready);
    list_init(&frontier->lessees);
    list_init(&frontier->pushers);
    list_init(&frontier->flushers);
    list_init(&frontier->needy);
    frontier->hosts = options->hosts;
    frontier->pool = offload_pool_new(1, 0);
    return frontier->pool ? key_table_init(&frontier->lanes) : -ENOMEM;
}

static void frontier_free(struct frontier *frontier)
{
    frontier_free_lanes(frontier);
    offload_pool_free(frontier->pool);
    frontier_store_close(frontier->store);
    seen_set_free(frontier->seen);
    frontier_changes_free(&frontier->changes);
    frontier_changes_free(&frontier->exchange.changes);
    url_rows_free(&frontier->exchange.read_rows);
    url_rows_free(&frontier->exchange.host_rows);
    url_rows_free(&frontier->exchange.recalled);
    pthread_cond_destroy(&frontier->hurry);
    pthread_cond_destroy(&frontier->idle);
    pthread_mutex_destroy(&frontier->mutex);
    free(frontier);
}

int frontier_open(struct frontier **out, const struct frontier_options *options, char **why)
{
    struct frontier *frontier = calloc(1, sizeof *frontier);
    *why = NULL;
    if (!frontier)
        return -ENOMEM;
    int error = frontier_init(frontier, options);
    if (!error)
        error = frontier_store_open(&frontier->store, options->directory, options->synced,
                                    options->fresh, why);
    if (!error) {
        error = frontier_load(frontier);
        if (error && asprintf(why, "cannot read the frontier %s",
                              frontier_store_problem(frontier->store)) < 0)
            *why = NULL;
    }
    if (error) {
        frontier_free(frontier);
        return error == -EBADMSG ? -EINVAL : error;
    }
    hosts_listen(frontier->hosts, frontier_on_left, frontier);
    *out = frontier;
    return 0;
}

int frontier_close(struct frontier *frontier)
{
    if (!frontier)
        return 0;
    pthread_mutex_lock(&frontier->mutex);
    assert(list_empty(&frontier->lessees) && list_empty(&frontier->pushers));
    frontier->closing = true;
    frontier->flushing = true;
    frontier_kick(frontier);
    while (frontier->busy)
        pthread_cond_wait(&frontier->idle, &frontier->mutex);
    int error = frontier->error;
    pthread_mutex_unlock(&frontier->mutex);
    hosts_listen(frontier->hosts, NULL, NULL);
    frontier_free(frontier);
    return error;
}

/* The key of a URL's host. False when it is no canonical URL. */
static bool host_key_of(const char *text, size_t length, char *key, size_t size)
{
    struct url_resolved parts;
    if (length > URL_LENGTH_MAX || !url_split(&parts, text, length))
        return false;
    int written =
        snprintf(key, size, "%.*s:%u", (int)parts.host_length, text + parts.host, parts.port);
    return written > 0 && (size_t)written < size;
}

/* Where no lane is to be made, the host waits on disk, or does so already. */
static struct lane *lane_for(struct frontier *frontier, uint64_t id, const char *key, int *error)
{
    struct lane *lane = NULL;
    bool makes = !frontier->parked && frontier_has_room(frontier);
    if (makes) {
        lane = frontier_make_lane(frontier, id, key);
        *error = lane ? 0 : -ENOMEM;
    }
    if (!*error)
        *error = frontier_note_host(frontier, id, HOST_COMES, key);
    if (!makes) {
        frontier->parked = true;
        frontier->parkings++;
    }
    return lane;
}

int frontier_place(struct frontier *frontier, const char *text, size_t length, struct url_row *row,
                   bool adds)
{
    char key[HOST_KEY_SIZE], origin[HOST_KEY_SIZE + 16];
    int error = 0;
    if (!host_key_of(text, length, key, sizeof key))
        return -EINVAL;
    struct lane *lane = frontier_find_lane(frontier, key);
    if (lane)
        row->host = lane->id;
    else
        error = seen_set_fingerprint(frontier->seen, key, strlen(key), &row->host);
    if (!lane && !error)
        lane = lane_for(frontier, row->host, key, &error);
    if (error)
        return error;
    const char *rest = lane_shorten(origin, lane_origin(key, origin), text, length, row);
    if (adds)
        error = url_rows_add(&frontier->changes.added, row, rest);
    if (error || !lane)
        return error;
    error = lane_offer(lane, row, rest, frontier_window(frontier));
    frontier_settle_lane(frontier, lane);
    return error < 0 ? error : 0;
}

/* One that was never seen, or is to be fetched all the same: then its fingerprint is 0. What fails
 * here ends the frontier: the URL counts as seen. */
static int push_new(struct frontier *frontier, const struct frontier_link *link, uint64_t print)
{
    unsigned depth = link->depth < FRONTIER_DEPTH_MAX ? link->depth : FRONTIER_DEPTH_MAX;
    struct url_row row = {
        .place.rank = (uint32_t)(link->priority & FRONTIER_PRIORITY_MAX) << 24 | depth,
        .place.number = frontier->totals.next_number++,
        .referrer = link->referrer,
        .kind = link->kind,
    };
    int error = print ? frontier_changes_add_print(&frontier->changes, print) : 0;
    if (!error)
        error = frontier_place(frontier, link->text, link->length, &row, true);
    if (error) {
        frontier_fail(frontier, error);
        return error;
    }
    frontier->totals.left++;
    frontier_changed(frontier);
    return 0;
}

static int push_some(struct frontier *frontier, const struct frontier_link *links, size_t count,
                     unsigned *added)
{
    uint64_t prints[PUSHED_AT_ONCE];
    int error = frontier->error;
    for (size_t i = 0; i < count && !error; i++) {
        error = seen_set_fingerprint(frontier->seen, links[i].text, links[i].length, &prints[i]);
        if (!error)
            seen_set_prefetch(frontier->seen, prints[i]);
    }
    for (size_t i = 0; i < count && !error; i++) {
        struct url_resolved parts;
        if (!url_split(&parts, links[i].text, links[i].length))
            return -EINVAL;
        int result = seen_set_add(frontier->seen, prints[i]);
        if (result == 1 || (result == 0 && links[i].again)) {
            error = push_new(frontier, &links[i], result == 1 ? prints[i] : 0);
            *added += !error;
        } else if (result < 0) {
            error = result;
        }
    }
    return error;
}

/* Whoever is quicker than the disk waits for it. */
static int wait_for_room(struct frontier *frontier)
{
    int error = 0;
    while (!error && !frontier->error &&
           frontier_changes_bytes(&frontier->changes) > LIMIT_CHANGES_BYTES) {
        frontier_kick(frontier);
        error = frontier_sleep(frontier, &frontier->pushers, DEADLINE_NEVER);
    }
    return error;
}

int frontier_push(struct frontier *frontier, const struct frontier_link *links, size_t count,
                  unsigned *added)
{
    unsigned new_ones = 0;
    int error = 0;
    pthread_mutex_lock(&frontier->mutex);
    for (size_t i = 0; i < count && !error; i += PUSHED_AT_ONCE) {
        size_t some = count - i < PUSHED_AT_ONCE ? count - i : PUSHED_AT_ONCE;
        error = push_some(frontier, links + i, some, &new_ones);
    }
    if (!error)
        error = wait_for_room(frontier);
    pthread_mutex_unlock(&frontier->mutex);
    if (added)
        *added = new_ones;
    return error;
}

int frontier_note(struct frontier *frontier, uint64_t note, int64_t number)
{
    const struct url_row row = {.host = note, .at = number};
    pthread_mutex_lock(&frontier->mutex);
    int error = frontier->error;
    if (!error)
        error = url_rows_add(&frontier->changes.notes, &row, NULL);
    if (!error)
        frontier_changed(frontier);
    pthread_mutex_unlock(&frontier->mutex);
    return error;
}

int frontier_each_note(struct frontier *frontier,
                       void (*seen)(void *ctx, uint64_t note, int64_t number), void *ctx)
{
    pthread_mutex_lock(&frontier->mutex);
    assert(!frontier->busy); /* the database would be the job's */
    int error = frontier->error;
    if (!error)
        error = frontier_store_each_note(frontier->store, seen, ctx);
    if (error && !frontier->error) {
        frontier->problem = frontier_store_problem(frontier->store);
        frontier_fail(frontier, error);
    }
    pthread_mutex_unlock(&frontier->mutex);
    return error;
}

int frontier_flush(struct frontier *frontier, int64_t deadline)
{
    int error = 0;
    pthread_mutex_lock(&frontier->mutex);
    uint64_t enough = frontier->exchanges + (frontier->busy ? 2 : 1);
    while (!error && !frontier->error && frontier->exchanges < enough &&
           (frontier->busy || frontier_changes_bytes(&frontier->changes) > 0)) {
        frontier->flushing = true;
        frontier_kick(frontier);
        error = frontier_sleep(frontier, &frontier->flushers, deadline);
    }
    if (frontier->error)
        error = frontier->error;
    pthread_mutex_unlock(&frontier->mutex);
    return error;
}

void frontier_count(struct frontier *frontier, struct frontier_counts *counts)
{
    pthread_mutex_lock(&frontier->mutex);
    *counts = (struct frontier_counts){
        .seen = seen_set_count(frontier->seen),
        .left = frontier->totals.left,
        .leased = frontier->leased,
        .later = frontier->later,
        .done = frontier->totals.done,
        .failed = frontier->totals.failed,
        .hosts = frontier->lanes.count,
        .spaced = frontier->spaced,
        .parked = frontier->parked,
    };
    pthread_mutex_unlock(&frontier->mutex);
}

const char *frontier_problem(struct frontier *frontier)
{
    pthread_mutex_lock(&frontier->mutex);
    /* Whoever wrote it has ended the frontier since: it changes no more. */
    const char *problem = frontier->problem ? frontier->problem : "";
    pthread_mutex_unlock(&frontier->mutex);
    return problem;
}

bool frontier_is_damaged(struct frontier *frontier)
{
    pthread_mutex_lock(&frontier->mutex);
    bool damaged = frontier->error == -EBADMSG;
    pthread_mutex_unlock(&frontier->mutex);
    return damaged;
}
