#include "cmd/get/part.h"

#include "engine/deadline.h"
#include "engine/offload/offload.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Makes part->pieces. */
static int new_pieces(struct part *part, int64_t total, const char *have)
{
    struct pieces *pieces = malloc(sizeof *pieces);
    if (!pieces)
        return -ENOMEM;
    int error = pieces_parse(pieces, total, have, strlen(have));
    if (error)
        free(pieces);
    else
        part->pieces = pieces;
    return error;
}

void part_forget_pieces(struct part *part)
{
    if (part->pieces)
        pieces_clear(part->pieces);
    free(part->pieces);
    part->pieces = NULL;
    part->piece = NULL;
}

int part_adopt_pieces(struct part *part)
{
    const struct resume *resume = part->resume;
    int error = new_pieces(part, resume->total, resume->have);
    if (error || pieces_extent(part->pieces) <= part->file.offset)
        return error;
    part_forget_pieces(part);
    return -EINVAL;
}

struct part *part_new_beside(const struct part *owner)
{
    struct part *part = malloc(sizeof *part);
    if (!part)
        return NULL;
    *part = (struct part){
        .store = owner->store,
        .owner = owner,
        .large = true,
        .straight = !owner->store->batcher.sched,
        .file.fd = -1,
    };
    return part;
}

void part_take_up(struct part *part, struct piece *piece)
{
    part->piece = piece;
    part->asked = piece->end;
    part->received = piece->arrived;
    part_file_init_beside(&part->file, &part->owner->file, piece->arrived);
}

void part_take_up_gap(struct part *part)
{
    part->piece = pieces_gap(part->pieces);
    if (!part->piece)
        return;
    piece_take(part->piece, deadline_clock());
    part->received = part->piece->arrived;
    part->file.offset = part->piece->arrived;
}

size_t part_take_bytes(struct part *part, size_t size)
{
    struct pieces *pieces = part->owner ? part->owner->pieces : part->pieces;
    struct piece *piece = part->piece;
    int64_t now = deadline_clock();
    int64_t wanted = (int64_t)size;
    int64_t taken = piece_arrive(piece, wanted, now);
    while (taken < wanted && (!part->asked || part->asked > piece->end) &&
           pieces_extend(pieces, piece))
        taken += piece_arrive(piece, wanted - taken, now);
    return (size_t)taken;
}

struct flush {
    struct batch_job job;
    struct part *part;
};

static void flush_run(struct batch_job *job)
{
    struct part *part = list_entry(job, struct flush, job)->part;
    part->error = part_file_write(&part->file, part->filling.data, part->filled);
}

int part_flush(struct part *part)
{
    struct flush flush = {.job.run = flush_run, .part = part};
    part_settle(part);
    if (!part->error && part->filled)
        batcher_run(&part->store->batcher, &flush.job);
    buffers_give(&part->store->buffers, &part->filling);
    part->filled = 0;
    return part->error;
}

void part_put_down(struct pieces *pieces, struct part *part)
{
    struct piece *piece = part->piece;
    part_settle(part);
    if (!piece)
        return;
    if (part_flush(part) == 0)
        piece->written = part->file.offset;
    part->piece = NULL;
    pieces_release(pieces, piece);
}

/* From here on the file is one in pieces, of which the part has the first. */
static int begin_pieces(struct part *part, int64_t total)
{
    int error = new_pieces(part, total, "");
    if (error)
        return error;
    part->piece = pieces_gap(part->pieces);
    part->piece->arrived = part->received;
    piece_take(part->piece, deadline_clock());
    part->piece->written = part->file.offset;
    return 0;
}

bool part_divide(struct part *part, int64_t total, size_t wanted, int64_t least)
{
    bool whole = !part->pieces;
    if (whole && begin_pieces(part, total))
        return false;
    /* Without memory for more there are as many as there are. */
    (void)pieces_divide(part->pieces, wanted, least);
    bool divided = pieces_gaps(part->pieces) > 1;
    if (whole && !divided)
        part_forget_pieces(part);
    return divided;
}

char *part_meta(struct part *part)
{
    struct resume *resume = part->resume;
    free(resume->have);
    resume->have = pieces_text(part->pieces);
    return resume->have ? resume_text(resume) : NULL;
}

struct record {
    const struct part_file *file;
    char *meta;
    int error;
};

static void *record_run(void *arg)
{
    struct record *record = arg;
    record->error = part_file_record(record->file, record->meta);
    return NULL;
}

int part_record(struct part *part)
{
    struct record record = {.file = &part->file};
    if (!part->resume || !part->file.keyed)
        return 0;
    record.meta = part_meta(part);
    if (!record.meta)
        return -ENOMEM;
    int error = offload(record_run, &record, NULL, DEADLINE_NEVER);
    free(record.meta);
    return error ? error : record.error;
}
