/* stats.h - what the origin saw: proof of how a client behaved. Served as JSON under /stats.
 *
 *     {"requests": 3, "requests_now": 0, "requests_max": 2,
 *      "connections": 1, "connections_now": 1, "connections_max": 1,
 *      "hosts": {"127.0.0.1:8081": {"requests": 3, "now": 0, "max": 2, "connections": 1}},
 *      "recent": [{"host": "127.0.0.1:8081", "target": "/a?size=1", "begin_ms": 12.5,
 *                  "end_ms": 13.0, "range": "bytes=5-", "status": 206}]}
 *
 * "max" is the most that were under way at one time; a request is under way from its blank line
 * until the last byte of the answer was handed to the kernel. "recent" are the last 5000 requests
 * in order of arrival, in milliseconds of a clock that starts with the origin; "end_ms" is null
 * while one is under way, "range" where none was asked for, "status" 0 where there is none.
 * Requests for /stats and /reset-stats are not counted.
 *
 * Ownership: stats_init() to stats_clear(). One thread at a time; nothing here parks.
 */
#ifndef ORIGIN_STATS_H
#define ORIGIN_STATS_H

#include "tests/origin/request.h"
#include "tests/origin/table.h"
#include <stdint.h>

enum { STATS_RECENT = 5000, STATS_NAMES_MAX = 1000000 };

struct stats_host; /* the value of a host's table entry */

struct stats_record {
    uint64_t number; /* of the request, from 1; 0: nothing here yet */
    char *host;      /* owned */
    char *target;    /* owned */
    char *range;     /* owned; NULL: the whole */
    int status;      /* 0: not decided, or none */
    int64_t begin;
    int64_t end; /* 0: under way */
};

struct stats {
    int64_t epoch;       /* when the origin began */
    uint64_t generation; /* of stats_reset(): what began before it no longer counts */
    uint64_t requests;
    size_t requests_now;
    size_t requests_max;
    uint64_t connections;
    size_t connections_now;
    size_t connections_max;
    struct table hosts;
    struct table urls; /* uint64_t: how often "times" has met this target */
    struct stats_record recent[STATS_RECENT];
};

/* A request under way: what stats_request_end() needs. */
struct stats_request {
    uint64_t generation;
    uint64_t number;
    struct stats_host *host; /* NULL: there are too many hosts, this one is not counted apart */
};

void stats_init(struct stats *stats);
void stats_clear(struct stats *stats);

/* Forgets requests, hosts and URLs; what is under way is still seen as connections_now. */
void stats_reset(struct stats *stats);

void stats_connection_begin(struct stats *stats);
void stats_connection_end(struct stats *stats);

/* `is_first`: of its connection. */
void stats_request_begin(struct stats *stats, const struct request *request, bool is_first,
                         struct stats_request *running);
void stats_request_answered(struct stats *stats, const struct stats_request *running, int status);
void stats_request_end(struct stats *stats, const struct stats_request *running);

/* Counts a request of a URL with "times" in its query: how many came before this one. */
uint64_t stats_count_url(struct stats *stats, const struct request *request);

/* The document above: owned by the caller, NULL when memory runs out. */
char *stats_to_json(const struct stats *stats);

#endif
