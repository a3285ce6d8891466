/* wait.h - a list of parked tasks: what events, queues, semaphores and joins are made of.
 *
 * The entry is a part of the waiting task, so waiting allocates nothing. Ownership: the list
 * belongs to the object one waits for and must be empty when that dies. Thread: one scheduler.
 * Parks: wait_on.
 */
#ifndef ENGINE_WAIT_H
#define ENGINE_WAIT_H

#include "engine/deadline.h"
#include "engine/export.h"
#include "engine/list.h"

struct wait_list {
    struct list waiters; /* struct task, first come first woken */
};

static inline void wait_list_init(struct wait_list *list)
{
    list_init(&list->waiters);
}

/* Parks at the end of the list. 0 when woken through the list, else -ETIMEDOUT, -ECANCELED,
 * -ENOTSUP. A task that was woken and canceled in one tick counts as woken: the wake is not lost.
 */
ENGINE_API int wait_on(struct wait_list *list, int64_t deadline);

/* Takes the first waiter (or all) off the list and makes it ready. */
ENGINE_API bool wait_wake_one(struct wait_list *list);
ENGINE_API void wait_wake_all(struct wait_list *list);

#endif
