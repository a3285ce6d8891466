/* semaphore.h - so many at a time. (Not POSIX's sem_t, whose names stay free.)
 *
 * First come, first served: a release hands the permit to the longest waiter, so that nobody who
 * comes later overtakes. Ownership: embed it; nobody may wait on it when it goes. Thread: one
 * scheduler. Parks: semaphore_acquire.
 */
#ifndef ENGINE_SEMAPHORE_H
#define ENGINE_SEMAPHORE_H

#include "engine/sched/wait.h"

struct semaphore {
    size_t permits; /* free now */
    struct wait_list waiters;
};

ENGINE_API void semaphore_init(struct semaphore *semaphore, size_t permits);

/* Takes a permit. 0, -ETIMEDOUT, -ECANCELED, -ENOTSUP. */
ENGINE_API int semaphore_acquire(struct semaphore *semaphore, int64_t deadline);

ENGINE_API void semaphore_release(struct semaphore *semaphore);

#endif
