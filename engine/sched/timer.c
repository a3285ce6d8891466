/* timer.c - the heap. Places count from 1, so that the parent of n is n / 2. */
#include "engine/sched/timer.h"
#include "engine/deadline.h"
#include "engine/limits.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void timer_heap_init(struct timer_heap *heap)
{
    *heap = (struct timer_heap){0};
}

void timer_heap_free(struct timer_heap *heap)
{
    assert(heap->count == 0);
    free(heap->heap);
    *heap = (struct timer_heap){0};
}

int timer_heap_reserve(struct timer_heap *heap)
{
    if (heap->reserved == heap->capacity) {
        size_t capacity = heap->capacity ? heap->capacity * 2 : LIMIT_FIRST_TIMERS;
        struct timer **grown = realloc(heap->heap, (capacity + 1) * sizeof(struct timer *));
        if (!grown)
            return -ENOMEM;
        heap->heap = grown;
        heap->capacity = capacity;
    }
    heap->reserved++;
    return 0;
}

void timer_heap_release(struct timer_heap *heap)
{
    assert(heap->reserved > heap->count);
    heap->reserved--;
}

void timer_init(struct timer *timer, void (*fire)(struct timer *timer))
{
    *timer = (struct timer){.fire = fire};
}

static bool earlier(const struct timer *a, const struct timer *b)
{
    return a->deadline < b->deadline || (a->deadline == b->deadline && a->start_id < b->start_id);
}

static void put_at(struct timer_heap *heap, struct timer *timer, size_t place)
{
    heap->heap[place] = timer;
    timer->place = place;
}

static void sift_up(struct timer_heap *heap, struct timer *timer, size_t place)
{
    for (; place > 1 && earlier(timer, heap->heap[place / 2]); place /= 2)
        put_at(heap, heap->heap[place / 2], place);
    put_at(heap, timer, place);
}

static void sift_down(struct timer_heap *heap, struct timer *timer, size_t place)
{
    for (size_t child; (child = place * 2) <= heap->count; place = child) {
        if (child < heap->count && earlier(heap->heap[child + 1], heap->heap[child]))
            child++;
        if (!earlier(heap->heap[child], timer))
            break;
        put_at(heap, heap->heap[child], place);
    }
    put_at(heap, timer, place);
}

void timer_stop(struct timer_heap *heap, struct timer *timer)
{
    list_remove(&timer->due_node);
    size_t place = timer->place;
    if (!place)
        return;
    timer->place = 0;
    struct timer *last = heap->heap[heap->count--];
    if (last == timer)
        return;
    /* The last fills the hole; it may belong above or below. */
    if (place > 1 && earlier(last, heap->heap[place / 2]))
        sift_up(heap, last, place);
    else
        sift_down(heap, last, place);
}

void timer_start(struct timer_heap *heap, struct timer *timer, int64_t deadline)
{
    timer_stop(heap, timer);
    assert(heap->count < heap->reserved);
    timer->deadline = deadline;
    timer->start_id = heap->next_id++;
    sift_up(heap, timer, ++heap->count);
}

int64_t timer_next(const struct timer_heap *heap)
{
    return heap->count ? heap->heap[1]->deadline : DEADLINE_NEVER;
}

void timer_run(struct timer_heap *heap, int64_t now)
{
    /* First collected, then fired: what a callback starts must wait for the next call. */
    struct list due;
    list_init(&due);
    while (heap->count && heap->heap[1]->deadline <= now) {
        struct timer *timer = heap->heap[1];
        timer_stop(heap, timer);
        list_push_back(&due, &timer->due_node);
    }
    struct list_node *node;
    while ((node = list_pop_front(&due))) {
        struct timer *timer = list_entry(node, struct timer, due_node);
        timer->fire(timer);
    }
}
