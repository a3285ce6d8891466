/* gate_remote.h - a child's gate: asks the parent, which has the table of hosts.
 *
 * Ownership: the caller's struct; the socket stays the caller's. Thread: the child's only one.
 * Blocks: entering and pausing wait for the parent's answer.
 */
#ifndef CMD_GET_GATE_REMOTE_H
#define CMD_GET_GATE_REMOTE_H

#include "cmd/get/gate.h"
#include "cmd/get/wire.h"

struct gate_remote {
    struct gate gate;
    int fd;
    struct wire wire; /* reused for every question */
};

struct gate *gate_remote_init(struct gate_remote *remote, int fd);
void gate_remote_clear(struct gate_remote *remote);

#endif
