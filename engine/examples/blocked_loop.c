/* blocked_loop.c - what happens when a task blocks the thread, and who tells.
 *
 * All tasks share one thread, so a call that blocks it stops everybody. heartbeat() wants to run
 * every 10 ms; culprit() calls usleep() where task_sleep() was meant. Look at the report: the
 * watchdog, a thread of its own, names the task and the line that spawned it. The gap that
 * heartbeat() sees is what the users of a server would see.
 */
#include "engine/engine.h"
#include "must.h"
#include <unistd.h>

enum { BEAT_MS = 10, BEATS = 20, BLOCK_MS = 150, WATCHDOG_MS = 50 };

static void *heartbeat(void *arg)
{
    int64_t longest = 0;
    (void)arg;
    for (int i = 0; i < BEATS; i++) {
        int64_t before = deadline_clock();
        must(task_sleep(deadline_in_ms(BEAT_MS)), "task_sleep");
        int64_t gap = deadline_clock() - before;
        longest = gap > longest ? gap : longest;
    }
    printf("heartbeat: wanted every %d ms, longest gap %d ms\n", BEAT_MS,
           (int)(longest / NSEC_PER_MSEC));
    return NULL;
}

static void *culprit(void *arg)
{
    must(task_sleep(deadline_in_ms(3L * BEAT_MS)), "task_sleep");
    printf("culprit: blocks the thread for %d ms\n", BLOCK_MS);
    fflush(stdout);
    usleep(BLOCK_MS * 1000);
    return arg;
}

static void *program(void *arg)
{
    struct task *tasks[2];
    (void)arg;
    tasks[0] = must_have(task_spawn(NULL, heartbeat, NULL), "task_spawn");
    tasks[1] = must_have(task_spawn(NULL, culprit, NULL), "task_spawn");
    must(task_joinall(tasks, 2, DEADLINE_NEVER), "task_joinall");
    return NULL;
}

int main(void)
{
    struct sched_options options = {.watchdog_ns = WATCHDOG_MS * NSEC_PER_MSEC};
    struct sched *sched = must_have(sched_new(&options), "sched_new");
    must_have(task_spawn(NULL, program, NULL), "task_spawn");
    must(sched_run(sched), "sched_run");
    sched_free(sched);
    return 0;
}
