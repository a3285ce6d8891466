#include "cmd/crawl/frontier_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

unsigned frontier_window(const struct frontier *frontier)
{
    size_t share = frontier->lanes.count ? LIMIT_WINDOWS / frontier->lanes.count : LIMIT_WINDOW;
    if (share > LIMIT_WINDOW)
        return LIMIT_WINDOW;
    return share > 2 ? (unsigned)share : 2;
}

struct lane *frontier_find_lane(struct frontier *frontier, const char *host_key)
{
    struct key_node *node = key_table_find(&frontier->lanes, host_key);
    return node ? list_entry(node, struct lane, node) : NULL;
}

struct lane *frontier_make_lane(struct frontier *frontier, uint64_t id, const char *key)
{
    struct lane *lane = NULL;
    if (turn_heap_reserve(&frontier->waiting, frontier->lanes.count + 1) == 0)
        lane = lane_new(id, key);
    if (lane)
        key_table_add(&frontier->lanes, &lane->node);
    return lane;
}

int frontier_note_host(struct frontier *frontier, uint64_t id, enum host_change change,
                       const char *key)
{
    struct url_row row = {.host = id, .kind = change, .length = (uint32_t)strlen(key)};
    if (change != HOST_LEAVES)
        row.place.number = frontier->totals.next_turn++;
    int error = url_rows_add(&frontier->changes.hosts, &row, key);
    if (!error)
        frontier_changed(frontier);
    return error;
}

/* It is not listed anywhere. */
static void forget_lane(struct frontier *frontier, struct lane *lane, enum host_change change)
{
    int error = frontier_note_host(frontier, lane->id, change, lane->key);
    if (error)
        frontier_fail(frontier, error);
    if (change == HOST_WAITS) {
        frontier->parked = true;
        frontier->parkings++;
    }
    key_table_remove(&frontier->lanes, &lane->node);
    lane_free(lane);
}

static bool keep_lane(struct key_node *node, void *ctx)
{
    struct frontier *frontier = ctx;
    struct lane *lane = list_entry(node, struct lane, node);
    if (!lane_is_empty(lane) || frontier->error)
        return true;
    int error = frontier_note_host(frontier, lane->id, HOST_LEAVES, lane->key);
    if (error)
        frontier_fail(frontier, error);
    lane_free(lane);
    return false;
}

/* Those that are empty stay as long as there is room: most hosts get more URLs soon. */
bool frontier_has_room(struct frontier *frontier)
{
    if (frontier->lanes.count >= LIMIT_LANES)
        key_table_filter(&frontier->lanes, keep_lane, frontier);
    return frontier->lanes.count < LIMIT_LANES;
}

bool frontier_lanes_are_empty(struct frontier *frontier)
{
    for (size_t i = 0; i < frontier->lanes.size; i++) {
        struct key_node *node = frontier->lanes.buckets[i];
        for (; node; node = node->next)
            if (!lane_is_empty(list_entry(node, struct lane, node)))
                return false;
    }
    return true;
}

/* It has had its share, and others wait on disk: then it gets no more until all of its own have
 * come back, and gives way. */
static bool lane_retires(const struct frontier *frontier, const struct lane *lane)
{
    return frontier->parked && lane->served >= LIMIT_TURN;
}

static void unlist(struct lane *lane)
{
    list_remove(&lane->listed);
    list_remove(&lane->reading_listed);
    lane->state = LANE_IDLE;
}

/* Is it neither leased from nor read for, nor in a place where others would look for it? */
static bool lane_is_loose(const struct lane *lane)
{
    return lane->leased == 0 && !lane->reading && lane->state != LANE_FULL &&
           lane->state != LANE_WAITING;
}

void frontier_tell_lane(struct frontier *frontier, struct lane *lane)
{
    bool waits = lane->state == LANE_WAITING && lane->leased == 0;
    if (waits == lane->spaced)
        return;
    /* What a pause keeps waiting the hosts count themselves. */
    if (waits && hosts_is_paused(frontier->hosts, lane->key))
        return;
    lane->spaced = waits;
    frontier->spaced += waits ? 1 : (uint64_t)-1;
}

void frontier_settle_lane(struct frontier *frontier, struct lane *lane)
{
    frontier_tell_lane(frontier, lane);
    bool retires = lane_retires(frontier, lane);
    if (lane->state == LANE_READY && (lane->waiting == 0 || retires)) {
        list_remove(&lane->listed);
        lane->state = LANE_IDLE;
    }
    if (frontier->parked && lane_is_loose(lane) && (retires || lane_is_empty(lane))) {
        enum host_change change = lane_is_empty(lane) ? HOST_LEAVES : HOST_WAITS;
        unlist(lane);
        forget_lane(frontier, lane, change);
        return;
    }
    if (lane->state == LANE_IDLE && lane->waiting > 0 && !retires) {
        lane->state = LANE_READY;
        list_push_back(&frontier->ready, &lane->listed);
        frontier_wake_one(&frontier->lessees);
    }
    if (lane_wants_more(lane, frontier_window(frontier)) && !retires &&
        !list_linked(&lane->reading_listed)) {
        list_push_back(&frontier->needy, &lane->reading_listed);
        frontier_kick(frontier);
    }
}

static bool discard_lane(struct key_node *node, void *ctx)
{
    (void)ctx; /* nothing to know */
    lane_free(list_entry(node, struct lane, node));
    return false;
}

void frontier_free_lanes(struct frontier *frontier)
{
    if (frontier->lanes.buckets)
        key_table_filter(&frontier->lanes, discard_lane, NULL);
    key_table_clear(&frontier->lanes);
    turn_heap_clear(&frontier->waiting);
}
