#include "tests/origin/stats.h"

#include "engine/deadline.h"
#include "tests/origin/json.h"
#include <jansson.h>
#include <stdlib.h>

struct stats_host {
    uint64_t requests;
    uint64_t connections;
    size_t now;
    size_t max;
};

static void count_up(size_t *now, size_t *max)
{
    if (++*now > *max)
        *max = *now;
}

void stats_init(struct stats *stats)
{
    memset(stats, 0, sizeof(*stats));
    stats->epoch = deadline_clock();
    table_init(&stats->hosts, STATS_NAMES_MAX, sizeof(struct stats_host));
    table_init(&stats->urls, STATS_NAMES_MAX, sizeof(uint64_t));
}

static void forget_record(struct stats_record *record)
{
    free(record->host);
    free(record->target);
    free(record->range);
    *record = (struct stats_record){0};
}

void stats_clear(struct stats *stats)
{
    for (size_t i = 0; i < STATS_RECENT; i++)
        forget_record(&stats->recent[i]);
    table_clear(&stats->hosts);
    table_clear(&stats->urls);
}

void stats_reset(struct stats *stats)
{
    stats_clear(stats);
    stats->generation++;
    stats->requests = 0;
    stats->requests_now = 0;
    stats->requests_max = 0;
    stats->connections = stats->connections_now;
    stats->connections_max = stats->connections_now;
}

void stats_connection_begin(struct stats *stats)
{
    stats->connections++;
    count_up(&stats->connections_now, &stats->connections_max);
}

void stats_connection_end(struct stats *stats)
{
    stats->connections_now--;
}

void stats_request_begin(struct stats *stats, const struct request *request, bool is_first,
                         struct stats_request *running)
{
    struct stats_record *record = &stats->recent[stats->requests % STATS_RECENT];
    running->generation = stats->generation;
    running->number = ++stats->requests;
    running->host = table_get(&stats->hosts, request->host);
    count_up(&stats->requests_now, &stats->requests_max);
    if (running->host) {
        running->host->requests++;
        running->host->connections += is_first;
        count_up(&running->host->now, &running->host->max);
    }
    forget_record(record);
    record->number = running->number;
    record->host = strndup(request->host.data ? request->host.data : "", request->host.size);
    record->target = strndup(request->target.data, request->target.size);
    struct span range = request_header(request, "range");
    record->range = range.data ? strndup(range.data, range.size) : NULL;
    record->begin = deadline_clock();
}

/* NULL: it is forgotten by now. */
static struct stats_record *find_record(struct stats *stats, const struct stats_request *running)
{
    struct stats_record *record = &stats->recent[(running->number - 1) % STATS_RECENT];
    bool is_there = running->generation == stats->generation && record->number == running->number;
    return is_there ? record : NULL;
}

void stats_request_answered(struct stats *stats, const struct stats_request *running, int status)
{
    struct stats_record *record = find_record(stats, running);
    if (record)
        record->status = status;
}

void stats_request_end(struct stats *stats, const struct stats_request *running)
{
    if (running->generation != stats->generation)
        return;
    stats->requests_now--;
    if (running->host)
        running->host->now--;
    struct stats_record *record = find_record(stats, running);
    if (record)
        record->end = deadline_clock();
}

uint64_t stats_count_url(struct stats *stats, const struct request *request)
{
    char name[REQUEST_SIZE_MAX]; /* both come from one request */
    int size = snprintf(name, sizeof(name), "%.*s %.*s", (int)request->host.size,
                        request->host.data, (int)request->target.size, request->target.data);
    uint64_t *count = table_get(&stats->urls, (struct span){name, (size_t)size});
    return count ? (*count)++ : 0;
}

static void add_host(void *ctx, struct span name, void *value)
{
    json_t *hosts = ctx;
    const struct stats_host *host = value;
    json_t *entry = json_pack("{s:I, s:I, s:I, s:I}", "requests", (json_int_t)host->requests, "now",
                              (json_int_t)host->now, "max", (json_int_t)host->max, "connections",
                              (json_int_t)host->connections);
    char *key = json_latin1(name);
    /* A failed allocation shows as a missing host; jansson takes NULL as a value for an error. */
    if (key)
        json_object_set_new(hosts, key, entry);
    else
        json_decref(entry);
    free(key);
}

static json_t *milliseconds(const struct stats *stats, int64_t time)
{
    return time ? json_real((double)(time - stats->epoch) / (double)NSEC_PER_MSEC) : json_null();
}

static json_t *recent_to_json(const struct stats *stats)
{
    json_t *recent = json_array();
    uint64_t first = stats->requests > STATS_RECENT ? stats->requests - STATS_RECENT : 0;
    for (uint64_t i = first; i < stats->requests; i++) {
        const struct stats_record *record = &stats->recent[i % STATS_RECENT];
        json_array_append_new(
            recent,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:i}", "host",
                      json_latin1_string(span_of(record->host ? record->host : "")), "target",
                      json_latin1_string(span_of(record->target ? record->target : "")), "begin_ms",
                      milliseconds(stats, record->begin), "end_ms",
                      milliseconds(stats, record->end), "range",
                      record->range ? json_latin1_string(span_of(record->range)) : json_null(),
                      "status", record->status));
    }
    return recent;
}

char *stats_to_json(const struct stats *stats)
{
    json_t *hosts = json_object();
    table_each(&stats->hosts, add_host, hosts);
    json_t *document = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "requests", (json_int_t)stats->requests,
        "requests_now", (json_int_t)stats->requests_now, "requests_max",
        (json_int_t)stats->requests_max, "connections", (json_int_t)stats->connections,
        "connections_now", (json_int_t)stats->connections_now, "connections_max",
        (json_int_t)stats->connections_max, "hosts", hosts, "recent", recent_to_json(stats));
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text;
}
