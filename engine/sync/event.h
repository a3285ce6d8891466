/* event.h - something that happens once: tasks wait until it has.
 *
 * Ownership: embed it; nobody may wait on it when it goes. Thread: one scheduler. Parks:
 * event_wait.
 */
#ifndef ENGINE_EVENT_H
#define ENGINE_EVENT_H

#include "engine/sched/wait.h"

struct event {
    bool is_set;
    struct wait_list waiters;
};

ENGINE_API void event_init(struct event *event);

/* Wakes all who wait; who comes later does not wait. */
ENGINE_API void event_set(struct event *event);

/* From now on one waits again. */
ENGINE_API void event_clear(struct event *event);

/* 0, -ETIMEDOUT, -ECANCELED, -ENOTSUP. */
ENGINE_API int event_wait(struct event *event, int64_t deadline);

#endif
