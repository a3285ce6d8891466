#include "cmd/get/split.h"

#include "cmd/get/part.h"
#include "engine/deadline.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How often who has nothing to do looks whether somebody has become slow, and what is on the disk
 * is written down. */
#define IDLE_LOOK   (200 * NSEC_PER_MSEC)
#define RECORD_STEP (500 * NSEC_PER_MSEC)

/* Who brings pieces, one after another. */
struct helper {
    struct sink sink;
    struct split *split;
    struct attempt attempt;
    struct condition condition;
    struct part *part;
    struct split_place *place; /* where the piece under way comes from */
    double rate;               /* of the last piece, bytes a second; 0: there was none */
    unsigned tries;            /* that count against --retry */
    int64_t started;           /* the first of them */
};

static struct part *file_of(const struct split *split)
{
    return split->download->part;
}

static struct helper *helper_of(struct sink *sink)
{
    return list_entry(sink, struct helper, sink);
}

/* Only what fits is let in: what is written cannot be told from the rest afterwards. */
static int helper_begin(struct sink *sink, struct transfer *transfer,
                        const struct transfer_result *result)
{
    struct helper *helper = helper_of(sink);
    if (!split_place_fits(&helper->split->places, helper->place, result))
        return -EPROTO;
    if (helper->place->mirror)
        helper->split->mixed = true;
    part_begin(helper->part, transfer, result);
    return 0;
}

static int helper_write(struct sink *sink, const void *data, size_t size)
{
    struct helper *helper = helper_of(sink);
    int result = part_receive(helper->part, data, size);
    struct meter *meter = helper->attempt.entry->meter;
    if (result)
        return result;
    atomic_fetch_add_explicit(helper->part->store->directory->received, size, memory_order_relaxed);
    if (meter)
        meter_add(meter, size);
    return 0;
}

/* Everything has arrived: nobody is waited for any longer whose pieces others have brought. */
static void finish(struct split *split)
{
    struct part *file = file_of(split);
    if (pieces_to_come(file->pieces) > 0)
        return;
    group_cancel(&split->group);
    if (file->transfer)
        transfer_end(file->transfer, SINK_ENOUGH);
}

/* Something to do; NULL: there is nothing left, or we are canceled. */
static struct piece *next_piece(struct helper *helper)
{
    struct pieces *pieces = file_of(helper->split)->pieces;
    struct piece *piece = NULL;
    while (pieces_to_come(pieces) > 0) {
        piece = pieces_take(pieces, helper->rate, deadline_clock());
        if (piece)
            return piece;
        attempt_leave(&helper->attempt);
        if (task_sleep(deadline_in(IDLE_LOOK)))
            return NULL;
    }
    return NULL;
}

static void note_failure(struct helper *helper)
{
    struct split *split = helper->split;
    const struct transfer_result *result = &helper->attempt.result;
    if (split->reason[0] && !store_error_is_machine(result->sink_error))
        return;
    split->sink_error = result->sink_error;
    snprintf(split->reason, sizeof split->reason, "%s",
             result->sink_error == -EPROTO ? "a range of it is of another file"
                                           : helper->attempt.reason);
}

/* Is there to be another try? */
static bool tries_again(struct helper *helper)
{
    int64_t until;
    if (helper->tries == 0)
        helper->started = deadline_clock();
    if (attempt_back_off(&helper->attempt, &helper->tries, helper->started, &until) ==
        VERDICT_RETRY)
        return attempt_rest(&helper->attempt, until) == VERDICT_RETRY;
    note_failure(helper);
    return false;
}

/* After a piece, of which something has come or not: goes the helper on? */
static bool goes_on(struct helper *helper, enum verdict verdict, bool moved)
{
    bool enough = helper->attempt.result.sink_error == SINK_ENOUGH;
    if (moved)
        helper->tries = 0;
    if (verdict == VERDICT_CANCELED)
        return false;
    if (verdict == VERDICT_RETRY)
        return tries_again(helper);
    if (verdict == VERDICT_OK && (moved || enough))
        return true;
    /* What does not fit here may do so elsewhere, but for what our own disk refuses. */
    note_failure(helper);
    helper->place->dropped = true;
    return !helper->part->error;
}

