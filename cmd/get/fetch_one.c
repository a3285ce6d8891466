#include "cmd/get/fetch_one.h"

#include "cmd/get/command.h"
#include "cmd/get/digest_sink.h"
#include "cmd/get/judge.h"
#include "cmd/get/name.h"
#include "cmd/get/success_sink.h"
#include "engine/deadline.h"
#include "engine/sched/task.h"
#include "net/http/redirect.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Tasks of one worker that wait out a back-off give their slot away, but only so many, or as many
 * as there are jobs: each still holds a stack and a URL. */
#define RESTING_MAX 1024

/* One URL under way: what its tries and hops share. */
struct fetch {
    struct worker *worker;
    const struct entry *entry;
    struct outcome *outcome;
    struct download download;
    struct success_sink body;
    struct digest_sink digest;     /* between the two, where the list names a checksum */
    struct transfer_result result; /* of the latest hop */
    const struct url *from;        /* the entry's URL or a mirror of it */
    struct url here;               /* the latest redirect's target; empty before the first */
    const char *host;   /* whose gate we are in (its key, in entry or here); NULL: none */
    struct visit visit; /* what has been seen of it since */
    bool same_origin;   /* all hops of this try so far: credentials may be sent */
    int64_t started;    /* monotonic, first try at this mirror */
    char reason[320];   /* why the latest try failed */
};

static void leave_host(struct fetch *fetch)
{
    if (fetch->host)
        gate_leave(fetch->worker->gate, fetch->host, &fetch->visit);
    fetch->host = NULL;
    fetch->visit = (struct visit){VISIT_NOTHING, 0};
}

/* Waits at the gate without a slot. Always: those inside may be waiting for one, and whoever waits
 * for a host while he has a slot could wait for somebody who waits for him. */
static int wait_at_gate(struct worker *worker, const char *host_key)
{
    if (worker->slots)
        slots_release(worker->slots);
    int error = gate_enter(worker->gate, host_key, DEADLINE_NEVER);
    if (worker->slots)
        slots_acquire_certainly(worker->slots);
    return error;
}

/* May the gate be kept for this request? Not under --rate once something was asked: there it is for
 * one request at a time. */
static bool is_inside(const struct fetch *fetch, const struct url *url)
{
    if (!fetch->host || strcmp(fetch->host, url->host_key) != 0)
        return false;
    return fetch->worker->options->rate_interval_ns == 0 || fetch->visit.end == VISIT_NOTHING;
}

/* Enters the gate of the URL's host, leaving another's first: nobody holds two. */
static enum verdict enter_host(struct fetch *fetch, const struct url *url)
{
    if (is_inside(fetch, url)) {
        fetch->host = url->host_key;
        return VERDICT_OK;
    }
    leave_host(fetch);
    int error = gate_enter(fetch->worker->gate, url->host_key, DEADLINE_NOW);
    if (error == -ETIMEDOUT)
        error = wait_at_gate(fetch->worker, url->host_key);
    if (!error) {
        fetch->host = url->host_key;
        return VERDICT_OK;
    }
    snprintf(fetch->reason, sizeof fetch->reason, "%s",
             error == -EBUSY ? "the server asks for a pause longer than --retry-max-time"
                             : strerror(-error));
    return error == -ECANCELED ? VERDICT_CANCELED : VERDICT_FAILED;
}

/* Follows the redirect just judged: fetch->here becomes its target. */
static enum verdict follow(struct fetch *fetch, const struct url *from, unsigned hops)
{
    const struct get_options *options = fetch->worker->options;
    if (hops == options->max_redirs) {
        snprintf(fetch->reason, sizeof fetch->reason, "more than %u redirect%s", hops,
                 hops == 1 ? "" : "s");
        return VERDICT_FAILED;
    }
    struct url next = {0};
    const char *why = "out of memory";
    if (redirect_target(from, &fetch->result, options->transfer.protocols, &next, &why)) {
        snprintf(fetch->reason, sizeof fetch->reason, "cannot follow the redirect: %s", why);
        return VERDICT_FAILED;
    }
    /* Credentials stay behind as soon as one hop leaves the origin, also on the way back. */
    fetch->same_origin = fetch->same_origin && url_same_origin(from, &next);
    enum verdict verdict = enter_host(fetch, &next);
    url_clear(&fetch->here);
    fetch->here = next;
    return verdict == VERDICT_OK ? VERDICT_REDIRECT : verdict;
}

