#include "net/dns/system.h"
#include "engine/deadline.h"
#include "engine/io/watch.h"
#include "engine/list.h"
#include "engine/sched/blocking.h"
#include "engine/sched/sched.h"
#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* libcurl's own resolver runs as many. */
#define THREADS_MAX 20

/* getaddrinfo() knows of TTLs, and does not say. */
#define TTL_ASSUMED (60 * NSEC_PER_SEC)

/* One getaddrinfo(). */
struct job {
    struct list_node node;         /* crew->queue or crew->finished */
    struct dns_question *question; /* the resolver's thread's; threads do not touch it */
    int family;
    int error;
    size_t count;
    struct address found[ADDRESS_LIST_MAX];
    char name[];
};

/* The threads and what they share. It outlives the resolver, until the last thread is back from
 * its last getaddrinfo(). */
struct crew {
    int event_fd; /* readable: something is finished */
    struct {      /* guarded by mutex */
        pthread_mutex_t mutex;
        struct list queue;
        struct list finished;
        unsigned threads;
        bool closed; /* the resolver is gone; whoever leaves last frees this */
    } _shared;
};

struct dns_system {
    struct dns_backend backend;
    struct crew *crew;
    size_t open; /* questions not answered yet */
    bool watching;
};

static struct dns_system *dns_system_of(struct dns_backend *backend)
{
    return list_entry(backend, struct dns_system, backend);
}

/* The list is not used any more. */
static void free_jobs(struct list *jobs)
{
    struct list_node *next;
    for (struct list_node *node = list_first(jobs); node; node = next) {
        next = list_next(jobs, node);
        free(list_entry(node, struct job, node));
    }
}

static void crew_free(struct crew *crew)
{
    free_jobs(&crew->_shared.queue);
    free_jobs(&crew->_shared.finished);
    pthread_mutex_destroy(&crew->_shared.mutex);
    close(crew->event_fd);
    free(crew);
}

static struct crew *crew_new(void)
{
    struct crew *crew = calloc(1, sizeof(*crew));
    if (!crew)
        return NULL;
    crew->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (crew->event_fd < 0) {
        free(crew);
        return NULL;
    }
    pthread_mutex_init(&crew->_shared.mutex, NULL);
    list_init(&crew->_shared.queue);
    list_init(&crew->_shared.finished);
    return crew;
}

static int job_error(int code)
{
    switch (code) {
    case 0:
        return 0;
    case EAI_NONAME:
    case EAI_NODATA:
    case EAI_ADDRFAMILY:
        return -ENOENT;
    case EAI_MEMORY:
        return -ENOMEM;
    default: /* EAI_AGAIN, EAI_FAIL (a server that refuses), EAI_SYSTEM */
        return -EAGAIN;
    }
}

static void job_take_addresses(struct job *job, const struct addrinfo *info)
{
    for (; info && job->count < ADDRESS_LIST_MAX; info = info->ai_next) {
        struct address *address = &job->found[job->count];
        const void *socket_address = info->ai_addr;
        if (info->ai_family != job->family)
            continue;
        address->family = info->ai_family;
        if (info->ai_family == AF_INET6)
            address->v6 = ((const struct sockaddr_in6 *)socket_address)->sin6_addr;
        else
            address->v4 = ((const struct sockaddr_in *)socket_address)->sin_addr;
        job->count++;
    }
}

static void job_run(struct job *job)
{
    const struct addrinfo hints = {.ai_family = job->family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *info = NULL;
    job->error = job_error(getaddrinfo(job->name, NULL, &hints, &info));
    job_take_addresses(job, info);
    if (info)
        freeaddrinfo(info);
    if (!job->error && job->count == 0)
        job->error = -ENOENT;
}

/* The next job; NULL: none left, this thread's place is given up. Holds the mutex. */
static struct job *crew_take(struct crew *crew)
{
    struct list_node *node = crew->_shared.closed ? NULL : list_pop_front(&crew->_shared.queue);
    if (!node)
        crew->_shared.threads--;
    return node ? list_entry(node, struct job, node) : NULL;
}

static void *crew_thread(void *arg)
{
    struct crew *crew = arg;
    struct job *job;
    uint64_t one = 1;
    pthread_mutex_lock(&crew->_shared.mutex);
    while ((job = crew_take(crew))) {
        pthread_mutex_unlock(&crew->_shared.mutex);
        job_run(job);
        pthread_mutex_lock(&crew->_shared.mutex);
        list_push_back(&crew->_shared.finished, &job->node);
        ssize_t put = write(crew->event_fd, &one, sizeof(one));
        (void)put; /* fails only when the count is at its top: readable all the same */
    }
    bool last = crew->_shared.closed && crew->_shared.threads == 0;
    pthread_mutex_unlock(&crew->_shared.mutex);
    if (last)
        crew_free(crew);
    return NULL;
}

/* Detached, and without signals: they are for the program's own threads. 0 or -errno. */
static int crew_start_thread(struct crew *crew)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all;
    sigset_t before;
    int error = pthread_attr_init(&attributes);
    if (error)
        return -error;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    error = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    if (!error)
        error = pthread_create(&thread, &attributes, crew_thread, crew);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return -error;
}

