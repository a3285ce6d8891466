#include "cmd/get/fetch_one.h"

#include "cmd/get/attempt.h"
#include "cmd/get/command.h"
#include "cmd/get/duplicates.h"
#include "cmd/get/name.h"
#include "cmd/get/split.h"
#include "cmd/get/verify.h"
#include "engine/deadline.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One URL under way: what its tries and hops share. */
struct fetch {
    struct worker *worker;
    const struct entry *entry;
    struct outcome *outcome;
    struct attempt attempt;
    struct download download;
    struct verify verify;         /* between attempt and download */
    struct duplicates duplicates; /* mirrors that the server names */
    const struct url *from;       /* the entry's URL or a mirror of it ... */
    enum trust trust;             /* ... and what may be sent there */
    bool mixes;                   /* mirrors may bring pieces of what is asked for elsewhere */
    bool mixed;                   /* they have */
    int64_t gap_bytes;            /* of gaps of a part that were filled before the last one */
    int64_t started;              /* monotonic, first try at this mirror */
    struct past past;             /* of tries before the entry was postponed, and when it is */
    bool differs;                 /* what it had there is something else than is wanted */
    char *reason;                 /* why it failed: the attempt's */
};

/* The answer was a success; but is the file whole? Ranges may be shorter than was asked for. */
static enum verdict check_length(struct fetch *fetch)
{
    int64_t missing = download_missing(&fetch->download);
    if (missing == 0)
        return VERDICT_OK;
    if (download_is_pieced(&fetch->download) && fetch->attempt.result.bytes > 0)
        return VERDICT_MORE;
    snprintf(fetch->reason, sizeof fetch->attempt.reason,
             "the server sent %" PRId64 " bytes too %s", missing > 0 ? missing : -missing,
             missing > 0 ? "few" : "many");
    /* What is too much cannot be told from what is right. */
    int error = missing > 0 ? 0 : download_give_up(&fetch->download);
    return error ? VERDICT_FAILED : VERDICT_RETRY;
}

/* One try at where the file is asked for now; others may help (--split). */
static enum verdict try_once(struct fetch *fetch)
{
    const struct condition *condition = download_condition(&fetch->download);
    int64_t max_time = fetch->worker->options->max_time_ns;
    const struct duplicates *duplicates = fetch->mixes ? &fetch->duplicates : NULL;
    struct split split;
    split_prepare(&split, &fetch->attempt, &fetch->download, fetch->from, duplicates);
    enum verdict verdict =
        attempt_run(&fetch->attempt, fetch->from, condition, max_time, fetch->trust);
    verdict = split_conclude(&split, verdict);
    fetch->mixed = fetch->mixed || split.mixed;
    return verdict == VERDICT_OK ? check_length(fetch) : verdict;
}

/* Where a worker is a slot, an entry of which nothing has come yet can wait for its host as those
 * do that have not been tried, and the worker is free for other hosts. */
static bool can_be_postponed(const struct fetch *fetch)
{
    return fetch->worker->postpones && fetch->attempt.pauses && fetch->mixes &&
           fetch->from == &fetch->entry->url && !fetch->entry->tap &&
           download_is_blank(&fetch->download);
}

/* Before another try: what can be gone on with is kept. */
static enum verdict back_off(struct fetch *fetch, unsigned *tries)
{
    int64_t until;
    enum verdict verdict = attempt_back_off(&fetch->attempt, tries, fetch->started, &until);
    if (verdict != VERDICT_RETRY)
        return verdict;
    int error = download_restart(&fetch->download);
    if (!error && can_be_postponed(fetch)) {
        fetch->past.tries = *tries;
        return VERDICT_POSTPONED;
    }
    if (!error)
        return attempt_rest(&fetch->attempt, until);
    /* What standard output has been given cannot be taken back: the failure stands. */
    if (error != -ESPIPE)
        snprintf(fetch->reason, sizeof fetch->attempt.reason, "%s", strerror(-error));
    return error == -ECANCELED ? VERDICT_CANCELED : VERDICT_FAILED;
}

/* What is there of the file is not what the server has, or cannot be gone on with there. */
static enum verdict ask_anew(struct fetch *fetch)
{
    enum answer answer = condition_answer(&fetch->download.condition, &fetch->attempt.result);
    return download_ask_anew(&fetch->download, answer) ? VERDICT_FAILED : VERDICT_RETRY;
}

