/* folder_copy.c - copies a folder on the offload pool and shows a live percentage.
 *
 *     folder_copy FROM TO
 *
 * Files cannot be waited for as sockets can: reading one blocks. So list_folder() and copy_file()
 * run on the pool's threads, while the loop stays free for progress(), which wakes every
 * millisecond. Look at copy_all(): it submits file after file and parks by itself when the pool's
 * queue is full, so a folder of a million files needs no million jobs in memory.
 */
#include "engine/engine.h"
#include "must.h"
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

enum { THREADS = 4, QUEUE_LENGTH = 8, CHUNK_BYTES = 64 * 1024, TICK_MS = 1 };

struct copy {
    const char *from;
    const char *to;
    struct file *files; /* what list_folder() found */
    size_t file_count;
    long total_bytes;
    atomic_long copied_bytes; /* the threads add, the loop reads */
    size_t pending;           /* the loop's own, as all below */
    int error;                /* the first, -errno */
    struct event all_done;
};

struct file {
    struct copy *copy;
    struct file *next;
    mode_t mode;
    char *from;
    char *to;
    long result; /* 0 or -errno */
};

static char *join_path(const char *folder, const char *rest)
{
    char *path = NULL;
    if (asprintf(&path, "%s%s", folder, rest) < 0)
        path = NULL;
    return must_have(path, "asprintf");
}

static void add_file(struct copy *copy, const FTSENT *entry, char *to)
{
    struct file *file = must_have(calloc(1, sizeof(*file)), "calloc");
    *file = (struct file){.copy = copy, .next = copy->files, .mode = entry->fts_statp->st_mode};
    file->from = must_have(strdup(entry->fts_path), "strdup");
    file->to = to;
    copy->files = file;
    copy->file_count++;
    copy->total_bytes += entry->fts_statp->st_size;
}

static void visit(struct copy *copy, const FTSENT *entry)
{
    char *to = join_path(copy->to, entry->fts_path + strlen(copy->from));
    if (entry->fts_info == FTS_F) {
        add_file(copy, entry, to);
        return;
    }
    if (entry->fts_info == FTS_D) {
        if (mkdir(to, 0777) < 0 && errno != EEXIST)
            must(-errno, to);
    } else if (entry->fts_errno != 0) {
        must(-entry->fts_errno, entry->fts_path);
    } else if (entry->fts_info != FTS_DP) {
        fprintf(stderr, "%s: neither file nor folder, skipped\n", entry->fts_path);
    }
    free(to);
}

/* On a pool thread: makes the folders, notes the files. */
static void *list_folder(void *arg)
{
    struct copy *copy = arg;
    char *roots[] = {(char *)copy->from, NULL};
    FTS *tree = must_have(fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL), copy->from);
    for (FTSENT *entry = fts_read(tree); entry; entry = fts_read(tree))
        visit(copy, entry);
    fts_close(tree);
    return NULL;
}

static long copy_bytes(int in, int out, atomic_long *copied)
{
    char chunk[CHUNK_BYTES];
    for (;;) {
        ssize_t got = read(in, chunk, sizeof(chunk));
        if (got <= 0)
            return got < 0 ? -errno : 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(out, chunk + done, (size_t)(got - done));
            if (put < 0)
                return -errno;
            done += put;
        }
        atomic_fetch_add(copied, got);
    }
}

/* On a pool thread. */
static void *copy_file(void *arg)
{
    struct file *file = arg;
    int out = -1;
    int in = open(file->from, O_RDONLY | O_CLOEXEC);
    if (in >= 0)
        out = open(file->to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, file->mode & 0777);
    file->result = out < 0 ? -errno : copy_bytes(in, out, &file->copy->copied_bytes);
    if (out >= 0 && close(out) < 0 && file->result == 0)
        file->result = -errno;
    if (in >= 0)
        close(in);
    return file;
}

/* Back on the loop's thread. */
static void on_copied(void *ctx, void *value)
{
    struct copy *copy = ctx;
    struct file *file = value;
    if (file->result < 0) {
        fprintf(stderr, "%s: %s\n", file->from, strerror((int)-file->result));
        copy->error = copy->error ? copy->error : (int)file->result;
    }
    if (--copy->pending == 0)
        event_set(&copy->all_done);
}

static void copy_all(struct copy *copy)
{
    struct offload_pool *pool =
        must_have(offload_pool_new(THREADS, QUEUE_LENGTH), "offload_pool_new");
    copy->pending = 1; /* ourselves, until all are submitted */
    for (struct file *file = copy->files; file; file = file->next) {
        struct future *future;
        must(offload_submit(pool, copy_file, file, &future), "offload_submit");
        copy->pending++;
        must(future_then(future, on_copied, copy), "future_then");
        future_free(future); /* only the handle: the callback comes all the same */
    }
    if (--copy->pending > 0)
        must(event_wait(&copy->all_done, DEADLINE_NEVER), "event_wait");
    offload_pool_free(pool);
}

static int percent(struct copy *copy)
{
    if (copy->total_bytes == 0)
        return 100;
    return (int)(100.0 * (double)atomic_load(&copy->copied_bytes) / (double)copy->total_bytes);
}

/* A task beside the copying; ends when it is canceled. */
static void *progress(void *arg)
{
    struct copy *copy = arg;
    int shown = -1;
    do {
        if (percent(copy) != shown) {
            shown = percent(copy);
            printf("\r%3d %%", shown);
            fflush(stdout);
        }
    } while (task_sleep(deadline_in_ms(TICK_MS)) == 0);
    return NULL;
}

static void free_files(struct copy *copy)
{
    while (copy->files) {
        struct file *file = copy->files;
        copy->files = file->next;
        free(file->from);
        free(file->to);
        free(file);
    }
}

static void *program(void *arg)
{
    struct copy *copy = arg;
    struct group group;
    event_init(&copy->all_done);
    must(offload(list_folder, copy, NULL, DEADLINE_NEVER), "offload");
    must(group_init(&group), "group_init");
    must(group_spawn(&group, progress, copy), "group_spawn");
    copy_all(copy);
    group_close(&group);
    printf("\r%3d %%  %zu files, %ld bytes%s\n", percent(copy), copy->file_count, copy->total_bytes,
           copy->error ? ", with errors" : "");
    free_files(copy);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: folder_copy FROM TO\n");
        return EXIT_FAILURE;
    }
    struct copy copy = {.from = argv[1], .to = argv[2]};
    must(engine_run(program, &copy, NULL), "engine_run");
    return copy.error ? EXIT_FAILURE : EXIT_SUCCESS;
}
