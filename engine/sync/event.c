/* event.c - something that happens once. */
#include "engine/sync/event.h"
#include "engine/sched/core.h"

void event_init(struct event *event)
{
    event->is_set = false;
    wait_list_init(&event->waiters);
}

void event_set(struct event *event)
{
    event->is_set = true;
    wait_wake_all(&event->waiters);
}

void event_clear(struct event *event)
{
    event->is_set = false;
}

int event_wait(struct event *event, int64_t deadline)
{
    if (event->is_set)
        return 0;
    task_waits_for("event_wait", -1);
    return wait_on(&event->waiters, deadline);
}
