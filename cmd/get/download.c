#include "cmd/get/part.h"
#include "cmd/get/store.h"
#include "engine/deadline.h"
#include "engine/offload/offload.h"
#include "engine/sched/task.h"
#include "net/http/date.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct download *download_of(struct sink *sink)
{
    return list_entry(sink, struct download, sink);
}

/* Of a part in pieces there is more than what lies before the range that was asked for. */
static void count_pieces(const struct pieces *pieces, struct meter *meter)
{
    meter_begin(meter, pieces->total - pieces_to_come(pieces), pieces->total);
}

static int download_begin(struct sink *sink, struct transfer *transfer,
                          const struct transfer_result *result)
{
    struct download *download = download_of(sink);
    if (download->part)
        part_begin(download->part, transfer, result);
    if (download->part && download->part->pieces && download->entry->meter)
        count_pieces(download->part->pieces, download->entry->meter);
    return 0;
}

static int download_write(struct sink *sink, const void *data, size_t size)
{
    struct download *download = download_of(sink);
    int result = download->part ? part_receive(download->part, data, size) : 0;
    if (!result)
        atomic_fetch_add_explicit(download->store->directory->received, size, memory_order_relaxed);
    return result;
}

/* What stands under the name? */
struct look {
    struct batch_job job;
    const struct store *store;
    const char *name;
    bool found;
    struct stat status;
};

static void look_run(struct batch_job *job)
{
    struct look *look = list_entry(job, struct look, job);
    /* Whatever else keeps us from seeing it will be told when the file is to get its name. */
    look->found =
        fstatat(look->store->publisher.dir_fd, look->name, &look->status, AT_SYMLINK_NOFOLLOW) == 0;
}

const struct known *download_known(const struct download *download)
{
    const struct details *details = download->entry->details;
    const struct known *known = download->store->updates ? download->entry->known : NULL;
    bool checked = details && details->checksum.algorithm != CHECKSUM_NONE;
    return known && checked && !known->verified ? NULL : known;
}

/* --if-exists skip and fail want the name to be free; update, to know whether the file is still the
 * one that it knows. 0, -EEXIST, -EISDIR. */
static int download_look(struct download *download)
{
    const struct store *store = download->store;
    const struct known *known = download_known(download);
    struct look look = {.job.run = look_run, .store = store, .name = download->entry->name};
    if (!store->checks_first && !known)
        return 0;
    batcher_run(&download->store->batcher, &look.job);
    if (!look.found)
        return 0;
    if (store->checks_first)
        return S_ISDIR(look.status.st_mode) ? -EISDIR : -EEXIST;
    if (!S_ISREG(look.status.st_mode))
        return 0;
    download->file.size = look.status.st_size;
    download->file.mtime_ns =
        look.status.st_mtim.tv_sec * NSEC_PER_SEC + look.status.st_mtim.tv_nsec;
    condition_of_file(&download->condition, known, download->file.size, download->file.mtime_ns);
    return 0;
}

bool download_is_settled(const struct download *download)
{
    return download->condition.kind == CONDITION_SETTLED;
}

/* Most runs find no leftovers at all; for these it ends here. */
static bool may_have_part(const struct download *download)
{
    const struct leftovers *leftovers = &download->store->directory->leftovers;
    uint64_t key;
    return leftovers->count && resume_key(&download->entry->url, &key) == 0 &&
           leftovers_have(leftovers, key);
}

int download_open(struct download *download, struct store *store, const struct entry *entry)
{
    bool discard = store->discard || (!entry->name && !store->to_stdout);
    *download = (struct download){
        .sink = {.begin = download_begin, .write = download_write},
        .store = store,
        .entry = entry,
    };
    if (discard)
        return 0;
    int error = store->to_stdout ? 0 : download_look(download);
    if (error || download_is_settled(download))
        return error;
    /* What standard output has been given cannot be begun anew; and what is left of a body is known
     * by the URL alone. */
    bool resumable = !store->to_stdout && entry->twin == 0;
    download->part = part_new(store, resumable ? &entry->url : NULL);
    if (!download->part)
        return -ENOMEM;
    if (resumable && may_have_part(download))
        part_adopt(download->part);
    return 0;
}

/* So much is read before it is asked whether anybody still wants it. */
#define REPLAY_STEP (16 << 20)

struct replay {
    const struct part_file *file;
    int (*take)(void *ctx, const void *data, size_t size);
    void *ctx;
    off_t at;
    bool ended;
    int error;
};

