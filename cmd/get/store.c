#include "cmd/get/store.h"

#include "cmd/get/part.h"
#include "engine/deadline.h"
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/vfs.h>
#include <unistd.h>

/* Two buffers for each job, within the total, in a power of two. */
static size_t choose_large_size(const struct get_options *options)
{
    size_t jobs = (size_t)options->jobs * (options->split ? options->split : 1) /
                      (options->threads ? options->threads : 1) +
                  1;
    size_t size = LIMIT_BUFFER_LARGE;
    while (size > LIMIT_BUFFER_LARGE_LEAST && size * 2 * jobs > LIMIT_LARGE_TOTAL)
        size /= 2;
    return size;
}

/* Where files are memory, writing is copying: handing that over costs more than it spares. */
static enum store_strategy choose_strategy(const struct store_directory *directory)
{
    struct statfs status;
    if (directory->dir_fd >= 0 && fstatfs(directory->dir_fd, &status) == 0 &&
        (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC))
        return STORE_IN_PLACE;
    return STORE_BATCHED;
}

static uint32_t random_tag(void)
{
    uint32_t tag;
    if (getrandom(&tag, sizeof tag, GRND_NONBLOCK) == sizeof tag)
        return tag;
    return (uint32_t)deadline_clock();
}

struct store *store_new(const struct store_directory *directory, const struct get_options *options)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return NULL;
    *store = (struct store){
        .directory = directory,
        .publisher =
            {
                .dir_fd = directory->dir_fd,
                .parts_fd = directory->parts_fd,
                .if_exists = options->if_exists,
                .fsync = options->fsync,
            },
        .large_size = choose_large_size(options),
        .discard = options->out_null,
        .to_stdout = options->to_stdout,
        .dated = !options->no_remote_time,
        .updates = options->if_exists == EXISTS_UPDATE,
        .checks_first = options->if_exists == EXISTS_SKIP || options->if_exists == EXISTS_FAIL,
    };
    snprintf(store->part_prefix, sizeof store->part_prefix, "%d-%08x-", (int)getpid(),
             random_tag());
    store->small_size =
        store->large_size < LIMIT_BUFFER_SMALL ? store->large_size : LIMIT_BUFFER_SMALL;
    buffers_init(&store->buffers, (const size_t[BUFFER_SIZES]){
                                      LIMIT_BUFFER_FIRST,
                                      LIMIT_BUFFER_SECOND,
                                      store->small_size,
                                      store->large_size,
                                  });
    bool in_place = choose_strategy(directory) == STORE_IN_PLACE;
    batcher_init(&store->batcher, in_place, options->fsync);
    return store;
}

void store_use(struct store *store, enum store_strategy strategy)
{
    batcher_clear(&store->batcher);
    batcher_init(&store->batcher, strategy == STORE_IN_PLACE, store->publisher.fsync);
}

void store_free(struct store *store)
{
    if (!store)
        return;
    batcher_clear(&store->batcher);
    buffers_clear(&store->buffers);
    free(store);
}

bool store_is_crowded(const struct store *store)
{
    return reserve_is_reached(&store->directory->reserve);
}

bool store_error_is_machine(int error)
{
    switch (-error) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EIO:
    case EACCES:
    case EPERM:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case EPIPE:
    case ESTALE:
    case ENODEV:
    case EBADF: /* standard output, closed */
        return true;
    default:
        return false;
    }
}
