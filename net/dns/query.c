#include "net/dns/query.h"
#include "engine/deadline.h"
#include <errno.h>
#include <stdlib.h>

#define TTL_MAX (3600 * NSEC_PER_SEC)
#define GRACE   (50 * NSEC_PER_MSEC) /* RFC 8305 section 3, "Resolution Delay" */

/* A server's socket holds some 270 packets, and each one that it drops costs two seconds. So names
 * are asked for 10,000 a second, with 64 at once to begin with. */
#define PACE       (100 * NSEC_PER_USEC)
#define PACE_AHEAD (63 * PACE)

struct query {
    struct queries *queries;
    struct cache_entry *entry;   /* pinned by us */
    struct list lookups;         /* those who wait */
    struct list_node node;       /* queries->waiting or queries->asked */
    struct list_node news_node;  /* queries->news */
    struct list_node grace_node; /* queries->in_grace */
    int64_t grace_ends;
    unsigned open; /* questions not answered yet */
    struct dns_question questions[FAMILIES];
};

void queries_init(struct queries *queries)
{
    list_init(&queries->waiting);
    list_init(&queries->asked);
    list_init(&queries->news);
    list_init(&queries->in_grace);
}

static void query_free(struct query *query)
{
    struct queries *queries = query->queries;
    list_remove(&query->node);
    list_remove(&query->news_node);
    list_remove(&query->grace_node);
    queries->count--;
    dns_cache_unpin(queries->cache, query->entry);
    free(query);
}

static void queries_free_all(struct list *list)
{
    struct list_node *next;
    for (struct list_node *node = list_first(list); node; node = next) {
        next = list_next(list, node);
        query_free(list_entry(node, struct query, node));
    }
}

void queries_clear(struct queries *queries)
{
    queries_free_all(&queries->waiting);
    queries_free_all(&queries->asked);
}

static void query_tell(struct query *query, int error, struct address_list *list)
{
    struct list_node *node;
    while ((node = list_pop_front(&query->lookups))) {
        struct lookup *lookup = list_entry(node, struct lookup, node);
        lookup->error = error;
        lookup->list = list ? address_list_hold(list) : NULL;
        lookup->done = true;
        if (lookup->task)
            task_wake(lookup->task);
    }
}

static bool has_failed(const struct dns_question *question)
{
    return question->error && question->error != -ENOENT;
}

/* What the answers come to so far: 0 with an address, else -ENOENT or the failure. */
static int query_result(const struct query *query)
{
    int error = -ENOENT;
    for (int i = 0; i < FAMILIES; i++) {
        const struct dns_question *question = &query->questions[i];
        if (question->count)
            return 0;
        if (has_failed(question))
            error = question->error;
    }
    return error;
}

static int64_t query_ttl(const struct query *query)
{
    int64_t ttl = TTL_MAX;
    for (int i = 0; i < FAMILIES; i++) {
        const struct dns_question *question = &query->questions[i];
        if (question->count)
            ttl = deadline_min(ttl, question->ttl);
        /* A family that failed for the moment is asked again before long. */
        if (has_failed(question))
            ttl = deadline_min(ttl, query->queries->ttl_negative);
    }
    return ttl < query->queries->ttl_min ? query->queries->ttl_min : ttl;
}

/* Puts what is known by now into the cache and tells those who wait. */
static void query_settle(struct query *query)
{
    const struct dns_question *v6 = &query->questions[FAMILY_V6];
    const struct dns_question *v4 = &query->questions[FAMILY_V4];
    struct address_list *list = NULL;
    int error = query_result(query);
    list_remove(&query->grace_node);
    if (error == 0) {
        int64_t expires = deadline_in(query_ttl(query));
        list = address_list_new(v6->found, v6->count, v4->found, v4->count, expires);
        error = list ? 0 : -ENOMEM;
        if (list)
            dns_cache_store(query->entry, list, expires);
    } else if (error == -ENOENT) {
        dns_cache_store(query->entry, NULL, deadline_in(query->queries->ttl_negative));
    }
    query_tell(query, error, list);
}

