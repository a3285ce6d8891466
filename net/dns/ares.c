#include "net/dns/ares.h"
#include "engine/deadline.h"
#include "engine/io/watch.h"
#include "engine/list.h"
#include "engine/sched/blocking.h"
#include "engine/sched/sched.h"
#include "net/dns/server_list.h"
#include <ares.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

/* 1 + 2 + 4 + 8 seconds. Left alone, c-ares lets the first lost packet cost five up to 1.19 and two
 * since. */
#define TRY_TIMEOUT_MS 1000
#define TRIES          4

/* Hundreds of answers can arrive between two ticks, and a lost one costs a whole timeout. The
 * kernel cuts it down to what it allows. */
#define RECEIVE_BUFFER (1024 * 1024)

/* Most sockets blocking_wait() takes. c-ares has one or two for each server that it tries, so
 * this means eight servers failing at once; further ones would be found by their timeout. */
#define POLLED_MAX 16

/* The shortest timeout any version gives a query. ares_timeout() walks all queries up to 1.19,
 * so it is asked this often at most while they come and go. */
#define TIMEOUT_SHORTEST (250 * NSEC_PER_MSEC)

struct dns_ares {
    struct dns_backend backend;
    ares_channel channel;  /* owned */
    struct pollfd *polled; /* every socket of the channel; owned array */
    unsigned count;
    unsigned capacity;
    bool watching;      /* the sockets are known to this thread's scheduler */
    int64_t next_check; /* when a timeout may be due */
};

static struct dns_ares *dns_ares_of(struct dns_backend *backend)
{
    return list_entry(backend, struct dns_ares, backend);
}

/* Queries have been sent: one of them may time out sooner than those before. */
static void expect_timeout(struct dns_ares *dns)
{
    dns->next_check = deadline_min(dns->next_check, deadline_in(TIMEOUT_SHORTEST));
}

static void on_ready(void *ctx, int fd, unsigned events)
{
    struct dns_ares *dns = ctx;
    ares_process_fd(dns->channel, events & (IO_IN | IO_ERROR) ? fd : ARES_SOCKET_BAD,
                    events & (IO_OUT | IO_ERROR) ? fd : ARES_SOCKET_BAD);
    expect_timeout(dns);
}

static unsigned watch_mask(const struct pollfd *polled)
{
    return (polled->events & POLLIN ? IO_IN : 0) | (polled->events & POLLOUT ? IO_OUT : 0);
}

/* A socket that cannot be watched for want of memory leaves its queries to their timeout. */
static void watch(struct dns_ares *dns, const struct pollfd *polled)
{
    if (dns->watching)
        (void)watch_fd(polled->fd, watch_mask(polled), on_ready, dns);
}

static struct pollfd *find_socket(struct dns_ares *dns, int fd)
{
    for (unsigned i = 0; i < dns->count; i++) {
        if (dns->polled[i].fd == fd)
            return &dns->polled[i];
    }
    return NULL;
}

static struct pollfd *add_socket(struct dns_ares *dns, int fd)
{
    if (dns->count == dns->capacity) {
        unsigned capacity = dns->capacity ? 2 * dns->capacity : POLLED_MAX;
        struct pollfd *grown = reallocarray(dns->polled, capacity, sizeof(*grown));
        if (!grown)
            return NULL; /* its queries run into their timeout */
        dns->polled = grown;
        dns->capacity = capacity;
    }
    dns->polled[dns->count] = (struct pollfd){.fd = fd};
    return &dns->polled[dns->count++];
}

