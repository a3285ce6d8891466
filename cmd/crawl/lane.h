/* lane.h - the URLs of one host that wait: a few in memory, the rest on disk.
 *
 * All of the host's URLs that stand no further back than `until` are in memory, in the window or
 * leased; those behind, if `more`, are on disk only. The window is filled up from there by reading,
 * during which URLs may come and go: what is read is taken as far as it cannot have changed.
 *
 * Pure memory. Ownership: lane_new() to lane_free(). Thread: whoever holds the frontier's mutex.
 * Nothing here parks.
 */
#ifndef CMD_CRAWL_LANE_H
#define CMD_CRAWL_LANE_H

#include "cmd/crawl/frontier.h"
#include "cmd/crawl/url_rows.h"
#include "cmd/get/key_table.h"
#include "engine/list.h"

enum lane_state {
    LANE_IDLE,    /* nothing in the window */
    LANE_READY,   /* in the list of those */
    LANE_FULL,    /* waits until somebody leaves the host */
    LANE_WAITING, /* in the heap of those whose host opens again at a known time */
};

struct lane;

/* A URL in memory. */
struct lane_url {
    struct frontier_lease lease; /* the first member */
    struct list_node node;       /* in the lane's window, or among those that are leased */
    struct lane *lane;
    struct url_place place;
    bool gone; /* acked while the lane was being read */
    char text[];
};

struct lane {
    struct key_node node; /* by host key */
    struct list_node listed;
    struct list_node reading_listed; /* among those to be read for */
    uint64_t id;
    enum lane_state state;
    bool spaced; /* counted among those that wait for their delay */
    bool more;
    bool reading;     /* from when it is to be read until what was read has come */
    bool stale;       /* what is being read is of no use */
    bool floored;     /* URLs at or behind `floor` went to disk while it was being read */
    uint32_t waiting; /* URLs in the window */
    uint32_t leased;  /* not counting those that are gone */
    uint32_t served;  /* URLs since it came to memory */
    struct url_place until;
    struct url_place floor;
    struct list window; /* struct lane_url, in order */
    struct list out;    /* leased, or gone */
    char key[];
};

/* Room for a host key; a name has at most 253 bytes, an address may have a zone. */
enum { HOST_KEY_SIZE = 384 };

/* What URLs of a host begin with in most cases, from its key alone: "https://name" for name:443,
 * "ftp://name" for name:21, "http://name" or "http://name:port" else. `origin` has HOST_KEY_SIZE +
 * 16 bytes. Its length. */
size_t lane_origin(const char *key, char *origin);

/* What is kept of a URL: all but the origin, if it begins with that. Sets row->length. */
const char *lane_shorten(const char *origin, size_t origin_length, const char *text, size_t length,
                         struct url_row *row);

/* A lane with nothing in it. NULL when memory runs out. */
struct lane *lane_new(uint64_t id, const char *key);
void lane_free(struct lane *lane);

/* A row that has just come to the disk, or is about to: into the window if it belongs there.
 * `most`: URLs that the window may have. 1 when it did, 0 when not, -ENOMEM: as if not. */
int lane_offer(struct lane *lane, const struct url_row *row, const char *text, unsigned most);

/* The first of the window, which there is; it is leased. */
struct lane_url *lane_take(struct lane *lane);

/* The lease ends: the URL is no longer on disk, or about to be. Frees it. */
void lane_end(struct lane_url *url);

/* The lease ends, and the URL is as it was before. */
void lane_return(struct lane_url *url);

/* Is it time to read, for a window of so many? */
bool lane_wants_more(const struct lane *lane, unsigned most);

/* How many rows behind `until` to read. */
unsigned lane_read_count(const struct lane *lane, unsigned most);

/* What was read, in order, `asked` rows at most. How many came into the window, or -ENOMEM. */
int lane_fill(struct lane *lane, const struct url_rows *rows, size_t first, size_t count,
              size_t asked);

/* Nothing in memory and nothing on disk? */
static inline bool lane_is_empty(const struct lane *lane)
{
    return lane->waiting == 0 && lane->leased == 0 && !lane->more && !lane->reading;
}

#endif