/* The answer was a success; but is the file whole? Ranges may be shorter than was asked for. */
static enum verdict check_length(struct fetch *fetch)
{
    int64_t missing = download_missing(&fetch->download);
    if (missing == 0)
        return VERDICT_OK;
    snprintf(fetch->reason, sizeof fetch->reason, "the server sent %" PRId64 " bytes too %s",
             missing > 0 ? missing : -missing, missing > 0 ? "few" : "many");
    /* What is too much cannot be told from what is right. */
    int error = missing > 0 ? 0 : download_give_up(&fetch->download);
    return error ? VERDICT_FAILED : VERDICT_RETRY;
}

/* One hop: a transfer and what its answer means. */
static enum verdict transfer(struct fetch *fetch, const struct url *url, int64_t deadline)
{
    const struct details *details = fetch->entry->details;
    const struct condition *condition = download_condition(&fetch->download);
    fetch->body.condition = condition;
    transfer_result_clear(&fetch->result);
    client_perform(fetch->worker->client,
                   &(struct transfer_request){
                       .url = url,
                       .send_credentials = fetch->same_origin,
                       .deadline = deadline,
                       .sink = &fetch->body.sink,
                       .headers = details ? (const char *const *)details->headers : NULL,
                       .condition = condition_lines(condition),
                   },
                   &fetch->result);
    if (!fetch->outcome->times.start)
        fetch->outcome->times.start = fetch->result.times.start;
    fetch->visit = judge_visit(&fetch->result, deadline);
    enum verdict verdict = judge(condition, &fetch->result, fetch->reason, sizeof fetch->reason);
    /* A part that is all there is to it has only waited for that word. */
    if (verdict == VERDICT_UNCHANGED && condition->kind == CONDITION_WHOLE)
        return VERDICT_OK;
    bool retries = fetch->worker->options->retry_all_errors && !fetch->result.sink_error;
    if (verdict == VERDICT_FAILED && retries)
        return VERDICT_RETRY;
    return verdict == VERDICT_OK ? check_length(fetch) : verdict;
}

/* One try: the URL and, hop by hop, what it redirects to. The hops share one -m, in which waiting
 * at a gate does not count. */
static enum verdict try_once(struct fetch *fetch)
{
    const struct url *url = fetch->from;
    int64_t left = fetch->worker->options->max_time_ns;
    enum verdict verdict = enter_host(fetch, url);
    fetch->same_origin = true;
    fetch->outcome->attempts += verdict == VERDICT_OK;
    url_clear(&fetch->here);

    for (unsigned hops = 0; verdict == VERDICT_OK || verdict == VERDICT_REDIRECT; hops++) {
        int64_t begun = deadline_clock();
        verdict = transfer(fetch, url, left ? begun + left : DEADLINE_NEVER);
        if (verdict != VERDICT_REDIRECT)
            break;
        if (left)
            left = left > deadline_clock() - begun ? left - (deadline_clock() - begun) : 1;
        verdict = follow(fetch, url, hops);
        url = &fetch->here;
    }
    return verdict;
}

/* Waits until `until` without a slot, if one can be given away, so that other URLs use it
 * meanwhile. */
