/* writer.h: what is appended arrives, in order, whatever the pool and who reads are busy with. */
#include "cmd/get/writer.h"

#include "cmd/get/signals.h"
#include "engine/offload/offload.h"
#include "engine/sched/group.h"
#include "engine/sched/sched.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    JOBS = 1100,    /* more than the queue of a pool is long */
    LARGE = 300000, /* more than a pipe holds, or a piece that is handed over */
};

static char path[32];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/fetch-writer-XXXXXX");
    int fd = mkstemp(path);
    return fd < 0 || close(fd);
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static struct writer *open_writer(const char *where)
{
    struct writer *writer = NULL;
    char *place = NULL;
    assert_int_equal(writer_open(&writer, where, &place), 0);
    return writer;
}

static void assert_holds(const char *expected)
{
    char text[64] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(text, expected);
}

/* The pool's one thread waits for a byte. */
static int gate[2];

static void *wait_at_gate(void *arg)
{
    char byte;
    return read(gate[0], &byte, 1) == 1 ? arg : NULL;
}

static void *pass(void *arg)
{
    return arg;
}

static void *job_task(void *arg)
{
    (void)offload(arg ? wait_at_gate : pass, NULL, NULL, DEADLINE_NEVER);
    return NULL;
}

static void *line_task(void *arg)
{
    static const char *const lines[] = {"first\n", "second\n", "third\n"};
    static unsigned next;
    struct writer *writer = arg;
    json_text_raw(writer_text(writer), lines[next++]);
    assert_int_equal(writer_flush(writer), 0);
    return NULL;
}

static void *full_pool(void *arg)
{
    struct group group;
    group_init(&group);
    assert_int_equal(group_spawn(&group, job_task, &gate), 0);
    for (int i = 0; i < JOBS; i++)
        assert_int_equal(group_spawn(&group, job_task, NULL), 0);
    task_sleep(deadline_in(20 * NSEC_PER_MSEC));
    for (int i = 0; i < 3; i++)
        assert_int_equal(group_spawn(&group, line_task, arg), 0);
    task_sleep(deadline_in(20 * NSEC_PER_MSEC));
    assert_int_equal(write(gate[1], "", 1), 1);
    assert_int_equal(group_wait(&group, DEADLINE_NEVER), 0);
    group_close(&group);
    return NULL;
}

/* Whoever hands lines over waits for the queue meanwhile, and others come. */
static void lines_stay_in_order_when_the_pool_is_full(void **state)
{
    (void)state;
    struct writer *writer = open_writer(path);
    struct sched *sched = sched_new(&(struct sched_options){.offload_threads = 1});
    assert_non_null(sched);
    assert_int_equal(pipe(gate), 0);
    assert_non_null(task_spawn(NULL, full_pool, writer));
    assert_int_equal(sched_run(sched), 0);
    sched_free(sched);
    assert_int_equal(writer_close(writer), 0);
    assert_holds("first\nsecond\nthird\n");
    close(gate[0]);
    close(gate[1]);
}

static void append_much(struct writer *writer)
{
    char much[1000];
    memset(much, 'x', sizeof much);
    for (int i = 0; i < LARGE / 1000; i++)
        json_text_put(writer_text(writer), much, sizeof much);
}

static void off_a_scheduler_lines_are_written_in_place(void **state)
{
    (void)state;
    struct writer *writer = open_writer(path);
    struct stat status;
    append_much(writer);
    assert_int_equal(writer_appended(writer), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, LARGE);
    json_text_raw(writer_text(writer), "end\n");
    assert_int_equal(writer_appended(writer), 0);
    assert_int_equal(writer_close(writer), 0);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_size, LARGE + 4);
}

static void nothing_is_kept_after_an_error(void **state)
{
    (void)state;
    struct writer *writer = open_writer("/dev/full");
    json_text_raw(writer_text(writer), "line\n");
    assert_int_equal(writer_flush(writer), -ENOSPC);
    json_text_raw(writer_text(writer), "line\n");
    assert_int_equal(writer_appended(writer), -ENOSPC);
    assert_int_equal(writer_text(writer)->length, 0);
    assert_int_equal(writer_keep_pace(writer), 0);
    assert_int_equal(writer_close(writer), -ENOSPC);
}

/* Standard output is `fd` for as long as a writer has it, which is given up half-written. */
static void give_up_standard_output(int fd)
{
    int before = dup(STDOUT_FILENO);
    int flags = fcntl(fd, F_GETFL);
    assert_true(before >= 0 && dup2(fd, STDOUT_FILENO) >= 0);
    struct writer *writer = open_writer("-");
    append_much(writer);
    int closed = writer_close(writer);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    close(before);
    assert_int_equal(closed, -ECANCELED);
    assert_int_equal(fcntl(fd, F_GETFL), flags); /* others write there too */
}

static void on_alarm(int number)
{
    (void)number;
    signals_stop();
}

/* Last: the interruption is the process's, and for good. */
static void an_interruption_ends_what_nobody_reads(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(signals_install(), 0);
    assert_int_equal(pipe(ends), 0);
    signal(SIGALRM, on_alarm);
    alarm(1);
    give_up_standard_output(ends[1]);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    give_up_standard_output(ends[1]);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lines_stay_in_order_when_the_pool_is_full, make_path,
                                        remove_path),
        cmocka_unit_test_setup_teardown(off_a_scheduler_lines_are_written_in_place, make_path,
                                        remove_path),
        cmocka_unit_test(nothing_is_kept_after_an_error),
        cmocka_unit_test(an_interruption_ends_what_nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
