#include "store_harness.h"

#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Stands in for net's: what a sink gets to see of a transfer. */
struct transfer {
    struct task *task;
    bool resumed;
};

static unsigned pauses;

void transfer_resume(struct transfer *transfer)
{
    transfer->resumed = true;
    task_wake(transfer->task);
}

unsigned pauses_seen(void)
{
    unsigned seen = pauses;
    pauses = 0;
    return seen;
}

void scratch_open(struct scratch *scratch)
{
    static char list[] = "urls.txt";
    *scratch = (struct scratch){.dir = "/tmp/test_store_XXXXXX"};
    assert_non_null(mkdtemp(scratch->dir));
    scratch->sources[0] = list;
    scratch->options = (struct get_options){
        .sources = scratch->sources,
        .source_count = 1,
        .directory = scratch->dir,
        .jobs = 8,
        .threads = 1,
    };
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    (void)place;
    return remove(path);
}

void scratch_close(struct scratch *scratch)
{
    assert_int_equal(parts_left(scratch), -1);
    assert_int_equal(nftw(scratch->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

struct run {
    struct scratch *scratch;
    enum ground ground;
    void (*body)(struct scratch *);
};

static void *run_body(void *arg)
{
    struct run *run = arg;
    struct scratch *scratch = run->scratch;
    scratch->store = store_new(&scratch->directory, &scratch->options);
    assert_non_null(scratch->store);
    store_use(scratch->store, run->ground == GROUND_BATCHED ? STORE_BATCHED : STORE_IN_PLACE);
    run->body(scratch);
    store_free(scratch->store);
    scratch->store = NULL;
    return NULL;
}

void on_ground(struct scratch *scratch, enum ground ground, void (*body)(struct scratch *))
{
    struct run run = {.scratch = scratch, .ground = ground, .body = body};
    char *place = NULL;
    assert_int_equal(store_directory_open(&scratch->directory, &scratch->options, &place), 0);
    if (ground == GROUND_BLOCKING)
        run_body(&run);
    else
        assert_int_equal(engine_run(run_body, &run, NULL), 0);
    store_directory_close(&scratch->directory);
}

char *body_bytes(size_t length)
{
    char *bytes = malloc(length + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)((i * 2654435761U) >> 13);
    return bytes;
}

int open_named(struct download *download, struct store *store, const char *name)
{
    /* The download keeps a pointer to it. */
    static _Thread_local struct entry entries[512];
    static _Thread_local size_t used;
    struct entry *entry = &entries[used++ % 512];
    *entry = (struct entry){.name = (char *)name};
    return download_open(download, store, entry);
}

int commit(struct download *download, int64_t last_modified)
{
    const struct transfer_result result = {.status = 200, .last_modified = last_modified};
    return download_commit(download, &result);
}

static int write_chunk(struct download *download, struct transfer *transfer, const char *data,
                       size_t size)
{
    int result;
    while ((result = download->sink.write(&download->sink, data, size)) == SINK_PAUSE) {
        pauses++;
        while (!transfer->resumed) {
            int error = task_park(DEADLINE_NEVER);
            if (error)
                return error;
        }
        transfer->resumed = false;
    }
    return result;
}

int deliver_range(struct download *download, const struct transfer_result *headers, size_t first,
                  size_t end, size_t chunk)
{
    struct transfer transfer = {.task = task_self()};
    char *bytes = body_bytes(end);
    int error = download->sink.begin(&download->sink, &transfer, headers);
    for (size_t at = first; !error && at < end; at += chunk) {
        size_t size = end - at < chunk ? end - at : chunk;
        error = write_chunk(download, &transfer, bytes + at, size);
    }
    free(bytes);
    return error;
}

int deliver(struct download *download, size_t length, size_t chunk, int64_t announced)
{
    struct transfer_result headers = {
        .status = 200,
        .content_length = announced,
        .last_modified = -1,
    };
    return deliver_range(download, &headers, 0, length, chunk);
}

int save(struct scratch *scratch, const char *name, size_t length)
{
    struct download download;
    int error = open_named(&download, scratch->store, name);
    if (!error)
        error = deliver(&download, length, 16384, (int64_t)length);
    if (!error)
        error = commit(&download, -1);
    download_close(&download);
    return error;
}

static char *path_of(const struct scratch *scratch, const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", scratch->dir, name) > 0);
    return path;
}

bool holds(const struct scratch *scratch, const char *name, size_t length)
{
    char *path = path_of(scratch, name);
    char *expected = body_bytes(length);
    char *found = malloc(length + 1);
    assert_non_null(found);
    FILE *file = fopen(path, "re");
    bool same =
        file && fread(found, 1, length + 1, file) == length && memcmp(found, expected, length) == 0;
    if (file)
        fclose(file);
    free(found);
    free(expected);
    free(path);
    return same;
}

bool exists(const struct scratch *scratch, const char *name)
{
    char *path = path_of(scratch, name);
    struct stat status;
    bool there = lstat(path, &status) == 0;
    free(path);
    return there;
}

int parts_left(const struct scratch *scratch)
{
    char *path = path_of(scratch, ".fetch");
    DIR *stream = opendir(path);
    struct dirent *entry;
    int count = 0;
    free(path);
    if (!stream)
        return -1;
    while ((entry = readdir(stream)))
        count += entry->d_name[0] != '.';
    closedir(stream);
    return count;
}

void plant(const struct scratch *scratch, const char *name, size_t length)
{
    char *path = path_of(scratch, name);
    char *bytes = body_bytes(length);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    free(bytes);
    free(path);
}
