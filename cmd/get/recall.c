#include "cmd/get/recall.h"

#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Looked up together. */
#define RECALL_ENTRIES 256

struct recall {
    struct naming *naming;
    bool only_failed;
    struct recall_reader reader;
    uint64_t left_out;

    struct list ready; /* to be handed out */
    unsigned ready_count;
    int end; /* what read() said after all of them: 1 or -errno; 0: nothing yet */

    /* The job's while one is under way. */
    struct list asked;
    int waits; /* why there are no more of them: -EAGAIN or -EINPROGRESS of read(); 0: enough */

    bool busy;        /* one is */
    int event;        /* becomes readable when it has ended */
    atomic_bool done; /* set before that */
    int job_error;    /* what came of it */
    int error;        /* the first of a job: for ever */
};

struct recall *recall_new(struct naming *naming, bool only_failed,
                          const struct recall_reader *reader)
{
    struct recall *recall = calloc(1, sizeof *recall);
    if (!recall)
        return NULL;
    recall->naming = naming;
    recall->only_failed = only_failed;
    recall->reader = *reader;
    recall->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    list_init(&recall->ready);
    list_init(&recall->asked);
    if (recall->event >= 0)
        return recall;
    free(recall);
    return NULL;
}

static void free_entries(struct list *entries)
{
    struct list_node *node;
    while ((node = list_pop_front(entries)))
        entry_free(list_entry(node, struct entry, node));
}

/* The scheduler whose pool runs the job may have gone; its jobs have then run. */
static void await_job(struct recall *recall)
{
    struct pollfd entry = {.fd = recall->event, .events = POLLIN};
    while (recall->busy && !atomic_load(&recall->done))
        (void)poll(&entry, 1, -1); /* interrupted: looks again */
}

void recall_free(struct recall *recall)
{
    if (!recall)
        return;
    await_job(recall);
    free_entries(&recall->ready);
    free_entries(&recall->asked);
    close(recall->event);
    free(recall);
}

/* Reads what can be read now. */
static void gather(struct recall *recall)
{
    int result = 0;
    for (unsigned i = 0; i < RECALL_ENTRIES && !result && !recall->end; i++) {
        struct entry *entry;
        result = recall->reader.read(recall->reader.ctx, &entry);
        if (result == 0)
            list_push_back(&recall->asked, &entry->node);
        else if (result != -EAGAIN && result != -EINPROGRESS)
            recall->end = result;
    }
    recall->waits = recall->end ? 0 : result;
}

static void *job_run(void *arg)
{
    struct recall *recall = arg;
    gather(recall);
    recall->job_error = naming_give_all(recall->naming, &recall->asked);
    return NULL;
}

/* On a thread of the pool. Nothing of `recall` is touched after `done`: it may be freed. */
static void *job_run_away(void *arg)
{
    struct recall *recall = arg;
    int event = recall->event;
    job_run(recall);
    eventfd_write(event, 1);
    atomic_store(&recall->done, true);
    return NULL;
}

/* Is it one that --retry-failed runs? A wrong line failed last time, too. */
static bool failed_before(const struct entry *entry)
{
    return entry->problem || (entry->known && entry->known->outcome == OUTCOME_FAILED);
}

/* The job has ended: its entries are ready. */
static void collect(struct recall *recall)
{
    struct list_node *node;
    eventfd_t ended;
    recall->busy = false;
    (void)eventfd_read(recall->event, &ended); /* nothing to read where it ran in place */
    if (recall->job_error && !recall->error)
        recall->error = recall->job_error;
    while ((node = list_pop_front(&recall->asked))) {
        struct entry *entry = list_entry(node, struct entry, node);
        if (recall->error) {
            entry_free(entry);
        } else if (recall->only_failed && !failed_before(entry)) {
            recall->left_out++;
            entry_free(entry);
        } else {
            list_push_back(&recall->ready, node);
            recall->ready_count++;
        }
    }
}

static void ask(struct recall *recall)
{
    struct future *future = NULL;
    recall->reader.leave(recall->reader.ctx);
    recall->busy = true;
    atomic_store(&recall->done, false);
    /* A future would have to be given back on this scheduler, which may end first: the event tells
     * what is needed. */
    if (task_self() && offload_submit(NULL, job_run_away, recall, &future) == 0) {
        future_free(future);
        return;
    }
    job_run(recall);
    collect(recall);
}

/* Hands out what is ready: 0; 1 or -errno at the end; -EAGAIN. */
static int take(struct recall *recall, struct entry **entry)
{
    struct list_node *node = list_pop_front(&recall->ready);
    if (node) {
        recall->ready_count--;
        *entry = list_entry(node, struct entry, node);
        return 0;
    }
    if (recall->error)
        return recall->error;
    if (recall->busy || !recall->end)
        return -EAGAIN;
    int end = recall->end;
    if (end < 0)
        recall->end = 0; /* the next source may be better */
    return end;
}

/* Is there more to be read, and room for it? */
static bool wants_more(const struct recall *recall)
{
    if (recall->busy || recall->error || recall->end || recall->ready_count >= RECALL_ENTRIES)
        return false;
    return recall->waits != -EAGAIN || recall->reader.may_go_on(recall->reader.ctx);
}

int recall_try_next(struct recall *recall, struct entry **entry)
{
    if (recall->busy && atomic_load(&recall->done))
        collect(recall);
    if (wants_more(recall))
        ask(recall);
    int result = take(recall, entry);
    if (result != -EAGAIN || recall->busy)
        return result;
    /* All that was read may have been left out: it is worth asking again. */
    return recall->waits ? recall->waits : -EINPROGRESS;
}

bool recall_reads(const struct recall *recall)
{
    return recall->busy;
}

int recall_descriptor(const struct recall *recall)
{
    return recall->busy ? recall->event : -1;
}

uint64_t recall_left_out(const struct recall *recall)
{
    return recall->left_out;
}

bool recall_failed(const struct recall *recall)
{
    return recall->error != 0;
}
