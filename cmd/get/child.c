#include "cmd/get/child.h"

#include "cmd/get/gate_remote.h"
#include "cmd/get/signals.h"
#include "cmd/get/wire.h"
#include "cmd/get/worker.h"
#include <errno.h>
#include <stdlib.h>

struct child_process {
    int fd;
    const struct get_options *options;
    const struct store_directory *directory;
    struct meter *meter;
    struct worker
        worker; /* opened for the first entry: by then the parent has checked the options */
    struct gate_remote gate;
    struct namer_remote namer;
    struct wire wire;
};

static int child_open(struct child_process *child)
{
    int error = worker_open(&child->worker, child->options, child->directory);
    if (error)
        return error;
    child->worker.postpones = true;
    child->worker.gate = gate_remote_init(&child->gate, child->fd);
    child->worker.namer = namer_remote_init(&child->namer, child->fd);
    return 0;
}

/* One entry: read, fetched, told. 0 or -errno. */
static int child_serve(struct child_process *child)
{
    struct entry *entry = calloc(1, sizeof *entry);
    struct outcome outcome = {0};
    int error = entry ? wire_get_entry(&child->wire, entry) : -ENOMEM;
    if (!error && !child->worker.client)
        error = child_open(child);
    if (!error) {
        entry->meter = child->meter;
        fetch_one(&child->worker, entry, &outcome);
        wire_begin(&child->wire, WIRE_OUTCOME);
        wire_put_outcome(&child->wire, &outcome);
        error = wire_send(child->fd, &child->wire);
    }
    outcome_clear(&outcome);
    entry_free(entry);
    return error;
}

int child_run(int fd, const struct get_options *options, const struct store_directory *directory,
              struct meter *meter)
{
    struct child_process child = {
        .fd = fd, .options = options, .directory = directory, .meter = meter};
    if (signals_install() || client_global_init())
        return EXIT_FAILURE;
    int error = 0;
    while (!error && (error = wire_receive(fd, &child.wire)) == 0)
        error = child.wire.type == WIRE_ENTRY ? child_serve(&child) : -EPROTO;
    wire_clear(&child.wire);
    gate_remote_clear(&child.gate);
    namer_remote_clear(&child.namer);
    worker_close(&child.worker);
    client_global_cleanup();
    /* A parent that hung up, or a signal, is how it is meant to end. */
    return error == -EPIPE || error == -ECANCELED ? EXIT_SUCCESS : EXIT_FAILURE;
}
