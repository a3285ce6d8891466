/* core.h - what a scheduler and a task are made of. Private to engine: sched/, io/ and offload/
 * share it, nobody else.
 *
 * Ownership: the scheduler owns its parts; a task's struct is owned as task.h says. Thread: all
 * fields belong to the scheduler's thread, but for those in _shared.
 */
#ifndef ENGINE_CORE_H
#define ENGINE_CORE_H

#include "engine/co/co.h"
#include "engine/io/poller.h"
#include "engine/list.h"
#include "engine/offload/offload.h"
#include "engine/sched/group.h"
#include "engine/sched/sched.h"
#include "engine/sched/timer.h"
#include "engine/sched/wait.h"
#include <pthread.h>
#include <stdatomic.h>

enum task_state {
    TASK_READY,   /* on sched->ready */
    TASK_RUNNING, /* the one */
    TASK_PARKED,  /* somebody will wake it, or its timer */
    TASK_ENDED,   /* returned; waits to be joined */
};

struct task {
    struct co *co; /* NULL once ended */
    struct sched *sched;
    struct group *group;
    struct list_node ready_node; /* sched->ready; of a freed one sched->spare */
    struct list_node group_node; /* group->tasks */
    struct list_node alive_node; /* sched->tasks */
    struct list_node wait_node;  /* the wait_list it waits on */
    struct timer timer;          /* of the park it is in */
    enum task_state state;
    int park_result;      /* what task_park() will return */
    bool wake_pending;    /* woken before it parked */
    bool canceled;        /* sticky */
    bool uncancelable;    /* in task_park_uncancelable() */
    bool detached;        /* freed at its end: nobody has the handle */
    int64_t shield_until; /* cancellation waits until then; 0: no shield */
    task_fn fn;
    void *arg;
    void *value;
    struct wait_list joiner;
    const char *name; /* literals of the spawn macros */
    const char *site;
    const char *waits_for; /* a literal for reports: "queue_get", "sleep"; NULL: unknown */
    int waits_fd;          /* the descriptor, or -1 */
    unsigned io_streak;    /* I/O calls in a row that did not park; see io.c */
};

struct sched {
    struct sched_options options;
    struct list ready;    /* tasks, in the order they will run */
    struct list tasks;    /* alive, in the order they were spawned */
    struct task *running; /* NULL: the loop itself */
    struct group root;    /* of tasks spawned without a group */
    struct timer_heap timers;
    struct poller poller;
    struct list hooks;
    struct list spare; /* freed task structs for the next spawn, owned */
    size_t spare_count;
    size_t tasks_alive;
    size_t holds;    /* sched_hold() */
    int64_t now;     /* cached clock */
    int64_t trim_at; /* when to look for idle stacks again */
    uint64_t random; /* state of the shuffle */
    struct sched_stats stats;
    struct offload_pool *pool; /* made at first use, owned */
    struct watchdog *watchdog; /* NULL: none; owned */
    struct census *census;     /* debug builds: stack use by spawn site; NULL: none; owned */
    int mailbox_fd;            /* eventfd that posts write to */
    struct {
        _Atomic(struct sched_message *) mailbox; /* posted last first; any thread pushes */
        atomic_bool mailbox_armed;               /* the loop sleeps or will: posts must write */
        atomic_uint posters;                     /* threads inside sched_post() */
        /* For the watchdog. Odd while a task or a callback runs: it then is the one named. The
         * names are literals, good for as long as the program. */
        atomic_uint_fast64_t dispatches;
        _Atomic(const char *) name;
        _Atomic(const char *) site;
    } _shared;
};

/* Tells the watchdog that a task or a callback begins or ends; in between nothing sleeps in the
 * kernel. Literals only. They do not nest. */
static inline void sched_begin(struct sched *sched, const char *name, const char *site)
{
    uint_fast64_t n = atomic_load_explicit(&sched->_shared.dispatches, memory_order_relaxed);
    atomic_store_explicit(&sched->_shared.name, name, memory_order_release);
    atomic_store_explicit(&sched->_shared.site, site, memory_order_release);
    atomic_store_explicit(&sched->_shared.dispatches, n + 1, memory_order_release);
}

static inline void sched_end(struct sched *sched)
{
    uint_fast64_t n = atomic_load_explicit(&sched->_shared.dispatches, memory_order_relaxed);
    atomic_store_explicit(&sched->_shared.dispatches, n + 1, memory_order_release);
}

/* Names what the running task is about to wait for; literals only. Reset when it goes on. */
void task_waits_for(const char *what, int fd);

/* As wait_on(), but neither a deadline nor cancellation ends it. */
void wait_on_uncancelable(struct wait_list *list);

/* Is the task canceled, and no shield holds it off? */
bool task_is_canceled(const struct task *task);

/* Runs a ready task until it parks or ends; what it leaves behind is cleared away. */
void task_run(struct task *task);

/* Gives the handle of an ended task back. */
void task_free(struct task *task);

/* A task of the group has returned. */
void group_task_ended(struct group *group);

/* The scheduler's own pool, made at first use; NULL when memory runs out. */
struct offload_pool *sched_offload_pool(struct sched *sched);

#endif
