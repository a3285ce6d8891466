/* queue.h - a bounded queue of pointers between tasks of one scheduler.
 *
 * Bounded, so that a fast producer waits for its consumer: back-pressure is the point. Ownership:
 * queue_new() to queue_free(); what lies in it stays its putter's until somebody gets it. Thread:
 * one scheduler. Parks: queue_put, queue_get.
 */
#ifndef ENGINE_QUEUE_H
#define ENGINE_QUEUE_H

#include "engine/deadline.h"
#include "engine/export.h"
#include <stdbool.h>
#include <stddef.h>

struct queue;

/* `capacity` of at least 1. NULL when memory runs out. */
ENGINE_API struct queue *queue_new(size_t capacity);

/* Nobody may wait on it. NULL is fine. */
ENGINE_API void queue_free(struct queue *queue);

/* Appends `item` (never NULL), waiting for room. 0, -ETIMEDOUT, -ECANCELED, -ENOTSUP, -EPIPE when
 * closed. */
ENGINE_API int queue_put(struct queue *queue, void *item, int64_t deadline);

/* Takes the first item, waiting for one. As queue_put(); -EPIPE when closed and drained. */
ENGINE_API int queue_get(struct queue *queue, void **item, int64_t deadline);

/* No more puts; what is in it can still be got. Wakes all who wait. */
ENGINE_API void queue_close(struct queue *queue);

ENGINE_API size_t queue_length(const struct queue *queue);

#endif