static int64_t time_left(const struct split *split)
{
    int64_t left = split->until - deadline_clock();
    if (split->until == DEADLINE_NEVER)
        return 0;
    return left > 0 ? left : 1;
}

/* One piece, as far as it comes. */
static bool bring(struct helper *helper, struct piece *piece)
{
    struct split *split = helper->split;
    struct split_place *place = helper->place;
    int64_t begun = piece->arrived;
    part_take_up(helper->part, piece);
    split_place_condition(place, &helper->condition, begun, piece->end);
    place->users++;
    enum verdict verdict = attempt_run(&helper->attempt, place->url, &helper->condition,
                                       time_left(split), place->trust);
    place->users--;
    bool moved = piece->arrived > begun;
    if (moved)
        helper->rate = piece_rate(piece, deadline_clock());
    part_put_down(file_of(split)->pieces, helper->part);
    finish(split);
    return goes_on(helper, verdict, moved);
}

static bool help_once(struct helper *helper)
{
    struct piece *piece = next_piece(helper);
    if (!piece)
        return false;
    helper->place = split_places_choose(&helper->split->places);
    if (helper->place)
        return bring(helper, piece);
    pieces_release(file_of(helper->split)->pieces, piece);
    return false;
}

static void *split_help(void *arg)
{
    struct split *split = arg;
    struct attempt *lead = split->lead;
    struct helper helper = {
        .sink = {.begin = helper_begin, .write = helper_write},
        .split = split,
        .attempt = {.worker = lead->worker, .entry = lead->entry},
        .part = part_new_beside(file_of(split)),
    };
    success_sink_init(&helper.attempt.body, &helper.sink, NULL);
    while (helper.part && help_once(&helper))
        continue;
    part_free(helper.part);
    attempt_clear(&helper.attempt);
    if (--split->helpers == 0)
        event_set(&split->idle);
    return NULL;
}

static void add_helper(struct split *split)
{
    if (group_spawn(&split->group, split_help, split))
        return; /* canceled, or no memory: the others bring its share */
    split->helpers++;
    event_clear(&split->idle);
}

/* Keeps the record of what is there, first of all before anything is written behind a gap: a part
 * without it would be taken for one without gaps. */
static void *split_keep(void *arg)
{
    struct split *split = arg;
    struct part *file = file_of(split);
    int error = part_record(file);
    size_t pieces = error ? 1 : pieces_gaps(file->pieces);
    for (size_t i = 1; i < pieces && i < split->connections; i++)
        add_helper(split);
    while (!error && task_sleep(deadline_in(RECORD_STEP)) == 0)
        error = part_record(file);
    return NULL;
}

/* Will a checksum tell in the end whether it is one file? */
static bool is_checked(const struct split *split)
{
    const struct details *details = split->lead->entry->details;
    const struct duplicates *duplicates = split->duplicates;
    return (details && details->checksum.algorithm != CHECKSUM_NONE) ||
           (duplicates && duplicates->checksum.algorithm != CHECKSUM_NONE);
}

/* The bytes of the file, where the answer allows to ask for pieces of it; else -1. */
static int64_t total_of(const struct split *split)
{
    const struct transfer_result *result = &split->lead->result;
    const struct validators *validators = download_validators(split->download, result);
    bool known = *validators->etag || *validators->last_modified || is_checked(split);
    if (!known || result->encoded)
        return -1;
    if (result->status == 206)
        return result->range.total;
    return result->status == 200 && result->offers_ranges ? result->content_length : -1;
}

/* The bytes of the file, if it can be brought in pieces; else -1. */
static int64_t divisible(const struct split *split)
{
    const struct details *details = split->lead->entry->details;
    int64_t total = total_of(split);
    /* Of another size than the list's it will not be wanted. */
    return details && details->size >= 0 && details->size != total ? -1 : total;
}

