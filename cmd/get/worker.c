#include "cmd/get/worker.h"

#include "cmd/get/learnt.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

int worker_open(struct worker *worker, const struct get_options *options,
                const struct store_directory *directory)
{
    *worker = (struct worker){.options = options};
    const char *why = NULL;
    int error = client_new(&worker->client,
                           &(struct client_options){
                               .transfer = &options->transfer,
                               .resolver = &options->resolver,
                           },
                           &why);
    if (error) {
        fprintf(stderr, "fetch: %s\n", why ? why : strerror(-error));
        return error;
    }
    worker->store = store_new(directory, options);
    if (!worker->store) {
        fprintf(stderr, "fetch: %s\n", strerror(ENOMEM));
        worker_close(worker);
        return -ENOMEM;
    }
    return 0;
}

void worker_close(struct worker *worker)
{
    if (worker->client)
        learnt_collect(worker->options->learnt, worker->client);
    client_free(worker->client);
    store_free(worker->store);
    worker->client = NULL;
    worker->store = NULL;
}

/* Of the client, which is what can be wrong; nothing is made for it on the disk. */
static int check_client(const struct get_options *options)
{
    struct get_options few = *options;
    const struct store_directory nowhere = {.dir_fd = -1, .parts_fd = -1};
    struct worker worker;
    few.transfer.jobs = 1;
    int error = worker_open(&worker, &few, &nowhere);
    if (!error)
        worker_close(&worker);
    return error;
}

int worker_check(const struct get_options *options)
{
    void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
    int error = client_global_init();
    if (error)
        return error;
    error = check_client(options);
    client_global_cleanup();
    /* Who reads what --dry-run prints may end it so. */
    signal(SIGPIPE, on_pipe);
    return error;
}
