#include "cmd/get/part.h"
#include "cmd/get/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>

static struct download *download_of(struct sink *sink)
{
    return list_entry(sink, struct download, sink);
}

static int download_begin(struct sink *sink, struct transfer *transfer,
                          const struct transfer_result *result)
{
    struct download *download = download_of(sink);
    if (download->part)
        part_begin(download->part, transfer, result->content_length);
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

/* Is the name taken? */
struct look {
    struct batch_job job;
    const struct store *store;
    const char *name;
    int error;
};

static void look_run(struct batch_job *job)
{
    struct look *look = list_entry(job, struct look, job);
    struct stat status;
    /* Whatever else keeps us from seeing it will be told when the file is to get its name. */
    if (fstatat(look->store->publisher.dir_fd, look->name, &status, AT_SYMLINK_NOFOLLOW))
        return;
    look->error = S_ISDIR(status.st_mode) ? -EISDIR : -EEXIST;
}

int download_open(struct download *download, struct store *store, const char *name)
{
    bool discard = store->discard || (!name && !store->to_stdout);
    *download = (struct download){
        .sink = {.begin = download_begin, .write = download_write},
        .store = store,
        .name = name,
    };
    if (discard)
        return 0;
    if (store->checks_first && !store->to_stdout) {
        struct look look = {.job.run = look_run, .store = store, .name = name};
        batcher_run(&store->batcher, &look.job);
        if (look.error)
            return look.error;
    }
    download->part = part_new(store);
    return download->part ? 0 : -ENOMEM;
}

int download_restart(struct download *download)
{
    return download->part ? part_drop(download->part) : 0;
}

int download_commit(struct download *download, int64_t last_modified)
{
    if (!download->part)
        return 0;
    return part_commit(download->part, download->name, last_modified, &download->path);
}

void download_close(struct download *download)
{
    part_free(download->part);
    free(download->path);
    download->part = NULL;
    download->path = NULL;
}
