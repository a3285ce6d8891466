#include "cmd/get/gauge.h"

#include "engine/deadline.h"

void gauge_init(struct gauge *gauge, int64_t memory, int64_t begun, int64_t amount)
{
    *gauge = (struct gauge){.memory = memory, .begun = begun, .measured = begun, .amount = amount};
}

void gauge_read(struct gauge *gauge, int64_t now, int64_t amount)
{
    int64_t passed = now - gauge->measured;
    if (amount < gauge->amount)
        gauge_init(gauge, gauge->memory, now, amount);
    if (passed <= 0 || gauge->measured == now)
        return;
    int64_t age = now - gauge->begun;
    int64_t span = age < gauge->memory ? age : gauge->memory;
    double rate = (double)(amount - gauge->amount) * (double)NSEC_PER_SEC / (double)passed;
    double weight = passed < span ? (double)passed / (double)span : 1;
    gauge->rate += (rate - gauge->rate) * weight;
    gauge->measured = now;
    gauge->amount = amount;
}
