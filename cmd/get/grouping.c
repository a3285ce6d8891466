#include "cmd/get/grouping.h"

#include "cmd/get/key_table.h"
#include "engine/sched/group.h"
#include "engine/sched/task.h"
#include "net/xfer/transfer.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many hosts are looked up at a time. */
#define LOOKUPS_MAX 256

/* So many entries wait for their hosts' addresses. */
#define WAITING_MAX 4096

/* Of so many hosts the address is kept; with more, it is asked of the resolver again. */
#define PLACES_MAX 16384

struct grouping {
    struct client *client; /* looks up as transfers do; NULL: stopped */
    struct group lookups;
    bool scheduled;
    void (*changed)(void *ctx);
    void *changed_ctx;
    struct key_table places;
    unsigned running; /* lookups */
    uint64_t count;   /* entries, those that are ready too */
    struct list ready;
};

/* A host. */
struct place {
    struct key_node node;
    struct grouping *grouping;
    struct list entries; /* wait for it to be looked up; at least one until it is */
    bool known;
    char address[CLIENT_ADDRESS_SIZE]; /* "": it stands for itself */
    char key[];
};

int grouping_new(struct grouping **made, const struct get_options *options,
                 void (*changed)(void *ctx), void *ctx)
{
    const char *why;
    struct grouping *grouping = calloc(1, sizeof *grouping);
    if (!grouping)
        return -ENOMEM;
    *grouping = (struct grouping){.changed = changed, .changed_ctx = ctx};
    list_init(&grouping->ready);
    int error = key_table_init(&grouping->places);
    if (!error)
        error = client_new(&grouping->client,
                           &(struct client_options){
                               .transfer = &options->transfer,
                               .resolver = &options->resolver,
                           },
                           &why);
    if (error) {
        grouping_free(grouping);
        return error;
    }
    grouping->scheduled = group_init(&grouping->lookups) == 0;
    *made = grouping;
    return 0;
}

void grouping_stop(struct grouping *grouping)
{
    if (grouping->scheduled)
        group_close(&grouping->lookups);
    client_free(grouping->client);
    grouping->client = NULL;
}

static bool place_discard(struct key_node *node, void *ctx)
{
    (void)ctx; /* nothing to know */
    free(list_entry(node, struct place, node));
    return false;
}

void grouping_free(struct grouping *grouping)
{
    struct entry *entry;
    if (!grouping)
        return;
    while ((entry = grouping_take(grouping)))
        entry_free(entry);
    key_table_filter(&grouping->places, place_discard, NULL);
    key_table_clear(&grouping->places);
    free(grouping);
}

static bool place_is_busy(struct key_node *node, void *ctx)
{
    struct place *place = list_entry(node, struct place, node);
    (void)ctx; /* nothing to know */
    if (!place->known)
        return true;
    free(place);
    return false;
}

/* NULL when memory runs out. */
static struct place *place_new(struct grouping *grouping, const char *key)
{
    size_t size = strlen(key) + 1;
    if (grouping->places.count >= PLACES_MAX)
        key_table_filter(&grouping->places, place_is_busy, NULL);
    struct place *place = malloc(sizeof *place + size);
    if (!place)
        return NULL;
    *place = (struct place){.node.key = place->key, .grouping = grouping};
    memcpy(place->key, key, size);
    list_init(&place->entries);
    key_table_add(&grouping->places, &place->node);
    return place;
}

/* An entry whose group there is no memory for goes with its host. */
static void make_ready(struct grouping *grouping, struct entry *entry, const struct place *place)
{
    if (place && *place->address)
        entry->group = strdup(place->address);
    list_push_back(&grouping->ready, &entry->node);
}

static void *look_up(void *arg)
{
    struct place *place = arg;
    struct grouping *grouping = place->grouping;
    struct list_node *node = list_first(&place->entries);
    struct entry *first = list_entry(node, struct entry, node);
    if (client_locate(grouping->client, &first->url, place->address))
        place->address[0] = '\0';
    place->known = true;
    grouping->running--;
    while ((node = list_pop_front(&place->entries)))
        make_ready(grouping, list_entry(node, struct entry, node), place);
    grouping->changed(grouping->changed_ctx);
    return NULL;
}

/* 0 or -ENOMEM. */
static int begin(struct grouping *grouping, struct place *place)
{
    grouping->running++;
    if (!grouping->scheduled) {
        look_up(place);
        return 0;
    }
    int error = group_spawn(&grouping->lookups, look_up, place);
    grouping->running -= error != 0;
    return error;
}

static struct place *place_find(const struct grouping *grouping, const struct entry *entry)
{
    struct key_node *node = key_table_find(&grouping->places, entry->url.host_key);
    return node ? list_entry(node, struct place, node) : NULL;
}

/* The first of a host. */
static int put_first(struct grouping *grouping, struct entry *entry)
{
    struct place *place = place_new(grouping, entry->url.host_key);
    if (!place)
        return -ENOMEM;
    list_push_back(&place->entries, &entry->node);
    int error = begin(grouping, place);
    if (error) {
        list_remove(&entry->node);
        key_table_remove(&grouping->places, &place->node);
        free(place);
    }
    return error;
}

int grouping_put(struct grouping *grouping, struct entry *entry)
{
    struct place *place = entry->problem ? NULL : place_find(grouping, entry);
    int error = 0;
    if (entry->problem || (place && place->known))
        make_ready(grouping, entry, place);
    else if (place)
        list_push_back(&place->entries, &entry->node);
    else
        error = put_first(grouping, entry);
    grouping->count += !error;
    return error;
}

struct entry *grouping_take(struct grouping *grouping)
{
    struct list_node *node = list_pop_front(&grouping->ready);
    if (!node)
        return NULL;
    grouping->count--;
    return list_entry(node, struct entry, node);
}

bool grouping_is_full(const struct grouping *grouping)
{
    return grouping->running >= LOOKUPS_MAX || grouping->count >= WAITING_MAX;
}

uint64_t grouping_count(const struct grouping *grouping)
{
    return grouping->count;
}
