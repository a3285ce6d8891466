/* producer_consumer.c - a bounded queue between a fast task and a slow one.
 *
 * The producer could make all its items at once, but the queue holds only three. Look at the
 * "waits" lines: from the fourth item on, each put parks the producer until the consumer has made
 * room. That is back-pressure: nobody has to count, and memory stays bounded. Closing the queue
 * tells the consumer that nothing more comes.
 */
#include "engine/engine.h"
#include "must.h"
#include <errno.h>

enum { ITEMS = 8, QUEUE_SIZE = 3, WORK_MS = 10 };

static void *producer(void *arg)
{
    static int items[ITEMS];
    struct queue *queue = arg;
    for (int i = 0; i < ITEMS; i++) {
        items[i] = i + 1;
        if (queue_length(queue) == QUEUE_SIZE)
            printf("producer: queue full, item %d waits\n", items[i]);
        must(queue_put(queue, &items[i], DEADLINE_NEVER), "queue_put");
        printf("producer: put %d, %zu in the queue\n", items[i], queue_length(queue));
    }
    queue_close(queue);
    return NULL;
}

static void *consumer(void *arg)
{
    struct queue *queue = arg;
    void *item = NULL;
    int error;
    while ((error = queue_get(queue, &item, DEADLINE_NEVER)) == 0) {
        printf("consumer: got %d\n", *(int *)item);
        must(task_sleep(deadline_in_ms(WORK_MS)), "task_sleep");
    }
    if (error != -EPIPE)
        must(error, "queue_get");
    printf("consumer: queue closed and empty\n");
    return NULL;
}

static void *program(void *arg)
{
    struct group group;
    (void)arg;
    struct queue *queue = must_have(queue_new(QUEUE_SIZE), "queue_new");
    must(group_init(&group), "group_init");
    must(group_spawn(&group, producer, queue), "group_spawn");
    must(group_spawn(&group, consumer, queue), "group_spawn");
    must(group_wait(&group, DEADLINE_NEVER), "group_wait");
    group_close(&group);
    queue_free(queue);
    return NULL;
}

int main(void)
{
    must(engine_run(program, NULL, NULL), "engine_run");
    return 0;
}
