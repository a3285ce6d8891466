#include "cmd/get/slots.h"

#include "engine/list.h"
#include "engine/sched/waker.h"
#include <pthread.h>
#include <stdlib.h>

struct slots {
    struct {
        pthread_mutex_t mutex; /* guards all of _shared */
        size_t free;
        struct list waiters;   /* struct slots_waiter, first come first served */
        struct list onlookers; /* struct slots_waiter: they take none */
    } _shared;
};

struct slots_waiter {
    struct waker waker;
    struct list_node node;
};

struct slots *slots_new(unsigned count)
{
    struct slots *slots = calloc(1, sizeof *slots);
    if (!slots)
        return NULL;
    pthread_mutex_init(&slots->_shared.mutex, NULL);
    slots->_shared.free = count;
    list_init(&slots->_shared.waiters);
    list_init(&slots->_shared.onlookers);
    return slots;
}

void slots_free(struct slots *slots)
{
    if (!slots)
        return;
    pthread_mutex_destroy(&slots->_shared.mutex);
    free(slots);
}

/* Takes a free slot, or queues the waiter. */
static bool slots_take_or_queue(struct slots *slots, struct slots_waiter *waiter)
{
    pthread_mutex_lock(&slots->_shared.mutex);
    bool taken = slots->_shared.free > 0;
    if (taken)
        slots->_shared.free--;
    else
        list_push_back(&slots->_shared.waiters, &waiter->node);
    pthread_mutex_unlock(&slots->_shared.mutex);
    return taken;
}

/* Takes the waiter back from its list. False when it has been woken already. */
static bool slots_withdraw(struct slots *slots, struct slots_waiter *waiter)
{
    pthread_mutex_lock(&slots->_shared.mutex);
    bool queued = list_linked(&waiter->node);
    list_remove(&waiter->node);
    pthread_mutex_unlock(&slots->_shared.mutex);
    return queued;
}

int slots_acquire(struct slots *slots, int64_t deadline)
{
    struct slots_waiter waiter = {0};
    waker_init(&waiter.waker);
    int error = 0;
    if (!slots_take_or_queue(slots, &waiter))
        error = waker_wait(&waiter.waker, deadline);
    if (error && !slots_withdraw(slots, &waiter)) {
        waker_settle(&waiter.waker);
        slots_release(slots);
    }
    waker_destroy(&waiter.waker);
    return error;
}

void slots_acquire_certainly(struct slots *slots)
{
    struct slots_waiter waiter = {0};
    waker_init(&waiter.waker);
    if (!slots_take_or_queue(slots, &waiter))
        waker_settle(&waiter.waker);
    waker_destroy(&waiter.waker);
}

/* Is there a free slot? Else queues the onlooker. */
static bool slots_see_or_queue(struct slots *slots, struct slots_waiter *onlooker)
{
    pthread_mutex_lock(&slots->_shared.mutex);
    bool seen = slots->_shared.free > 0;
    if (!seen)
        list_push_back(&slots->_shared.onlookers, &onlooker->node);
    pthread_mutex_unlock(&slots->_shared.mutex);
    return seen;
}

int slots_await(struct slots *slots)
{
    struct slots_waiter onlooker = {0};
    waker_init(&onlooker.waker);
    int error = 0;
    if (!slots_see_or_queue(slots, &onlooker))
        error = waker_wait(&onlooker.waker, DEADLINE_NEVER);
    if (error && !slots_withdraw(slots, &onlooker))
        waker_settle(&onlooker.waker);
    waker_destroy(&onlooker.waker);
    return error;
}

void slots_release(struct slots *slots)
{
    pthread_mutex_lock(&slots->_shared.mutex);
    struct list_node *first = list_pop_front(&slots->_shared.waiters);
    if (!first) {
        slots->_shared.free++;
        first = list_pop_front(&slots->_shared.onlookers);
    }
    /* Woken under the lock: once it is off the list, the waiter waits for exactly this wake-up. */
    if (first)
        waker_wake(&list_entry(first, struct slots_waiter, node)->waker);
    pthread_mutex_unlock(&slots->_shared.mutex);
}