static enum verdict rest(struct fetch *fetch, int64_t until)
{
    struct worker *worker = fetch->worker;
    unsigned jobs = worker->options->jobs;
    unsigned most = jobs > RESTING_MAX ? jobs : RESTING_MAX;
    bool gives_slot = worker->slots && worker->resting < most;
    if (gives_slot) {
        worker->resting++;
        slots_release(worker->slots);
    }
    int error = task_sleep(until);
    if (gives_slot) {
        slots_acquire_certainly(worker->slots);
        worker->resting--;
    }
    return error ? VERDICT_CANCELED : VERDICT_RETRY;
}

/* Before another try: is there one left, and when? A host that asks for a pause gets it from all
 * URLs at once, and a try that ran into a pause already agreed on costs nothing. */
static enum verdict back_off(struct fetch *fetch, unsigned *tries)
{
    const struct get_options *options = fetch->worker->options;
    int64_t now = deadline_clock();
    int64_t until = now + judge_backoff(options, *tries + 1, &fetch->result);
    bool agreed = false;
    if (fetch->host && judge_pauses_host(&fetch->result))
        agreed = gate_pause(fetch->worker->gate, fetch->host, until);
    if (!agreed)
        ++*tries;
    if (*tries > options->retry)
        return VERDICT_FAILED;
    if (options->retry_max_time_ns && until > fetch->started + options->retry_max_time_ns)
        return VERDICT_FAILED;
    leave_host(fetch);
    int error = download_restart(&fetch->download);
    if (!error)
        return rest(fetch, until);
    /* What standard output has been given cannot be taken back: the failure stands. */
    if (error != -ESPIPE)
        snprintf(fetch->reason, sizeof fetch->reason, "%s", strerror(-error));
    return error == -ECANCELED ? VERDICT_CANCELED : VERDICT_FAILED;
}

/* What is there of the file is not what the server has, or cannot be gone on with there. */
static enum verdict ask_anew(struct fetch *fetch)
{
    enum answer answer = condition_answer(&fetch->download.condition, &fetch->result);
    return download_ask_anew(&fetch->download, answer) ? VERDICT_FAILED : VERDICT_RETRY;
}

/* Is there to be another try? */
static bool tries_again(struct fetch *fetch, enum verdict *verdict, unsigned *tries)
{
    if (*verdict == VERDICT_AGAIN)
        *verdict = ask_anew(fetch);
    else if (*verdict == VERDICT_RETRY)
        *verdict = back_off(fetch, tries);
    return *verdict == VERDICT_RETRY;
}

/* The checksum that the list has for the file, or NULL. */
static const struct checksum *expected_checksum(const struct fetch *fetch)
{
    const struct details *details = fetch->entry->details;
    return details && details->checksum.algorithm != CHECKSUM_NONE ? &details->checksum : NULL;
}

/* Is the body what the list says it is? A whole one that is not would be the same once more; one
 * that was gone on with may have begun as something else. */
static enum verdict verify(struct fetch *fetch)
{
    const struct checksum *expected = expected_checksum(fetch);
    struct checksum found;
    char text[CHECKSUM_TEXT_SIZE], expected_text[CHECKSUM_TEXT_SIZE];
    if (!expected)
        return VERDICT_OK;
    if (digest_sink_finish(&fetch->digest, &found)) {
        snprintf(fetch->reason, sizeof fetch->reason, "%s", strerror(ENOMEM));
        return VERDICT_FAILED;
    }
    if (checksum_equal(&found, expected))
        return VERDICT_OK;
    if (fetch->result.status == 206 || fetch->result.status == 304)
        return VERDICT_AGAIN;
    download_distrust(&fetch->download);
    snprintf(fetch->reason, sizeof fetch->reason, "its checksum is %s, not %s",
             checksum_text(&found, text), checksum_text(expected, expected_text));
    return VERDICT_FAILED;
}

