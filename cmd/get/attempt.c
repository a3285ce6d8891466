#include "cmd/get/attempt.h"

#include "engine/deadline.h"
#include "engine/sched/task.h"
#include "net/http/redirect.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Tasks of one worker that wait out a back-off give their slot away, but only so many, or as many
 * as there are jobs: each still holds a stack and a URL. */
#define RESTING_MAX 1024

void attempt_leave(struct attempt *attempt)
{
    if (attempt->host)
        gate_leave(attempt->worker->gate, attempt->host, &attempt->visit);
    attempt->host = NULL;
    attempt->visit = (struct visit){VISIT_NOTHING, 0};
}

/* Waits at the gate without a slot. Always: those inside may be waiting for one, and whoever waits
 * for a host while he has a slot could wait for somebody who waits for him. */
static int wait_at_gate(struct attempt *attempt, const char *host_key)
{
    if (attempt->slots)
        slots_release(attempt->slots);
    int error = gate_enter(attempt->worker->gate, host_key, DEADLINE_NEVER);
    if (attempt->slots)
        slots_acquire_certainly(attempt->slots);
    return error;
}

/* Whose gate the URL is behind: its host's, or with --group-by ip that of all hosts at its address.
 * Good until the next call but one. */
static const char *gate_of(struct attempt *attempt, const struct url *url)
{
    struct worker *worker = attempt->worker;
    if (worker->options->group_by == GROUP_BY_HOST)
        return url->host_key;
    if (url == &attempt->entry->url && attempt->entry->leased)
        return entry_gate(attempt->entry);
    char *address = attempt->groups[attempt->group ^= 1];
    return client_locate(worker->client, url, address) ? url->host_key : address;
}

/* May the gate be kept for this request? Not under --rate once something was asked: there it is for
 * one request at a time. */
static bool is_inside(const struct attempt *attempt, const char *gate)
{
    if (!attempt->host || strcmp(attempt->host, gate) != 0)
        return false;
    return attempt->worker->options->rate_interval_ns == 0 || attempt->visit.end == VISIT_NOTHING;
}

/* Enters the gate of the URL's host, leaving another's first: nobody holds two. */
static enum verdict enter_host(struct attempt *attempt, const struct url *url)
{
    const char *gate = gate_of(attempt, url);
    if (is_inside(attempt, gate)) {
        attempt->host = gate;
        return VERDICT_OK;
    }
    attempt_leave(attempt);
    int error = gate_enter(attempt->worker->gate, gate, DEADLINE_NOW);
    if (error == -ETIMEDOUT)
        error = wait_at_gate(attempt, gate);
    if (!error) {
        attempt->host = gate;
        return VERDICT_OK;
    }
    snprintf(attempt->reason, sizeof attempt->reason, "%s",
             error == -EBUSY ? "the server asks for a pause longer than --retry-max-time"
                             : strerror(-error));
    return error == -ECANCELED ? VERDICT_CANCELED : VERDICT_FAILED;
}

/* Follows the redirect just judged: attempt->here becomes its target. */
static enum verdict follow(struct attempt *attempt, const struct url *from, unsigned hops)
{
    const struct get_options *options = attempt->worker->options;
    bool upgraded = attempt->result.upgraded; /* the same origin, as it wants to be met */
    if (hops == options->max_redirs && !upgraded) {
        snprintf(attempt->reason, sizeof attempt->reason, "more than %u redirect%s", hops,
                 hops == 1 ? "" : "s");
        return VERDICT_FAILED;
    }
    struct url next = {0};
    const char *why = "out of memory";
    if (redirect_target(from, &attempt->result, options->transfer.protocols, &next, &why)) {
        snprintf(attempt->reason, sizeof attempt->reason, "cannot follow the redirect: %s", why);
        return VERDICT_FAILED;
    }
    /* Credentials stay behind as soon as one hop leaves the origin, also on the way back. */
    if (!upgraded && !url_same_origin(from, &next))
        attempt->trust = TRUST_NONE;
    enum verdict verdict = enter_host(attempt, &next);
    url_clear(&attempt->here);
    attempt->here = next;
    return verdict == VERDICT_OK ? VERDICT_REDIRECT : verdict;
}

static void perform(struct attempt *attempt, const struct url *url,
                    const struct condition *condition, bool head)
{
    const struct details *details = attempt->entry->details;
    struct transfer_result *result = &attempt->result;
    attempt->body.condition = condition;
    transfer_result_clear(result);
    client_perform(attempt->worker->client,
                   &(struct transfer_request){
                       .url = url,
                       .send_credentials = attempt->trust == TRUST_ALL,
                       .send_own_login = attempt->trust != TRUST_NONE,
                       .deadline = attempt->deadline,
                       .sink = &attempt->body.sink,
                       .headers = details ? (const char *const *)details->headers : NULL,
                       .condition = condition_lines(condition),
                       .head = head,
                       .takes_links = attempt->takes_links || attempt->entry->robots_agent,
                       .robots_agent = attempt->entry->robots_agent,
                   },
                   result);
    if (!attempt->first_start)
        attempt->first_start = result->times.start;
}

