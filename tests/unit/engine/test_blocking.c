/* Waiting on a plain thread. An interrupt is for the whole process and for good, so each test that
 * raises one does it in a child. */
#include "engine/engine.h"
#include "engine/sched/blocking.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs body() in a child: its return value, or -1 when it died. */
static int in_child(int (*body)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(body());
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_ready_descriptor_is_told(void **state)
{
    int ends[2];
    (void)state;
    assert_int_equal(pipe(ends), 0);
    struct pollfd fds[2] = {{.fd = ends[0], .events = POLLIN}, {.fd = ends[1], .events = POLLOUT}};
    assert_int_equal(blocking_wait(fds, 2, DEADLINE_NEVER), 1);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(fds[1].revents, POLLOUT);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_int_equal(blocking_wait(fds, 2, DEADLINE_NOW), 2);
    close(ends[0]);
    close(ends[1]);
}

static void deadlines_pass(void **state)
{
    (void)state;
    int64_t start = deadline_clock();
    assert_int_equal(blocking_wait(NULL, 0, deadline_in_ms(20)), 0);
    assert_true(deadline_clock() - start >= 20 * NSEC_PER_MSEC);
    assert_int_equal(blocking_wait(NULL, 0, DEADLINE_NOW), 0);
    assert_int_equal(task_sleep(deadline_in_ms(1)), 0);
}

/* Waits for a moment itself: that is no wait in which to be called. */
static int64_t count_tick(void *ctx, int64_t now)
{
    int *count = ctx;
    ++*count;
    blocking_wait(NULL, 0, DEADLINE_NOW);
    assert_true(now <= deadline_clock());
    return now + 10 * NSEC_PER_MSEC;
}

static void a_chore_is_done_meanwhile(void **state)
{
    int count = 0;
    (void)state;
    int64_t start = deadline_clock();
    blocking_set_tick(count_tick, &count);
    assert_int_equal(task_sleep(deadline_in_ms(45)), 0);
    assert_true(deadline_clock() - start >= 45 * NSEC_PER_MSEC);
    assert_true(count >= 2 && count <= 5);
    blocking_set_tick(NULL, NULL);
    int before = count;
    assert_int_equal(blocking_wait(NULL, 0, deadline_in_ms(15)), 0);
    assert_int_equal(count, before);
    assert_true(blocking_tick(deadline_clock()) == DEADLINE_NEVER);
}

static void too_many_are_refused(void **state)
{
    struct pollfd fds[17] = {{0}};
    (void)state;
    assert_int_equal(blocking_wait(fds, 17, DEADLINE_NOW), -EINVAL);
}

static void on_signal(int number)
{
    (void)number;
    blocking_interrupt();
}

static void interrupt_in_ms(int ms)
{
    struct itimerval timer = {.it_value.tv_usec = (suseconds_t)ms * 1000};
    signal(SIGALRM, on_signal);
    setitimer(ITIMER_REAL, &timer, NULL);
}

static int wait_interrupted(void)
{
    blocking_prepare();
    interrupt_in_ms(20);
    int64_t start = deadline_clock();
    if (blocking_wait(NULL, 0, deadline_in_ms(5000)) != -ECANCELED)
        return 1;
    if (deadline_clock() - start > 2 * NSEC_PER_SEC)
        return 2;
    if (!blocking_interrupted() || !task_canceled())
        return 3;
    /* For good, for all that waits. */
    if (task_sleep(deadline_in_ms(5000)) != -ECANCELED)
        return 4;
    if (blocking_wait(NULL, 0, DEADLINE_NEVER) != -ECANCELED)
        return 5;
    return 0;
}

static void a_signal_handler_interrupts(void **state)
{
    (void)state;
    assert_int_equal(in_child(wait_interrupted), 0);
}

static void *interrupt_soon(void *arg)
{
    usleep(20 * 1000);
    blocking_interrupt();
    return arg;
}

static int wait_interrupted_from_elsewhere(void)
{
    pthread_t other;
    int64_t start = deadline_clock();
    if (pthread_create(&other, NULL, interrupt_soon, NULL) != 0)
        return 1;
    int error = blocking_wait(NULL, 0, deadline_in_ms(5000));
    pthread_join(other, NULL);
    if (deadline_clock() - start > 2 * NSEC_PER_SEC)
        return 2;
    return error == -ECANCELED ? 0 : 3;
}

/* The signal may come to another thread: ours finds out by the descriptor alone. */
static void an_interrupt_reaches_all_threads(void **state)
{
    (void)state;
    assert_int_equal(in_child(wait_interrupted_from_elsewhere), 0);
}

static int interrupt_before_prepare(void)
{
    blocking_interrupt();
    return blocking_wait(NULL, 0, DEADLINE_NEVER) == -ECANCELED ? 0 : 1;
}

static void an_interrupt_before_anyone_waits_counts(void **state)
{
    (void)state;
    assert_int_equal(in_child(interrupt_before_prepare), 0);
}

static int read_interrupted(void)
{
    int ends[2];
    char byte;
    if (pipe(ends) < 0)
        return 1;
    blocking_prepare();
    interrupt_in_ms(20);
    /* The pipe blocks: read(2) itself is what the signal interrupts. */
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGALRM, &action, NULL);
    if (io_read(ends[0], &byte, 1, DEADLINE_NEVER) != -ECANCELED)
        return 2;
    io_nonblock(ends[0]);
    return io_read(ends[0], &byte, 1, DEADLINE_NEVER) == -ECANCELED ? 0 : 3;
}

