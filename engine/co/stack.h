/* stack.h - where coroutines' stacks come from. Private to engine.
 *
 * Stacks are cut from mmap'd slabs and kept in a last-in-first-out pool a thread, so that the
 * warmest is used next. Below each lies a guard page: MADV_GUARD_INSTALL where the kernel has it
 * (Linux 6.13; costs no map), else mprotect() while the process has maps to spare (45 % of
 * vm.max_map_count), else none, said once on stderr. Slabs carry MADV_NOHUGEPAGE; a stack that
 * comes back deep-used gives its pages back to the kernel, and so do stacks idle in the pool.
 *
 * Ownership: stack_get() lends, stack_put() returns. Thread: the pool is the calling thread's own;
 * a stack goes back on the thread that took it. Nothing here parks.
 */
#ifndef ENGINE_STACK_H
#define ENGINE_STACK_H

#include <stddef.h>

struct stack {
    char *base;        /* lowest usable byte, above the guard */
    size_t bytes;      /* usable size, a multiple of the page */
    unsigned valgrind; /* id of VALGRIND_STACK_REGISTER */
    struct stack *next_free;
};

/* A stack of at least `bytes` (0: default). NULL when memory runs out. */
struct stack *stack_get(size_t bytes);

void stack_put(struct stack *stack);

/* Bytes touched since the kernel last zeroed the pages, to the page. */
size_t stack_used(const struct stack *stack);

/* Unmaps all idle slabs of this thread's pool; called when its scheduler ends. */
void stack_pool_drain(void);

#endif
