#include "cmd/get/hosts.h"

#include "cmd/get/key_table.h"
#include "cmd/get/limits.h"
#include "cmd/get/pauses.h"
#include "engine/list.h"
#include "engine/sched/waker.h"
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* Waits in hosts_enter(), on its stack. All but the waker is guarded by the table's mutex. */
struct waiter {
    struct list_node node; /* on its host's list until it is admitted */
    struct waker waker;
    int64_t until; /* when it will wake by itself */
    bool asleep;   /* nobody has undertaken to wake it yet */
    bool admitted; /* a connection is taken for it */
};

struct host {
    struct key_node node;
    unsigned used; /* connections in use */
    bool refused;  /* somebody was told that it has its share */
    struct pause pause;
    int64_t interval; /* its own; 0: none */
    struct pace pace;
    struct list waiters; /* first come, first served */
    char key[];
};

struct hosts {
    pthread_mutex_t mutex; /* guards all below, and every host */
    struct hosts_limits limits;
    unsigned active; /* hosts with connections in use */
    struct pauses pauses;
    struct key_table table;
    size_t sweep_at; /* so many hosts: time to look for those with nothing to remember */
    void (*changed)(void *ctx, const char *host_key);
    void *changed_ctx;
};

struct hosts *hosts_new(const struct hosts_limits *limits)
{
    assert(limits->per_host > 0);
    struct hosts *hosts = calloc(1, sizeof *hosts);
    if (!hosts)
        return NULL;
    if (key_table_init(&hosts->table)) {
        free(hosts);
        return NULL;
    }
    hosts->limits = *limits;
    hosts->sweep_at = LIMIT_IDLE_HOSTS;
    pthread_mutex_init(&hosts->mutex, NULL);
    return hosts;
}

static bool host_discard(struct key_node *node, void *ctx)
{
    (void)ctx; /* nothing to know */
    struct host *host = list_entry(node, struct host, node);
    assert(list_empty(&host->waiters));
    free(host);
    return false;
}

void hosts_free(struct hosts *hosts)
{
    if (!hosts)
        return;
    key_table_filter(&hosts->table, host_discard, NULL);
    key_table_clear(&hosts->table);
    pauses_clear(&hosts->pauses);
    pthread_mutex_destroy(&hosts->mutex);
    free(hosts);
}

static bool host_is_memorable(struct key_node *node, void *ctx)
{
    const int64_t *now = ctx;
    struct host *host = list_entry(node, struct host, node);
    if (host->used > 0 || host->interval > 0 || !list_empty(&host->waiters) || host->pause.noted ||
        host->pause.until > *now || pace_is_memorable(&host->pace, *now))
        return true;
    free(host);
    return false;
}

/* Idle hosts are not forgotten one by one, which would cost each lone connection an allocation, but
 * whenever the table has doubled since the last time. */
static void hosts_sweep(struct hosts *hosts)
{
    int64_t now = deadline_clock();
    (void)pauses_count(&hosts->pauses, now); /* whose pause has ended may go */
    key_table_filter(&hosts->table, host_is_memorable, &now);
    size_t twice = 2 * hosts->table.count;
    hosts->sweep_at = twice > LIMIT_IDLE_HOSTS ? twice : LIMIT_IDLE_HOSTS;
}

static struct host *hosts_find(struct hosts *hosts, const char *key)
{
    struct key_node *node = key_table_find(&hosts->table, key);
    return node ? list_entry(node, struct host, node) : NULL;
}

/* The host, made if it is new. NULL when memory runs out. */
static struct host *hosts_get(struct hosts *hosts, const char *key)
{
    struct host *host = hosts_find(hosts, key);
    if (host)
        return host;
    if (hosts->table.count >= hosts->sweep_at)
        hosts_sweep(hosts);
    size_t size = strlen(key) + 1;
    host = malloc(sizeof *host + size);
    if (!host)
        return NULL;
    *host = (struct host){.node.key = host->key};
    memcpy(host->key, key, size);
    list_init(&host->waiters);
    key_table_add(&hosts->table, &host->node);
    return host;
}

/* Only who meets a host that has ever been paused pays for a look at the clock. */
static bool host_is_paused(const struct host *host)
{
    return host->pause.until && host->pause.until > deadline_clock();
}

/* When the pause is over and the pace allows another request; may have passed. */
static int64_t host_opens(const struct host *host)
{
    return host->pause.until > host->pace.next ? host->pause.until : host->pace.next;
}

/* Neither --rate nor an answer has ever closed most hosts: no look at the clock for them. */
static bool host_is_closed(const struct host *host)
{
    int64_t opens = host_opens(host);
    return opens && opens > deadline_clock();
}

static bool host_is_full(const struct hosts *hosts, const struct host *host)
{
    return host->used >= pace_connections(&host->pace, hosts->limits.per_host);
}

