#include "cmd/crawl/depths.h"

#include "cmd/crawl/ends.h"
#include "cmd/crawl/seen.h"
#include "engine/list.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    STATE_STARTED = 1, /* in this run */
    STATE_LEARNT = 2,
    STATE_GLANCED = 4, /* nobody wanted more */
    STATE_AGAIN = 8,   /* listed */
};

#define FIRST_SLOTS 256 /* a power of two */

struct slot {
    uint64_t print; /* 0: none */
    uint32_t links : 24;
    uint32_t chain : 8;
    uint32_t state;
};

/* To be learnt from again. */
struct again {
    struct list_node node;
    uint64_t print;
    char url[];
};

struct depths {
    struct seen_set *prints; /* empty, for its key */
    struct slot *slots;
    size_t size;
    size_t count;
    struct ends moved;
    struct list again;
};

int depths_new(struct depths **out)
{
    unsigned char key[SEEN_KEY_BYTES];
    struct depths *depths = calloc(1, sizeof *depths);
    if (!depths)
        return -ENOMEM;
    list_init(&depths->again);
    depths->size = FIRST_SLOTS;
    depths->slots = calloc(depths->size, sizeof *depths->slots);
    int error = depths->slots ? 0 : -ENOMEM;
    if (!error)
        error = getrandom(key, sizeof key, 0) == sizeof key ? 0 : -EIO;
    if (!error)
        error = seen_set_new(&depths->prints, key);
    if (error) {
        depths_free(depths);
        return error;
    }
    *out = depths;
    return 0;
}

void depths_free(struct depths *depths)
{
    if (!depths)
        return;
    while (depths_waits(depths))
        depths_again_done(depths);
    ends_clear(&depths->moved);
    seen_set_free(depths->prints);
    free(depths->slots);
    free(depths);
}

/* Where the fingerprint is, or would be. */
static struct slot *seek(struct slot *slots, size_t size, uint64_t print)
{
    size_t at = print & (size - 1);
    while (slots[at].print && slots[at].print != print)
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static int grow(struct depths *depths)
{
    size_t size = 2 * depths->size;
    struct slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < depths->size; i++)
        if (depths->slots[i].print)
            *seek(slots, size, depths->slots[i].print) = depths->slots[i];
    free(depths->slots);
    depths->slots = slots;
    depths->size = size;
    return 0;
}

/* The slot of a URL. 1: it is a new one, for the caller to fill; 0; -ENOMEM. */
static int find(struct depths *depths, const char *url, size_t length, struct slot **slot)
{
    uint64_t print;
    int error = seen_set_fingerprint(depths->prints, url, length, &print);
    if (!error && depths->count >= depths->size - depths->size / 4)
        error = grow(depths);
    if (error)
        return -ENOMEM;
    *slot = seek(depths->slots, depths->size, print);
    if ((*slot)->print)
        return 0;
    (*slot)->print = print;
    depths->count++;
    return 1;
}

static void set(struct slot *slot, struct depth depth)
{
    slot->links = depth.links & 0xffffff; /* of --level, so never more */
    slot->chain = depth.chain & 0xff;
}

/* Does this way make it nearer than it was? */
static bool lessen(struct slot *slot, struct depth depth)
{
    bool nearer = depth.links < slot->links || depth.chain < slot->chain;
    set(slot, (struct depth){.links = depth.links < slot->links ? depth.links : slot->links,
                             .chain = depth.chain < slot->chain ? depth.chain : slot->chain});
    return nearer;
}

static int list_again(struct depths *depths, struct slot *slot, const char *url, size_t length)
{
    if (slot->state & STATE_AGAIN)
        return 0;
    struct again *again = malloc(sizeof *again + length + 1);
    if (!again)
        return -ENOMEM;
    memcpy(again->url, url, length);
    again->url[length] = '\0';
    again->print = slot->print;
    list_push_back(&depths->again, &again->node);
    slot->state |= STATE_AGAIN;
    return 0;
}

int depths_meet(struct depths *depths, const char *url, size_t length, struct depth depth,
                enum depths_way *way)
{
    struct slot *slot;
    int found = find(depths, url, length, &slot);
    *way = DEPTHS_FIRST;
    if (found < 0)
        return found;
    if (found == 1) {
        set(slot, depth);
        return 0;
    }
    if (slot->state & STATE_GLANCED) {
        slot->state = 0;
        set(slot, depth);
        *way = DEPTHS_NEARER;
        return 0;
    }
    if (!lessen(slot, depth))
        return 0;
    if (slot->state & STATE_LEARNT) {
        *way = DEPTHS_SETTLED;
        return list_again(depths, slot, url, length);
    }
    *way = slot->state & STATE_STARTED ? DEPTHS_SETTLED : DEPTHS_NEARER;
    return 0;
}

int depths_glance(struct depths *depths, const char *url, size_t length, enum depths_way *way)
{
    struct slot *slot;
    int found = find(depths, url, length, &slot);
    *way = found == 0 ? DEPTHS_SETTLED : DEPTHS_FIRST;
    if (found == 1)
        slot->state = STATE_GLANCED;
    return found < 0 ? found : 0;
}

bool depths_start(struct depths *depths, const char *url, bool glance)
{
    struct slot *slot;
    int found = find(depths, url, strlen(url), &slot);
    if (found < 0)
        return true;
    if (found == 1) { /* of an earlier run: how near it is comes with its lease */
        set(slot, (struct depth){.links = 0xffffff, .chain = 0xff});
        slot->state = glance ? STATE_GLANCED : 0;
    }
    if (glance)
        return slot->state & STATE_GLANCED;
    bool first = !(slot->state & STATE_STARTED);
    slot->state |= STATE_STARTED;
    return first;
}

int depths_learn(struct depths *depths, const char *url, struct depth *depth, const char *moved)
{
    struct slot *slot;
    int found = find(depths, url, strlen(url), &slot);
    if (found < 0)
        return found;
    if (found == 1)
        set(slot, *depth);
    lessen(slot, *depth);
    *depth = (struct depth){.links = slot->links, .chain = slot->chain};
    slot->state |= STATE_LEARNT;
    return moved ? ends_add_moved(&depths->moved, url, moved, NULL) : 0;
}

bool depths_again(struct depths *depths, const char **url, struct depth *depth, const char **moved)
{
    struct list_node *node = list_first(&depths->again);
    if (!node)
        return false;
    const struct again *again = list_entry(node, struct again, node);
    struct slot *slot = seek(depths->slots, depths->size, again->print);
    /* Should it come nearer meanwhile, it is listed once more. */
    slot->state &= ~(uint32_t)STATE_AGAIN;
    *depth = (struct depth){.links = slot->links, .chain = slot->chain};
    const struct end *end = ends_find(&depths->moved, again->url);
    *moved = end ? end->text : NULL;
    *url = again->url;
    return true;
}

void depths_again_done(struct depths *depths)
{
    struct list_node *node = list_pop_front(&depths->again);
    free(list_entry(node, struct again, node));
}

bool depths_waits(const struct depths *depths)
{
    return !list_empty(&depths->again);
}
