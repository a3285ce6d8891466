/* frontier_state.h - what a frontier is made of, and what its parts are to each other. Private to
 * cmd/crawl: frontier.c has what comes in, frontier_lease.c what goes out, frontier_lanes.c the
 * hosts in memory, frontier_disk.c the exchange with the database.
 *
 * Thread: all of struct frontier is guarded by its mutex, but for what belongs to the job of the
 * disk. Functions are called with the mutex held unless they say otherwise.
 */
#ifndef CMD_CRAWL_FRONTIER_STATE_H
#define CMD_CRAWL_FRONTIER_STATE_H

#include "cmd/crawl/frontier.h"
#include "cmd/crawl/frontier_store.h"
#include "cmd/crawl/lane.h"
#include "cmd/crawl/limits.h"
#include "cmd/get/turn_heap.h"
#include "engine/offload/offload.h"
#include "engine/sched/waker.h"
#include <pthread.h>

/* Somebody who waits, on his stack. */
struct sleeper {
    struct list_node node;
    struct waker waker;
};

/* A lane that is read for. */
struct lane_read {
    struct lane *lane;
    uint64_t id;
    struct url_place after;
    unsigned asked;
    size_t first; /* of the rows that were read */
    size_t count;
};

/* One exchange with the database: the job's while it is under way. */
struct exchange {
    struct frontier_changes changes;
    struct lane_read reads[LIMIT_READS];
    size_t read_count;
    struct url_rows read_rows;
    unsigned hosts_asked; /* 0: none */
    uint64_t parkings;    /* as they were */
    uint64_t after_turn;
    struct url_rows host_rows;
    uint64_t free_turn;
    bool recalls; /* URLs to be tried again */
    int64_t now;  /* unix ms */
    int64_t next_recall;
    struct url_rows recalled;
};

struct frontier {
    pthread_mutex_t mutex;
    struct hosts *hosts;
    struct seen_set *seen;
    struct frontier_store *store; /* the job's while one is under way */
    struct offload_pool *pool;    /* one thread */
    int error;                    /* the first that ended it */
    uint64_t leased;
    uint64_t later;
    int64_t next_recall; /* unix ms; INT64_MAX: none */
    struct frontier_totals totals;

    struct key_table lanes;
    struct list ready;        /* lanes, in turn */
    struct turn_heap waiting; /* lanes, by when their hosts open */
    uint64_t spaced;          /* of these, as frontier_counts says */
    bool parked;              /* there may be hosts on disk only, whose turns come after `turn` */
    uint64_t turn;
    uint64_t parkings; /* how often one may have come to that */

    struct list lessees;  /* sleepers: for something to lease */
    struct list pushers;  /* for room */
    struct list flushers; /* for the disk to be idle */

    struct frontier_changes changes; /* collected */
    int64_t oldest;                  /* when the first of them came */
    struct list needy;               /* lanes to be read for */
    pthread_cond_t hurry;            /* the job, which waits for more to come, need not */
    pthread_cond_t idle;             /* no job is under way any more */
    bool busy;                       /* a job is under way */
    bool eager;                      /* somebody looked for a URL and found none */
    bool closing;
    uint64_t exchanges;  /* so many have ended */
    const char *problem; /* of the disk, the store's or a literal; NULL: none */
    bool flushing;       /* somebody waits until all is written */
    struct exchange exchange;
};

/* frontier.c */

/* Sleeps once, on `list`, without the mutex meanwhile: 0 when woken, -ETIMEDOUT, -ECANCELED. */
int frontier_sleep(struct frontier *frontier, struct list *list, int64_t until);
void frontier_wake_one(struct list *sleepers);
void frontier_wake_all(struct list *sleepers);

/* Nothing goes on from here. */
void frontier_fail(struct frontier *frontier, int error);

/* A URL finds its lane. It is on disk, or comes there when `adds`; all of the row but host, length
 * and text is set. 0, -EINVAL: no canonical URL, -ENOMEM. */
int frontier_place(struct frontier *frontier, const char *text, size_t length, struct url_row *row,
                   bool adds);

/* frontier_lanes.c */

/* URLs in memory that a host may have now. */
unsigned frontier_window(const struct frontier *frontier);
struct lane *frontier_find_lane(struct frontier *frontier, const char *host_key);

/* A lane with nothing in it. NULL when memory runs out. */
struct lane *frontier_make_lane(struct frontier *frontier, uint64_t id, const char *key);

/* Is none of them with a URL in memory, or on disk? */
bool frontier_lanes_are_empty(struct frontier *frontier);

/* Is there room for one more, perhaps after some that are empty have gone? */
bool frontier_has_room(struct frontier *frontier);

/* The lane waits, or no longer, or has got or lost a lease: is it counted as spaced? */
void frontier_tell_lane(struct frontier *frontier, struct lane *lane);

/* The lane has changed: it is listed where it belongs now, or goes. */
void frontier_settle_lane(struct frontier *frontier, struct lane *lane);

/* A host comes, waits, or leaves: that is written down, with the next turn. 0 or
 * -ENOMEM. */
int frontier_note_host(struct frontier *frontier, uint64_t id, enum host_change change,
                       const char *key);
void frontier_free_lanes(struct frontier *frontier);

/* frontier_lease.c */

/* Somebody has left a host; without the mutex, from any thread. */
void frontier_on_left(void *ctx, const char *host_key);

/* frontier_disk.c */

/* Sees to it that what waits for the disk gets there; in good time, or at once where somebody waits
 * for it. */
void frontier_kick(struct frontier *frontier);

/* The time of day, unix ms. */
int64_t frontier_wall_ms(void);

/* Is there something for the disk to do? */
bool frontier_has_work(const struct frontier *frontier);

/* Something was put into `changes`. */
void frontier_changed(struct frontier *frontier);

#endif
