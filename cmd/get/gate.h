/* gate.h - the host gate as fetch_one() sees it.
 *
 * Where the table of hosts lies in this process the gate calls it; in a child process it asks the
 * parent over a socket. Either way fetch_one() says enter, leave, pause.
 *
 * Ownership: the embedder's. Thread: the worker's. Parks (or blocks): gate_enter.
 */
#ifndef CMD_GET_GATE_H
#define CMD_GET_GATE_H

#include "cmd/get/pace.h"
#include <stdbool.h>
#include <stdint.h>

struct gate {
    int (*enter)(struct gate *gate, const char *host_key, int64_t deadline);
    void (*leave)(struct gate *gate, const char *host_key, const struct visit *visit);
    bool (*pause)(struct gate *gate, const char *host_key, int64_t until);
};

static inline int gate_enter(struct gate *gate, const char *host_key, int64_t deadline)
{
    return gate->enter(gate, host_key, deadline);
}

/* `visit`: what it has shown of the host. */
static inline void gate_leave(struct gate *gate, const char *host_key, const struct visit *visit)
{
    gate->leave(gate, host_key, visit);
}

/* True when the host was paused already. */
static inline bool gate_pause(struct gate *gate, const char *host_key, int64_t until)
{
    return gate->pause(gate, host_key, until);
}

#endif
