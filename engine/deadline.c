/* deadline.c - reading the clock. */
#include "engine/deadline.h"
#include "engine/sched/core.h"
#include <time.h>

static int64_t clock_read(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock exists, the memory is ours */
    return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

int64_t deadline_clock(void)
{
    const struct sched *sched = sched_self();
    return sched && sched->options.virtual_clock ? sched->now : clock_read();
}

int64_t deadline_now(void)
{
    const struct sched *sched = sched_self();
    return sched ? sched->now : clock_read();
}

int64_t deadline_in(int64_t ns)
{
    int64_t now = deadline_clock();
    if (ns <= 0)
        return now;
    return ns < DEADLINE_NEVER - now ? now + ns : DEADLINE_NEVER;
}

int64_t deadline_in_ms(int64_t ms)
{
    if (ms <= 0)
        return deadline_in(0);
    return ms < DEADLINE_NEVER / NSEC_PER_MSEC ? deadline_in(ms * NSEC_PER_MSEC) : DEADLINE_NEVER;
}
