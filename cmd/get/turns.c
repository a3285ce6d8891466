#include "cmd/get/turns.h"

#include "cmd/get/entry_queue.h"
#include "cmd/get/key_table.h"
#include "cmd/get/turn_heap.h"
#include "engine/list.h"
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum lane_state {
    LANE_READY,   /* in the heap of those who may try */
    LANE_FULL,    /* waits until somebody leaves the host; also while it tries */
    LANE_CROWDED, /* the host has its share: in the list of those */
    LANE_FREED,   /* somebody has left: in the list of those */
    LANE_PAUSED,  /* in the heap of pauses */
};

/* The entries of one host that wait, at least one. Its state and `listed` are shared with whoever
 * leaves the host; the rest is the dispatcher's. */
struct lane {
    struct key_node node;
    struct list_node listed; /* on _shared.freed or .crowded */
    enum lane_state state;
    struct entry_queue queue;
    bool grouped; /* the key is the entries' group */
    char key[];
};

struct turns {
    struct hosts *hosts;
    struct entry_pool pool;
    struct turn_heap ready;  /* by number of the first entry */
    struct turn_heap paused; /* by when the pause ends */
    uint64_t count;          /* entries */
    struct {
        pthread_mutex_t mutex;
        struct key_table lanes;
        struct list freed;
        struct list crowded; /* few: each host has a good part of all connections */
        struct waker *waker; /* NULL: nobody waits */
    } _shared;
};

static struct lane *lane_find(struct turns *turns, const char *key)
{
    struct key_node *node = key_table_find(&turns->_shared.lanes, key);
    return node ? list_entry(node, struct lane, node) : NULL;
}

/* With the mutex held. */
static void wake_locked(struct turns *turns)
{
    if (turns->_shared.waker)
        waker_wake(turns->_shared.waker);
    turns->_shared.waker = NULL;
}

/* Somebody has left a host that was full: on his thread. */
static void on_left(void *ctx, const char *host_key)
{
    struct turns *turns = ctx;
    pthread_mutex_lock(&turns->_shared.mutex);
    struct lane *lane = lane_find(turns, host_key);
    if (lane && (lane->state == LANE_FULL || lane->state == LANE_CROWDED)) {
        lane->state = LANE_FREED;
        list_remove(&lane->listed);
        list_push_back(&turns->_shared.freed, &lane->listed);
        wake_locked(turns);
    }
    pthread_mutex_unlock(&turns->_shared.mutex);
}

struct turns *turns_new(struct hosts *hosts)
{
    struct turns *turns = calloc(1, sizeof *turns);
    if (!turns)
        return NULL;
    if (entry_pool_init(&turns->pool) || key_table_init(&turns->_shared.lanes)) {
        entry_pool_clear(&turns->pool);
        free(turns);
        return NULL;
    }
    turns->hosts = hosts;
    pthread_mutex_init(&turns->_shared.mutex, NULL);
    list_init(&turns->_shared.freed);
    list_init(&turns->_shared.crowded);
    hosts_listen(hosts, on_left, turns);
    return turns;
}

static bool lane_discard(struct key_node *node, void *ctx)
{
    struct turns *turns = ctx;
    struct lane *lane = list_entry(node, struct lane, node);
    entry_queue_clear(&turns->pool, &lane->queue);
    free(lane);
    return false;
}

void turns_free(struct turns *turns)
{
    if (!turns)
        return;
    hosts_listen(turns->hosts, NULL, NULL);
    key_table_filter(&turns->_shared.lanes, lane_discard, turns);
    key_table_clear(&turns->_shared.lanes);
    turn_heap_clear(&turns->ready);
    turn_heap_clear(&turns->paused);
    entry_pool_clear(&turns->pool);
    pthread_mutex_destroy(&turns->_shared.mutex);
    free(turns);
}

/* With the mutex held. */
static void lane_set_ready(struct turns *turns, struct lane *lane)
{
    lane->state = LANE_READY;
    turn_heap_push(&turns->ready, entry_queue_number(&lane->queue), lane);
}

