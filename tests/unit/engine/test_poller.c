/* The table of descriptors: what it tells the kernel, whom it tells what, and that a number used
 * again is another descriptor. */
#include "engine/engine.h"
#include "engine/io/poller.h"
#include "engine/sched/core.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

struct seen {
    int calls;
    unsigned events;
    int fd;
};

static void see(void *ctx, int fd, unsigned events)
{
    struct seen *seen = ctx;
    seen->calls++;
    seen->events = events;
    seen->fd = fd;
}

/* A scheduler whose poller is driven by hand, and a pipe. */
struct fixture {
    struct sched *sched;
    struct poller *poller;
    int in;
    int out;
};

static void make_pipe(int *in, int *out)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
    *in = ends[0];
    *out = ends[1];
}

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.sched = sched_new(NULL);
    fixture.poller = &fixture.sched->poller;
    make_pipe(&fixture.in, &fixture.out);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    io_close(fixture->in);
    io_close(fixture->out);
    sched_free(fixture->sched);
    return 0;
}

static void poll_now(struct fixture *fixture)
{
    assert_true(poller_wait(fixture->poller, 0, DEADLINE_NOW) >= 0);
}

static void put_byte(struct fixture *fixture)
{
    assert_int_equal(write(fixture->out, "x", 1), 1);
}

static void get_byte(struct fixture *fixture)
{
    char byte;
    assert_int_equal(read(fixture->in, &byte, 1), 1);
}

static void a_watch_is_level_triggered(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    assert_int_equal(watch_fd(fixture->in, IO_IN, see, &seen), 0);
    poll_now(fixture);
    assert_int_equal(seen.calls, 0);
    put_byte(fixture);
    poll_now(fixture);
    poll_now(fixture);
    assert_int_equal(seen.calls, 2);
    assert_int_equal(seen.events, IO_IN);
    assert_int_equal(seen.fd, fixture->in);
    get_byte(fixture);
    poll_now(fixture);
    assert_int_equal(seen.calls, 2);
}

static void a_mask_of_0_ends_it(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    put_byte(fixture);
    assert_int_equal(watch_fd(fixture->in, IO_IN, see, &seen), 0);
    assert_int_equal(fixture->poller->interested, 1);
    poll_now(fixture);
    assert_int_equal(watch_fd(fixture->in, 0, NULL, NULL), 0);
    assert_int_equal(fixture->poller->interested, 0);
    poll_now(fixture);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(fixture->poller->table[fixture->in].have, 0);
}

static void changes_that_cancel_out_cost_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    poll_now(fixture);
    assert_int_equal(fixture->poller->change_count, 0);
    for (int i = 0; i < 1000; i++) {
        watch_fd(fixture->in, IO_IN, see, &seen);
        watch_fd(fixture->in, 0, NULL, NULL);
    }
    assert_int_equal(fixture->poller->change_count, 1);
    assert_int_equal(fixture->poller->table[fixture->in].have, 0);
    poll_now(fixture);
    assert_int_equal(fixture->poller->change_count, 0);
}

static void a_mask_may_change(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    assert_int_equal(watch_fd(fixture->out, IO_IN, see, &seen), 0);
    poll_now(fixture);
    assert_int_equal(seen.calls, 0);
    assert_int_equal(watch_fd(fixture->out, IO_OUT, see, &seen), 0);
    poll_now(fixture);
    assert_int_equal(seen.events, IO_OUT);
}

static void hang_ups_are_told(void **state)
{
    struct fixture *fixture = *state;
    struct seen reader = {0};
    struct seen writer = {0};
    int in;
    int out;
    make_pipe(&in, &out);
    watch_fd(in, IO_IN, see, &reader);
    io_close(out);
    poll_now(fixture);
    assert_int_equal(reader.events, IO_IN | IO_ERROR);
    io_close(in);

    make_pipe(&in, &out);
    assert_int_equal(write(out, "x", 1), 1);
    watch_fd(out, IO_OUT, see, &writer);
    io_close(in);
    poll_now(fixture);
    assert_true(writer.events & IO_ERROR);
    io_close(out);
}

/* First the neighbour is closed and its number taken by a new descriptor that is watched too. */
struct reuse {
    int victim;
    int replacement;
    struct seen fresh;
    int first_fd;
};

static void reuse_neighbour(void *ctx, int fd, unsigned events)
{
    struct reuse *reuse = ctx;
    (void)events;
    if (reuse->first_fd >= 0)
        return; /* the second of the two: its event came after all */
    reuse->first_fd = fd;
    watch_forget(reuse->victim);
    assert_int_equal(dup2(reuse->replacement, reuse->victim), reuse->victim);
    assert_int_equal(watch_fd(reuse->victim, IO_IN, see, &reuse->fresh), 0);
}

