/* keep.c - a body that brings nothing new: what is there of it stays. */
#include "cmd/get/part.h"
#include "cmd/get/same.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* So much is compared before it is asked whether anybody still wants it. */
#define COMPARE_STEP (16 << 20)

struct comparison {
    struct batch_job job;
    struct download *download;
    const struct known *known;
    const char *served;
    int64_t size;
    struct stored_file there;
    int fd; /* of what is there; -1: nothing that could be the same */
    off_t at;
    bool same; /* as far as it is compared */
};

static void open_other(struct comparison *comparison)
{
    const struct download *download = comparison->download;
    comparison->fd =
        same_open(&download->store->publisher, comparison->known, download->entry->name,
                  comparison->served, comparison->size, &comparison->there);
    comparison->same = comparison->fd >= 0;
}

static void close_other(struct comparison *comparison)
{
    if (comparison->fd >= 0)
        close(comparison->fd);
    comparison->fd = -1;
}

/* What lies in the buffer, together with other small files. */
static void compare_gathered(struct batch_job *job)
{
    struct comparison *comparison = list_entry(job, struct comparison, job);
    const struct part *part = comparison->download->part;
    open_other(comparison);
    if (comparison->same)
        comparison->same = same_bytes(comparison->fd, part->filling.data, part->filled, 0);
    close_other(comparison);
}

/* A part, by itself: it would hold up the small files. */
static void *compare_step(void *arg)
{
    struct comparison *comparison = arg;
    if (comparison->at == 0)
        open_other(comparison);
    int64_t left = comparison->size - comparison->at;
    size_t size = left < COMPARE_STEP ? (size_t)left : COMPARE_STEP;
    if (comparison->same)
        comparison->same =
            same_files(comparison->download->part->file.fd, comparison->fd, comparison->at, size);
    comparison->at += (off_t)size;
    if (!comparison->same || comparison->at == comparison->size)
        close_other(comparison);
    return NULL;
}

/* Whoever is interrupted publishes what has come. */
static void compare_part(struct comparison *comparison)
{
    int error = part_flush(comparison->download->part);
    do {
        if (!error)
            error = task_canceled() ? -ECANCELED
                                    : offload(compare_step, comparison, NULL, DEADLINE_NEVER);
    } while (!error && comparison->same && comparison->at < comparison->size);
    comparison->same = comparison->same && !error;
}

/* Is there a file to compare with, under the name that the body would get? */
static bool is_comparable(const struct download *download, const struct known *known)
{
    const struct part *part = download->part;
    const char *name = download->entry->name;
    return part && !part->pieces && !part->error && known && known->size >= 0 && !known->renamed &&
           (!download->given || strcmp(download->given, name) == 0);
}

/* Takes the place of a commit. */
static bool keep(struct download *download, const struct stored_file *there)
{
    char *path = strdup(download->entry->name);
    if (!path)
        return false;
    download->file = *there;
    download->file.path = path;
    download->file.kept = true;
    return true;
}

bool download_keep(struct download *download, const char *served)
{
    struct comparison comparison = {
        .job.run = compare_gathered,
        .download = download,
        .known = download_known(download),
        .served = served,
        .fd = -1,
    };
    if (!is_comparable(download, comparison.known))
        return false;
    part_settle(download->part);
    comparison.size = download_size(download);
    if (part_file_exists(&download->part->file))
        compare_part(&comparison);
    else
        batcher_run(&download->store->batcher, &comparison.job);
    close_other(&comparison); /* of who was interrupted */
    return comparison.same && keep(download, &comparison.there);
}