/* All tries at one mirror, or at the only place there is. */
static enum verdict fetch_from(struct fetch *fetch, const struct url *from)
{
    unsigned tries = 0; /* that count against --retry */
    enum verdict verdict;
    fetch->from = from;
    fetch->started = deadline_clock();
    do {
        verdict = try_once(fetch);
        if (verdict == VERDICT_OK)
            verdict = verify(fetch);
    } while (tries_again(fetch, &verdict, &tries));
    return verdict;
}

/* Is a failure one that another mirror may spare us? What our own disk refused it will refuse
 * again, and what standard output was given cannot be taken back. */
static bool mirror_may_help(struct fetch *fetch, enum verdict verdict)
{
    if (verdict != VERDICT_FAILED || store_error_is_machine(fetch->result.sink_error))
        return false;
    leave_host(fetch);
    return download_give_up(&fetch->download) == 0;
}

/* -J: the file is to be called what the server suggests, unless the list has said how. */
static int take_suggested_name(struct fetch *fetch)
{
    const struct entry *entry = fetch->entry;
    if (!fetch->result.file_name || !entry->name || entry->named ||
        fetch->worker->options->file_name)
        return 0;
    char *plain = name_suggested(entry->name, fetch->result.file_name);
    int error =
        plain ? namer_give(fetch->worker->namer, entry, plain, &fetch->download.given) : -ENOMEM;
    free(plain);
    return error;
}

/* The file gets its final name. */
static enum verdict commit(struct fetch *fetch)
{
    int error = take_suggested_name(fetch);
    if (!error)
        error = download_commit(&fetch->download, &fetch->result);
    if (!error)
        return VERDICT_OK;
    if (error == -ECANCELED)
        return VERDICT_CANCELED;
    /* The name that the server suggested is taken, which nobody could know before. */
    if (error == -EEXIST && fetch->worker->options->if_exists == EXISTS_SKIP)
        fetch->outcome->kind = OUTCOME_SKIPPED;
    snprintf(fetch->reason, sizeof fetch->reason, "cannot save it: %s", strerror(-error));
    if (store_error_is_machine(error))
        fetch->outcome->machine_error = error;
    return VERDICT_FAILED;
}

/* What this answer said, else what is known. NULL: nothing; or memory has run out, and the next run
 * asks without it. */
static char *tell_validator(const char *said, const char *known)
{
    const char *text = *said ? said : known;
    return text ? strdup(text) : NULL;
}

/* NULL when memory has run out: the file will be compared again in the next run. */
static char *tell_checksum(const struct checksum *checksum)
{
    char text[CHECKSUM_TEXT_SIZE];
    return strdup(checksum_text(checksum, text));
}

/* Tells of the file, for the journal. */
static void tell_file(struct fetch *fetch, enum verdict verdict)
{
    struct outcome *outcome = fetch->outcome;
    struct stored_file *file = &fetch->download.file;
    const struct validators *validators = download_validators(&fetch->download, &fetch->result);
    const struct known *known = verdict == VERDICT_UNCHANGED ? fetch->entry->known : NULL;
    outcome->kind = verdict == VERDICT_OK ? OUTCOME_OK : OUTCOME_UNCHANGED;
    outcome->path = verdict == VERDICT_OK ? file->path : strdup(fetch->entry->name);
    outcome->file_size = file->size;
    outcome->mtime_ns = file->mtime_ns;
    outcome->etag = tell_validator(validators->etag, known ? known->etag : NULL);
    outcome->last_modified =
        tell_validator(validators->last_modified, known ? known->last_modified : NULL);
    outcome->checksum = expected_checksum(fetch) ? tell_checksum(expected_checksum(fetch)) : NULL;
    if (verdict == VERDICT_OK)
        file->path = NULL;
    outcome->name = fetch->download.given;
    fetch->download.given = NULL;
}