/* Queues a job; fewer threads than wished will do. False when there is none at all to be had. */
static bool crew_push(struct crew *crew, struct job *job)
{
    pthread_mutex_lock(&crew->_shared.mutex);
    if (crew->_shared.threads < THREADS_MAX && crew_start_thread(crew) == 0)
        crew->_shared.threads++;
    bool taken = crew->_shared.threads > 0;
    if (taken)
        list_push_back(&crew->_shared.queue, &job->node);
    pthread_mutex_unlock(&crew->_shared.mutex);
    return taken;
}

/* Moves what is finished to `jobs`. */
static void crew_collect(struct crew *crew, struct list *jobs)
{
    uint64_t count;
    struct list_node *node;
    pthread_mutex_lock(&crew->_shared.mutex);
    ssize_t got = read(crew->event_fd, &count, sizeof(count));
    (void)got; /* EAGAIN: nothing new, and the list is empty */
    while ((node = list_pop_front(&crew->_shared.finished)))
        list_push_back(jobs, node);
    pthread_mutex_unlock(&crew->_shared.mutex);
}

/* Whoever is in getaddrinfo() stays there; nobody waits for him. */
static void crew_leave(struct crew *crew)
{
    pthread_mutex_lock(&crew->_shared.mutex);
    crew->_shared.closed = true;
    bool last = crew->_shared.threads == 0;
    pthread_mutex_unlock(&crew->_shared.mutex);
    if (last)
        crew_free(crew);
}

static void on_finished(void *ctx, int fd, unsigned events);

/* The descriptor is watched while there is something to wait for, and only then: a scheduler that
 * could wake nobody else must see that. */
static void dns_system_watch(struct dns_system *dns)
{
    bool wanted = dns->open > 0;
    if (wanted == dns->watching || !sched_self())
        return;
    if (!watch_fd(dns->crew->event_fd, wanted ? IO_IN : 0, on_finished, dns))
        dns->watching = wanted;
}

static void dns_system_answer(struct dns_system *dns, struct dns_question *question,
                              const struct job *job)
{
    question->error = job->error;
    question->ttl = TTL_ASSUMED;
    question->count = job->count;
    memcpy(question->found, job->found, job->count * sizeof(job->found[0]));
    dns->open--;
    question->answered(question);
}

static void dns_system_collect(struct dns_system *dns)
{
    struct list jobs;
    struct list_node *node;
    list_init(&jobs);
    crew_collect(dns->crew, &jobs);
    while ((node = list_pop_front(&jobs))) {
        struct job *job = list_entry(node, struct job, node);
        dns_system_answer(dns, job->question, job);
        free(job);
    }
}

static void on_finished(void *ctx, int fd, unsigned events)
{
    (void)fd; /* part of the signature, */
    (void)events;
    dns_system_collect(ctx);
}

static void dns_system_ask(struct dns_backend *backend, struct dns_question *question)
{
    struct dns_system *dns = dns_system_of(backend);
    struct job failed = {.error = -ENOMEM};
    size_t size = strlen(question->name) + 1;
    struct job *job = calloc(1, sizeof(*job) + size);
    dns->open++;
    if (!job) {
        dns_system_answer(dns, question, &failed);
        return;
    }
    job->question = question;
    job->family = question->family;
    memcpy(job->name, question->name, size);
    if (!crew_push(dns->crew, job)) {
        free(job);
        failed.error = -EAGAIN;
        dns_system_answer(dns, question, &failed);
    }
}

static int64_t dns_system_turn(struct dns_backend *backend)
{
    dns_system_watch(dns_system_of(backend));
    return DEADLINE_NEVER;
}

static int dns_system_wait(struct dns_backend *backend, int64_t deadline)
{
    struct dns_system *dns = dns_system_of(backend);
    struct pollfd polled = {.fd = dns->crew->event_fd, .events = POLLIN};
    int ready = blocking_wait(&polled, 1, deadline);
    if (ready > 0)
        dns_system_collect(dns);
    return ready < 0 ? ready : 0;
}

static void dns_system_close(struct dns_backend *backend)
{
    struct dns_system *dns = dns_system_of(backend);
    /* Also when the watch has ended: the kernel would be told later, when a thread of the crew may
     * have closed it. */
    watch_forget(dns->crew->event_fd);
    crew_leave(dns->crew);
    free(dns);
}

int dns_system_new(struct dns_backend **backend)
{
    struct dns_system *dns = calloc(1, sizeof(*dns));
    if (!dns)
        return -ENOMEM;
    dns->crew = crew_new();
    if (!dns->crew) {
        int error = -errno; /* no memory, or no descriptor */
        free(dns);
        return error;
    }
    dns->backend = (struct dns_backend){
        .ask = dns_system_ask,
        .turn = dns_system_turn,
        .wait = dns_system_wait,
        .close = dns_system_close,
    };
    *backend = &dns->backend;
    return 0;
}
