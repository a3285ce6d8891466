/* DIR and DIR/.fetch/: made, locked, shared, swept, removed. */
#include "store_harness.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char url[] = "http://example.org/file";
static char *urls[] = {url};

/* The options of a run for a single URL into the same directory. */
static struct get_options single(const struct scratch *scratch)
{
    struct get_options options = scratch->options;
    options.sources = urls;
    return options;
}

static int open_quietly(struct store_directory *directory, const struct get_options *options)
{
    char *place = NULL;
    int error = store_directory_open(directory, options, &place);
    free(place);
    return error;
}

static void directories_are_made_on_the_way(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory directory;
    char deep[128];
    scratch_open(&scratch);
    static const char *const ends[] = {"/a/b/c", "/d/", "//e///f//", "/a/./b/../x"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct stat status;
        snprintf(deep, sizeof deep, "%s%s", scratch.dir, ends[i]);
        scratch.options.directory = deep;
        assert_int_equal(open_quietly(&directory, &scratch.options), 0);
        assert_int_equal(stat(deep, &status), 0);
        assert_true(S_ISDIR(status.st_mode));
        store_directory_close(&directory);
    }
    scratch_close(&scratch);
}

static void what_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory directory;
    char path[128];
    char *place = NULL;
    scratch_open(&scratch);
    plant(&scratch, "file", 3);
    scratch.options.directory = path;
    snprintf(path, sizeof path, "%s/file", scratch.dir);
    assert_int_equal(store_directory_open(&directory, &scratch.options, &place), -ENOTDIR);
    assert_non_null(strstr(place, path));
    assert_non_null(strstr(place, "Not a directory"));
    free(place);
    snprintf(path, sizeof path, "%s/file/below", scratch.dir);
    assert_int_equal(open_quietly(&directory, &scratch.options), -ENOTDIR);
    /* Nothing was opened: closing it again does no harm. */
    store_directory_close(&directory);
    scratch_close(&scratch);
}

static void parts_are_no_symbolic_link(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory directory;
    char path[128];
    scratch_open(&scratch);
    snprintf(path, sizeof path, "%s/.fetch", scratch.dir);
    assert_int_equal(symlink("/tmp", path), 0);
    assert_int_equal(open_quietly(&directory, &scratch.options), -ENOTDIR);
    assert_int_equal(unlink(path), 0);
    scratch_close(&scratch);
}

static void a_second_list_is_turned_away(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory first, second;
    char *place = NULL;
    scratch_open(&scratch);
    assert_int_equal(open_quietly(&first, &scratch.options), 0);
    assert_int_equal(store_directory_open(&second, &scratch.options, &place), -EBUSY);
    assert_non_null(strstr(place, "in use by another fetch"));
    free(place);
    store_directory_close(&first);
    assert_int_equal(open_quietly(&second, &scratch.options), 0);
    store_directory_close(&second);
    scratch_close(&scratch);
}

static void single_urls_share_a_directory(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory list, first, second;
    scratch_open(&scratch);
    struct get_options one = single(&scratch);
    assert_int_equal(open_quietly(&list, &scratch.options), 0);
    assert_true(list.locked);
    assert_int_equal(open_quietly(&first, &one), 0);
    assert_int_equal(open_quietly(&second, &one), 0);
    assert_false(first.locked);
    /* The list ends; the directory stays for the others, until the last one leaves. */
    store_directory_close(&list);
    assert_int_equal(parts_left(&scratch), 1);
    int fd = openat(first.parts_fd, "still", O_CREAT | O_WRONLY, 0666);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(unlinkat(first.parts_fd, "still", 0), 0);
    store_directory_close(&first);
    store_directory_close(&second);
    scratch_close(&scratch);
}

static void a_list_keeps_its_directory(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory list, one;
    scratch_open(&scratch);
    assert_int_equal(open_quietly(&list, &scratch.options), 0);
    struct get_options options = single(&scratch);
    assert_int_equal(open_quietly(&one, &options), 0);
    store_directory_close(&one);
    assert_int_equal(parts_left(&scratch), 0);
    store_directory_close(&list);
    scratch_close(&scratch);
}

static void touch(const struct scratch *scratch, const char *name)
{
    char path[300];
    snprintf(path, sizeof path, ".fetch/%s", name);
    plant(scratch, path, 3);
}

/* A process id that was in use and is not any more. */
static pid_t dead_pid(void)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return pid;
}

/* One of this program's that is at work; to be killed. */
static pid_t living_pid(void)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    while (pid == 0)
        pause();
    return pid;
}

