/* blocking.c - transfers on a thread without a scheduler: one at a time, waiting in libcurl. */
#include "engine/sched/blocking.h"
#include "net/xfer/core.h"

/* So often an interruption and the deadlines are looked at: curl_easy_perform() would do so once a
 * second, too late for a deadline in milliseconds. */
#define SLICE_MS 100

static enum transfer_stop reason_to_stop(const struct transfer *transfer, int64_t now)
{
    if (blocking_interrupted())
        return STOP_CANCELED;
    return now >= transfer->request->deadline ? STOP_DEADLINE : STOP_NONE;
}

static int slice_ms(const struct transfer *transfer, int64_t next, int64_t now)
{
    int64_t until = deadline_min(transfer->request->deadline, next);
    if (until >= now + SLICE_MS * NSEC_PER_MSEC)
        return SLICE_MS;
    return until > now ? (int)((until - now) / NSEC_PER_MSEC) + 1 : 0;
}

/* One look at libcurl and at the clock. */
static void blocking_step(struct loop *loop, struct transfer *transfer)
{
    int running;
    loop_resume_yielded(loop);
    speed_tick(loop, deadline_clock());
    if (curl_multi_perform(loop->multi, &running) != CURLM_OK) {
        loop_fail_all(loop);
        return;
    }
    loop_collect(loop);
    int64_t now = deadline_clock();
    int64_t next = deadline_min(loop_end_stalled(loop, now), speed_next(loop));
    next = deadline_min(next, blocking_tick(now));
    if (transfer->ended)
        return;
    transfer->stop = reason_to_stop(transfer, now);
    if (transfer->stop != STOP_NONE)
        loop_end(loop, transfer, CURLE_OK);
    else if (list_empty(&loop->yielded)) /* what it fails with, the next step meets again */
        (void)curl_multi_poll(loop->multi, NULL, 0, slice_ms(transfer, next, now), NULL);
}

void blocking_perform(struct loop *loop, struct transfer *transfer)
{
    transfer->stop = reason_to_stop(transfer, deadline_clock());
    if (transfer->stop != STOP_NONE)
        return;
    loop_start(loop, transfer);
    while (!transfer->ended)
        blocking_step(loop, transfer);
}