/* Tells what became of it. */
static void conclude(struct fetch *fetch, enum verdict verdict)
{
    struct outcome *outcome = fetch->outcome;
    const struct transfer_result *result = &fetch->result;
    int64_t first_start = outcome->times.start;

    outcome->status = result->status;
    outcome->bytes = result->bytes;
    outcome->http_version = result->http_version;
    outcome->times = result->times;
    outcome->times.start = first_start;
    outcome->last_start = result->times.start;
    memcpy(outcome->remote_ip, result->remote_ip, sizeof outcome->remote_ip);
    if (fetch->here.parsed)
        outcome->final_url = url_redacted(&fetch->here);
    else if (fetch->from != &fetch->entry->url)
        outcome->final_url = url_redacted(fetch->from);
    if (store_error_is_machine(result->sink_error))
        outcome->machine_error = result->sink_error;

    if (verdict == VERDICT_OK || verdict == VERDICT_UNCHANGED)
        tell_file(fetch, verdict);
    else if (verdict != VERDICT_CANCELED && outcome->kind != OUTCOME_SKIPPED)
        outcome_fail(outcome, "%s", fetch->reason);
}

/* --exec: the command that is to follow each file. */
static void follow_up(struct fetch *fetch)
{
    struct outcome *outcome = fetch->outcome;
    int error = command_run(fetch->worker->options, fetch->entry, outcome, fetch->reason,
                            sizeof fetch->reason);
    if (error == -ECHILD)
        outcome_fail(outcome, "%s", fetch->reason);
    else if (error == -ECANCELED)
        outcome_fail(outcome, "the command of --exec was interrupted");
    else if (error)
        outcome_fail(outcome, "cannot run the command of --exec: %s", strerror(-error));
}

/* Lets bodies through to the file, by way of the digest where there is a checksum. */
static int open_sinks(struct fetch *fetch)
{
    const struct checksum *expected = expected_checksum(fetch);
    struct sink *file = &fetch->download.sink;
    success_sink_init(&fetch->body, file, fetch->entry->meter);
    if (!expected)
        return 0;
    fetch->body.next = &fetch->digest.sink;
    int error = digest_sink_init(&fetch->digest, expected->algorithm, file);
    /* The beginning may have arrived in an earlier run. */
    return error ? error : download_replay(&fetch->download, digest_sink_take, &fetch->digest);
}

/* The file's place may be taken: --if-exists says what that means. */
static enum verdict open_download(struct fetch *fetch)
{
    const struct get_options *options = fetch->worker->options;
    int error = download_open(&fetch->download, fetch->worker->store, fetch->entry);
    if (!error)
        error = open_sinks(fetch);
    if (!error)
        return VERDICT_OK;
    if (error == -ECANCELED)
        return VERDICT_CANCELED;
    if (error == -EEXIST && options->if_exists == EXISTS_SKIP)
        fetch->outcome->kind = OUTCOME_SKIPPED;
    else
        outcome_fail(fetch->outcome, "%s: %s", fetch->entry->name, strerror(-error));
    return VERDICT_FAILED;
}

void fetch_one(struct worker *worker, const struct entry *entry, struct outcome *outcome)
{
    struct fetch fetch = {
        .worker = worker,
        .entry = entry,
        .outcome = outcome,
        .host = entry->leased ? entry->url.host_key : NULL,
    };
    size_t mirrors = entry->details ? entry->details->mirror_count : 0;

    if (open_download(&fetch) == VERDICT_OK) {
        enum verdict verdict = fetch_from(&fetch, &entry->url);
        for (size_t i = 0; i < mirrors && mirror_may_help(&fetch, verdict); i++)
            verdict = fetch_from(&fetch, &entry->details->mirrors[i]);
        leave_host(&fetch);
        if (verdict == VERDICT_OK)
            verdict = commit(&fetch);
        conclude(&fetch, verdict);
        if (verdict == VERDICT_OK && outcome->path && worker->options->exec)
            follow_up(&fetch);
    }
    leave_host(&fetch);
    download_close(&fetch.download);
    digest_sink_clear(&fetch.digest);
    transfer_result_clear(&fetch.result);
    url_clear(&fetch.here);
}