static void query_take_news(struct query *query)
{
    if (query->open == 0) {
        query_settle(query);
        query->queries->asked_count--;
        query_free(query);
    } else if (query_result(query) == 0) {
        query->grace_ends = deadline_in(GRACE);
        list_push_back(&query->queries->in_grace, &query->grace_node);
    }
}

void queries_take_news(struct queries *queries)
{
    struct list_node *node;
    while ((node = list_pop_front(&queries->news)))
        query_take_news(list_entry(node, struct query, news_node));
}

static void on_answered(struct dns_question *question)
{
    struct query *query = question->ctx;
    query->open--;
    if (!list_linked(&query->news_node))
        list_push_back(&query->queries->news, &query->news_node);
}

/* When the pace allows the next name. */
static int64_t pace_next(const struct queries *queries)
{
    return queries->paced_to - PACE_AHEAD;
}

static void pace_count(struct queries *queries)
{
    int64_t now = deadline_now();
    queries->paced_to = (queries->paced_to > now ? queries->paced_to : now) + PACE;
}

static void query_ask(struct query *query)
{
    struct queries *queries = query->queries;
    pace_count(queries);
    list_remove(&query->node);
    list_push_back(&queries->asked, &query->node);
    queries->asked_count++;
    queries->asked_total++;
    /* All are counted before the first can be answered, which may be at once. */
    for (int i = 0; i < FAMILIES; i++)
        query->open += queries->wanted[i];
    for (int i = 0; i < FAMILIES; i++) {
        if (queries->wanted[i])
            queries->backend->ask(queries->backend, &query->questions[i]);
    }
}

struct query *query_new(struct queries *queries, struct cache_entry *entry, const char *name)
{
    struct query *query = calloc(1, sizeof(*query));
    if (!query)
        return NULL;
    if (entry)
        dns_cache_pin(entry, query);
    else
        entry = dns_cache_add(queries->cache, name, query);
    if (!entry) {
        free(query);
        return NULL;
    }
    dns_cache_store(entry, NULL, 0);
    query->queries = queries;
    query->entry = entry;
    list_init(&query->lookups);
    for (int i = 0; i < FAMILIES; i++) {
        query->questions[i].name = entry->name;
        query->questions[i].family = i == FAMILY_V6 ? AF_INET6 : AF_INET;
        query->questions[i].answered = on_answered;
        query->questions[i].ctx = query;
    }
    list_push_back(&queries->waiting, &query->node);
    queries->count++;
    return query;
}

void query_join(struct query *query, struct lookup *lookup)
{
    list_push_back(&query->lookups, &lookup->node);
}

/* Settles those whose grace is over; when the next one's will be. */
static int64_t queries_end_grace(struct queries *queries)
{
    struct list_node *node;
    while ((node = list_first(&queries->in_grace))) {
        struct query *query = list_entry(node, struct query, grace_node);
        if (query->grace_ends > deadline_now())
            return query->grace_ends;
        query_settle(query);
    }
    return DEADLINE_NEVER;
}

/* Asks for the names in line, as far as limit and pace allow. When there is more to do. */
static int64_t queries_ask(struct queries *queries)
{
    struct list_node *node;
    while (queries->asked_count < queries->limit && (node = list_first(&queries->waiting))) {
        if (pace_next(queries) > deadline_now())
            return pace_next(queries);
        query_ask(list_entry(node, struct query, node));
        /* c-ares may have answered at once, which makes room for the next. */
        queries_take_news(queries);
    }
    return DEADLINE_NEVER;
}

int64_t queries_turn(struct queries *queries)
{
    struct dns_backend *backend = queries->backend;
    backend->turn(backend);
    queries_take_news(queries);
    int64_t next = queries_ask(queries);
    /* Again, for the timeouts of what was just asked. */
    next = deadline_min(next, backend->turn(backend));
    next = deadline_min(next, queries_end_grace(queries));
    return list_empty(&queries->news) ? next : deadline_now();
}
