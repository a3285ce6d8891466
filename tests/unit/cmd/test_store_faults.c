/* What goes wrong on the disk ends that one download, in the right words, and leaves nothing. */
#include "store_harness.h"

#include "engine/sched/blocking.h"
#include "engine/sched/task.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void everywhere(void (*body)(struct scratch *))
{
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        on_ground(&scratch, ground, body);
        scratch_close(&scratch);
    }
}

/* Files may not grow beyond this from here on; 0: they may again. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size ? size : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void no_room(struct scratch *scratch)
{
    static const size_t lengths[] = {5000, 70000, 3000000};
    for (size_t i = 0; i < 3; i++) {
        limit_files(4096);
        assert_int_equal(save(scratch, "full", lengths[i]), -EFBIG);
        limit_files(0);
        assert_false(exists(scratch, "full"));
        assert_int_equal(parts_left(scratch), 0);
        /* The store goes on with the next one. */
        assert_int_equal(save(scratch, "next", 100000), 0);
        assert_true(holds(scratch, "next", 100000));
    }
}

static void a_full_disk_fails_the_download(void **state)
{
    (void)state;
    everywhere(no_room);
}

static void try_after_error(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, "again"), 0);
    limit_files(4096);
    int error = deliver(&download, 2000000, 16384, -1);
    if (!error)
        error = commit(&download, -1);
    limit_files(0);
    assert_int_equal(error, -EFBIG);
    assert_int_equal(download_restart(&download), 0);
    assert_int_equal(deliver(&download, 150000, 16384, -1), 0);
    assert_int_equal(commit(&download, -1), 0);
    download_close(&download);
    assert_true(holds(scratch, "again", 150000));
}

static void a_restart_forgets_the_error(void **state)
{
    (void)state;
    everywhere(try_after_error);
}

/* The disk has room again by the time of the commit, but a write in between is lost. */
static void lost_write(struct scratch *scratch)
{
    struct download download;
    assert_int_equal(open_named(&download, scratch->store, "holes"), 0);
    limit_files(4096);
    int error = deliver(&download, 2000000, 16384, -1);
    limit_files(0);
    assert_int_equal(error, -EFBIG);
    assert_int_equal(commit(&download, -1), -EFBIG);
    download_close(&download);
    assert_false(exists(scratch, "holes"));
    assert_int_equal(parts_left(scratch), 0);
}

static void an_error_is_not_forgotten(void **state)
{
    (void)state;
    everywhere(lost_write);
}

static void bad_names(struct scratch *scratch)
{
    char name[400];
    char path[128];
    memset(name, 'n', sizeof name);
    name[300] = '\0';
    plant(scratch, "file", 10);
    snprintf(path, sizeof path, "%s/dir", scratch->dir);
    assert_int_equal(mkdir(path, 0777), 0);
    snprintf(path, sizeof path, "%s/link", scratch->dir);
    assert_int_equal(symlink("/tmp", path), 0);
    static const size_t lengths[] = {100, 100000};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(save(scratch, "dir", lengths[i]), -EISDIR);
        assert_int_equal(save(scratch, "file/below", lengths[i]), -ENOTDIR);
        assert_int_equal(save(scratch, "link/outside", lengths[i]), -ENOTDIR);
        assert_int_equal(save(scratch, name, lengths[i]), -ENAMETOOLONG);
        assert_int_equal(save(scratch, "../outside", lengths[i]), -EINVAL);
        assert_int_equal(save(scratch, "a//b", lengths[i]), -EINVAL);
        assert_int_equal(save(scratch, "a/", lengths[i]), -EINVAL);
        assert_int_equal(save(scratch, "/etc/x", lengths[i]), -EINVAL);
    }
    name[300] = '/';
    name[301] = 'x';
    name[302] = '\0';
    assert_int_equal(save(scratch, name, 10), -ENAMETOOLONG);
    assert_int_equal(parts_left(scratch), 0);
    /* The link itself is replaced, not what it points to. */
    assert_int_equal(save(scratch, "link", 10), 0);
    assert_true(holds(scratch, "link", 10));
}

static void bad_names_fail_their_url(void **state)
{
    (void)state;
    everywhere(bad_names);
}