/* Makes ready whose host was left or whose pause is over. */
static void turns_collect(struct turns *turns)
{
    struct list_node *node;
    pthread_mutex_lock(&turns->_shared.mutex);
    while ((node = list_pop_front(&turns->_shared.freed)))
        lane_set_ready(turns, list_entry(node, struct lane, listed));
    int64_t now = turns->paused.count > 0 ? deadline_clock() : 0;
    while (turns->paused.count > 0 && turns_due(turns) <= now)
        lane_set_ready(turns, turn_heap_pop(&turns->paused));
    pthread_mutex_unlock(&turns->_shared.mutex);
}

/* The host was not to be entered until `again`. If it was left meanwhile, that counts. */
static void lane_refused(struct turns *turns, struct lane *lane, int64_t again)
{
    if (again == DEADLINE_NEVER)
        return;
    pthread_mutex_lock(&turns->_shared.mutex);
    if (lane->state == LANE_FULL) {
        lane->state = LANE_PAUSED;
        turn_heap_push(&turns->paused, (uint64_t)again, lane);
    }
    pthread_mutex_unlock(&turns->_shared.mutex);
}

/* The host has its share. If it was left meanwhile, that counts. */
static void lane_crowded(struct turns *turns, struct lane *lane)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    if (lane->state == LANE_FULL) {
        lane->state = LANE_CROWDED;
        list_push_back(&turns->_shared.crowded, &lane->listed);
    }
    pthread_mutex_unlock(&turns->_shared.mutex);
}

/* The lane has tried. When nothing waits in it any more, that was all; else its next entry is ready
 * to try as well. */
static void lane_tried(struct turns *turns, struct lane *lane)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    bool empty = lane->queue.count == 0;
    if (empty) {
        list_remove(&lane->listed);
        key_table_remove(&turns->_shared.lanes, &lane->node);
    } else if (lane->state == LANE_FULL) {
        lane_set_ready(turns, lane);
    }
    pthread_mutex_unlock(&turns->_shared.mutex);
    if (empty)
        free(lane);
}

/* Its first entry, which a queue keeps without its group. 0 or -errno. */
static int lane_take(struct turns *turns, struct lane *lane, struct entry **entry)
{
    char *group = lane->grouped ? strdup(lane->key) : NULL;
    if (lane->grouped && !group)
        return -ENOMEM;
    int error = entry_queue_take(&turns->pool, &lane->queue, entry);
    if (error)
        free(group);
    else
        (*entry)->group = group;
    return error;
}

/* Its first entry tries to enter. As turns_take(). */
static int lane_try(struct turns *turns, struct lane *lane, bool crowding, struct entry **entry)
{
    int64_t again = DEADLINE_NEVER;
    /* From here on it counts when somebody leaves, even before we have been refused. */
    pthread_mutex_lock(&turns->_shared.mutex);
    lane->state = LANE_FULL;
    pthread_mutex_unlock(&turns->_shared.mutex);
    int refused = hosts_try_enter(turns->hosts, lane->key, crowding, &again);
    if (refused == -EUSERS) {
        lane_crowded(turns, lane);
        return -EAGAIN;
    }
    if (refused == -EAGAIN) {
        lane_refused(turns, lane, again);
        return refused;
    }
    int error = refused == -EBUSY ? 0 : refused;
    if (!error) {
        error = lane_take(turns, lane, entry);
        if (error && !refused)
            hosts_leave(turns->hosts, lane->key);
    }
    if (!error) {
        (*entry)->leased = !refused;
        turns->count--;
    }
    lane_tried(turns, lane);
    return error;
}

/* Takes the lane with the earliest entry from those whose host has its share. NULL: none. */
static struct lane *turns_pop_crowded(struct turns *turns)
{
    struct lane *earliest = NULL;
    pthread_mutex_lock(&turns->_shared.mutex);
    struct list_node *node = list_first(&turns->_shared.crowded);
    for (; node; node = list_next(&turns->_shared.crowded, node)) {
        struct lane *lane = list_entry(node, struct lane, listed);
        if (!earliest || entry_queue_number(&lane->queue) < entry_queue_number(&earliest->queue))
            earliest = lane;
    }
    if (earliest) {
        list_remove(&earliest->listed);
        earliest->state = LANE_FULL;
    }
    pthread_mutex_unlock(&turns->_shared.mutex);
    return earliest;
}