static void an_old_event_does_not_reach_a_new_descriptor(void **state)
{
    struct fixture *fixture = *state;
    struct reuse reuse = {.first_fd = -1};
    int in;
    int out;
    make_pipe(&reuse.victim, &out);
    make_pipe(&reuse.replacement, &in);
    /* Both are ready in one batch. The kernel hands them out in the order they became so. */
    watch_fd(fixture->in, IO_IN, reuse_neighbour, &reuse);
    watch_fd(reuse.victim, IO_IN, see, &reuse.fresh);
    poll_now(fixture);
    put_byte(fixture);
    assert_int_equal(write(out, "x", 1), 1);
    poll_now(fixture);
    assert_int_equal(reuse.first_fd, fixture->in);
    assert_int_equal(reuse.fresh.calls, 0);
    poll_now(fixture);
    assert_int_equal(reuse.fresh.calls, 0);
    assert_int_equal(write(in, "y", 1), 1);
    poll_now(fixture);
    assert_int_equal(reuse.fresh.calls, 1);
    io_close(reuse.victim);
    io_close(reuse.replacement);
    io_close(in);
    io_close(out);
}

/* Libraries close without telling; then what the table believes of the kernel is wrong. */
static void a_close_nobody_told_us_of_does_no_harm(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    int in;
    int out;
    make_pipe(&in, &out);
    watch_fd(in, IO_IN, see, &seen);
    poll_now(fixture);
    close(in);
    watch_fd(in, 0, NULL, NULL); /* DEL of what is gone */
    poll_now(fixture);

    assert_int_equal(dup2(fixture->in, in), in);
    watch_fd(in, IO_IN, see, &seen);
    poll_now(fixture);
    close(in);
    assert_int_equal(dup2(fixture->out, in), in);
    watch_fd(in, IO_IN | IO_OUT, see, &seen); /* MOD of what the kernel has never seen */
    poll_now(fixture);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.events, IO_OUT);
    io_close(in);
    close(out);
}

static void the_back_end_forgives(void **state)
{
    struct fixture *fixture = *state;
    int kernel = fixture->poller->kernel;
    int in = fixture->in;
    assert_int_equal(poller_backend_set(kernel, in, 0, IO_IN, 7), 0);
    assert_int_equal(poller_backend_set(kernel, in, 0, IO_IN, 7), 0);              /* EEXIST */
    assert_int_equal(poller_backend_set(kernel, in, IO_IN, 0, 7), 0);              /* taken out */
    assert_int_equal(poller_backend_set(kernel, in, IO_IN, 0, 7), 0);              /* ENOENT */
    assert_int_equal(poller_backend_set(kernel, in, IO_IN, IO_IN | IO_OUT, 7), 0); /* ENOENT */
    assert_int_equal(poller_backend_set(kernel, in, IO_IN, 0, 7), 0);
    assert_int_equal(poller_backend_set(kernel, 9999, IO_IN, 0, 7), 0); /* EBADF */
    assert_int_equal(poller_backend_set(kernel, 9999, 0, IO_IN, 7), -EBADF);
}

static void what_the_kernel_refuses_is_told_once(void **state)
{
    struct fixture *fixture = *state;
    struct seen plain = {0};
    struct seen closed = {0};
    FILE *file = tmpfile();
    assert_non_null(file);
    int in;
    int out;
    make_pipe(&in, &out);
    watch_fd(fileno(file), IO_IN, see, &plain);
    watch_fd(in, IO_IN, see, &closed);
    close(in);
    for (int i = 0; i < 3; i++)
        poll_now(fixture);
    assert_int_equal(plain.calls, 1);
    assert_int_equal(plain.events, IO_ERROR);
    assert_int_equal(closed.calls, 1);
    assert_int_equal(closed.events, IO_ERROR);
    assert_int_equal(fixture->poller->interested, 0);
    assert_int_equal(watch_fd(-1, IO_IN, see, &plain), -EBADF);
    fclose(file);
    close(out);
}

static void watch_again(void *ctx, int fd, unsigned events)
{
    (void)events;
    assert_int_equal(watch_fd(fd, IO_IN, watch_again, ctx), 0);
    ++*(int *)ctx;
}

/* Who insists on a descriptor that is refused gets his answer once a turn, and blocks nobody. */
static void insisting_does_not_stop_the_others(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    int refusals = 0;
    FILE *file = tmpfile();
    assert_non_null(file);
    watch_fd(fileno(file), IO_IN, watch_again, &refusals);
    put_byte(fixture);
    watch_fd(fixture->in, IO_IN, see, &seen);
    for (int i = 0; i < 3; i++)
        poll_now(fixture);
    assert_int_equal(refusals, 3);
    assert_int_equal(seen.calls, 3);
    watch_forget(fileno(file));
    fclose(file);
}

