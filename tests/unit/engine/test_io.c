/* Sockets and pipes in straight lines: as tasks, and the same calls on plain threads. */
#include "engine/engine.h"
#include "engine/io/io.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void make_pair(int pair[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
}

static void close_pair(int pair[2])
{
    assert_int_equal(io_close(pair[0]), 0);
    assert_int_equal(io_close(pair[1]), 0);
}

/* Runs a test's body as a task. */
static void as_task(task_fn body)
{
    assert_int_equal(engine_run(body, NULL, NULL), 0);
}

static int64_t soon(void)
{
    return deadline_in_ms(5000);
}

static void *write_late(void *arg)
{
    task_sleep(deadline_in_ms(10));
    assert_int_equal(io_write(*(int *)arg, "late", 4, soon()), 4);
    return NULL;
}

static void *read_waits(void *arg)
{
    int pair[2];
    char buf[16];
    (void)arg;
    make_pair(pair);
    struct task *writer = task_spawn(NULL, write_late, &pair[1]);
    assert_int_equal(io_read(pair[0], buf, sizeof(buf), soon()), 4);
    assert_memory_equal(buf, "late", 4);
    assert_int_equal(task_join(writer, NULL, DEADLINE_NEVER), 0);
    close_pair(pair);
    return NULL;
}

static void reading_waits_for_data(void **state)
{
    (void)state;
    as_task(read_waits);
}

static void *end_of_stream(void *arg)
{
    int pair[2];
    char buf[16];
    (void)arg;
    make_pair(pair);
    assert_int_equal(io_write(pair[1], "abc", 3, soon()), 3);
    assert_int_equal(io_close(pair[1]), 0);
    assert_int_equal(io_read_full(pair[0], buf, sizeof(buf), soon()), 3);
    assert_int_equal(io_read(pair[0], buf, sizeof(buf), soon()), 0);
    assert_int_equal(io_write(pair[0], "x", 1, soon()), -EPIPE); /* and no signal */
    assert_int_equal(io_close(pair[0]), 0);
    assert_int_equal(io_close(pair[0]), -EBADF);
    assert_int_equal(io_read(pair[0], buf, 1, soon()), -EBADF);
    return NULL;
}

static void the_end_of_a_stream(void **state)
{
    (void)state;
    as_task(end_of_stream);
}

enum { BULK = 4 * 1024 * 1024 };

struct bulk {
    int fd;
    char *data;
};

static void *write_bulk(void *arg)
{
    struct bulk *bulk = arg;
    assert_int_equal(io_write(bulk->fd, bulk->data, BULK, soon()), BULK);
    return NULL;
}

static void *bulk_transfer(void *arg)
{
    int ends[2];
    const bool *over_pipe = arg;
    struct bulk bulk = {.data = malloc(BULK)};
    char *copy = malloc(BULK);
    assert_true(bulk.data && copy);
    for (size_t i = 0; i < BULK; i++)
        bulk.data[i] = (char)(i * 31 >> 3);
    if (*over_pipe)
        assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    else
        make_pair(ends);
    bulk.fd = ends[1];
    struct task *writer = task_spawn(NULL, write_bulk, &bulk);
    assert_int_equal(io_read_full(ends[0], copy, BULK, soon()), BULK);
    assert_memory_equal(copy, bulk.data, BULK);
    assert_int_equal(task_join(writer, NULL, DEADLINE_NEVER), 0);
    close_pair(ends);
    free(copy);
    free(bulk.data);
    return NULL;
}

static void writing_goes_on_until_all_is_written(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        bool over_pipe = i == 1;
        assert_int_equal(engine_run(bulk_transfer, &over_pipe, NULL), 0);
    }
}

