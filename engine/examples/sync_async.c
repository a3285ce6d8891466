/* sync_async.c - the same ten jobs one after another, and all at once.
 *
 * job() is written once and knows nothing of how it is run. Called ten times on a plain thread,
 * its sleeps block and add up. Run as ten tasks, its sleeps park and overlap, on one thread still.
 */
#include "engine/engine.h"
#include "must.h"

enum { JOBS = 10, JOB_MS = 20 };

static void *job(void *arg)
{
    must(task_sleep(deadline_in_ms(JOB_MS)), "task_sleep");
    return arg;
}

static void run_sync(void)
{
    for (int i = 0; i < JOBS; i++)
        job(NULL);
}

static void *spawn_all(void *arg)
{
    struct group group;
    (void)arg;
    must(group_init(&group), "group_init");
    for (int i = 0; i < JOBS; i++)
        must(group_spawn(&group, job, NULL), "group_spawn");
    must(group_wait(&group, DEADLINE_NEVER), "group_wait");
    group_close(&group);
    return NULL;
}

static void run_async(void)
{
    must(engine_run(spawn_all, NULL, NULL), "engine_run");
}

static double milliseconds(void (*run)(void))
{
    int64_t start = deadline_clock();
    run();
    return (double)(deadline_clock() - start) / NSEC_PER_MSEC;
}

int main(void)
{
    double sync = milliseconds(run_sync);
    double async = milliseconds(run_async);
    printf("sync:  %6.1f ms for %d jobs of %d ms\n", sync, JOBS, JOB_MS);
    printf("async: %6.1f ms\n", async);
    printf("ratio: %6.1f\n", sync / async);
    return 0;
}