static void the_mailbox_is_no_interest(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    assert_int_equal(fixture->poller->interested, 0);
    watch_fd(fixture->in, IO_IN, see, &seen);
    watch_fd(fixture->in, IO_IN | IO_OUT, see, &seen);
    assert_int_equal(fixture->poller->interested, 1);
    watch_forget(fixture->in);
    watch_forget(fixture->in);
    assert_int_equal(fixture->poller->interested, 0);
}

/* The kernel is not told, for the number may be another's; if it is not, the first event tells. */
static void what_is_said_to_be_closed_is_quiet(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    watch_fd(fixture->in, IO_IN, see, &seen);
    poll_now(fixture);
    watch_closed(fixture->in);
    assert_int_equal(fixture->poller->interested, 0);
    put_byte(fixture);
    poll_now(fixture);
    assert_int_equal(seen.calls, 0);
    assert_int_equal(epoll_ctl(fixture->poller->kernel, EPOLL_CTL_DEL, fixture->in, NULL), -1);
    assert_int_equal(errno, ENOENT);
    watch_fd(fixture->in, IO_IN, see, &seen);
    poll_now(fixture);
    assert_int_equal(seen.calls, 1);
}

static void timeouts_are_kept_to_the_nanosecond(void **state)
{
    struct fixture *fixture = *state;
    int64_t start = deadline_clock();
    for (int i = 0; i < 20; i++) {
        int64_t now = deadline_clock();
        assert_int_equal(poller_wait(fixture->poller, now, now + 100 * NSEC_PER_USEC), 0);
        assert_true(deadline_clock() >= now + 100 * NSEC_PER_USEC);
    }
    assert_true(deadline_clock() - start < 2 * NSEC_PER_SEC);
}

/* The new file has room and is quiet; the old one's hang-up stays in the kernel if a duplicate
 * keeps its description alive and nobody took it out. */
static void a_forgotten_duplicate_is_quiet(void **state)
{
    struct fixture *fixture = *state;
    struct seen seen = {0};
    int in;
    int out;
    make_pipe(&in, &out);
    watch_fd(in, IO_IN, see, &seen);
    poll_now(fixture);
    int duplicate = dup(in);
    io_close(in);
    close(out);
    assert_int_equal(poller_wait(fixture->poller, 0, DEADLINE_NOW), 0);
    close(duplicate);
}

struct crowd {
    size_t told;
    size_t expected;
};

static void leave_crowd(void *ctx, int fd, unsigned events)
{
    struct crowd *crowd = ctx;
    crowd->told += events == IO_IN;
    assert_int_equal(watch_fd(fd, 0, NULL, NULL), 0);
}

/* As many as we may have, 100,000 if possible. */
static size_t raise_limit(size_t wanted)
{
    struct rlimit limit = {.rlim_cur = wanted + 64, .rlim_max = wanted + 64};
    if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
        return wanted;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return limit.rlim_cur - 64 < wanted ? limit.rlim_cur - 64 : wanted;
}

static void a_hundred_thousand_descriptors(void **state)
{
    struct fixture *fixture = *state;
    struct crowd crowd = {.expected = raise_limit(100000)};
    int *fds = malloc(crowd.expected * sizeof(*fds));
    assert_non_null(fds);
    for (size_t i = 0; i < crowd.expected; i++) {
        fds[i] = dup(fixture->in);
        assert_true(fds[i] >= 0);
        assert_int_equal(watch_fd(fds[i], IO_IN, leave_crowd, &crowd), 0);
    }
    poll_now(fixture);
    assert_int_equal(crowd.told, 0);
    assert_int_equal(fixture->poller->interested, crowd.expected);
    put_byte(fixture);
    while (fixture->poller->interested > 0)
        poll_now(fixture);
    assert_int_equal(crowd.told, crowd.expected);
    for (size_t i = 0; i < crowd.expected; i++)
        assert_int_equal(io_close(fds[i]), 0);
    free(fds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_watch_is_level_triggered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mask_of_0_ends_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(changes_that_cancel_out_cost_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_mask_may_change, set_up, tear_down),
        cmocka_unit_test_setup_teardown(hang_ups_are_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_old_event_does_not_reach_a_new_descriptor, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_close_nobody_told_us_of_does_no_harm, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_back_end_forgives, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_kernel_refuses_is_told_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(insisting_does_not_stop_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_mailbox_is_no_interest, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_said_to_be_closed_is_quiet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(timeouts_are_kept_to_the_nanosecond, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_forgotten_duplicate_is_quiet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_hundred_thousand_descriptors, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