/* On a thread of the pool, not in a batch: it would hold up the small files in there. */
static void *replay_step(void *arg)
{
    struct replay *replay = arg;
    char piece[16384];
    off_t end = replay->at + REPLAY_STEP;
    while (replay->at < end && !replay->ended && !replay->error) {
        ssize_t got = pread(replay->file->fd, piece, sizeof piece, replay->at);
        if (got > 0)
            replay->error = replay->take(replay->ctx, piece, (size_t)got);
        else if (got < 0)
            replay->error = -errno;
        replay->ended = got <= 0;
        replay->at += got;
    }
    return NULL;
}

int download_read(struct download *download, int (*take)(void *ctx, const void *data, size_t size),
                  void *ctx)
{
    struct replay replay = {.file = &download->part->file, .take = take, .ctx = ctx};
    int error = part_flush(download->part);
    while (!error && !replay.ended && !replay.error)
        error = task_canceled() ? -ECANCELED : offload(replay_step, &replay, NULL, DEADLINE_NEVER);
    return error ? error : replay.error;
}

int download_replay(struct download *download,
                    int (*take)(void *ctx, const void *data, size_t size), void *ctx)
{
    struct part *part = download->part;
    if (!part || part->pieces || !part->resume || part_position(part) == 0)
        return 0;
    return download_read(download, take, ctx);
}

int64_t download_size(const struct download *download)
{
    const struct part *part = download->part;
    if (!part)
        return -1;
    return part->pieces ? part->pieces->total : part->received;
}

bool download_is_blank(const struct download *download)
{
    return !download->part || (!download->part->pieces && part_position(download->part) == 0);
}

bool download_is_pieced(const struct download *download)
{
    return download->part && download->part->pieces;
}

void download_distrust(struct download *download)
{
    if (download->part)
        part_distrust(download->part);
}

/* Where the first gap ends; 0: at the end of the file. */
static int64_t gap_end(const struct part *part)
{
    const struct piece *gap = part->pieces ? pieces_gap(part->pieces) : NULL;
    return gap && gap->end < part->pieces->total ? gap->end : 0;
}

const struct condition *download_condition(struct download *download)
{
    struct part *part = download->part;
    if (part)
        part->asked = gap_end(part);
    if (part && part->resume && part_position(part) > 0)
        condition_of_part(&download->condition, part->resume, part_position(part), gap_end(part));
    else if (download->condition.kind != CONDITION_CHANGED)
        condition_none(&download->condition);
    return &download->condition;
}

int download_ask_anew(struct download *download, enum answer answer)
{
    struct part *part = download->part;
    if (answer != ANSWER_WHOLE) {
        condition_none(&download->condition);
        return part_drop(part);
    }
    part->resume->total = part_position(part);
    return 0;
}

int64_t download_missing(const struct download *download)
{
    const struct part *part = download->part;
    if (part && part->pieces)
        return pieces_missing(part->pieces);
    if (!part || !part->resume || part->resume->total < 0)
        return 0;
    return part->resume->total - part->received;
}

int download_restart(struct download *download)
{
    return download->part ? part_hold(download->part) : 0;
}

int download_give_up(struct download *download)
{
    return download->part ? part_drop(download->part) : 0;
}

const struct validators *download_validators(const struct download *download,
                                             const struct transfer_result *result)
{
    const struct resume *resume = download->part ? download->part->resume : NULL;
    bool repeated = result->status != 206 && result->status != 304;
    return resume && !repeated ? &resume->validators : &result->validators;
}

/* The server's time of the file, which 206 and 304 need not repeat. */
static int64_t file_time(const struct download *download, const struct transfer_result *result)
{
    const char *date = download_validators(download, result)->last_modified;
    if (!download->store->dated)
        return -1;
    if (result->last_modified >= 0 || !*date)
        return result->last_modified;
    return http_date_parse(date, strlen(date));
}

int download_commit(struct download *download, const struct transfer_result *result)
{
    if (!download->part)
        return 0;
    const char *name = download->given ? download->given : download->entry->name;
    return part_commit(download->part, name, file_time(download, result), &download->file);
}

void download_close(struct download *download)
{
    if (download->file.kept)
        part_distrust(download->part); /* nobody needs it */
    part_free(download->part);
    free(download->file.path);
    free(download->given);
    download->part = NULL;
    download->given = NULL;
    download->file.path = NULL;
}
