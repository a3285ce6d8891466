#include "cmd/crawl/lane.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t lane_origin(const char *key, char *origin)
{
    static const struct {
        const char *port;
        const char *scheme;
    } known[] = {{":443", "https"}, {":80", "http"}, {":21", "ftp"}};
    const char *port = strrchr(key, ':');
    assert(port && strlen(key) < HOST_KEY_SIZE);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(port, known[i].port) == 0)
            return (size_t)sprintf(origin, "%s://%.*s", known[i].scheme, (int)(port - key), key);
    return (size_t)sprintf(origin, "http://%s", key);
}

struct lane *lane_new(uint64_t id, const char *key)
{
    size_t size = strlen(key) + 1;
    struct lane *lane = malloc(sizeof *lane + size);
    if (!lane)
        return NULL;
    *lane = (struct lane){.node.key = lane->key, .id = id};
    memcpy(lane->key, key, size);
    list_init(&lane->window);
    list_init(&lane->out);
    return lane;
}

static void free_all(struct list *list)
{
    struct list_node *node;
    while ((node = list_pop_front(list)))
        free(list_entry(node, struct lane_url, node));
}

void lane_free(struct lane *lane)
{
    if (!lane)
        return;
    free_all(&lane->window);
    free_all(&lane->out);
    free(lane);
}

/* What is left begins with a slash; a whole URL with its scheme. */
const char *lane_shorten(const char *origin, size_t origin_length, const char *text, size_t length,
                         struct url_row *row)
{
    bool same = length > origin_length && text[origin_length] == '/' &&
                memcmp(text, origin, origin_length) == 0;
    size_t skipped = same ? origin_length : 0;
    row->length = (uint32_t)(length - skipped);
    return text + skipped;
}

static struct lane_url *url_new(struct lane *lane, const struct url_row *row, const char *text)
{
    char origin[HOST_KEY_SIZE + 16];
    bool whole = row->length == 0 || *text != '/';
    size_t origin_length = whole ? 0 : lane_origin(lane->key, origin);
    size_t length = origin_length + row->length;
    struct lane_url *url = malloc(sizeof *url + length + 1);
    if (!url)
        return NULL;
    *url = (struct lane_url){.lane = lane, .place = row->place};
    memcpy(url->text, origin, origin_length);
    memcpy(url->text + origin_length, text, row->length);
    url->text[length] = '\0';
    url->lease = (struct frontier_lease){.host_key = lane->key, .tries = row->tries};
    url->lease.link = (struct frontier_link){
        .text = url->text,
        .length = length,
        .depth = row->place.rank & FRONTIER_DEPTH_MAX,
        .priority = row->place.rank >> 24,
        .kind = row->kind,
        .referrer = row->referrer,
    };
    return url;
}

static struct lane_url *url_at(struct list_node *node)
{
    return list_entry(node, struct lane_url, node);
}

static struct lane_url *window_last(const struct lane *lane)
{
    /* What is freed is off its list, which clang-tidy does not see. */
    return url_at(lane->window.head.prev); /* NOLINT(clang-analyzer-unix.Malloc) */
}

/* Most come last. */
static void window_insert(struct lane *lane, struct lane_url *url)
{
    struct list_node *before = lane->window.head.prev;
    while (before != &lane->window.head && place_before(url->place, url_at(before)->place))
        before = before->prev;
    list_insert_before(before->next, &url->node);
    lane->waiting++;
}

/* The last of the window is on disk only from now on. What is being read begins too late then. */
static void window_evict(struct lane *lane)
{
    struct lane_url *last = window_last(lane);
    list_remove(&last->node);
    free(last);
    lane->waiting--;
    lane->more = true;
    lane->stale = lane->reading;
    lane->until = window_last(lane)->place;
}

/* It is on disk only. */
static void lane_leave(struct lane *lane, struct url_place place)
{
    if (!lane->more)
        lane->until = window_last(lane)->place;
    lane->more = true;
    if (lane->reading && (!lane->floored || place_before(place, lane->floor))) {
        lane->floored = true;
        lane->floor = place;
    }
}

/* Behind what is in memory, and no room left there or others on disk before it? */
static bool belongs_on_disk(const struct lane *lane, struct url_place place, unsigned most)
{
    if (lane->more)
        return place_before(lane->until, place);
    return lane->waiting >= most && place_before(window_last(lane)->place, place);
}

int lane_offer(struct lane *lane, const struct url_row *row, const char *text, unsigned most)
{
    assert(most > 1);
    if (belongs_on_disk(lane, row->place, most)) {
        lane_leave(lane, row->place);
        return 0;
    }
    struct lane_url *url = url_new(lane, row, text);
    if (!url)
        return -ENOMEM;
    window_insert(lane, url);
    if (lane->waiting > most)
        window_evict(lane);
    return 1;
}

struct lane_url *lane_take(struct lane *lane)
{
    struct lane_url *url = url_at(list_pop_front(&lane->window));
    list_push_back(&lane->out, &url->node);
    lane->waiting--;
    lane->leased++;
    lane->served++;
    return url;
}

/* What is being read may have it still. */
void lane_end(struct lane_url *url)
{
    struct lane *lane = url->lane;
    lane->leased--;
    url->gone = true;
    if (lane->reading)
        return;
    list_remove(&url->node);
    free(url);
}

/* If it stands behind others that are on disk only, it is found there, and skipped as long as it is
 * in the window: so it takes its place, wherever that is. */
void lane_return(struct lane_url *url)
{
    struct lane *lane = url->lane;
    list_remove(&url->node);
    lane->leased--;
    if (lane->more && place_before(lane->until, url->place)) {
        lane_leave(lane, url->place);
        free(url);
        return;
    }
    window_insert(lane, url);
}

bool lane_wants_more(const struct lane *lane, unsigned most)
{
    return lane->more && !lane->reading && lane->waiting <= most / 4;
}

/* Those that are leased may stand behind `until`, too. */
unsigned lane_read_count(const struct lane *lane, unsigned most)
{
    unsigned missing = lane->waiting < most ? most - lane->waiting : 1;
    return missing + lane->leased;
}

static bool lane_is_out(const struct lane *lane, uint64_t number)
{
    struct list_node *node = list_first(&lane->out);
    for (; node; node = list_next(&lane->out, node))
        if (url_at(node)->place.number == number)
            return true;
    return false;
}

static void forget_gone(struct lane *lane)
{
    struct list_node *next;
    for (struct list_node *node = list_first(&lane->out); node; node = next) {
        next = list_next(&lane->out, node);
        if (!url_at(node)->gone)
            continue;
        list_remove(node);
        free(url_at(node));
    }
}

int lane_fill(struct lane *lane, const struct url_rows *rows, size_t first, size_t count,
              size_t asked)
{
    int filled = 0;
    bool all = count < asked && !lane->floored && !lane->stale;
    for (size_t i = first; i < first + count && !lane->stale; i++) {
        const struct url_row *row = &rows->rows[i];
        if (lane->floored && !place_before(row->place, lane->floor))
            break;
        if (!lane_is_out(lane, row->place.number)) {
            struct lane_url *url = url_new(lane, row, url_rows_text(rows, row));
            if (!url) {
                filled = -ENOMEM;
                all = false;
                break;
            }
            window_insert(lane, url);
            filled++;
        }
        lane->until = row->place;
    }
    lane->more = !all;
    lane->reading = false;
    lane->stale = false;
    lane->floored = false;
    forget_gone(lane);
    return filled;
}