/* Has it its share, and would it keep more for long? */
static bool host_is_crowded(const struct hosts *hosts, const struct host *host)
{
    if (!hosts->limits.jobs || (host->pace.took && host->pace.took < HOST_SLOW))
        return false;
    return host->used > 0 && host->used >= hosts->limits.jobs / (hosts->active + 1);
}

static bool host_is_open(const struct hosts *hosts, const struct host *host)
{
    return !host_is_full(hosts, host) && !host_is_closed(host);
}

/* Is the end of its pause too far away to be waited for? */
static bool host_is_shut(const struct hosts *hosts, const struct host *host)
{
    return hosts->limits.patience && host->pause.until &&
           host->pause.until - hosts->limits.patience > deadline_clock();
}

/* When somebody who was not let in should look again by himself. A host that is not full was found
 * closed; that it may have opened since is no reason to wait for longer. */
static int64_t host_again(const struct hosts *hosts, const struct host *host)
{
    bool full = host_is_full(hosts, host);
    return full && !host_is_closed(host) ? DEADLINE_NEVER : host_opens(host);
}

static void host_take(struct hosts *hosts, struct host *host)
{
    int64_t interval = hosts->limits.interval;
    if (host->interval > interval)
        interval = host->interval;
    hosts->active += host->used++ == 0;
    if (interval || pace_is_spaced(&host->pace))
        pace_begin(&host->pace, interval, deadline_clock());
}

static void waiter_wake(struct waiter *waiter)
{
    if (!waiter->asleep)
        return;
    waiter->asleep = false;
    waker_wake(&waiter->waker);
}

static struct waiter *host_first_waiter(struct host *host)
{
    struct list_node *first = list_first(&host->waiters);
    return first ? list_entry(first, struct waiter, node) : NULL;
}

/* Lets in whoever has waited longest, as many as may. Called wherever that can have changed, so
 * that after it somebody waits only where the host is full or closed. Of those only the first looks
 * at the clock: he has to wake when the host opens, for nobody may be there to leave then. */
static void host_admit(struct hosts *hosts, struct host *host)
{
    struct waiter *first;
    while ((first = host_first_waiter(host)) && host_is_open(hosts, host)) {
        list_remove(&first->node);
        host_take(hosts, host);
        first->admitted = true;
        waiter_wake(first);
    }
    if (first && first->until > host_again(hosts, host))
        waiter_wake(first);
}

/* Sleeps once: until admitted, told of a change, until the host opens, at the deadline or canceled.
 * The mutex is held before and after. 0 when it is worth looking again. */
static int waiter_sleep(struct hosts *hosts, struct host *host, struct waiter *waiter,
                        int64_t deadline)
{
    bool is_first = host_first_waiter(host) == waiter;
    waker_init(&waiter->waker);
    waiter->asleep = true;
    waiter->until = deadline_min(deadline, is_first ? host_again(hosts, host) : DEADLINE_NEVER);
    pthread_mutex_unlock(&hosts->mutex);
    int error = waker_wait(&waiter->waker, waiter->until);
    pthread_mutex_lock(&hosts->mutex);
    if (error && !waiter->asleep) {
        /* Somebody is about to wake us, and needs the waker for it. */
        pthread_mutex_unlock(&hosts->mutex);
        waker_settle(&waiter->waker);
        pthread_mutex_lock(&hosts->mutex);
        error = 0;
    }
    waiter->asleep = false;
    waker_destroy(&waiter->waker);
    return error == -ETIMEDOUT && waiter->until < deadline ? 0 : error;
}

/* The mutex is held before and after. */
static int host_wait(struct hosts *hosts, struct host *host, int64_t deadline)
{
    struct waiter waiter = {0};
    int error = 0;
    list_push_back(&host->waiters, &waiter.node);
    while (!waiter.admitted && !error) {
        error = waiter_sleep(hosts, host, &waiter, deadline);
        host_admit(hosts, host);
        if (!error && host_is_shut(hosts, host))
            error = -EBUSY;
    }
    if (waiter.admitted)
        return 0;
    list_remove(&waiter.node);
    host_admit(hosts, host); /* another is the first now */
    return error;
}

int hosts_enter(struct hosts *hosts, const char *host_key, int64_t deadline)
{
    int error = 0;
    pthread_mutex_lock(&hosts->mutex);
    struct host *host = hosts_get(hosts, host_key);
    if (!host) {
        error = -ENOMEM;
    } else {
        host_admit(hosts, host);
        if (host_is_open(hosts, host))
            host_take(hosts, host);
        else if (host_is_shut(hosts, host))
            error = -EBUSY;
        else
            error = host_wait(hosts, host, deadline);
    }
    pthread_mutex_unlock(&hosts->mutex);
    return error;
}