static void directory_in_the_way(struct scratch *scratch)
{
    struct download download;
    char path[128];
    snprintf(path, sizeof path, "%s/dir", scratch->dir);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(open_named(&download, scratch->store, "dir"), -EISDIR);
    download_close(&download);
    /* And one that appears later. */
    assert_int_equal(open_named(&download, scratch->store, "late"), 0);
    assert_int_equal(deliver(&download, 10, 10, -1), 0);
    snprintf(path, sizeof path, "%s/late", scratch->dir);
    assert_int_equal(mkdir(path, 0777), 0);
    assert_int_equal(commit(&download, -1), -EISDIR);
    download_close(&download);
    assert_int_equal(parts_left(scratch), 0);
}

static void a_directory_is_no_file_to_skip(void **state)
{
    (void)state;
    struct scratch scratch;
    scratch_open(&scratch);
    scratch.options.if_exists = EXISTS_SKIP;
    on_ground(&scratch, GROUND_BATCHED, directory_in_the_way);
    scratch_close(&scratch);
}

static void locked_out(struct scratch *scratch)
{
    char path[128];
    snprintf(path, sizeof path, "%s/closed", scratch->dir);
    assert_int_equal(mkdir(path, 0555), 0);
    assert_int_equal(save(scratch, "closed/file", 10), -EACCES);
    assert_int_equal(save(scratch, "closed/file", 100000), -EACCES);
    assert_int_equal(parts_left(scratch), 0);
}

static void no_permission_is_told(void **state)
{
    (void)state;
    if (geteuid() == 0)
        skip(); /* root may write everywhere */
    everywhere(locked_out);
}

static void machine_errors_are_told_apart(void **state)
{
    (void)state;
    static const int machine[] = {ENOSPC, EROFS, EIO, EACCES, ENOMEM, EDQUOT, EMFILE};
    static const int url[] = {0, ENAMETOOLONG, EISDIR, ENOTDIR, EEXIST, EFBIG, EINVAL, ECANCELED};
    for (size_t i = 0; i < sizeof machine / sizeof *machine; i++)
        assert_true(store_error_is_machine(-machine[i]));
    for (size_t i = 0; i < sizeof url / sizeof *url; i++)
        assert_false(store_error_is_machine(-url[i]));
}

/* Standard output, in a child: what it is, how much is sent, what is to come of it. */
struct output_case {
    int fd;
    size_t length;
    int expected;
    bool again; /* then another try */
};

static struct output_case output_case;

static void to_stdout(struct scratch *scratch)
{
    struct download download;
    int error = open_named(&download, scratch->store, "ignored");
    if (!error)
        error = deliver(&download, output_case.length, 16384, -1);
    if (!error && output_case.again)
        error = download_restart(&download);
    if (!error)
        error = commit(&download, -1);
    download_close(&download);
    _exit(error == output_case.expected ? 0 : 100 + -error % 100);
}

/* The child's exit status: 0 when all came as expected. */
static int run_to_stdout(enum ground ground, struct output_case given, int close_in_child)
{
    struct scratch scratch;
    scratch_open(&scratch);
    scratch.options.to_stdout = true;
    output_case = given;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        signal(SIGPIPE, SIG_IGN);
        dup2(given.fd, STDOUT_FILENO);
        if (close_in_child >= 0)
            close(close_in_child);
        if (given.fd > STDERR_FILENO)
            close(given.fd);
        on_ground(&scratch, ground, to_stdout);
    }
    close(given.fd);
    int status = 0;
    if (close_in_child >= 0) {
        char *expected = body_bytes(given.length);
        char *found = malloc(given.length + 1);
        size_t length = 0;
        ssize_t n;
        while ((n = read(close_in_child, found + length, given.length + 1 - length)) > 0)
            length += (size_t)n;
        close(close_in_child);
        if (length != given.length || memcmp(found, expected, length) != 0)
            status = -1;
        free(found);
        free(expected);
    }
    int child;
    assert_int_equal(waitpid(pid, &child, 0), pid);
    scratch_close(&scratch);
    return status ? status : WIFEXITED(child) ? WEXITSTATUS(child) : -2;
}

static void standard_output_gets_it_all(void **state)
{
    (void)state;
    static const size_t lengths[] = {0, 10, 70000, 3000000};
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        for (size_t i = 0; i < 4; i++) {
            for (int nonblocking = 0; nonblocking < 2; nonblocking++) {
                int pipes[2];
                assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
                if (nonblocking)
                    assert_int_equal(fcntl(pipes[1], F_SETFL, O_NONBLOCK), 0);
                struct output_case given = {.fd = pipes[1], .length = lengths[i]};
                assert_int_equal(run_to_stdout(ground, given, pipes[0]), 0);
            }
        }
    }
}

