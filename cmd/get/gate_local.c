#include "cmd/get/gate_local.h"

#include "engine/list.h"

static struct hosts *gate_hosts(struct gate *gate)
{
    return list_entry(gate, struct gate_local, gate)->hosts;
}

static int gate_local_enter(struct gate *gate, const char *host_key, int64_t deadline)
{
    return hosts_enter(gate_hosts(gate), host_key, deadline);
}

static void gate_local_leave(struct gate *gate, const char *host_key, const struct visit *visit)
{
    hosts_end_visit(gate_hosts(gate), host_key, visit);
}

static bool gate_local_pause(struct gate *gate, const char *host_key, int64_t until)
{
    return hosts_pause(gate_hosts(gate), host_key, until);
}

struct gate *gate_local_init(struct gate_local *local, struct hosts *hosts)
{
    *local = (struct gate_local){
        .gate = {gate_local_enter, gate_local_leave, gate_local_pause},
        .hosts = hosts,
    };
    return &local->gate;
}