static void io_off_a_scheduler_is_interrupted(void **state)
{
    (void)state;
    assert_int_equal(in_child(read_interrupted), 0);
}

static int wake_interrupted(void)
{
    struct waker waker;
    blocking_prepare();
    interrupt_in_ms(20);
    waker_init(&waker);
    int error = waker_wait(&waker, deadline_in_ms(5000));
    waker_destroy(&waker);
    return error == -ECANCELED ? 0 : 1;
}

static void a_waker_off_a_scheduler_is_interrupted(void **state)
{
    (void)state;
    assert_int_equal(in_child(wake_interrupted), 0);
}

static int interrupt_only_child(void)
{
    if (blocking_prepare())
        return 1;
    blocking_interrupt();
    return blocking_wait(NULL, 0, DEADLINE_NEVER) == -ECANCELED ? 0 : 2;
}

/* The child writes an eventfd of its own, not the one it inherited. */
static void a_child_leaves_its_parent_alone(void **state)
{
    (void)state;
    assert_int_equal(blocking_prepare(), 0);
    assert_int_equal(in_child(interrupt_only_child), 0);
    assert_false(blocking_interrupted());
    assert_int_equal(blocking_wait(NULL, 0, deadline_in_ms(5)), 0);
}

static int sleep_of_task;

static void *sleep_task(void *arg)
{
    sleep_of_task = task_sleep(deadline_in_ms(5));
    return arg;
}

static int tasks_not_interrupted(void)
{
    blocking_prepare();
    blocking_interrupt();
    if (engine_run(sleep_task, NULL, NULL) != 0)
        return 1;
    return sleep_of_task == 0 ? 0 : 2;
}

/* Tasks are canceled by those who know them, not by the process's interrupt. */
static void tasks_do_not_heed_it(void **state)
{
    (void)state;
    assert_int_equal(in_child(tasks_not_interrupted), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ready_descriptor_is_told),
        cmocka_unit_test(deadlines_pass),
        cmocka_unit_test(a_chore_is_done_meanwhile),
        cmocka_unit_test(too_many_are_refused),
        cmocka_unit_test(a_signal_handler_interrupts),
        cmocka_unit_test(an_interrupt_reaches_all_threads),
        cmocka_unit_test(an_interrupt_before_anyone_waits_counts),
        cmocka_unit_test(io_off_a_scheduler_is_interrupted),
        cmocka_unit_test(a_waker_off_a_scheduler_is_interrupted),
        cmocka_unit_test(a_child_leaves_its_parent_alone),
        cmocka_unit_test(tasks_do_not_heed_it),
    };
    return cmocka_run_group_tests_name("blocking", tests, NULL, NULL);
}