/* With the mutex held. As hosts_try_enter(). */
static int host_try_enter(struct hosts *hosts, struct host *host, bool crowding, int64_t *again)
{
    host_admit(hosts, host);
    if (!crowding && host_is_crowded(hosts, host)) {
        host->refused = true;
        return -EUSERS;
    }
    if (host_is_open(hosts, host)) {
        host_take(hosts, host);
        return 0;
    }
    if (host_is_shut(hosts, host))
        return -EBUSY;
    *again = host_again(hosts, host);
    return -EAGAIN;
}

int hosts_try_enter(struct hosts *hosts, const char *host_key, bool crowding, int64_t *again)
{
    pthread_mutex_lock(&hosts->mutex);
    struct host *host = hosts_get(hosts, host_key);
    int error = host ? host_try_enter(hosts, host, crowding, again) : -ENOMEM;
    pthread_mutex_unlock(&hosts->mutex);
    return error;
}

int hosts_set_interval(struct hosts *hosts, const char *host_key, int64_t interval)
{
    pthread_mutex_lock(&hosts->mutex);
    struct host *host = hosts_get(hosts, host_key);
    if (host) {
        int64_t next = deadline_clock() + interval;
        host->interval = interval;
        if (interval && host->pace.next < next)
            host->pace.next = next;
    }
    pthread_mutex_unlock(&hosts->mutex);
    return host ? 0 : -ENOMEM;
}

/* Refusals come with a pause (hosts_pause()); from timeouts the host has rested already. */
static void host_learn(struct hosts *hosts, struct host *host, const struct visit *visit)
{
    int64_t now = pace_wants_clock(&host->pace, visit->end) ? deadline_clock() : 0;
    bool lowered = pace_learn(&host->pace, visit, host->used, hosts->limits.per_host, now);
    if (lowered && visit->end == VISIT_STRAINED && hosts->limits.rest)
        pauses_note(&hosts->pauses, &host->pause, now + hosts->limits.rest);
}

void hosts_leave(struct hosts *hosts, const char *host_key)
{
    hosts_end_visit(hosts, host_key, &(struct visit){VISIT_NOTHING, 0});
}

void hosts_end_visit(struct hosts *hosts, const char *host_key, const struct visit *visit)
{
    pthread_mutex_lock(&hosts->mutex);
    struct host *host = hosts_find(hosts, host_key);
    assert(host && host->used > 0);
    bool was_full = host_is_full(hosts, host);
    host_learn(hosts, host, visit);
    hosts->active -= --host->used == 0;
    host_admit(hosts, host);
    /* A closed host counts as well: the listener then learns for how long. */
    bool freed = was_full && !host_is_full(hosts, host);
    if (host->refused && !host_is_crowded(hosts, host)) {
        host->refused = false;
        freed = true;
    }
    void (*changed)(void *, const char *) = freed ? hosts->changed : NULL;
    void *ctx = hosts->changed_ctx;
    pthread_mutex_unlock(&hosts->mutex);
    if (changed)
        changed(ctx, host_key);
}

/* A pause that nobody waits for: all are told. */
static void host_tell_shut(struct host *host)
{
    struct list_node *node = list_first(&host->waiters);
    for (; node; node = list_next(&host->waiters, node))
        waiter_wake(list_entry(node, struct waiter, node));
}

bool hosts_pause(struct hosts *hosts, const char *host_key, int64_t until)
{
    bool paused = false;
    pthread_mutex_lock(&hosts->mutex);
    struct host *host = hosts_get(hosts, host_key);
    if (host) {
        paused = host_is_paused(host);
        pauses_note(&hosts->pauses, &host->pause, until);
        if (host_is_shut(hosts, host))
            host_tell_shut(host);
        else
            host_admit(hosts, host); /* wakes the first, who may have meant to wait for longer */
    }
    pthread_mutex_unlock(&hosts->mutex);
    return paused;
}

bool hosts_is_paused(struct hosts *hosts, const char *host_key)
{
    pthread_mutex_lock(&hosts->mutex);
    const struct host *host = hosts_find(hosts, host_key);
    bool paused = host && host_is_paused(host);
    pthread_mutex_unlock(&hosts->mutex);
    return paused;
}

void hosts_count(struct hosts *hosts, struct hosts_counts *counts)
{
    pthread_mutex_lock(&hosts->mutex);
    counts->active = hosts->active;
    counts->paused = pauses_count(&hosts->pauses, deadline_clock());
    pthread_mutex_unlock(&hosts->mutex);
}

void hosts_listen(struct hosts *hosts, void (*changed)(void *ctx, const char *host_key), void *ctx)
{
    pthread_mutex_lock(&hosts->mutex);
    hosts->changed = changed;
    hosts->changed_ctx = ctx;
    pthread_mutex_unlock(&hosts->mutex);
}
