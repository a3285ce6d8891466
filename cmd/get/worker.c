#include "cmd/get/worker.h"

#include "cmd/get/learnt.h"
#include <errno.h>
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

int worker_check(const struct get_options *options, const struct store_directory *directory)
{
    struct worker worker;
    int error = worker_open(&worker, options, directory);
    if (!error)
        worker_close(&worker);
    return error;
}
