/* echo.c - one echo server, run in three ways: tasks on one thread, a thread a connection, and a
 * pool of three threads.
 *
 * Look at serve() first: it is the whole server, a straight line, and the very same function in
 * all three. As a task it parks where it waits; on a thread of its own it blocks. Then compare the
 * three accept functions. Five hundred clients talk to each server at once, all of them tasks on
 * the main thread; with the first server, server and clients share one thread and one loop.
 *
 * Look at the figures: a thread of the small pool is tied up for as long as its client thinks, so
 * the others queue. Five hundred threads do well here, and pay with five hundred stacks.
 */
#include "engine/engine.h"
#include "must.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>

enum { CLIENTS = 500, ROUNDS = 3, THINK_MS = 2, POOL_THREADS = 3, PATIENCE_MS = 30000 };

static atomic_int open_now;
static atomic_int open_most;

static void note_open(void)
{
    int now = atomic_fetch_add(&open_now, 1) + 1;
    int most = atomic_load(&open_most);
    while (now > most && !atomic_compare_exchange_weak(&open_most, &most, now))
        ;
}

/* The server: one connection from its beginning to its end. */
static void *serve(void *arg)
{
    int fd = *(int *)arg;
    char buf[256];
    ssize_t got;
    note_open();
    while ((got = io_read(fd, buf, sizeof(buf), deadline_in_ms(PATIENCE_MS))) > 0)
        must(io_write(fd, buf, (size_t)got, deadline_in_ms(PATIENCE_MS)), "io_write");
    must(got, "io_read");
    atomic_fetch_sub(&open_now, 1);
    must(io_close(fd), "io_close");
    return NULL;
}

/* The next connection; its number stays there for as long as it is served. */
static int *accept_one(int listener, int *fd)
{
    *fd = (int)must(io_accept(listener, NULL, NULL, deadline_in_ms(PATIENCE_MS)), "io_accept");
    return fd;
}

/* 1: a task a connection. */
static void *accept_tasks(void *arg)
{
    static int fds[CLIENTS];
    int listener = *(int *)arg;
    for (int i = 0; i < CLIENTS; i++)
        must_have(task_spawn(NULL, serve, accept_one(listener, &fds[i])), "task_spawn");
    return NULL;
}

/* 2: a thread a connection. */
static void *accept_threads(void *arg)
{
    int listener = *(int *)arg;
    int fds[CLIENTS];
    pthread_t threads[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        int *fd = accept_one(listener, &fds[i]);
        must(-pthread_create(&threads[i], NULL, serve, fd), "pthread_create");
    }
    for (int i = 0; i < CLIENTS; i++)
        pthread_join(threads[i], NULL);
    return NULL;
}

/* 3: three threads for all connections. Freeing the pool runs what is still queued. */
static void *accept_pool(void *arg)
{
    int listener = *(int *)arg;
    int fds[CLIENTS];
    struct offload_pool *pool = must_have(offload_pool_new(POOL_THREADS, 0), "offload_pool_new");
    for (int i = 0; i < CLIENTS; i++) {
        struct future *future;
        must(offload_submit(pool, serve, accept_one(listener, &fds[i]), &future), "offload_submit");
        future_free(future);
    }
    offload_pool_free(pool);
    return NULL;
}

struct crowd {
    struct sockaddr_in server;
    int connected;
    int echoes;
    struct event all_connected;
};

static void talk(struct crowd *crowd, int fd)
{
    char word[16];
    char echo[16];
    for (int i = 0; i < ROUNDS; i++) {
        size_t size = (size_t)snprintf(word, sizeof(word), "hello %d", i);
        must(task_sleep(deadline_in_ms(THINK_MS)), "task_sleep");
        must(io_write(fd, word, size, deadline_in_ms(PATIENCE_MS)), "io_write");
        long got = must(io_read_full(fd, echo, size, deadline_in_ms(PATIENCE_MS)), "io_read_full");
        if ((size_t)got == size && memcmp(word, echo, size) == 0)
            crowd->echoes++;
    }
}

static void *client(void *arg)
{
    struct crowd *crowd = arg;
    int fd = (int)must(io_socket(AF_INET, SOCK_STREAM, 0), "io_socket");
    must(io_connect(fd, (struct sockaddr *)&crowd->server, sizeof(crowd->server),
                    deadline_in_ms(PATIENCE_MS)),
         "io_connect");
    if (++crowd->connected == CLIENTS)
        event_set(&crowd->all_connected);
    must(event_wait(&crowd->all_connected, deadline_in_ms(PATIENCE_MS)), "event_wait");
    talk(crowd, fd);
    must(io_close(fd), "io_close");
    return NULL;
}

static void *all_clients(void *arg)
{
    struct group group;
    must(group_init(&group), "group_init");
    for (int i = 0; i < CLIENTS; i++)
        must(group_spawn(&group, client, arg), "group_spawn");
    must(group_wait(&group, DEADLINE_NEVER), "group_wait");
    group_close(&group);
    return NULL;
}

static int listen_on_loopback(struct sockaddr_in *addr)
{
    *addr = (struct sockaddr_in){.sin_family = AF_INET};
    addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t len = sizeof(*addr);
    int fd = (int)must(io_socket(AF_INET, SOCK_STREAM, 0), "io_socket");
    if (bind(fd, (struct sockaddr *)addr, len) < 0 || listen(fd, CLIENTS) < 0 ||
        getsockname(fd, (struct sockaddr *)addr, &len) < 0) {
        perror("listen");
        exit(EXIT_FAILURE);
    }
    return fd;
}

/* Runs the crowd against a server whose accept function is a task here, or a plain thread. */
static void measure(const char *name, task_fn server, bool on_own_thread)
{
    struct crowd crowd = {0};
    pthread_t thread;
    int listener = listen_on_loopback(&crowd.server);
    atomic_store(&open_most, 0);
    event_init(&crowd.all_connected);
    int64_t start = deadline_clock();
    struct sched *sched = must_have(sched_new(NULL), "sched_new");
    if (on_own_thread)
        must(-pthread_create(&thread, NULL, server, &listener), "pthread_create");
    else
        must_have(task_spawn(NULL, server, &listener), "task_spawn");
    must_have(task_spawn(NULL, all_clients, &crowd), "task_spawn");
    must(sched_run(sched), "sched_run");
    if (on_own_thread)
        pthread_join(thread, NULL);
    sched_free(sched);
    must(io_close(listener), "io_close");
    printf("%-8s %d clients, %d echoes, %3d served at once, %6.1f ms\n", name, crowd.connected,
           crowd.echoes, atomic_load(&open_most),
           (double)(deadline_clock() - start) / NSEC_PER_MSEC);
    fflush(stdout);
}

int main(void)
{
    measure("tasks", accept_tasks, false);
    measure("threads", accept_threads, true);
    measure("pool", accept_pool, true);
    return 0;
}
