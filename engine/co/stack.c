/* stack.c - a pool of stacks a thread, one list of slabs for each size asked for. */
#include "engine/co/stack.h"
#include "engine/co/sanitizer.h"
#include "engine/limits.h"
#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    STACK_DEFAULT = 64 * 1024,
    STACK_GUARD = 16 * 1024, /* more than a page: a large frame must not step over it */
    STACK_WATERMARK = 16 * 1024,
    STACK_WATERMARK_PROBE = 128,
    STACK_ALWAYS_WARM = 64, /* never trimmed */
    STACK_TRIM_MAX = 256,   /* at a time: each costs about a microsecond */
};

/* Beyond this the size of a slab would overflow. */
#define STACK_MOST (SIZE_MAX / LIMIT_SLAB_STACKS / 2)

/* One mapping of many stacks. They are cut off it one by one when first needed, because placing a
 * guard page costs more than a microsecond. */
struct slab {
    struct slab *next;
    char *map;
    size_t map_bytes;
    unsigned cut;  /* stacks handed out at least once */
    unsigned lent; /* handed out now */
    struct stack stacks[LIMIT_SLAB_STACKS];
};

/* All stacks of one size. */
struct stack_pool {
    struct stack_pool *next;
    size_t bytes;
    struct list warm; /* idle, their upper pages still there, last returned first */
    struct list cold; /* idle, their pages given back */
    size_t warm_count;
    size_t warm_least;  /* since the last trim: so many were never needed */
    struct slab *slabs; /* newest first: only the first may have stacks left to cut */
};

static _Thread_local struct stack_pool *pools;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t thread_end;

static void drain_at_thread_end(void *unused)
{
    (void)unused;
    stack_pool_drain();
}

static void make_thread_end(void)
{
    /* Without a key (there are 1024), a thread that ends keeps its idle stacks: no harm. */
    (void)pthread_key_create(&thread_end, drain_at_thread_end);
}