static void dead_parts_are_swept(struct scratch *scratch, const struct get_options *options)
{
    struct store_directory directory;
    char name[4][64], path[128];
    pid_t living = living_pid();
    snprintf(path, sizeof path, "%s/.fetch", scratch->dir);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(name[0], 64, "%d-00c0ffee-1.part", (int)dead_pid());
    snprintf(name[1], 64, "%d-00c0ffee-1.part", (int)getpid());
    snprintf(name[2], 64, "%d-00c0ffee-1.part", (int)living);
    snprintf(name[3], 64, "%d-00c0ffee-1.note", (int)dead_pid());
    for (int i = 0; i < 4; i++)
        touch(scratch, name[i]);
    touch(scratch, "journal.part");
    assert_int_equal(open_quietly(&directory, options), 0);
    assert_int_equal(faccessat(directory.parts_fd, name[0], F_OK, 0), -1);
    assert_int_equal(faccessat(directory.parts_fd, name[1], F_OK, 0), -1);
    for (int i = 2; i < 4; i++)
        assert_int_equal(unlinkat(directory.parts_fd, name[i], 0), 0);
    assert_int_equal(unlinkat(directory.parts_fd, "journal.part", 0), 0);
    store_directory_close(&directory);
    assert_int_equal(kill(living, SIGKILL), 0);
    assert_int_equal(waitpid(living, NULL, 0), living);
}

static void only_dead_parts_are_swept(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    dead_parts_are_swept(&scratch, &scratch.options);
    struct get_options one = single(&scratch);
    dead_parts_are_swept(&scratch, &one);
    scratch_close(&scratch);
}

static void parts_of_dead_children_go_at_the_end(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    for (int i = 0; i < 2; i++) {
        struct store_directory directory;
        struct get_options options = i == 0 ? scratch.options : single(&scratch);
        char name[64];
        assert_int_equal(open_quietly(&directory, &options), 0);
        snprintf(name, sizeof name, "%d-00c0ffee-1.part", (int)dead_pid());
        touch(&scratch, name);
        store_directory_close(&directory);
        assert_int_equal(parts_left(&scratch), -1);
    }
    scratch_close(&scratch);
}

static void a_full_directory_stays(void **state)
{
    (void)state;
    struct scratch scratch;
    struct store_directory directory;
    scratch_open(&scratch);
    assert_int_equal(open_quietly(&directory, &scratch.options), 0);
    touch(&scratch, "journal");
    store_directory_close(&directory);
    assert_int_equal(parts_left(&scratch), 1);
    assert_int_equal(open_quietly(&directory, &scratch.options), 0);
    assert_int_equal(unlinkat(directory.parts_fd, "journal", 0), 0);
    store_directory_close(&directory);
    scratch_close(&scratch);
}

/* Runs that come and go at once never end up in a directory that is no more. */
static void *come_and_go(void *arg)
{
    struct get_options *options = arg;
    for (int i = 0; i < 300; i++) {
        struct store_directory directory;
        int error = open_quietly(&directory, options);
        if (error == -EBUSY)
            continue;
        assert_int_equal(error, 0);
        int fd = openat(directory.parts_fd, "x", O_CREAT | O_WRONLY, 0666);
        assert_true(fd >= 0);
        close(fd);
        (void)unlinkat(directory.parts_fd, "x", 0);
        store_directory_close(&directory);
    }
    return NULL;
}

static void the_directory_may_go_at_any_time(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    pid_t pids[3];
    for (int i = 0; i < 3; i++) {
        struct get_options options = i == 0 ? scratch.options : single(&scratch);
        pids[i] = fork();
        assert_true(pids[i] >= 0);
        if (pids[i] == 0) {
            come_and_go(&options);
            _exit(0);
        }
    }
    for (int i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    scratch_close(&scratch);
}

static void standard_output_needs_no_directory(void **state)
{
    (void)state;
    struct store_directory directory;
    struct get_options options = {
        .sources = urls, .source_count = 1, .directory = "/nowhere/at/all", .to_stdout = true};
    assert_int_equal(open_quietly(&directory, &options), 0);
    assert_int_equal(directory.dir_fd, -1);
    assert_non_null(directory.received);
    store_directory_close(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directories_are_made_on_the_way),
        cmocka_unit_test(what_cannot_be_opened_is_named),
        cmocka_unit_test(parts_are_no_symbolic_link),
        cmocka_unit_test(a_second_list_is_turned_away),
        cmocka_unit_test(single_urls_share_a_directory),
        cmocka_unit_test(a_list_keeps_its_directory),
        cmocka_unit_test(only_dead_parts_are_swept),
        cmocka_unit_test(parts_of_dead_children_go_at_the_end),
        cmocka_unit_test(a_full_directory_stays),
        cmocka_unit_test(the_directory_may_go_at_any_time),
        cmocka_unit_test(standard_output_needs_no_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
