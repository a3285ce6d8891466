/* task.h - tasks: coroutines that a scheduler runs. Straight-line code that parks where it would
 * wait.
 *
 * Ownership: task_spawn() returns a handle that is good until task_join() or until its group is
 * closed, whichever comes first; group_spawn() (group.h) is for those nobody joins. The argument
 * and the value belong to the caller. Thread: a task lives and dies on the scheduler that spawned
 * it; every call here is for that thread (task_sleep() and task_canceled() work anywhere: off a
 * scheduler they block, see blocking.h). Parks: task_join, task_joinall, task_yield, task_sleep,
 * task_park.
 *
 * Results are 0 or -errno. Every call that parks returns -ECANCELED once the task is canceled,
 * -ETIMEDOUT when its deadline passes, -ENOTSUP where there is no scheduler (but for task_sleep).
 * Cancellation is sticky: after it, every further call that would park fails at once, until the
 * task returns. A shield suspends that for a bounded time, for clean-up that has to wait.
 */
#ifndef ENGINE_TASK_H
#define ENGINE_TASK_H

#include "engine/deadline.h"
#include "engine/export.h"
#include <stdbool.h>
#include <stddef.h>

struct group;
struct task;

typedef void *(*task_fn)(void *arg);

#define ENGINE_STRINGIFY_(x) #x
#define ENGINE_STRINGIFY(x)  ENGINE_STRINGIFY_(x)
#define ENGINE_SITE          __FILE__ ":" ENGINE_STRINGIFY(__LINE__)

/* Enqueues a new task that will run fn(arg); it never runs before the caller parks. `group` may be
 * NULL: the scheduler's own group, closed when the scheduler ends. NULL when memory runs out or
 * the group is canceled (errno ENOMEM, ECANCELED). Name and spawn site show up in every report. */
#define task_spawn(group, fn, arg) task_spawn_at((group), (fn), (arg), #fn, ENGINE_SITE)
ENGINE_API struct task *task_spawn_at(struct group *group, task_fn fn, void *arg, const char *name,
                                      const char *site);

/* Waits until `task` has returned, stores its value (`value` may be NULL) and frees the handle.
 * On an error the handle stays good. One joiner a task: -EBUSY for a second, -EDEADLK for oneself.
 */
ENGINE_API int task_join(struct task *task, void **value, int64_t deadline);

/* Joins `n` tasks, in any order of ending. On an error, entries already joined are NULL. */
ENGINE_API int task_joinall(struct task **tasks, size_t n, int64_t deadline);

/* Lets the others run first, also when canceled. 0 or -ECANCELED. */
ENGINE_API int task_yield(void);

/* Waits for a point in time: task_sleep(deadline_in_ms(20)). 0 or -ECANCELED. */
ENGINE_API int task_sleep(int64_t deadline);

/* Cancels a task: what it waits in, and all it will wait in, returns -ECANCELED. Its handle must
 * still be joined or its group closed. Safe on a task that has ended; safe on oneself. */
ENGINE_API void task_cancel(struct task *task);

/* Is the running task canceled (and not shielded)? Off a scheduler: blocking_interrupted(). */
ENGINE_API bool task_canceled(void);

/* Until `deadline`, or task_unshield(), cancellation does not reach the running task. Shields do
 * not nest: the later call counts. */
ENGINE_API void task_shield(int64_t deadline);
ENGINE_API void task_unshield(void);

/* The running task; NULL on a scheduler's own stack and off a scheduler. */
ENGINE_API struct task *task_self(void);

ENGINE_API const char *task_name(const struct task *task);

/* The primitive below all waiting. task_park() suspends the running task until task_wake(): 0, or
 * -ETIMEDOUT, -ECANCELED. task_wake() only makes it ready; a wake that comes before the park is
 * remembered (one, not counted). Whoever builds on it re-checks his condition after each return.
 * task_wake() is for the task's own thread; from others use waker.h. */
ENGINE_API int task_park(int64_t deadline);
ENGINE_API void task_wake(struct task *task);

/* As task_park(), but cancellation does not end it: for waiting until somebody who holds a pointer
 * into our stack has let go of it. Only where that end is bounded. */
ENGINE_API int task_park_uncancelable(void);

#endif
