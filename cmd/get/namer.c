#include "cmd/get/namer.h"

#include "engine/list.h"
#include "engine/offload/offload.h"
#include <errno.h>
#include <stdlib.h>

/* One question, as it goes to a thread of the pool and comes back. */
struct naming_job {
    struct naming *naming;
    const struct entry *entry;
    const char *plain;
    char *name;
    int error;
};

static void *job_run(void *arg)
{
    struct naming_job *job = arg;
    job->error = naming_give_suggested(job->naming, job->entry, job->plain, &job->name);
    return NULL;
}

static int local_give(struct namer *namer, const struct entry *entry, const char *plain,
                      char **name)
{
    struct naming_job job = {
        .naming = list_entry(namer, struct namer_local, namer)->naming,
        .entry = entry,
        .plain = plain,
    };
    /* What has arrived in full is kept, so it needs its name even when the task is canceled. */
    if (offload(job_run, &job, NULL, DEADLINE_NEVER))
        job_run(&job);
    *name = job.name;
    return job.error;
}

struct namer *namer_local_init(struct namer_local *local, struct naming *naming)
{
    *local = (struct namer_local){.namer.give = local_give, .naming = naming};
    return &local->namer;
}

/* The parent knows which entry is meant: the one that this process is at. */
static int remote_give(struct namer *namer, const struct entry *entry, const char *plain,
                       char **name)
{
    struct namer_remote *remote = list_entry(namer, struct namer_remote, namer);
    (void)entry;
    *name = NULL;
    wire_begin(&remote->wire, WIRE_NAME);
    wire_put_string(&remote->wire, plain);
    int error = wire_send(remote->fd, &remote->wire);
    if (!error)
        error = wire_receive(remote->fd, &remote->wire);
    if (error)
        return error;
    if (remote->wire.type != WIRE_NAME)
        return -EPROTO;
    error = (int)wire_get_number(&remote->wire);
    *name = wire_get_string(&remote->wire);
    return error || *name ? error : -ENOMEM;
}

struct namer *namer_remote_init(struct namer_remote *remote, int fd)
{
    *remote = (struct namer_remote){.namer.give = remote_give, .fd = fd};
    return &remote->namer;
}

void namer_remote_clear(struct namer_remote *remote)
{
    wire_clear(&remote->wire);
}
