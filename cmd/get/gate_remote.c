#include "cmd/get/gate_remote.h"

#include "engine/list.h"
#include <errno.h>

static struct gate_remote *remote_of(struct gate *gate)
{
    return list_entry(gate, struct gate_remote, gate);
}

/* Sends a question about a host. 0 or -errno. */
static int ask(struct gate_remote *remote, enum wire_type type, const char *host_key, int64_t when)
{
    wire_begin(&remote->wire, type);
    wire_put_string(&remote->wire, host_key);
    wire_put_number(&remote->wire, when);
    return wire_send(remote->fd, &remote->wire);
}

/* The parent's answer, or why there is none. */
static int64_t answer(struct gate_remote *remote)
{
    int error = wire_receive(remote->fd, &remote->wire);
    if (error)
        return error;
    return remote->wire.type == WIRE_ANSWER ? wire_get_number(&remote->wire) : -EPROTO;
}

static int remote_enter(struct gate *gate, const char *host_key, int64_t deadline)
{
    struct gate_remote *remote = remote_of(gate);
    int error = ask(remote, WIRE_ENTER, host_key, deadline);
    return error ? error : (int)answer(remote);
}

static void remote_leave(struct gate *gate, const char *host_key, const struct visit *visit)
{
    struct gate_remote *remote = remote_of(gate);
    wire_begin(&remote->wire, WIRE_LEAVE);
    wire_put_string(&remote->wire, host_key);
    wire_put_number(&remote->wire, visit->took);
    wire_put_number(&remote->wire, visit->end);
    /* A parent that is gone needs no connection back; the next receive tells us. */
    (void)wire_send(remote->fd, &remote->wire);
}

static bool remote_pause(struct gate *gate, const char *host_key, int64_t until)
{
    struct gate_remote *remote = remote_of(gate);
    return ask(remote, WIRE_PAUSE, host_key, until) == 0 && answer(remote) == 1;
}

struct gate *gate_remote_init(struct gate_remote *remote, int fd)
{
    *remote = (struct gate_remote){
        .gate = {.enter = remote_enter, .leave = remote_leave, .pause = remote_pause},
        .fd = fd,
    };
    return &remote->gate;
}

void gate_remote_clear(struct gate_remote *remote)
{
    wire_clear(&remote->wire);
}
