/* frontier.h - the URLs that a crawl has met and not yet fetched: push, lease, ack.
 *
 *     frontier_push(frontier, links, count, &added);       // what a page links to, and then
 *     frontier_ack(frontier, lease, FRONTIER_DONE, 0);     // the page itself
 *     while ((error = frontier_lease(frontier, DEADLINE_NEVER, &lease)) == 0) ...
 *
 * The host (name:port) is the unit of scheduling. Hosts take turns; one that has its connections in
 * use, is paused (429, Retry-After) or was asked a moment ago (--delay, Crawl-delay) is passed over
 * until that is over, by the job's one table of hosts (cmd/get/hosts.h). Of one host those with the
 * least priority number come first, then the least depth, then the first that came. A lease costs
 * the same whatever waits.
 *
 * All lies in DIR/.fetch/frontier.db (SQLite). In memory are a few URLs each of at most 65,536
 * hosts, and a fingerprint of every URL ever pushed (seen.h). Hosts beyond that wait on disk; while
 * there are some, the others give way after every 256 URLs.
 *
 * A lease is not recorded: what is not acked is still to be done, whoever opens the frontier next.
 * Changes are committed together, the oldest after 50 ms, in their order: so a page whose ack is
 * kept has its links kept, too. After a kill what was leased, or acked within the last 50 ms, is
 * given out again, and nothing else.
 *
 * The disk is written and read on a thread of the frontier's own offload pool. The first error of
 * the disk ends the frontier: all calls return it, and the file stays as it was last committed.
 *
 * Ownership: frontier_open() to frontier_close(); the hosts outlive it. A lease is the caller's
 * until frontier_ack(). Thread: any, of any scheduler or none, but for open and close; one mutex,
 * never held while anybody waits for the disk. Parks (or blocks): frontier_lease, frontier_push
 * (when 8 MiB wait to be written), frontier_flush. Blocks on the disk: frontier_open,
 * frontier_close. One process: the directory's lock is the caller's.
 */
#ifndef CMD_CRAWL_FRONTIER_H
#define CMD_CRAWL_FRONTIER_H

#include "cmd/get/hosts.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRONTIER_DEPTH_MAX    0xffffff
#define FRONTIER_PRIORITY_MAX 0xff

struct frontier;

struct frontier_options {
    const char *directory; /* "DIR/.fetch"; copied */
    struct hosts *hosts;
    bool synced; /* what is committed survives a power cut, too */
    bool fresh;  /* what an earlier crawl has left is thrown away */
};

/* A canonical URL (net/url/resolve.h) and what goes with it. */
struct frontier_link {
    const char *text; /* closed by a NUL */
    size_t length;
    unsigned depth;    /* up to FRONTIER_DEPTH_MAX; more counts as that */
    unsigned priority; /* 0 to FRONTIER_PRIORITY_MAX */
    unsigned kind;     /* the caller's, up to 255 */
    int64_t referrer;  /* the caller's */
    bool again;        /* pushed: it is added even if it was seen; leased: false */
};

struct frontier_lease {
    struct frontier_link link;
    const char *host_key;
    unsigned tries; /* how often it came back FRONTIER_LATER */
    uint64_t note;  /* the caller's to set before the ack: frontier_note() together with it ... */
    int64_t noted;  /* ... of this; with `note` 0: nothing */
    bool entered;   /* a connection to its host is taken for it, which the caller gives back to the
                       hosts. False: the host is paused for longer than anybody waits */
};

enum frontier_end {
    FRONTIER_DONE,
    FRONTIER_FAILED,
    FRONTIER_LATER, /* to be tried again */
    FRONTIER_BACK,  /* it was not tried: as if it had never been leased */
};

struct frontier_counts {
    uint64_t seen; /* URLs ever pushed */
    uint64_t left; /* of these still to be done, leased ones included */
    uint64_t leased;
    uint64_t later;  /* that wait for another try */
    uint64_t done;   /* also by earlier runs */
    uint64_t failed; /* likewise */
    uint64_t hosts;  /* in memory */
    uint64_t spaced; /* of these wait for their delay, with nothing under way and no pause */
    bool parked;     /* and there may be others on disk */
};

/* Takes some 0.4 us for each URL that was ever seen, and reads 8 bytes for it.
 * 0; -EINVAL: the file is none of ours, damaged, or of another version; another -errno; with *why,
 * a new string for the user (NULL when memory runs out). */
int frontier_open(struct frontier **frontier, const struct frontier_options *options, char **why);

/* Writes what waits; no call may be under way. What is leased is to be done the next time. 0 or the
 * first error of the disk. NULL is fine. */
int frontier_close(struct frontier *frontier);

/* Adds those that were never seen, *added of them (may be NULL). -EINVAL when a text is no
 * canonical URL: those before it are added. -ENOMEM; -ECANCELED: all are added, but waiting was cut
 * short; or the disk's error. */
int frontier_push(struct frontier *frontier, const struct frontier_link *links, size_t count,
                  unsigned *added);

/* The next URL of a host that is ready now, or as soon as one is. 0; 1 when all is done and nobody
 * has a lease from which more could come; -ETIMEDOUT, -ECANCELED, -ENOMEM, or the disk's error. */
int frontier_lease(struct frontier *frontier, int64_t deadline, struct frontier_lease **lease);

/* The same without waiting: -EAGAIN with *again set to when another look is worth while
 * (DEADLINE_NEVER: after something has happened: a push, an ack, somebody leaving a host, or the
 * disk). */
int frontier_try_lease(struct frontier *frontier, struct frontier_lease **lease, int64_t *again);

/* Frees the lease. `delay`: FRONTIER_LATER's, ns from now, also across runs. 0, -ENOMEM, or the
 * disk's error: then it is to be done again the next time. */
int frontier_ack(struct frontier *frontier, struct frontier_lease *lease, enum frontier_end end,
                 int64_t delay);

/* Keeps a number of the caller's, in the order of pushes and acks, for crawls that go on with this
 * one. 0, -ENOMEM, or the disk's error. */
int frontier_note(struct frontier *frontier, uint64_t note, int64_t number);

/* Calls seen(ctx, note, number) for each that was kept, the largest numbers first, before anything
 * else is done with the frontier. Blocks on the disk. 0 or -errno. */
int frontier_each_note(struct frontier *frontier,
                       void (*seen)(void *ctx, uint64_t note, int64_t number), void *ctx);

/* Waits until all that was pushed and acked so far is committed. 0, -ETIMEDOUT, -ECANCELED, or the
 * disk's error. */
int frontier_flush(struct frontier *frontier, int64_t deadline);

void frontier_count(struct frontier *frontier, struct frontier_counts *counts);

/* Of the disk's error, in words, with the file's name; good until the frontier is closed. "" when
 * there was none. */
const char *frontier_problem(struct frontier *frontier);

/* Has the file turned out to be damaged? */
bool frontier_is_damaged(struct frontier *frontier);

#endif
