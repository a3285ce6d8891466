/* limits.h - sizes that a test build shrinks, so that ordinary tests reach the edges: pools that
 * run empty, tables that grow, budgets that end. Private to engine.
 */
#ifndef ENGINE_LIMITS_H
#define ENGINE_LIMITS_H

#ifdef ENGINE_TESTING
enum {
    LIMIT_SLAB_STACKS = 2,    /* stacks mapped at a time */
    LIMIT_KEEP_WARM = 0,      /* may idle stacks keep their pages? */
    LIMIT_DISPATCHES = 3,     /* tasks run before I/O is looked at */
    LIMIT_CLOCK_INTERVAL = 2, /* dispatches between two looks at the clock */
    LIMIT_SPARE_TASKS = 1,    /* freed task structs kept for the next spawn */
    LIMIT_FIRST_TIMERS = 1,   /* first size of the timer heap */
    LIMIT_CENSUS = 1,         /* keep the stack census */
    LIMIT_FIRST_FDS = 4,      /* first size of the poller's table */
    LIMIT_EVENTS = 2,         /* events taken from the kernel at a time */
    LIMIT_IO_STREAK = 3,      /* I/O calls of a task in a row that do not park */
    LIMIT_OFFLOAD_QUEUE = 2,  /* default length of an offload pool's queue */
};
#else
enum {
    LIMIT_SLAB_STACKS = 64,
    LIMIT_KEEP_WARM = 1,
    LIMIT_DISPATCHES = 64,
    LIMIT_CLOCK_INTERVAL = 8,
    LIMIT_SPARE_TASKS = 1024,
    LIMIT_FIRST_TIMERS = 64,
    LIMIT_CENSUS = 0,
    LIMIT_FIRST_FDS = 64,
    LIMIT_EVENTS = 256,
    LIMIT_IO_STREAK = 64,
    LIMIT_OFFLOAD_QUEUE = 1024,
};
#endif

#endif
