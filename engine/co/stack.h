/* stack.h - where coroutines' stacks come from. Private to engine.
 *
 * Stacks are cut from mmap'd slabs and kept in a last-in-first-out pool a thread, so that the
 * warmest is used next. Below each lies a guard page (guard.h). Slabs carry MADV_NOHUGEPAGE; a
 * stack that comes back deep-used gives its deep pages back to the kernel, and stack_pool_trim()
 * gives back those of stacks that nobody has needed for a while.
 *
 * Ownership: stack_get() lends, stack_put() returns. Thread: the pool is the calling thread's own;
 * a stack goes back on the thread that took it. Nothing here parks.
 */
#ifndef ENGINE_STACK_H
#define ENGINE_STACK_H

#include "engine/co/guard.h"
#include "engine/list.h"
#include <stddef.h>

struct stack {
    char *base;        /* lowest usable byte, above the guard */
    size_t bytes;      /* usable size, a multiple of the page */
    void *fiber;       /* TSan's handle, made when lent, kept while pooled */
    unsigned valgrind; /* id of VALGRIND_STACK_REGISTER */
    enum guard_kind guard;
    struct slab *slab;     /* that it was cut from */
    struct list_node node; /* in the pool */
};

/* A stack of at least `bytes` (0: default). NULL when memory runs out. */
struct stack *stack_get(size_t bytes);

void stack_put(struct stack *stack);

/* Bytes touched since the kernel last zeroed the pages, to the page. */
size_t stack_used(const struct stack *stack);

/* Gives back the pages of stacks that have lain idle since the last call, some hundred at a time;
 * a few stay warm. To be called now and then. */
void stack_pool_trim(void);

/* Unmaps all idle slabs of this thread's pool; called when its scheduler ends, and by itself when
 * the thread does. */
void stack_pool_drain(void);

#endif
