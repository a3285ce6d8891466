/* wait.c - parked tasks in a row. A task waits in one place at a time, so that its entry is a
 * member of it. */
#include "engine/sched/wait.h"
#include "engine/sched/core.h"
#include <errno.h>

int wait_on(struct wait_list *list, int64_t deadline)
{
    struct task *task = task_self();
    if (!task)
        return -ENOTSUP;
    list_push_back(&list->waiters, &task->wait_node);
    int error = 0;
    /* A wake from elsewhere is no reason to return; the one meant for us has unlinked us. */
    while (!error && list_linked(&task->wait_node))
        error = task_park(deadline);
    if (!list_linked(&task->wait_node))
        return 0;
    list_remove(&task->wait_node);
    return error;
}

void wait_on_uncancelable(struct wait_list *list)
{
    struct task *task = task_self();
    list_push_back(&list->waiters, &task->wait_node);
    while (list_linked(&task->wait_node))
        (void)task_park_uncancelable(); /* always 0 */
}

bool wait_wake_one(struct wait_list *list)
{
    struct list_node *node = list_pop_front(&list->waiters);
    if (!node)
        return false;
    task_wake(list_entry(node, struct task, wait_node));
    return true;
}

void wait_wake_all(struct wait_list *list)
{
    while (wait_wake_one(list)) {
    }
}
