/* gate_local.h - the host gate where the table of hosts lies in this process.
 *
 * Ownership: the struct is the embedder's; the table outlives it. Thread: any; one struct may serve
 * many. Parks (or blocks): gate_enter, as hosts_enter.
 */
#ifndef CMD_GET_GATE_LOCAL_H
#define CMD_GET_GATE_LOCAL_H

#include "cmd/get/gate.h"
#include "cmd/get/hosts.h"

struct gate_local {
    struct gate gate;
    struct hosts *hosts;
};

/* Returns the gate inside. */
struct gate *gate_local_init(struct gate_local *local, struct hosts *hosts);

#endif
