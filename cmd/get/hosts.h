/* hosts.h - what the job knows of each host: connections in use, until when it is paused, and at
 * what pace it may be asked (pace.h).
 *
 * One table for the whole job, shared by all its threads and, through the parent, by its processes,
 * so that no two of them hammer a host that asked for a pause. A host is "name:port" (struct url's
 * host_key). Hosts with nothing to remember are forgotten.
 *
 * Ownership: hosts_new() to hosts_free(). Thread: any; one mutex guards the table and is never held
 * while waiting. Parks (or blocks): hosts_enter.
 */
#ifndef CMD_GET_HOSTS_H
#define CMD_GET_HOSTS_H

#include "cmd/get/pace.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hosts;

struct hosts_limits {
    unsigned per_host; /* connections to one host */
    unsigned jobs;     /* connections in all, to be shared among hosts; 0: there is no such limit */
    int64_t patience;  /* nobody waits for the end of a pause that is further away; 0: endless */
    int64_t rest;      /* a host that is strained (pace.h) is paused for so long; 0: not */
    int64_t interval;  /* from one entering to the next, whoever enters (--rate); 0: none */
};

/* A host whose answers take so long is slow: its share of the connections comes to count. */
#define HOST_SLOW (250 * NSEC_PER_MSEC)

struct hosts *hosts_new(const struct hosts_limits *limits);
void hosts_free(struct hosts *hosts);

/* Waits until the host is not paused, its pace allows a request and it has a connection free, then
 * takes it. First come, first served. 0, -ETIMEDOUT, -ECANCELED, -ENOMEM; -EBUSY: the pause is
 * longer than our patience. */
int hosts_enter(struct hosts *hosts, const char *host_key, int64_t deadline);

/* As hosts_enter() without waiting, and, unless `crowding`, not beyond the host's share. That is
 * what each host in use would have if there were another one besides; it counts for hosts that are
 * slow or have not answered yet, lest they take all connections and keep them.
 *
 * 0, -EBUSY, -ENOMEM; -EUSERS: the host has its share, and the listener will be told when it has
 * less; -EAGAIN with *again set to when the
 * pause ends or the pace allows it (DEADLINE_NEVER: when somebody leaves). */
int hosts_try_enter(struct hosts *hosts, const char *host_key, bool crowding, int64_t *again);

/* From now on whoever enters does so at least `interval` after the one before, the next one as long
 * from now (robots.txt's Crawl-delay); limits.interval counts as well. Kept as long as the table
 * lives, also when nobody has anything to do with the host for a while. 0 or -ENOMEM. */
int hosts_set_interval(struct hosts *hosts, const char *host_key, int64_t interval);

/* Gives the connection back. */
void hosts_leave(struct hosts *hosts, const char *host_key);

/* The same, and the host's pace learns what the visit has shown. */
void hosts_end_visit(struct hosts *hosts, const char *host_key, const struct visit *visit);

/* Nobody enters before `until`; the later of two pauses counts. True when the host was paused
 * already: whoever just met the same 429 did so because it was under way before the pause. False
 * also when memory runs out, and then there is no pause. */
bool hosts_pause(struct hosts *hosts, const char *host_key, int64_t until);

bool hosts_is_paused(struct hosts *hosts, const char *host_key);

struct hosts_counts {
    uint64_t active; /* with connections in use */
    uint64_t paused; /* or resting; what is still under way there is not looked at */
};

/* Costs the same however many there are; a pause that has ended is paid for once. */
void hosts_count(struct hosts *hosts, struct hosts_counts *counts);

/* Calls changed(ctx, host_key) whenever somebody leaves a host that was full or had its share, and
 * nobody waited for the connection: from the leaving thread, without the lock. One listener: the
 * dispatcher; NULL ends it, once nobody can leave any more. */
void hosts_listen(struct hosts *hosts, void (*changed)(void *ctx, const char *host_key), void *ctx);

#endif
