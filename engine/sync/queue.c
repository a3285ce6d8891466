/* queue.c - a ring of pointers between two rows of waiting tasks. */
#include "engine/sync/queue.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

struct queue {
    struct wait_list putters;
    struct wait_list getters;
    size_t capacity;
    size_t first; /* place of the oldest item */
    size_t length;
    bool closed;
    void *items[];
};

struct queue *queue_new(size_t capacity)
{
    if (capacity == 0 || capacity > (SIZE_MAX - sizeof(struct queue)) / sizeof(void *))
        return NULL;
    struct queue *queue = malloc(sizeof(*queue) + capacity * sizeof(void *));
    if (!queue)
        return NULL;
    *queue = (struct queue){.capacity = capacity};
    wait_list_init(&queue->putters);
    wait_list_init(&queue->getters);
    return queue;
}

void queue_free(struct queue *queue)
{
    free(queue);
}

/* Whoever was woken looks again: another may have come first. No wake is lost by that, because
 * each put wakes one getter and each get one putter. */
int queue_put(struct queue *queue, void *item, int64_t deadline)
{
    while (!queue->closed && queue->length == queue->capacity) {
        task_waits_for("queue_put", -1);
        int error = wait_on(&queue->putters, deadline);
        if (error)
            return error;
    }
    if (queue->closed)
        return -EPIPE;
    size_t place = queue->first + queue->length++;
    queue->items[place < queue->capacity ? place : place - queue->capacity] = item;
    wait_wake_one(&queue->getters);
    return 0;
}

int queue_get(struct queue *queue, void **item, int64_t deadline)
{
    while (!queue->closed && queue->length == 0) {
        task_waits_for("queue_get", -1);
        int error = wait_on(&queue->getters, deadline);
        if (error)
            return error;
    }
    if (queue->length == 0)
        return -EPIPE;
    *item = queue->items[queue->first++];
    queue->length--;
    if (queue->first == queue->capacity)
        queue->first = 0;
    wait_wake_one(&queue->putters);
    return 0;
}

void queue_close(struct queue *queue)
{
    queue->closed = true;
    wait_wake_all(&queue->putters);
    wait_wake_all(&queue->getters);
}

size_t queue_length(const struct queue *queue)
{
    return queue->length;
}
