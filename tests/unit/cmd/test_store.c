/* Bodies of all sizes, on all grounds, end up whole under the right name. */
#include "store_harness.h"

#include "engine/sched/group.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Runs `body` on every ground, each time in an empty directory. */
static void everywhere(void (*prepare)(struct scratch *), void (*body)(struct scratch *))
{
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        if (prepare)
            prepare(&scratch);
        on_ground(&scratch, ground, body);
        scratch_close(&scratch);
    }
}

static const size_t sizes[] = {0,     1,     16,     17,     4096,   4097,   16384,   65535,
                               65536, 65537, 262144, 262145, 327680, 600000, 1048576, 3000001};

static void all_sizes(struct scratch *scratch)
{
    static const size_t chunks[] = {1000, 16384, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        for (size_t j = 0; j < sizeof chunks / sizeof *chunks; j++) {
            for (int announced = 0; announced < 2; announced++) {
                struct download download;
                assert_int_equal(open_named(&download, scratch->store, "file"), 0);
                assert_int_equal(
                    deliver(&download, sizes[i], chunks[j], announced ? (int64_t)sizes[i] : -1), 0);
                assert_int_equal(commit(&download, -1), 0);
                assert_string_equal(download.file.path, "file");
                download_close(&download);
                assert_true(holds(scratch, "file", sizes[i]));
                assert_int_equal(parts_left(scratch), 0);
            }
        }
    }
}

static void bodies_of_all_sizes_are_whole(void **state)
{
    (void)state;
    everywhere(NULL, all_sizes);
}

static void wrong_length(struct scratch *scratch)
{
    static const int64_t announced[] = {1, 100, 100000, INT64_MAX};
    for (size_t i = 0; i < sizeof announced / sizeof *announced; i++) {
        struct download download;
        assert_int_equal(open_named(&download, scratch->store, "file"), 0);
        assert_int_equal(deliver(&download, 90000, 5000, announced[i]), 0);
        assert_int_equal(commit(&download, -1), 0);
        download_close(&download);
        assert_true(holds(scratch, "file", 90000));
    }
}

static void content_length_is_only_a_hint(void **state)
{
    (void)state;
    everywhere(NULL, wrong_length);
}

static void times_and_mode(struct scratch *scratch)
{
    static const size_t lengths[] = {100, 500000};
    mode_t mask = umask(027);
    for (size_t i = 0; i < 2; i++) {
        struct download download;
        struct stat status;
        char path[128];
        assert_int_equal(open_named(&download, scratch->store, "dated"), 0);
        assert_int_equal(deliver(&download, lengths[i], 4000, -1), 0);
        assert_int_equal(commit(&download, 784111777), 0);
        download_close(&download);
        snprintf(path, sizeof path, "%s/dated", scratch->dir);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mtime, 784111777);
        assert_int_equal(status.st_mode & 07777, 0640);
    }
    umask(mask);
}

static void files_get_the_servers_time(void **state)
{
    (void)state;
    everywhere(NULL, times_and_mode);
}

static void restarted(struct scratch *scratch)
{
    static const size_t firsts[] = {0, 100, 400000};
    for (size_t i = 0; i < 3; i++) {
        struct download download;
        assert_int_equal(open_named(&download, scratch->store, "again"), 0);
        assert_int_equal(deliver(&download, firsts[i], 9000, -1), 0);
        assert_int_equal(download_restart(&download), 0);
        assert_int_equal(parts_left(scratch), 0);
        assert_int_equal(deliver(&download, 200000, 9000, 200000), 0);
        assert_int_equal(download_restart(&download), 0);
        assert_int_equal(deliver(&download, 50, 9000, 50), 0);
        assert_int_equal(commit(&download, -1), 0);
        download_close(&download);
        assert_true(holds(scratch, "again", 50));
    }
}

static void another_try_begins_anew(void **state)
{
    (void)state;
    everywhere(NULL, restarted);
}

static void abandoned(struct scratch *scratch)
{
    static const size_t lengths[] = {0, 100, 400000};
    for (size_t i = 0; i < 3; i++) {
        struct download download;
        assert_int_equal(open_named(&download, scratch->store, "never"), 0);
        assert_int_equal(deliver(&download, lengths[i], 9000, -1), 0);
        download_close(&download);
        assert_false(exists(scratch, "never"));
        assert_int_equal(parts_left(scratch), 0);
    }
}

static void what_is_not_committed_leaves_nothing(void **state)
{
    (void)state;
    everywhere(NULL, abandoned);
}