static void standard_output_may_fail(void **state)
{
    (void)state;
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        static const size_t lengths[] = {10, 3000000};
        for (size_t i = 0; i < 2; i++) {
            struct output_case full = {open("/dev/full", O_WRONLY), lengths[i], -ENOSPC, false};
            assert_int_equal(run_to_stdout(ground, full, -1), 0);
            int pipes[2];
            assert_int_equal(pipe(pipes), 0);
            close(pipes[0]);
            struct output_case broken = {pipes[1], lengths[i], -EPIPE, false};
            assert_int_equal(run_to_stdout(ground, broken, -1), 0);
        }
        /* What somebody has read cannot be taken back; what nobody has can. */
        struct output_case shown = {open("/dev/null", O_WRONLY), 3000000, -ESPIPE, true};
        assert_int_equal(run_to_stdout(ground, shown, -1), 0);
        struct output_case gathered = {open("/dev/null", O_WRONLY), 100, 0, true};
        assert_int_equal(run_to_stdout(ground, gathered, -1), 0);
    }
}

static void interrupt(int signal)
{
    (void)signal; /* there is but one */
    blocking_interrupt();
}

/* A reader that has stopped: an interrupt ends the wait for it. */
static void an_interrupt_ends_a_write_to_a_pipe(void **state)
{
    (void)state;
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        int pipes[2], status;
        scratch_open(&scratch);
        scratch.options.to_stdout = true;
        assert_int_equal(pipe(pipes), 0);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            output_case = (struct output_case){.length = 600000, .expected = -ECANCELED};
            dup2(pipes[1], STDOUT_FILENO);
            if (blocking_prepare())
                _exit(99);
            signal(SIGUSR1, interrupt);
            on_ground(&scratch, ground, to_stdout);
        }
        usleep(200000);
        assert_int_equal(kill(pid, SIGUSR1), 0);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
        close(pipes[0]);
        close(pipes[1]);
        scratch_close(&scratch);
    }
}

/* Writes a long body, until it is killed. */
static void endless(struct scratch *scratch)
{
    struct download done, cut;
    assert_int_equal(save(scratch, "done", 200000), 0);
    assert_int_equal(open_named(&done, scratch->store, "cut-small"), 0);
    assert_int_equal(deliver(&done, 100, 100, -1), 0);
    assert_int_equal(open_named(&cut, scratch->store, "cut-large"), 0);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(deliver(&cut, 1 << 20, 16384, -1), 0);
        usleep(10000);
    }
}

static void death_leaves_only_parts(void **state)
{
    (void)state;
    for (enum ground ground = 0; ground < GROUND_COUNT; ground++) {
        struct scratch scratch;
        scratch_open(&scratch);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            on_ground(&scratch, ground, endless);
            _exit(0);
        }
        for (int i = 0; i < 5000 && (!exists(&scratch, "done") || parts_left(&scratch) < 1); i++)
            usleep(1000);
        assert_int_equal(kill(pid, SIGKILL), 0);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        assert_true(holds(&scratch, "done", 200000));
        assert_false(exists(&scratch, "cut-small"));
        assert_false(exists(&scratch, "cut-large"));
        assert_int_equal(parts_left(&scratch), 1);
        /* The next run sweeps them. */
        char *place = NULL;
        assert_int_equal(store_directory_open(&scratch.directory, &scratch.options, &place), 0);
        assert_int_equal(parts_left(&scratch), 0);
        store_directory_close(&scratch.directory);
        scratch_close(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_fails_the_download),
        cmocka_unit_test(a_restart_forgets_the_error),
        cmocka_unit_test(an_error_is_not_forgotten),
        cmocka_unit_test(bad_names_fail_their_url),
        cmocka_unit_test(a_directory_is_no_file_to_skip),
        cmocka_unit_test(no_permission_is_told),
        cmocka_unit_test(machine_errors_are_told_apart),
        cmocka_unit_test(standard_output_gets_it_all),
        cmocka_unit_test(standard_output_may_fail),
        cmocka_unit_test(an_interrupt_ends_a_write_to_a_pipe),
        cmocka_unit_test(death_leaves_only_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