/* At the place where the file was begun so many connections may be. */
static size_t connections(const struct split *split)
{
    const struct get_options *options = split->lead->worker->options;
    size_t places = split->places.count;
    size_t most = places * options->per_host;
    return options->split < most ? options->split : most;
}

static int find_places(struct split *split, int64_t total)
{
    struct attempt *lead = split->lead;
    const struct url *url = lead->here.parsed ? &lead->here : split->from;
    const struct validators *validators = download_validators(split->download, &lead->result);
    int error = split_places_init(&split->places, url, lead->trust, validators, total);
    split->places.checked = is_checked(split);
    if (!error && split->duplicates)
        error = split_places_add(&split->places, lead->entry, split->from);
    if (!error && split->duplicates)
        error = split_places_add_duplicates(&split->places, lead->entry, split->duplicates);
    return error;
}

/* The file's beginning is on the disk: others may begin. On the thread's own stack. */
static void split_begin(void *ctx)
{
    struct split *split = ctx;
    const struct get_options *options = split->lead->worker->options;
    struct part *file = file_of(split);
    int64_t total = divisible(split);
    if (total < 0 || find_places(split, total) || group_init(&split->group))
        return;
    split->connections = connections(split);
    if (!part_divide(file, total, split->connections, options->min_split_size))
        return;
    split->until = split->lead->deadline;
    event_init(&split->idle);
    if (split->lead->result.status != 206)
        split->there = 0;
    /* Without a task for it the lead finds nobody behind its piece, and goes on. */
    split->begun = group_spawn(&split->group, split_keep, split) == 0;
}

/* Bytes of the file that earlier tries and runs have brought. */
static int64_t bytes_there(const struct part *part)
{
    return part->pieces ? part->pieces->total - pieces_missing(part->pieces) : part->received;
}

void split_prepare(struct split *split, struct attempt *lead, struct download *download,
                   const struct url *from, const struct duplicates *duplicates)
{
    split->download = download;
    split->begun = false;
    split->mixed = false;
    split->places.list = NULL;
    if (lead->worker->options->split < 2 || !download->part || !download->part->url || !task_self())
        return;
    *split = (struct split){
        .lead = lead,
        .download = download,
        .from = from,
        .duplicates = duplicates,
        .there = bytes_there(download->part),
    };
    download->part->on_growth = split_begin;
    download->part->growth_ctx = split;
}

/* Waits until no helper is left. The lead's share goes to another, if the lead has come to its
 * end and not broken down. */
static enum verdict await_helpers(struct split *split, enum verdict verdict)
{
    int64_t begun = deadline_clock();
    split->places.list[0].users--;
    finish(split);
    if (verdict == VERDICT_OK)
        add_helper(split);
    if (verdict != VERDICT_CANCELED && split->helpers > 0 &&
        event_wait(&split->idle, DEADLINE_NEVER))
        verdict = VERDICT_CANCELED;
    group_close(&split->group);
    split->lead->result.times.total += deadline_clock() - begun;
    return verdict;
}

/* What has come of the file, all together. */
static enum verdict judge_all(struct split *split, enum verdict verdict)
{
    struct transfer_result *result = &split->lead->result;
    struct pieces *pieces = file_of(split)->pieces;
    result->bytes = bytes_there(file_of(split)) - split->there;
    if (pieces_missing(pieces) == 0)
        return VERDICT_OK;
    if (verdict != VERDICT_OK)
        return verdict;
    if (split->reason[0])
        snprintf(split->lead->reason, sizeof split->lead->reason, "%s", split->reason);
    if (!store_error_is_machine(split->sink_error))
        return VERDICT_RETRY;
    result->sink_error = split->sink_error;
    return VERDICT_FAILED;
}

enum verdict split_conclude(struct split *split, enum verdict verdict)
{
    struct part *file = split->download->part;
    if (!file)
        return verdict;
    file->on_growth = NULL;
    if (file->pieces)
        part_put_down(file->pieces, file);
    if (split->begun) {
        attempt_leave(split->lead);
        verdict = await_helpers(split, verdict);
        verdict = judge_all(split, verdict);
    }
    split_places_clear(&split->places);
    return verdict;
}