static void taken(struct scratch *scratch)
{
    plant(scratch, "old", 10);
    plant(scratch, "old.tar.gz", 10);
}

static void overwriting(struct scratch *scratch)
{
    assert_int_equal(save(scratch, "old", 77), 0);
    assert_true(holds(scratch, "old", 77));
}

static void skipping(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, "old"), -EEXIST);
    download_close(&download);
    assert_int_equal(save(scratch, "new", 77), 0);
    /* One that appears meanwhile is not touched either. */
    assert_int_equal(open_named(&download, scratch->store, "late"), 0);
    assert_int_equal(deliver(&download, 20, 20, -1), 0);
    plant(scratch, "late", 10);
    assert_int_equal(commit(&download, -1), -EEXIST);
    download_close(&download);
    assert_true(holds(scratch, "late", 10));
    assert_true(holds(scratch, "old", 10));
    assert_true(holds(scratch, "new", 77));
}

static void renaming(struct scratch *scratch)
{
    struct download download;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(open_named(&download, scratch->store, "old.tar.gz"), 0);
        assert_int_equal(deliver(&download, 77, 20, -1), 0);
        assert_int_equal(commit(&download, -1), 0);
        assert_string_not_equal(download.file.path, "old.tar.gz");
        assert_true(holds(scratch, download.file.path, 77));
        download_close(&download);
    }
    assert_int_equal(save(scratch, "free", 5), 0);
    assert_true(holds(scratch, "free", 5));
    assert_true(holds(scratch, "old.tar.gz", 10));
}

static void set_skip(struct scratch *scratch)
{
    taken(scratch);
    scratch->options.if_exists = EXISTS_SKIP;
}

static void set_fail(struct scratch *scratch)
{
    taken(scratch);
    scratch->options.if_exists = EXISTS_FAIL;
}

static void set_rename(struct scratch *scratch)
{
    taken(scratch);
    scratch->options.if_exists = EXISTS_RENAME;
}

static void if_exists_is_obeyed(void **state)
{
    (void)state;
    everywhere(taken, overwriting);
    everywhere(set_skip, skipping);
    everywhere(set_fail, skipping);
    everywhere(set_rename, renaming);
}

static void set_fsync(struct scratch *scratch)
{
    scratch->options.fsync = true;
}

static void nested(struct scratch *scratch)
{
    assert_int_equal(save(scratch, "example.org:81/a/b/file", 500), 0);
    assert_int_equal(save(scratch, "example.org:81/a/other", 90000), 0);
    assert_int_equal(save(scratch, "plain", 1), 0);
    assert_true(holds(scratch, "example.org:81/a/b/file", 500));
    assert_true(holds(scratch, "example.org:81/a/other", 90000));
    assert_true(holds(scratch, "plain", 1));
}

static void directories_are_made(void **state)
{
    (void)state;
    everywhere(NULL, nested);
    everywhere(set_fsync, nested);
}

/* Many at once, so that batches fill, wait for each other, and go in several. */
struct crowd {
    struct scratch *scratch;
    unsigned number;
};

static void *crowd_task(void *arg)
{
    struct crowd *crowd = arg;
    char name[32];
    snprintf(name, sizeof name, "file-%u", crowd->number);
    assert_int_equal(save(crowd->scratch, name, crowd->number * 700), 0);
    return NULL;
}

static void crowded(struct scratch *scratch)
{
    static struct crowd crowds[300];
    struct group group;
    group_init(&group);
    for (unsigned i = 0; i < 300; i++) {
        crowds[i] = (struct crowd){scratch, i};
        assert_int_equal(group_spawn(&group, crowd_task, &crowds[i]), 0);
    }
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    for (unsigned i = 0; i < 300; i++) {
        char name[32];
        snprintf(name, sizeof name, "file-%u", i);
        assert_true(holds(scratch, name, i * 700));
    }
}

static void many_tasks_share_a_store(void **state)
{
    (void)state;
    for (enum ground ground = GROUND_IN_PLACE; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        on_ground(&scratch, ground, crowded);
        scratch_close(&scratch);
    }
}

