#include "cmd/report/phases.h"

static int64_t not_negative(int64_t ns)
{
    return ns > 0 ? ns : 0;
}

struct phases phases_of(int64_t taken_up, const struct outcome *outcome)
{
    const struct transfer_times *times = &outcome->times;
    struct phases phases = {0};
    int64_t *ns = phases.ns;
    if (!times->start)
        return phases;
    if (taken_up)
        ns[PHASE_QUEUE] = not_negative(times->start - taken_up);
    phases.begin = times->start - ns[PHASE_QUEUE];
    if (outcome->last_start)
        ns[PHASE_EARLIER] = not_negative(outcome->last_start - times->start);
    ns[PHASE_DNS] = not_negative(times->dns);
    ns[PHASE_CONNECT] = not_negative(times->connect);
    ns[PHASE_TLS] = not_negative(times->tls);
    int64_t prepared = ns[PHASE_DNS] + ns[PHASE_CONNECT] + ns[PHASE_TLS];
    int64_t answered = times->first_byte ? times->first_byte : times->total;
    ns[PHASE_WAIT] = not_negative(answered - prepared);
    ns[PHASE_BODY] = not_negative(times->total - prepared - ns[PHASE_WAIT]);
    return phases;
}