/* c-ares tells what it wants to know of a socket; nothing at all just before closing it. */
static void on_socket_state(void *ctx, ares_socket_t fd, int readable, int writable)
{
    struct dns_ares *dns = ctx;
    struct pollfd *polled = find_socket(dns, fd);
    if (!readable && !writable) {
        if (polled)
            *polled = dns->polled[--dns->count];
        if (dns->watching)
            watch_forget(fd);
        return;
    }
    if (!polled)
        polled = add_socket(dns, fd);
    if (!polled)
        return;
    polled->events = (short)((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
    watch(dns, polled);
}

/* The first question on a scheduler finds sockets of blocking days unwatched. */
static void follow_scheduler(struct dns_ares *dns)
{
    if (dns->watching || !sched_self())
        return;
    dns->watching = true;
    for (unsigned i = 0; i < dns->count; i++)
        watch(dns, &dns->polled[i]);
}

static int answer_error(int status)
{
    switch (status) {
    case ARES_SUCCESS:
        return 0;
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
    case ARES_ENONAME:
        return -ENOENT;
    case ARES_ENOMEM:
        return -ENOMEM;
    default: /* silent, unreachable, refusing, failing, or talking nonsense */
        return -EAGAIN;
    }
}

static void take_node(struct dns_question *question, const struct ares_addrinfo_node *node)
{
    if (node->ai_family != question->family || question->count == ADDRESS_LIST_MAX)
        return;
    struct address *address = &question->found[question->count++];
    address->family = node->ai_family;
    if (node->ai_family == AF_INET6)
        address->v6 = ((const struct sockaddr_in6 *)(const void *)node->ai_addr)->sin6_addr;
    else
        address->v4 = ((const struct sockaddr_in *)(const void *)node->ai_addr)->sin_addr;
}

/* Addresses, and the TTL of the shortest-lived record on the way to them. */
static void take_answer(struct dns_question *question, const struct ares_addrinfo *result)
{
    int ttl = INT32_MAX;
    for (const struct ares_addrinfo_node *node = result->nodes; node; node = node->ai_next) {
        take_node(question, node);
        ttl = node->ai_ttl < ttl ? node->ai_ttl : ttl;
    }
    for (const struct ares_addrinfo_cname *cname = result->cnames; cname; cname = cname->next)
        ttl = cname->ttl < ttl ? cname->ttl : ttl;
    question->ttl = (ttl > 0 ? ttl : 0) * NSEC_PER_SEC;
}

static void on_answer(void *ctx, int status, int timeouts, struct ares_addrinfo *result)
{
    struct dns_question *question = ctx;
    (void)timeouts; /* part of the signature */
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED)
        return; /* closing: nobody wants to know */
    question->error = answer_error(status);
    if (result)
        take_answer(question, result);
    ares_freeaddrinfo(result);
    if (!question->error && question->count == 0)
        question->error = -ENOENT;
    question->answered(question);
}

static void dns_ares_ask(struct dns_backend *backend, struct dns_question *question)
{
    struct dns_ares *dns = dns_ares_of(backend);
    /* Unsorted: sorting would connect a socket to every address. */
    struct ares_addrinfo_hints hints = {
        .ai_flags = ARES_AI_NOSORT,
        .ai_family = question->family,
        .ai_socktype = SOCK_STREAM,
    };
    follow_scheduler(dns);
    ares_getaddrinfo(dns->channel, question->name, NULL, &hints, on_answer, question);
    expect_timeout(dns);
}

static int64_t dns_ares_turn(struct dns_backend *backend)
{
    struct dns_ares *dns = dns_ares_of(backend);
    struct timeval buf;
    if (deadline_now() < dns->next_check)
        return dns->next_check;
    ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    const struct timeval *left = ares_timeout(dns->channel, NULL, &buf);
    dns->next_check = DEADLINE_NEVER;
    if (left) {
        /* It is cut off to milliseconds: one more, or we come too early again and again. */
        int64_t ns = left->tv_sec * NSEC_PER_SEC + left->tv_usec * NSEC_PER_USEC;
        dns->next_check = deadline_in(ns + NSEC_PER_MSEC);
    }
    return dns->next_check;
}

static int dns_ares_wait(struct dns_backend *backend, int64_t deadline)
{
    struct dns_ares *dns = dns_ares_of(backend);
    struct pollfd polled[POLLED_MAX]; /* a copy: processing one changes the table */
    unsigned count = dns->count < POLLED_MAX ? dns->count : POLLED_MAX;
    if (count)
        memcpy(polled, dns->polled, count * sizeof(polled[0]));
    int ready = blocking_wait(polled, count, deadline_min(deadline, dns->next_check));
    for (unsigned i = 0; ready > 0 && i < count; i++) {
        short events = polled[i].revents;
        if (events)
            on_ready(dns, polled[i].fd,
                     (events & POLLIN ? IO_IN : 0) | (events & POLLOUT ? IO_OUT : 0) |
                         (events & ~(POLLIN | POLLOUT) ? IO_ERROR : 0));
    }
    return ready < 0 ? ready : 0;
}

static void dns_ares_close(struct dns_backend *backend)
{
    struct dns_ares *dns = dns_ares_of(backend);
    if (dns->channel)
        ares_destroy(dns->channel); /* closes its sockets, which tells on_socket_state() */
    free(dns->polled);
    free(dns);
}

#ifdef ARES_OPT_QUERY_CACHE
/* From 1.31 on c-ares has a cache of its own; one is enough, and ours is the one that counts. */
static int disable_cache(struct ares_options *options)
{
    options->qcache_max_ttl = 0;
    return ARES_OPT_QUERY_CACHE;
}
#else
static int disable_cache(struct ares_options *options)
{
    (void)options; /* 1.30 and before: there is none */
    return 0;
}
#endif

static int init_channel(struct dns_ares *dns)
{
    struct ares_options options = {
        .timeout = TRY_TIMEOUT_MS,
        .tries = TRIES,
        .lookups = (char[]){"b"}, /* DNS only */
        .socket_receive_buffer_size = RECEIVE_BUFFER,
        .sock_state_cb = on_socket_state,
        .sock_state_cb_data = dns,
    };
    int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS | ARES_OPT_SOCK_RCVBUF |
               ARES_OPT_SOCK_STATE_CB;
    mask |= disable_cache(&options);
    return ares_init_options(&dns->channel, &options, mask);
}

static int set_servers(struct dns_ares *dns, const char *servers, const char **why)
{
    char *normal = NULL;
    int error = server_list_normalise(servers, &normal, why);
    if (error)
        return error;
    int status = ares_set_servers_ports_csv(dns->channel, normal);
    free(normal);
    if (status == ARES_ENOMEM)
        return -ENOMEM;
    *why = status == ARES_SUCCESS ? NULL : "c-ares does not take these DNS servers";
    return status == ARES_SUCCESS ? 0 : -EINVAL;
}

int dns_ares_new(struct dns_backend **backend, const char *servers, const char **why)
{
    int error = 0;
    struct dns_ares *dns = calloc(1, sizeof(*dns));
    if (!dns)
        return -ENOMEM;
    dns->backend = (struct dns_backend){
        .ask = dns_ares_ask,
        .turn = dns_ares_turn,
        .wait = dns_ares_wait,
        .close = dns_ares_close,
    };
    dns->next_check = DEADLINE_NEVER;
    int status = init_channel(dns);
    if (status != ARES_SUCCESS) {
        *why = "c-ares cannot be set up";
        error = status == ARES_ENOMEM ? -ENOMEM : -EINVAL;
    }
    if (!error && servers)
        error = set_servers(dns, servers, why);
    if (error)
        dns_ares_close(&dns->backend);
    else
        *backend = &dns->backend;
    return error;
}