/* Is there to be another try? */
static bool tries_again(struct fetch *fetch, enum verdict *verdict, unsigned *tries)
{
    if (*verdict == VERDICT_MORE) {
        fetch->gap_bytes += fetch->attempt.result.bytes;
        *verdict = VERDICT_RETRY;
    } else if (*verdict == VERDICT_AGAIN) {
        *verdict = ask_anew(fetch);
    } else if (*verdict == VERDICT_RETRY) {
        *verdict = back_off(fetch, tries);
    }
    return *verdict == VERDICT_RETRY;
}

/* All tries at one mirror, or at the only place there is. */
static enum verdict fetch_from(struct fetch *fetch, const struct url *from, enum trust trust)
{
    unsigned tries = fetch->past.tries; /* that count against --retry */
    enum verdict verdict;
    fetch->from = from;
    fetch->trust = trust;
    fetch->started = fetch->past.started ? fetch->past.started : deadline_clock();
    fetch->past = (struct past){0};
    fetch->differs = false;
    do {
        verdict = try_once(fetch);
        if (verdict == VERDICT_OK)
            verdict = verify_body(&fetch->verify, fetch->mixed, &fetch->differs);
    } while (tries_again(fetch, &verdict, &tries));
    return verdict;
}

/* That somebody offers another file under its name is worth knowing also when a mirror has it. */
static void remark_difference(struct fetch *fetch)
{
    char *url = url_redacted(fetch->from);
    outcome_remark(fetch->outcome, "%s, at %s: asking the next mirror", fetch->reason,
                   url ? url : "(out of memory)");
    free(url);
}

/* Is a failure one that another mirror may spare us? What our own disk refused it will refuse
 * again, and what standard output was given cannot be taken back. */
static bool mirror_may_help(struct fetch *fetch, enum verdict verdict)
{
    if (verdict != VERDICT_FAILED || store_error_is_machine(fetch->attempt.result.sink_error))
        return false;
    attempt_leave(&fetch->attempt);
    if (download_give_up(&fetch->download))
        return false;
    if (fetch->differs)
        remark_difference(fetch);
    return true;
}

/* At one place after another. What has come from several at once and is not what it should be is
 * fetched once more from each alone: one of them lies. */
static enum verdict fetch_from_places(struct fetch *fetch)
{
    const struct entry *entry = fetch->entry;
    const struct details *details = entry->details;
    const struct duplicates *duplicates = &fetch->duplicates;
    fetch->mixes = true;
    enum trust trust = entry_trust(entry, &entry->url);
    enum verdict verdict = fetch_from(fetch, &entry->url, trust);
    if (fetch->mixed && mirror_may_help(fetch, verdict)) {
        fetch->mixes = false;
        verdict = fetch_from(fetch, &entry->url, trust);
    }
    for (size_t i = 0; details && i < details->mirror_count && mirror_may_help(fetch, verdict); i++)
        verdict = fetch_from(fetch, &details->mirrors[i], entry_trust(entry, &details->mirrors[i]));
    for (size_t i = 0; i < duplicates->count && mirror_may_help(fetch, verdict); i++)
        verdict =
            fetch_from(fetch, &duplicates->list[i], duplicates_trust(entry, &duplicates->list[i]));
    return verdict;
}

/* -J: the file is to be called what the server suggests, unless the list has said how; that of a
 * page, as its type asks. */
static int take_suggested_name(struct fetch *fetch)
{
    const struct entry *entry = fetch->entry;
    struct namer *namer = fetch->worker->namer;
    const struct transfer_result *result = &fetch->attempt.result;
    if (!entry->name || entry->named || fetch->worker->options->file_name)
        return 0;
    if (namer->name_answer)
        return namer->name_answer(namer, entry, result, &fetch->download.given);
    if (!result->file_name)
        return 0;
    char *plain = name_suggested(entry->name, result->file_name);
    int error = plain ? namer_give(namer, entry, plain, &fetch->download.given) : -ENOMEM;
    free(plain);
    return error;
}

/* Is what has come what is there? Only who looks on knows where that would be. */
static bool is_there(struct fetch *fetch)
{
    struct tap *tap = fetch->entry->tap;
    const char *served = tap && tap->served ? tap->served(tap) : NULL;
    return served && download_keep(&fetch->download, served);
}