static size_t page_bytes(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t round_up(size_t bytes, size_t unit)
{
    return (bytes + unit - 1) / unit * unit;
}

static struct stack_pool *pool_of(size_t bytes)
{
    for (struct stack_pool *pool = pools; pool; pool = pool->next) {
        if (pool->bytes == bytes)
            return pool;
    }
    struct stack_pool *pool = calloc(1, sizeof(*pool));
    if (!pool)
        return NULL;
    pthread_once(&once, make_thread_end);
    (void)pthread_setspecific(thread_end, pool); /* any value: see make_thread_end() */
    pool->bytes = bytes;
    list_init(&pool->warm);
    list_init(&pool->cold);
    pool->next = pools;
    pools = pool;
    return pool;
}

static bool pool_add_slab(struct stack_pool *pool)
{
    size_t stride = pool->bytes + round_up(STACK_GUARD, page_bytes());
    struct slab *slab = calloc(1, sizeof(*slab));
    if (!slab)
        return false;
    slab->map_bytes = stride * LIMIT_SLAB_STACKS;
    slab->map = mmap(NULL, slab->map_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (slab->map == MAP_FAILED) {
        free(slab);
        return false;
    }
    /* Or the kernel may back a few touched pages with two megabytes. Advice: failure is fine. */
    (void)madvise(slab->map, slab->map_bytes, MADV_NOHUGEPAGE);
    slab->next = pool->slabs;
    pool->slabs = slab;
    return true;
}

/* The next stack of the newest slab. */
static struct stack *slab_cut(struct slab *slab, size_t bytes)
{
    size_t guard_bytes = round_up(STACK_GUARD, page_bytes());
    char *guard = slab->map + slab->cut * (guard_bytes + bytes);
    struct stack *stack = &slab->stacks[slab->cut++];
    stack->guard = guard_install(guard, guard_bytes);
    stack->base = guard + guard_bytes;
    stack->bytes = bytes;
    stack->slab = slab;
    stack->valgrind = sanitizer_valgrind_register(stack->base, bytes);
    return stack;
}

static struct stack *pool_take(struct stack_pool *pool)
{
    struct list_node *node = list_pop_front(&pool->warm);
    if (node) {
        if (--pool->warm_count < pool->warm_least)
            pool->warm_least = pool->warm_count;
        return list_entry(node, struct stack, node);
    }
    node = list_pop_front(&pool->cold);
    if (node)
        return list_entry(node, struct stack, node);
    bool uncut = pool->slabs && pool->slabs->cut < LIMIT_SLAB_STACKS;
    if (!uncut && !pool_add_slab(pool))
        return NULL;
    return slab_cut(pool->slabs, pool->bytes);
}

struct stack *stack_get(size_t bytes)
{
    struct stack_pool *pool = pools;
    size_t rounded = bytes ? bytes : STACK_DEFAULT;
    if (bytes > STACK_MOST)
        return NULL;
    if (!pool || pool->bytes != rounded)
        pool = pool_of(round_up(rounded, page_bytes()));
    struct stack *stack = pool ? pool_take(pool) : NULL;
    if (!stack)
        return NULL;
    if (!stack->fiber)
        stack->fiber = sanitizer_thread_fiber_new();
    stack->slab->lent++;
    sanitizer_stack_lend(stack->base, stack->bytes);
    return stack;
}

/* Did frames reach below the watermark? The kernel hands out zeroed pages, so that a stretch of
 * zeros means untouched. A frame that steps over the stretch without writing goes unnoticed, which
 * costs memory until the stack is cold, and nothing else. */
static bool deep_used(const struct stack *stack)
{
    static const char zeros[STACK_WATERMARK_PROBE];
    if (stack->bytes <= STACK_WATERMARK)
        return false;
    const char *probe = stack->base + stack->bytes - STACK_WATERMARK - STACK_WATERMARK_PROBE;
    return memcmp(probe, zeros, sizeof(zeros)) != 0;
}

/* Advice to the kernel may fail: then the stack only stays bigger than it need be. */
static void stack_shrink(struct stack *stack, size_t kept)
{
    (void)madvise(stack->base, stack->bytes - kept, MADV_DONTNEED);
}

static void pool_keep_cold(struct stack_pool *pool, struct stack *stack)
{
    stack_shrink(stack, 0);
    list_push_front(&pool->cold, &stack->node);
}

static void pool_keep_warm(struct stack_pool *pool, struct stack *stack)
{
    if (deep_used(stack))
        stack_shrink(stack, STACK_WATERMARK);
    list_push_front(&pool->warm, &stack->node);
    pool->warm_count++;
}

void stack_put(struct stack *stack)
{
    struct stack_pool *pool = pools && pools->bytes == stack->bytes ? pools : pool_of(stack->bytes);
    assert(pool); /* it exists: the stack came from it */
    sanitizer_stack_return(stack->base, stack->bytes);
    sanitizer_valgrind_defined(stack->base, stack->bytes);
    stack->slab->lent--;
    if (LIMIT_KEEP_WARM)
        pool_keep_warm(pool, stack);
    else
        pool_keep_cold(pool, stack);
    sanitizer_stack_idle(stack->base, stack->bytes);
}

size_t stack_used(const struct stack *stack)
{
    unsigned char present[64];
    size_t page = page_bytes();
    for (size_t at = 0; at < stack->bytes; at += sizeof(present) * page) {
        size_t span = sizeof(present) * page;
        if (span > stack->bytes - at)
            span = stack->bytes - at;
        if (mincore(stack->base + at, span, present) != 0)
            return 0; /* no such call here: the figure is for reports only */
        for (size_t i = 0; i < span / page; i++) {
            if (present[i] & 1)
                return stack->bytes - at - i * page;
        }
    }
    return 0;
}

static void slab_free(struct slab *slab)
{
    for (unsigned i = 0; i < slab->cut; i++) {
        struct stack *stack = &slab->stacks[i];
        sanitizer_thread_fiber_free(stack->fiber);
        sanitizer_valgrind_deregister(stack->valgrind);
        guard_release(stack->guard);
        sanitizer_stack_usable(stack->base, stack->bytes);
    }
    munmap(slab->map, slab->map_bytes);
    free(slab);
}

/* The longest idle ones lie at the end. */
static void pool_trim(struct stack_pool *pool)
{
    size_t spare = pool->warm_least;
    if (spare > STACK_TRIM_MAX)
        spare = STACK_TRIM_MAX;
    for (; spare > 0 && pool->warm_count > STACK_ALWAYS_WARM; spare--) {
        struct list_node *last = pool->warm.head.prev;
        list_remove(last);
        pool->warm_count--;
        pool_keep_cold(pool, list_entry(last, struct stack, node));
    }
    pool->warm_least = pool->warm_count;
}

void stack_pool_trim(void)
{
    for (struct stack_pool *pool = pools; pool; pool = pool->next)
        pool_trim(pool);
}

/* Takes the stacks of idle slabs off a list, returns how many stay. */
static size_t drop_idle_slabs(struct list *list)
{
    struct list all;
    struct list_node *node;
    size_t kept = 0;
    list_move(&all, list);
    while ((node = list_pop_front(&all))) {
        if (!list_entry(node, struct stack, node)->slab->lent)
            continue;
        list_push_back(list, node);
        kept++;
    }
    return kept;
}

static void pool_drain(struct stack_pool *pool)
{
    pool->warm_count = drop_idle_slabs(&pool->warm);
    pool->warm_least = pool->warm_count;
    (void)drop_idle_slabs(&pool->cold); /* not counted */
    struct slab **link = &pool->slabs;
    while (*link) {
        struct slab *slab = *link;
        if (slab->lent) {
            link = &slab->next;
            continue;
        }
        *link = slab->next;
        slab_free(slab);
    }
}

void stack_pool_drain(void)
{
    struct stack_pool **link = &pools;
    while (*link) {
        struct stack_pool *pool = *link;
        pool_drain(pool);
        if (pool->slabs) {
            link = &pool->next;
            continue;
        }
        *link = pool->next;
        free(pool);
    }
}