/* May GET be answered otherwise? Some servers do not know HEAD, and some do not like it. */
static bool refuses_head(const struct transfer_result *result)
{
    int status = result->status;
    return status == 501 || (status >= 400 && status < 500 && status != 410 && status != 429);
}

/* For a second request, which waits for its turn like any other; that does not count as its time.
 */
static enum verdict enter_again(struct attempt *attempt, const struct url *url)
{
    int64_t begun = deadline_clock();
    attempt_leave(attempt);
    enum verdict verdict = enter_host(attempt, url);
    if (attempt->deadline != DEADLINE_NEVER)
        attempt->deadline += deadline_clock() - begun;
    return verdict;
}

/* One hop: a transfer and what its answer means. */
static enum verdict transfer(struct attempt *attempt, const struct url *url,
                             const struct condition *condition)
{
    struct transfer_result *result = &attempt->result;
    bool glances = attempt->entry->glances;
    perform(attempt, url, condition, glances);
    attempt->visit = judge_visit(result, attempt->deadline);
    if (glances && refuses_head(result)) {
        enum verdict entered = enter_again(attempt, url);
        if (entered != VERDICT_OK)
            return entered;
        perform(attempt, url, condition, false);
        attempt->visit = judge_visit(result, attempt->deadline);
    }
    enum verdict verdict = judge(condition, result, attempt->reason, sizeof attempt->reason);
    /* A part that is all there is to it has only waited for that word. */
    if (verdict == VERDICT_UNCHANGED && condition->kind == CONDITION_WHOLE)
        return VERDICT_OK;
    bool retries = attempt->worker->options->retry_all_errors && !result->sink_error;
    return verdict == VERDICT_FAILED && retries ? VERDICT_RETRY : verdict;
}

enum verdict attempt_run(struct attempt *attempt, const struct url *url,
                         const struct condition *condition, int64_t max_time, enum trust trust)
{
    int64_t left = max_time;
    enum verdict verdict = enter_host(attempt, url);
    attempt->trust = trust;
    attempt->count += verdict == VERDICT_OK;
    url_clear(&attempt->here);

    for (unsigned hops = 0; verdict == VERDICT_OK || verdict == VERDICT_REDIRECT;
         hops += !attempt->result.upgraded) {
        int64_t begun = deadline_clock();
        attempt->deadline = left ? begun + left : DEADLINE_NEVER;
        verdict = transfer(attempt, url, condition);
        if (verdict != VERDICT_REDIRECT || attempt->entry->stays)
            break;
        if (left)
            left = left > deadline_clock() - begun ? left - (deadline_clock() - begun) : 1;
        verdict = follow(attempt, url, hops);
        url = &attempt->here;
    }
    return verdict;
}

/* A host that asks for a pause gets it from all URLs at once, and a try that ran into a pause
 * already agreed on costs nothing. */
enum verdict attempt_back_off(struct attempt *attempt, unsigned *tries, int64_t started,
                              int64_t *until)
{
    const struct get_options *options = attempt->worker->options;
    bool agreed = false;
    *until = deadline_clock() + judge_backoff(options, *tries + 1, &attempt->result);
    attempt->pauses = attempt->host && judge_pauses_host(&attempt->result);
    if (attempt->pauses) {
        agreed = gate_pause(attempt->worker->gate, attempt->host, *until);
        attempt->pauses = strcmp(attempt->host, entry_gate(attempt->entry)) == 0;
    }
    if (!agreed)
        ++*tries;
    if (*tries > options->retry)
        return VERDICT_FAILED;
    if (options->retry_max_time_ns && *until > started + options->retry_max_time_ns)
        return VERDICT_FAILED;
    attempt_leave(attempt);
    return VERDICT_RETRY;
}

/* Without a slot, if one can be given away, so that other URLs use it meanwhile. */
enum verdict attempt_rest(struct attempt *attempt, int64_t until)
{
    struct worker *worker = attempt->worker;
    unsigned jobs = worker->options->jobs;
    unsigned most = jobs > RESTING_MAX ? jobs : RESTING_MAX;
    bool gives_slot = attempt->slots && worker->resting < most;
    if (gives_slot) {
        worker->resting++;
        slots_release(attempt->slots);
    }
    struct meter *meter = attempt->entry->meter;
    if (meter)
        meter_rest(meter, until);
    int error = task_sleep(until);
    if (meter)
        meter_rest(meter, 0);
    if (gives_slot) {
        slots_acquire_certainly(attempt->slots);
        worker->resting--;
    }
    return error ? VERDICT_CANCELED : VERDICT_RETRY;
}

void attempt_clear(struct attempt *attempt)
{
    attempt_leave(attempt);
    transfer_result_clear(&attempt->result);
    url_clear(&attempt->here);
}