/* The file gets its final name. */
static enum verdict commit(struct fetch *fetch)
{
    int error = take_suggested_name(fetch);
    if (!error && !is_there(fetch))
        error = download_commit(&fetch->download, &fetch->attempt.result);
    if (!error)
        return VERDICT_OK;
    if (error == -ECANCELED)
        return VERDICT_CANCELED;
    /* The name that the server suggested is taken, which nobody could know before. */
    if (error == -EEXIST && fetch->worker->options->if_exists == EXISTS_SKIP)
        fetch->outcome->kind = OUTCOME_SKIPPED;
    snprintf(fetch->reason, sizeof fetch->attempt.reason, "cannot save it: %s", strerror(-error));
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

static void tell_validators(struct fetch *fetch, enum verdict verdict)
{
    struct outcome *outcome = fetch->outcome;
    const struct validators *validators =
        download_validators(&fetch->download, &fetch->attempt.result);
    /* Those of the same bytes stay good, though they be said no more. */
    bool same = verdict == VERDICT_UNCHANGED || fetch->download.file.kept;
    const struct known *known = same ? fetch->entry->known : NULL;
    outcome->etag = tell_validator(validators->etag, known ? known->etag : NULL);
    outcome->last_modified =
        tell_validator(validators->last_modified, known ? known->last_modified : NULL);
}

/* What it was found to have; of a file that has not changed, what the list wants, which it had.
 * NULL when memory has run out: the file will be compared again in the next run. */
static char *tell_checksum(const struct fetch *fetch, enum verdict verdict)
{
    const struct details *details = fetch->entry->details;
    const struct checksum *checksum = verdict == VERDICT_OK ? verify_found(&fetch->verify)
                                      : details             ? &details->checksum
                                                            : NULL;
    char text[CHECKSUM_TEXT_SIZE];
    bool told = checksum && checksum->algorithm != CHECKSUM_NONE;
    return told ? strdup(checksum_text(checksum, text)) : NULL;
}

/* Tells of the file, for the journal. */
static void tell_file(struct fetch *fetch, enum verdict verdict)
{
    struct outcome *outcome = fetch->outcome;
    if (fetch->attempt.result.unmet) {
        /* Nobody asked for a file, so there need not be one. */
        outcome->kind = OUTCOME_UNCHANGED;
        outcome->file_size = -1;
        return;
    }
    struct stored_file *file = &fetch->download.file;
    outcome->kind = verdict == VERDICT_OK && !file->kept ? OUTCOME_OK : OUTCOME_UNCHANGED;
    outcome->resent = file->kept;
    outcome->path = verdict == VERDICT_OK ? file->path : strdup(fetch->entry->name);
    outcome->file_size = file->size;
    outcome->mtime_ns = file->mtime_ns;
    if (!fetch->worker->options->no_journal)
        tell_validators(fetch, verdict);
    outcome->checksum = tell_checksum(fetch, verdict);
    if (verdict == VERDICT_OK)
        file->path = NULL;
    outcome->name = fetch->download.given;
    fetch->download.given = NULL;
}

/* It is elsewhere, and not for us to go there. */
static void tell_redirect(struct fetch *fetch)
{
    struct outcome *outcome = fetch->outcome;
    outcome->moved = strdup(fetch->attempt.result.location);
    outcome->kind = OUTCOME_OK;
    outcome->file_size = -1;
    if (!outcome->moved)
        outcome_fail(outcome, "%s", strerror(ENOMEM));
}

/* Tells with what it is to be taken up again. */
static void postpone(struct fetch *fetch)
{
    struct outcome *outcome = fetch->outcome;
    outcome->postponed = true;
    outcome->past = (struct past){
        .tries = fetch->past.tries,
        .attempts = fetch->attempt.count,
        .started = fetch->started,
        .first_start = fetch->attempt.first_start,
    };
}

static void tell_failure(struct fetch *fetch)
{
    outcome_fail(fetch->outcome, "%s", fetch->reason);
    fetch->outcome->failure = judge_failure(&fetch->attempt.result);
}

/* Tells what became of it. */
static void conclude(struct fetch *fetch, enum verdict verdict)
{
    struct outcome *outcome = fetch->outcome;
    const struct transfer_result *result = &fetch->attempt.result;

    outcome->status = result->status;
    outcome->bytes = fetch->gap_bytes + result->bytes;
    outcome->http_version = result->http_version;
    outcome->times = result->times;
    outcome->times.start = fetch->attempt.first_start;
    outcome->attempts = fetch->attempt.count;
    outcome->last_start = result->times.start;
    memcpy(outcome->remote_ip, result->remote_ip, sizeof outcome->remote_ip);
    if (fetch->attempt.here.parsed)
        outcome->final_url = url_redacted(&fetch->attempt.here);
    else if (fetch->from != &fetch->entry->url)
        outcome->final_url = url_redacted(fetch->from);
    if (store_error_is_machine(result->sink_error))
        outcome->machine_error = result->sink_error;

    if (verdict == VERDICT_OK || verdict == VERDICT_UNCHANGED)
        tell_file(fetch, verdict);
    else if (verdict == VERDICT_POSTPONED)
        postpone(fetch);
    else if (verdict == VERDICT_REDIRECT)
        tell_redirect(fetch);
    else if (verdict != VERDICT_CANCELED && outcome->kind != OUTCOME_SKIPPED)
        tell_failure(fetch);
}

/* --exec: the command that is to follow each file. */
static void follow_up(struct fetch *fetch)
{
    struct outcome *outcome = fetch->outcome;
    int error = command_run(fetch->worker->options, fetch->entry, outcome, fetch->reason,
                            sizeof fetch->attempt.reason);
    if (error == -ECHILD)
        outcome_fail(outcome, "%s", fetch->reason);
    else if (error == -ECANCELED)
        outcome_fail(outcome, "the command of --exec was interrupted");
    else if (error)
        outcome_fail(outcome, "cannot run the command of --exec: %s", strerror(-error));
}

/* Lets bodies through to the file, past who checks them and whoever looks on. */
static int open_sinks(struct fetch *fetch)
{
    struct success_sink *body = &fetch->attempt.body;
    struct tap *tap = fetch->entry->tap;
    int error = verify_open(&fetch->verify, &fetch->attempt, &fetch->download);
    if (error || !tap)
        return error;
    tap->next = body->next;
    body->next = &tap->sink;
    /* The beginning may have arrived in an earlier run. */
    return download_replay(&fetch->download, tap->take, tap);
}

/* The first answer, before its body: it may name other places of the file, and the digest by which
 * it is known there. */
static int hear_first_answer(void *ctx, const struct transfer_result *result)
{
    struct fetch *fetch = ctx;
    const char *protocols = fetch->worker->options->transfer.protocols;
    fetch->attempt.takes_links = false;
    fetch->attempt.body.on_answer = NULL;
    int error = duplicates_take(&fetch->duplicates, fetch->entry, result, protocols);
    if (error || fetch->duplicates.checksum.algorithm == CHECKSUM_NONE)
        return error;
    return verify_expect(&fetch->verify, &fetch->duplicates.checksum);
}

static void await_first_answer(struct fetch *fetch)
{
    fetch->attempt.takes_links = true;
    fetch->attempt.body.on_answer = hear_first_answer;
    fetch->attempt.body.ctx = fetch;
}

/* The file's place may be taken: --if-exists says what that means. UNCHANGED: nothing is to do. */
static enum verdict open_download(struct fetch *fetch)
{
    const struct get_options *options = fetch->worker->options;
    int error = download_open(&fetch->download, fetch->worker->store, fetch->entry);
    if (!error && download_is_settled(&fetch->download)) {
        tell_file(fetch, VERDICT_UNCHANGED);
        return VERDICT_UNCHANGED;
    }
    if (!error)
        error = open_sinks(fetch);
    if (!error) {
        await_first_answer(fetch);
        return VERDICT_OK;
    }
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
        .past = entry->past,
        .attempt =
            {
                .worker = worker,
                .entry = entry,
                .slots = worker->slots,
                .count = entry->past.attempts,
                .first_start = entry->past.first_start,
                .host = entry->leased ? entry_gate(entry) : NULL,
            },
    };
    fetch.reason = fetch.attempt.reason;

    if (open_download(&fetch) == VERDICT_OK) {
        enum verdict verdict = fetch_from_places(&fetch);
        attempt_leave(&fetch.attempt);
        if (verdict == VERDICT_OK)
            verdict = commit(&fetch);
        /* --min-free stops the job: what was under way has its time yet. */
        if (verdict == VERDICT_FAILED && store_is_crowded(worker->store))
            verdict = VERDICT_CANCELED;
        conclude(&fetch, verdict);
        if (outcome->kind == OUTCOME_OK && outcome->path && worker->options->exec)
            follow_up(&fetch);
    }
    attempt_clear(&fetch.attempt);
    download_close(&fetch.download);
    verify_close(&fetch.verify);
    duplicates_clear(&fetch.duplicates);
}
