/* timer.h - a heap of deadlines. Private to engine.
 *
 * An intrusive binary heap, as libuv's: equal deadlines fire in the order they were started,
 * because each start takes the next id. Whoever may start timers reserves a place for each before,
 * so that starting never fails. Ownership: the timer is a member of what waits; the heap holds
 * pointers. Thread: the scheduler's. Nothing here parks.
 */
#ifndef ENGINE_TIMER_H
#define ENGINE_TIMER_H

#include "engine/list.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    int64_t deadline;                  /* ns, monotonic */
    uint64_t start_id;                 /* breaks ties */
    size_t place;                      /* in the heap, from 1; 0: not in it */
    void (*fire)(struct timer *timer); /* runs on the scheduler's stack, timer already stopped */
    struct list_node due_node;         /* taken from the heap, about to fire */
};

struct timer_heap {
    struct timer **heap; /* owned array; heap[0] is never used */
    size_t count;
    size_t capacity;
    size_t reserved;
    uint64_t next_id;
};

void timer_heap_init(struct timer_heap *heap);

/* Nothing may be in it. */
void timer_heap_free(struct timer_heap *heap);

/* Makes room for one more timer, until timer_heap_release(). 0 or -ENOMEM. */
int timer_heap_reserve(struct timer_heap *heap);
void timer_heap_release(struct timer_heap *heap);

void timer_init(struct timer *timer, void (*fire)(struct timer *timer));

/* Starts or moves a timer. */
void timer_start(struct timer_heap *heap, struct timer *timer, int64_t deadline);

/* Harmless when it is not running. */
void timer_stop(struct timer_heap *heap, struct timer *timer);

/* The earliest deadline, or DEADLINE_NEVER. */
int64_t timer_next(const struct timer_heap *heap);

/* Fires all that are due at `now` and were started before this call. */
void timer_run(struct timer_heap *heap, int64_t now);

#endif