/* A worker with a scheduler and a store of its own, as --threads has them. */
static void *worker_task(void *arg)
{
    struct scratch scratch = *(struct scratch *)arg;
    static atomic_uint files;
    scratch.store = store_new(&scratch.directory, &scratch.options);
    assert_non_null(scratch.store);
    store_use(scratch.store, STORE_BATCHED);
    for (unsigned i = 0; i < 100; i++) {
        char name[32];
        snprintf(name, sizeof name, "w-%u", atomic_fetch_add(&files, 1));
        assert_int_equal(save(&scratch, name, i * 2000), 0);
        assert_true(holds(&scratch, name, i * 2000));
    }
    store_free(scratch.store);
    return NULL;
}

static void *worker_thread(void *arg)
{
    engine_run(worker_task, arg, NULL);
    return NULL;
}

static void threads_share_a_directory(void **state)
{
    (void)state;
    struct scratch scratch;
    pthread_t threads[3];
    char *place = NULL;
    scratch_open(&scratch);
    assert_int_equal(store_directory_open(&scratch.directory, &scratch.options, &place), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, worker_thread, &scratch), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_true(atomic_load(scratch.directory.received) > 0);
    store_directory_close(&scratch.directory);
    scratch_close(&scratch);
}

static void thrown_away(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, NULL), 0);
    assert_null(download.part);
    assert_int_equal(deliver(&download, 100000, 16384, -1), 0);
    assert_int_equal(download_restart(&download), 0);
    assert_int_equal(commit(&download, 5), 0);
    assert_null(download.file.path);
    download_close(&download);
    assert_int_equal(atomic_load(scratch->directory.received), 100000);
}

static void set_out_null(struct scratch *scratch)
{
    scratch->options.out_null = true;
    rmdir(scratch->dir); /* it is not even made */
}

static void out_null_touches_nothing(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    set_out_null(&scratch);
    on_ground(&scratch, GROUND_BATCHED, thrown_away);
    assert_false(exists(&scratch, ""));
}

/* A task that is canceled while the pool writes: what it leaves behind must not be its stack. */
static void *canceled_task(void *arg)
{
    struct scratch *scratch = arg;
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, "cut"), 0);
    int error = deliver(&download, 8 << 20, 16384, -1);
    assert_true(error == 0 || error == -ECANCELED);
    download_close(&download);
    return NULL;
}

static void canceling(struct scratch *scratch)
{
    for (int i = 0; i < 50; i++) {
        struct task *task = task_spawn(NULL, canceled_task, scratch);
        assert_non_null(task);
        for (int turns = 0; turns < i; turns++)
            task_yield();
        task_cancel(task);
        assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
        assert_false(exists(scratch, "cut"));
        assert_int_equal(parts_left(scratch), 0);
    }
}

static void cancellation_waits_for_the_write(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    on_ground(&scratch, GROUND_BATCHED, canceling);
    scratch_close(&scratch);
}

static void *committing_task(void *arg)
{
    struct scratch *scratch = arg;
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, "whole"), 0);
    assert_int_equal(deliver(&download, 300000, 300000, -1), 0);
    task_cancel(task_self());
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    return NULL;
}

static void commit_despite_cancel(struct scratch *scratch)
{
    struct task *task = task_spawn(NULL, committing_task, scratch);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_true(holds(scratch, "whole", 300000));
}

static void what_arrived_in_full_is_kept(void **state)
{
    (void)state;
    for (enum ground ground = GROUND_IN_PLACE; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        on_ground(&scratch, ground, commit_despite_cancel);
        scratch_close(&scratch);
    }
}

static void pausing(struct scratch *scratch)
{
    /* Without waiting in between, the disk must fall behind sooner or later. */
    assert_int_equal(save(scratch, "long", 64 << 20), 0);
    assert_true(pauses_seen() > 0);
    assert_true(holds(scratch, "long", 64 << 20));
}

static void full_buffers_pause_the_transfer(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    pauses_seen();
    on_ground(&scratch, GROUND_BATCHED, pausing);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_of_all_sizes_are_whole),
        cmocka_unit_test(content_length_is_only_a_hint),
        cmocka_unit_test(files_get_the_servers_time),
        cmocka_unit_test(another_try_begins_anew),
        cmocka_unit_test(what_is_not_committed_leaves_nothing),
        cmocka_unit_test(if_exists_is_obeyed),
        cmocka_unit_test(directories_are_made),
        cmocka_unit_test(many_tasks_share_a_store),
        cmocka_unit_test(threads_share_a_directory),
        cmocka_unit_test(out_null_touches_nothing),
        cmocka_unit_test(cancellation_waits_for_the_write),
        cmocka_unit_test(what_arrived_in_full_is_kept),
        cmocka_unit_test(full_buffers_pause_the_transfer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
