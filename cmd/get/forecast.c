#include "cmd/get/forecast.h"

#include <math.h>

/* The time in which a sample ends at this rate. */
static int64_t memory_at(double rate)
{
    double seconds = rate > 0 ? FORECAST_SAMPLE / rate : INFINITY;
    if (seconds * (double)NSEC_PER_SEC >= (double)FORECAST_SLOW)
        return FORECAST_SLOW;
    int64_t memory = (int64_t)(seconds * (double)NSEC_PER_SEC);
    return memory > FORECAST_QUICK ? memory : FORECAST_QUICK;
}

void forecast_read(struct forecast *forecast, int64_t now, uint64_t found, uint64_t ended)
{
    if (!forecast->begun) {
        gauge_init(&forecast->found, FORECAST_SLOW, now, (int64_t)found);
        gauge_init(&forecast->ended, FORECAST_SLOW, now, (int64_t)ended);
        forecast->begun = now;
    }
    gauge_read(&forecast->found, now, (int64_t)found);
    gauge_read(&forecast->ended, now, (int64_t)ended);
    forecast->ended.memory = memory_at(forecast->ended.rate);
    forecast->found.memory = forecast->ended.memory;
}

int64_t forecast_seconds(double seconds)
{
    bool told = seconds >= 0 && seconds < FORECAST_MAX_S;
    return told ? (int64_t)(seconds * (double)NSEC_PER_SEC) : FORECAST_NONE;
}

int64_t forecast_left(const struct forecast *forecast)
{
    int64_t queued = forecast->found.amount - forecast->ended.amount;
    double drained = forecast->ended.rate - forecast->found.rate;
    if (!forecast->begun || forecast->ended.measured - forecast->begun < FORECAST_WATCH)
        return FORECAST_NONE;
    if (queued <= 0)
        return 0;
    if (drained < 0)
        return FORECAST_GROWING;
    return drained > 0 ? forecast_seconds((double)queued / drained) : FORECAST_NONE;
}
