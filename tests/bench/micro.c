/* micro.c - what the engine's operations cost, in nanoseconds of CPU time each.
 *
 *     micro [ROUNDS]
 *
 * Prints one JSON object: in "rounds" one object a round with every operation's time. A round
 * measures them all, one after another, so that two numbers of one round can be compared: the
 * machine was equally busy.
 */
#include "tests/bench/micro.h"
#include "engine/co/context.h"
#include "engine/engine.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
    SWITCHES = 2000000,
    SPAWNS = 100000,
    SLEEPERS = 1000,
    SLEEPS = 100, /* of each sleeper */
    ITEMS = 200000,
    QUEUE_CAPACITY = 64,
    STACK_BYTES = 64 * 1024,
};

static void check(int result, const char *what)
{
    if (result) {
        fprintf(stderr, "micro: %s: %s\n", what, strerror(-result));
        exit(1);
    }
}

static void *need(void *pointer, const char *what)
{
    if (!pointer)
        check(-errno, what);
    return pointer;
}

double micro_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

void *micro_stack_map(size_t bytes)
{
    void *stack =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    return need(stack == MAP_FAILED ? NULL : stack, "mmap");
}

void micro_stack_unmap(void *stack, size_t bytes)
{
    check(munmap(stack, bytes) ? -errno : 0, "munmap");
}

struct pair {
    struct context here;
    struct context peer;
};

static void switch_back(void *arg, void *value)
{
    struct pair *pair = arg;
    for (;;)
        value = context_switch(&pair->peer, &pair->here, value);
}

/* The bare switch of registers and stacks, there and back. */
static double context_switch_ns(void)
{
    struct pair pair;
    memset(&pair, 0, sizeof(pair));
    void *stack = micro_stack_map(STACK_BYTES);
    check(context_init(&pair.peer, stack, STACK_BYTES, switch_back, &pair), "context_init");
    context_switch(&pair.here, &pair.peer, NULL);
    double start = micro_clock();
    for (size_t i = 0; i < SWITCHES; i += 2)
        context_switch(&pair.here, &pair.peer, NULL);
    double spent = micro_clock() - start;
    context_destroy(&pair.peer);
    micro_stack_unmap(stack, STACK_BYTES);
    return spent / SWITCHES;
}

static void *yield_forever(void *in)
{
    for (;;)
        in = co_yield (in);
    return NULL;
}

/* The same as users get it: checked, with values. */
static double co_switch_ns(void)
{
    struct co *co = need(co_new(yield_forever, 0), "co_new");
    co_resume(co, NULL);
    double start = micro_clock();
    for (size_t i = 0; i < SWITCHES; i += 2)
        co_resume(co, NULL);
    double spent = micro_clock() - start;
    co_free(co);
    return spent / SWITCHES;
}

static void *return_at_once(void *arg)
{
    return arg;
}

static void *spawn_and_join(void *arg)
{
    double *spent = arg;
    double start = micro_clock();
    for (size_t i = 0; i < SPAWNS; i++) {
        struct task *task = need(task_spawn(NULL, return_at_once, NULL), "task_spawn");
        check(task_join(task, NULL, DEADLINE_NEVER), "task_join");
    }
    *spent = (micro_clock() - start) / SPAWNS;
    return NULL;
}

static void *sleep_often(void *arg)
{
    for (size_t i = 0; i < SLEEPS; i++)
        check(task_sleep(deadline_in(NSEC_PER_USEC)), "task_sleep");
    return arg;
}

/* A thousand tasks that sleep a microsecond again and again: the timers never run dry. */
static void *sleep_in_crowd(void *arg)
{
    static struct task *sleepers[SLEEPERS];
    double *spent = arg;
    for (size_t i = 0; i < SLEEPERS; i++)
        sleepers[i] = need(task_spawn(NULL, sleep_often, NULL), "task_spawn");
    double start = micro_clock();
    check(task_joinall(sleepers, SLEEPERS, DEADLINE_NEVER), "task_joinall");
    *spent = (micro_clock() - start) / (SLEEPERS * SLEEPS);
    return NULL;
}

static void *put_all(void *arg)
{
    struct queue *queue = arg;
    for (size_t i = 0; i < ITEMS; i++)
        check(queue_put(queue, queue, DEADLINE_NEVER), "queue_put");
    return NULL;
}

static void *put_and_get(void *arg)
{
    double *spent = arg;
    void *item;
    struct queue *queue = need(queue_new(QUEUE_CAPACITY), "queue_new");
    struct task *putter = need(task_spawn(NULL, put_all, queue), "task_spawn");
    double start = micro_clock();
    for (size_t i = 0; i < ITEMS; i++)
        check(queue_get(queue, &item, DEADLINE_NEVER), "queue_get");
    *spent = (micro_clock() - start) / ITEMS;
    check(task_join(putter, NULL, DEADLINE_NEVER), "task_join");
    queue_free(queue);
    return NULL;
}

/* Runs `program` as the first task of a fresh scheduler; it stores its time. */
static double on_scheduler_ns(task_fn program)
{
    double spent = 0;
    check(engine_run(program, &spent, NULL), "engine_run");
    return spent;
}

static void print_round(void)
{
    double boost = micro_boost_switch(SWITCHES);
    printf("{\"context_switch\": %.2f, ", context_switch_ns());
    if (boost >= 0)
        printf("\"boost_fcontext\": %.2f, ", boost);
    printf("\"co_resume_or_yield\": %.2f, ", co_switch_ns());
    printf("\"spawn_join\": %.1f, ", on_scheduler_ns(spawn_and_join));
    printf("\"sleep\": %.1f, ", on_scheduler_ns(sleep_in_crowd));
    printf("\"queue_put_get\": %.1f}", on_scheduler_ns(put_and_get));
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 9;
    if (rounds < 1 || argc > 2) {
        fputs("usage: micro [ROUNDS]\n", stderr);
        return 2;
    }
    const char *boost = micro_boost_version();
    printf("{\"backend\": \"%s\", \"boost\": \"%s\", \"rounds\": [", co_backend(),
           boost ? boost : "");
    for (int i = 0; i < rounds; i++) {
        printf(i ? ",\n " : "\n ");
        print_round();
    }
    puts("]}");
    return 0;
}
