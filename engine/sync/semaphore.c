/* semaphore.c - permits, handed on. */
#include "engine/sync/semaphore.h"
#include "engine/sched/core.h"

void semaphore_init(struct semaphore *semaphore, size_t permits)
{
    semaphore->permits = permits;
    wait_list_init(&semaphore->waiters);
}

int semaphore_acquire(struct semaphore *semaphore, int64_t deadline)
{
    /* While a permit is free, nobody waits. */
    if (semaphore->permits > 0) {
        semaphore->permits--;
        return 0;
    }
    task_waits_for("semaphore_acquire", -1);
    return wait_on(&semaphore->waiters, deadline);
}

void semaphore_release(struct semaphore *semaphore)
{
    /* Who is woken has the permit; it never becomes free in between. */
    if (!wait_wake_one(&semaphore->waiters))
        semaphore->permits++;
}