static void *deadlines(void *arg)
{
    int pair[2];
    char byte;
    (void)arg;
    make_pair(pair);
    int64_t start = deadline_clock();
    assert_int_equal(io_read(pair[0], &byte, 1, deadline_in_ms(20)), -ETIMEDOUT);
    assert_true(deadline_clock() - start >= 15 * NSEC_PER_MSEC);
    /* In the past: a look, without waiting. */
    assert_int_equal(io_wait(pair[0], IO_IN, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(io_wait(pair[0], IO_IN | IO_OUT, DEADLINE_NOW), IO_OUT);
    assert_int_equal(io_read(pair[0], &byte, 1, DEADLINE_NOW), -ETIMEDOUT);
    assert_int_equal(io_write(pair[1], "x", 1, DEADLINE_NOW), 1);
    assert_int_equal(io_read(pair[0], &byte, 1, DEADLINE_NOW), 1);
    assert_int_equal(io_wait(pair[0], 0, soon()), -EINVAL);
    assert_int_equal(io_wait(-1, IO_IN, soon()), -EBADF);
    close_pair(pair);
    assert_int_equal(io_wait(pair[0], IO_IN, soon()), -EBADF);
    return NULL;
}

static void deadlines_end_a_wait(void **state)
{
    (void)state;
    as_task(deadlines);
    deadlines(NULL);
}

struct waiting {
    int fd;
    unsigned mask;
    int result;
};

static void *wait_for(void *arg)
{
    struct waiting *waiting = arg;
    waiting->result = io_wait(waiting->fd, waiting->mask, soon());
    return NULL;
}

static void *cancel_wait(void *arg)
{
    int pair[2];
    char byte;
    (void)arg;
    make_pair(pair);
    struct waiting waiting = {pair[0], IO_IN, 0};
    struct task *task = task_spawn(NULL, wait_for, &waiting);
    task_yield();
    task_cancel(task);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(waiting.result, -ECANCELED);
    /* Its place is free again. */
    assert_int_equal(io_write(pair[1], "x", 1, soon()), 1);
    assert_int_equal(io_wait(pair[0], IO_IN, soon()), IO_IN);
    /* Canceled, one can finish what needs no waiting, and wait for nothing. */
    task_cancel(task_self());
    assert_int_equal(io_read(pair[0], &byte, 1, soon()), 1);
    assert_int_equal(io_read(pair[0], &byte, 1, soon()), -ECANCELED);
    assert_int_equal(io_wait(pair[0], IO_OUT, DEADLINE_NOW), -ECANCELED);
    close_pair(pair);
    return NULL;
}

static void cancellation_ends_a_wait(void **state)
{
    (void)state;
    as_task(cancel_wait);
}

static void nothing_seen(void *ctx, int fd, unsigned events)
{
    (void)ctx;
    (void)fd;
    (void)events;
}

static void *reader_and_writer(void *arg)
{
    int pair[2];
    char buf[4096] = {0};
    (void)arg;
    make_pair(pair);
    while (send(pair[0], buf, sizeof(buf), MSG_NOSIGNAL) > 0)
        ;
    struct waiting reader = {pair[0], IO_IN, 0};
    struct waiting writer = {pair[0], IO_OUT, 0};
    struct task *tasks[2] = {task_spawn(NULL, wait_for, &reader),
                             task_spawn(NULL, wait_for, &writer)};
    task_yield();
    assert_int_equal(io_wait(pair[0], IO_IN, soon()), -EBUSY);
    assert_int_equal(io_wait(pair[0], IO_OUT, soon()), -EBUSY);
    assert_int_equal(watch_fd(pair[0], IO_IN, nothing_seen, NULL), -EBUSY);
    /* Each is woken by what it waits for, the other not. */
    assert_int_equal(io_write(pair[1], "x", 1, soon()), 1);
    assert_int_equal(task_join(tasks[0], NULL, DEADLINE_NEVER), 0);
    assert_int_equal(reader.result, IO_IN);
    assert_int_equal(writer.result, 0);
    while (recv(pair[1], buf, sizeof(buf), 0) > 0)
        ;
    assert_int_equal(task_join(tasks[1], NULL, DEADLINE_NEVER), 0);
    assert_int_equal(writer.result, IO_OUT);
    close_pair(pair);
    return NULL;
}

static void one_reader_and_one_writer(void **state)
{
    (void)state;
    as_task(reader_and_writer);
}

static void *both_at_once(void *arg)
{
    int pair[2];
    char buf[4096] = {0};
    (void)arg;
    make_pair(pair);
    while (send(pair[0], buf, sizeof(buf), MSG_NOSIGNAL) > 0)
        ;
    struct waiting both = {pair[0], IO_IN | IO_OUT, 0};
    struct task *task = task_spawn(NULL, wait_for, &both);
    task_yield();
    assert_int_equal(io_wait(pair[0], IO_OUT, soon()), -EBUSY);
    assert_int_equal(io_write(pair[1], "x", 1, soon()), 1);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(both.result, IO_IN);
    assert_int_equal(io_wait(pair[0], IO_OUT, deadline_in_ms(1)), -ETIMEDOUT); /* no EBUSY */
    close_pair(pair);
    return NULL;
}

static void one_task_for_both(void **state)
{
    (void)state;
    as_task(both_at_once);
}

static void *close_under_waiter(void *arg)
{
    int pair[2];
    int other[2];
    (void)arg;
    make_pair(pair);
    make_pair(other);
    struct waiting waiting = {pair[0], IO_IN, 0};
    struct task *task = task_spawn(NULL, wait_for, &waiting);
    task_yield();
    task_sleep(deadline_in_ms(1)); /* the kernel has it now */
    assert_int_equal(io_write(pair[1], "x", 1, soon()), 1);
    /* Closed before anybody has polled, and its number given to a quiet descriptor. */
    assert_int_equal(io_close(pair[0]), 0);
    assert_int_equal(dup2(other[0], pair[0]), pair[0]);
    struct waiting fresh = {pair[0], IO_IN, 0};
    struct task *next = task_spawn(NULL, wait_for, &fresh);
    assert_int_equal(task_join(task, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(waiting.result, -EBADF);
    assert_int_equal(task_join(next, NULL, deadline_in_ms(20)), -ETIMEDOUT);
    assert_int_equal(io_write(other[1], "y", 1, soon()), 1);
    assert_int_equal(task_join(next, NULL, DEADLINE_NEVER), 0);
    assert_int_equal(fresh.result, IO_IN);
    close_pair(pair);
    close_pair(other);
    return NULL;
}

static void closing_wakes_and_numbers_start_afresh(void **state)
{
    (void)state;
    as_task(close_under_waiter);
}

static int turns_of_others;
static bool greedy_ended;

static void *read_zeros(void *arg)
{
    char buf[64];
    for (int i = 0; i < 1000; i++)
        assert_int_equal(io_read(*(int *)arg, buf, sizeof(buf), soon()), sizeof(buf));
    greedy_ended = true;
    return NULL;
}

static void *count_turns(void *arg)
{
    while (!greedy_ended) {
        turns_of_others++;
        task_yield();
    }
    return arg;
}

static void *greedy_reader(void *arg)
{
    (void)arg;
    int zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    assert_true(zeros >= 0);
    turns_of_others = 0;
    greedy_ended = false;
    struct task *tasks[2] = {task_spawn(NULL, read_zeros, &zeros),
                             task_spawn(NULL, count_turns, NULL)};
    assert_int_equal(task_joinall(tasks, 2, DEADLINE_NEVER), 0);
    assert_true(turns_of_others >= 10);
    close(zeros);
    return NULL;
}

static void an_ever_ready_descriptor_starves_nobody(void **state)
{
    (void)state;
    as_task(greedy_reader);
}

static void *plain_files(void *arg)
{
    char buf[4];
    FILE *file = tmpfile();
    (void)arg;
    assert_non_null(file);
    assert_int_equal(io_write(fileno(file), "abc", 3, soon()), 3);
    assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
    assert_int_equal(io_read(fileno(file), buf, sizeof(buf), soon()), 3);
    int64_t end = soon();
    assert_int_equal(io_wait(fileno(file), IO_IN, end), -EPERM);
    assert_true(deadline_clock() < end);
    fclose(file);
    return NULL;
}

static void files_work_but_cannot_be_waited_for(void **state)
{
    (void)state;
    as_task(plain_files);
}

static int result_on_loop;

static void wait_on_loop(void *ctx, int fd, unsigned events)
{
    (void)events;
    result_on_loop = io_wait(fd, IO_OUT, soon());
    watch_forget(fd);
    task_wake(ctx);
}

static void *callback_waits(void *arg)
{
    int pair[2];
    (void)arg;
    make_pair(pair);
    assert_int_equal(watch_fd(pair[0], IO_OUT, wait_on_loop, task_self()), 0);
    assert_int_equal(io_wait(pair[0], IO_OUT, soon()), -EBUSY);
    assert_int_equal(task_park(soon()), 0);
    assert_int_equal(result_on_loop, -ENOTSUP);
    close_pair(pair);
    return NULL;
}

static void a_callback_cannot_wait(void **state)
{
    (void)state;
    as_task(callback_waits);
    assert_int_equal(watch_fd(0, IO_IN, wait_on_loop, NULL), -ENOTSUP);
}

static void *write_from_thread(void *arg)
{
    usleep(10 * 1000);
    assert_int_equal(io_write(*(int *)arg, "late", 4, soon()), 4);
    return NULL;
}

static void threads_block_instead(void **state)
{
    int pair[2];
    char buf[4];
    pthread_t writer;
    (void)state;
    make_pair(pair);
    assert_int_equal(pthread_create(&writer, NULL, write_from_thread, &pair[1]), 0);
    assert_int_equal(io_read(pair[0], buf, sizeof(buf), soon()), 4);
    pthread_join(writer, NULL);
    close_pair(pair);
}

static void blocking_descriptors_become_non_blocking(void **state)
{
    int ends[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(io_nonblock(ends[0]), 0);
    assert_int_equal(read(ends[0], &byte, 1), -1);
    assert_int_equal(errno, EAGAIN);
    close_pair(ends);
    assert_int_equal(io_nonblock(ends[0]), -EBADF);
    assert_int_equal(io_socket(-1, SOCK_STREAM, 0), -EAFNOSUPPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_waits_for_data),
        cmocka_unit_test(the_end_of_a_stream),
        cmocka_unit_test(writing_goes_on_until_all_is_written),
        cmocka_unit_test(deadlines_end_a_wait),
        cmocka_unit_test(cancellation_ends_a_wait),
        cmocka_unit_test(one_reader_and_one_writer),
        cmocka_unit_test(one_task_for_both),
        cmocka_unit_test(closing_wakes_and_numbers_start_afresh),
        cmocka_unit_test(an_ever_ready_descriptor_starves_nobody),
        cmocka_unit_test(files_work_but_cannot_be_waited_for),
        cmocka_unit_test(a_callback_cannot_wait),
        cmocka_unit_test(threads_block_instead),
        cmocka_unit_test(blocking_descriptors_become_non_blocking),
    };
    return cmocka_run_group_tests_name("io", tests, NULL, NULL);
}
