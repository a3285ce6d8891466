/* spawn_join.c - tasks: start them, wait for them, take their values.
 *
 * Two tasks sleep 200 and 100 ms. Look at the clock: both are done after 200 ms, not 300, because
 * a task that sleeps gives the thread to the others. And look at the order: spawning only queues,
 * so program() goes on first; the short sleeper ends before the long one.
 */
#include "engine/engine.h"
#include "must.h"

struct nap {
    const char *name;
    int ms;
};

static void *sleeper(void *arg)
{
    struct nap *nap = arg;
    printf("%s: sleeps %d ms\n", nap->name, nap->ms);
    must(task_sleep(deadline_in_ms(nap->ms)), "task_sleep");
    printf("%s: awake\n", nap->name);
    return nap;
}

/* One by one, with the value that the task's function returned. */
static void join_with_value(struct nap *nap)
{
    void *value = NULL;
    struct task *task = must_have(task_spawn(NULL, sleeper, nap), "task_spawn");
    must(task_join(task, &value, DEADLINE_NEVER), "task_join");
    printf("value: %s\n", ((struct nap *)value)->name);
}

static void *program(void *arg)
{
    struct nap naps[] = {{"long", 200}, {"short", 100}};
    struct task *tasks[2];
    (void)arg;
    int64_t start = deadline_clock();
    for (int i = 0; i < 2; i++)
        tasks[i] = must_have(task_spawn(NULL, sleeper, &naps[i]), "task_spawn");
    printf("both are spawned, none has run\n");
    must(task_joinall(tasks, 2, DEADLINE_NEVER), "task_joinall");
    printf("joined after %d ms\n", (int)((deadline_clock() - start) / NSEC_PER_MSEC));

    struct nap last = {"last", 10};
    join_with_value(&last);
    return NULL;
}

int main(void)
{
    must(engine_run(program, NULL, NULL), "engine_run");
    return 0;
}
