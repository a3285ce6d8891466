/* judge.h - what an answer means: done, gone elsewhere, worth another try, or failed.
 *
 * Pure decisions, no waiting: everything fetch_one() does after a transfer follows from here. Any
 * thread; nothing here parks.
 */
#ifndef CMD_GET_JUDGE_H
#define CMD_GET_JUDGE_H

#include "cmd/get/condition.h"
#include "cmd/get/failure.h"
#include "cmd/get/options.h"
#include "cmd/get/pace.h"
#include "net/xfer/transfer.h"

enum verdict {
    VERDICT_OK,
    VERDICT_UNCHANGED, /* 304, as asked for */
    VERDICT_AGAIN,     /* what is there does not help: ask at once for something else */
    VERDICT_MORE,      /* one gap is filled; ask at once for the next */
    VERDICT_REDIRECT,
    VERDICT_RETRY,
    VERDICT_POSTPONED, /* as RETRY, when the host's pause is over: nobody waits for that here */
    VERDICT_FAILED,
    VERDICT_CANCELED,
};

/* `text` gets the reason for RETRY and FAILED, in words. */
enum verdict judge(const struct condition *condition, const struct transfer_result *result,
                   char *text, size_t size);

/* Of what kind is the failure that it was, or led to? */
enum failure_kind judge_failure(const struct transfer_result *result);

/* How long to wait before the next try: exponential from --retry-delay with jitter upwards, at
 * least what Retry-After says. `tries` so far, at least 1; ns. */
int64_t judge_backoff(const struct get_options *options, unsigned tries,
                      const struct transfer_result *result);

/* Does the answer ask for a pause of the whole host: 429, or 503 with Retry-After? */
bool judge_pauses_host(const struct transfer_result *result);

/* What it shows of the host. `deadline` is the one the user set (-m): that it passed says nothing.
 */
struct visit judge_visit(const struct transfer_result *result, int64_t deadline);

#endif