int turns_take(struct turns *turns, bool crowding, struct entry **entry)
{
    if (turns->count == 0)
        return -EAGAIN;
    turns_collect(turns);
    int error = -EAGAIN;
    while (error == -EAGAIN && turns->ready.count > 0)
        error = lane_try(turns, turn_heap_pop(&turns->ready), false, entry);
    struct lane *lane;
    while (error == -EAGAIN && crowding && (lane = turns_pop_crowded(turns)))
        error = lane_try(turns, lane, true, entry);
    return error;
}

/* A lane with its first entry. It is ready: its host may have been left before the lane existed.
 */
static int lane_new(struct turns *turns, struct entry *entry)
{
    size_t lanes = turns->_shared.lanes.count + 1;
    if (turn_heap_reserve(&turns->ready, lanes) || turn_heap_reserve(&turns->paused, lanes))
        return -ENOMEM;
    size_t size = strlen(entry_gate(entry)) + 1;
    struct lane *lane = malloc(sizeof *lane + size);
    if (!lane)
        return -ENOMEM;
    *lane = (struct lane){.node.key = lane->key, .grouped = entry->group != NULL};
    memcpy(lane->key, entry_gate(entry), size);
    int error = entry_queue_put(&turns->pool, &lane->queue, entry);
    if (error) {
        free(lane);
        return error;
    }
    pthread_mutex_lock(&turns->_shared.mutex);
    key_table_add(&turns->_shared.lanes, &lane->node);
    lane_set_ready(turns, lane);
    pthread_mutex_unlock(&turns->_shared.mutex);
    return 0;
}

static struct lane *lane_of(struct turns *turns, const char *host_key)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    struct lane *lane = lane_find(turns, host_key);
    pthread_mutex_unlock(&turns->_shared.mutex);
    return lane;
}

int turns_put(struct turns *turns, struct entry *entry)
{
    struct lane *lane = lane_of(turns, entry_gate(entry));
    int error = lane ? entry_queue_put(&turns->pool, &lane->queue, entry) : lane_new(turns, entry);
    turns->count += !error;
    return error;
}

int turns_put_early(struct turns *turns, struct entry *entry)
{
    struct lane *lane = lane_of(turns, entry_gate(entry));
    int error =
        lane ? entry_queue_put_early(&turns->pool, &lane->queue, entry) : lane_new(turns, entry);
    turns->count += !error;
    return error;
}

bool turns_wait_for(struct turns *turns, const char *host_key)
{
    return turns->count > 0 && lane_of(turns, host_key);
}

bool turns_crowded(struct turns *turns)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    bool crowded = !list_empty(&turns->_shared.crowded);
    pthread_mutex_unlock(&turns->_shared.mutex);
    return crowded;
}

bool turns_full(const struct turns *turns)
{
    return entry_pool_full(&turns->pool);
}

uint64_t turns_count(const struct turns *turns)
{
    return turns->count;
}

int64_t turns_due(const struct turns *turns)
{
    return turns->paused.count > 0 ? (int64_t)turns->paused.turns[0].key : DEADLINE_NEVER;
}

bool turns_arm(struct turns *turns, struct waker *waker)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    bool idle = list_empty(&turns->_shared.freed);
    if (idle)
        turns->_shared.waker = waker;
    pthread_mutex_unlock(&turns->_shared.mutex);
    return idle;
}

bool turns_disarm(struct turns *turns)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    bool armed = turns->_shared.waker != NULL;
    turns->_shared.waker = NULL;
    pthread_mutex_unlock(&turns->_shared.mutex);
    return armed;
}

void turns_wake(struct turns *turns)
{
    pthread_mutex_lock(&turns->_shared.mutex);
    wake_locked(turns);
    pthread_mutex_unlock(&turns->_shared.mutex);
}
