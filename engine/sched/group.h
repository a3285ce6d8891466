/* group.h - a group owns its tasks: none outlives it. Trio calls this a nursery, libdill a bundle.
 *
 *     struct group group;
 *     group_init(&group);
 *     for (...)
 *         group_spawn(&group, work, item);
 *     group_wait(&group, DEADLINE_NEVER);
 *     group_close(&group);
 *
 * Ownership: the struct is the caller's, usually on the stack of the task that works with it;
 * group_close() must be called before it goes out of scope. Thread: the scheduler it was
 * initialised on. Parks: group_wait, group_close. A task may not close a group that it belongs to.
 */
#ifndef ENGINE_GROUP_H
#define ENGINE_GROUP_H

#include "engine/list.h"
#include "engine/sched/task.h"
#include "engine/sched/wait.h"

struct group {
    struct list tasks;        /* all that are not freed, ended ones included */
    size_t running;           /* those that have not returned */
    bool canceled;            /* sticky: new tasks are refused */
    bool timed_out;           /* canceled by its deadline */
    struct timer *timer;      /* of group_deadline(), owned; NULL: none */
    struct wait_list waiters; /* of group_wait() */
};

/* 0, or -ENOTSUP where there is no scheduler. */
ENGINE_API int group_init(struct group *group);

/* Spawns a task without a handle: it is freed as soon as it returns. 0, -ENOMEM, -ECANCELED. */
#define group_spawn(group, fn, arg) group_spawn_at((group), (fn), (arg), #fn, ENGINE_SITE)
ENGINE_API int group_spawn_at(struct group *group, task_fn fn, void *arg, const char *name,
                              const char *site);

/* At `deadline` the group is canceled and group_wait() returns -ETIMEDOUT. One deadline a group: a
 * later call replaces it, DEADLINE_NEVER takes it back. 0 or -ENOMEM. */
ENGINE_API int group_deadline(struct group *group, int64_t deadline);

/* Waits until every task has returned. 0; -ETIMEDOUT when `deadline` (of this wait: the group goes
 * on) or the group's own deadline passed; -ECANCELED when the caller was canceled. */
ENGINE_API int group_wait(struct group *group, int64_t deadline);

/* Cancels all its tasks, now and in future. Does not wait. */
ENGINE_API void group_cancel(struct group *group);

/* Cancels, waits for every task to return (whatever happens to the caller), frees all. */
ENGINE_API void group_close(struct group *group);

#endif
