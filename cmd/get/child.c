#include "cmd/get/child.h"

#include "cmd/get/gate_remote.h"
#include "cmd/get/signals.h"
#include "cmd/get/wire.h"
#include "cmd/get/worker.h"
#include <errno.h>
#include <stdlib.h>

/* One entry: read, fetched, told. 0 or -errno. */
static int child_serve(struct worker *worker, int fd, struct wire *wire)
{
    struct entry *entry = calloc(1, sizeof *entry);
    struct outcome outcome = {0};
    int error = entry ? wire_get_entry(wire, entry) : -ENOMEM;
    if (!error) {
        fetch_one(worker, entry, &outcome);
        wire_begin(wire, WIRE_OUTCOME);
        wire_put_outcome(wire, &outcome);
        error = wire_send(fd, wire);
    }
    outcome_clear(&outcome);
    entry_free(entry);
    return error;
}

int child_run(int fd, const struct get_options *options, const struct store_directory *directory)
{
    struct worker worker;
    struct gate_remote gate;
    struct wire wire = {0};
    if (signals_install() || client_global_init() || worker_open(&worker, options, directory))
        return EXIT_FAILURE;
    worker.gate = gate_remote_init(&gate, fd);
    int error = 0;
    while (!error && (error = wire_receive(fd, &wire)) == 0)
        error = wire.type == WIRE_ENTRY ? child_serve(&worker, fd, &wire) : -EPROTO;
    wire_clear(&wire);
    gate_remote_clear(&gate);
    worker_close(&worker);
    client_global_cleanup();
    /* A parent that hung up, or a signal, is how it is meant to end. */
    return error == -EPIPE || error == -ECANCELED ? EXIT_SUCCESS : EXIT_FAILURE;
}
