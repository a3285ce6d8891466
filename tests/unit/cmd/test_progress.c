/* The line that shows how far the job is. */
#include "unit.h"

#include "cmd/get/progress.h"
#include "engine/deadline.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static char line[160];

static void lines_fit_the_terminal(void **state)
{
    (void)state;
    struct progress progress = {.bytes_rate = 36805017, .done_rate = 116};
    struct progress_state now = {.done = 1234, .failed = 3, .bytes = 1288490189, .in_flight = 50};
    assert_string_equal(progress_line(&progress, &now, 79, line, sizeof line),
                        "1234 done, 50 in flight, 3 failed, 1.2 GiB, 35.1 MiB/s, 116 files/s");
    for (size_t columns = 1; columns < 90; columns++)
        assert_true(strlen(progress_line(&progress, &now, columns, line, sizeof line)) <= columns);
    assert_string_equal(progress_line(&progress, &now, 9, line, sizeof line), "1234 done");
    assert_string_equal(progress_line(&progress, &now, 8, line, sizeof line), "");
}

static void rates_follow_what_happens(void **state)
{
    (void)state;
    struct progress progress;
    struct progress_state now = {0};
    int64_t time = NSEC_PER_SEC;
    progress_init(&progress, PROGRESS_BAR, time);
    for (int i = 0; i < 100; i++, time += 100 * NSEC_PER_MSEC) {
        now.bytes += 100000;
        now.done++;
        (void)progress_tick(&progress, &now, time);
    }
    assert_true(progress.bytes_rate > 900e3 && progress.bytes_rate < 1100e3);
    assert_true(progress.done_rate > 9 && progress.done_rate < 11);
    /* Nothing comes any more: it shows. */
    for (int i = 0; i < 100; i++, time += 100 * NSEC_PER_MSEC)
        (void)progress_tick(&progress, &now, time);
    assert_true(progress.bytes_rate < 20e3);
    progress_clear(&progress);
}

static void redrawn_ten_times_a_second_at_most(void **state)
{
    (void)state;
    struct progress progress;
    struct progress_state now = {0};
    progress_init(&progress, PROGRESS_BAR, 0);
    int64_t first = progress_tick(&progress, &now, 0);
    assert_true(first > 0); /* a short job needs no bar */
    assert_false(progress.drawn);
    assert_int_equal(progress_tick(&progress, &now, first - 1), first);
    int64_t second = progress_tick(&progress, &now, first);
    assert_int_equal(second - first, 100 * NSEC_PER_MSEC);

    progress_init(&progress, PROGRESS_PLAIN, 0);
    assert_int_equal(progress_tick(&progress, &now, 0), 5 * NSEC_PER_SEC);
    progress_init(&progress, PROGRESS_NONE, 0);
    assert_int_equal(progress_tick(&progress, &now, 99), DEADLINE_NEVER);
}

/* Runs the job with standard error at the descriptor `fd`; what kind does it choose? */
static enum progress_kind kind_on(int fd, enum progress_kind wanted, const char *term)
{
    struct progress progress;
    int kept = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    setenv("TERM", term, 1);
    progress_init(&progress, wanted, 0);
    dup2(kept, STDERR_FILENO);
    close(kept);
    return progress.kind;
}

static void auto_looks_at_standard_error(void **state)
{
    (void)state;
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_int_equal(kind_on(nothing, PROGRESS_AUTO, "xterm"), PROGRESS_PLAIN);
    assert_int_equal(kind_on(nothing, PROGRESS_BAR, "xterm"), PROGRESS_BAR);
    assert_int_equal(kind_on(nothing, PROGRESS_NONE, "xterm"), PROGRESS_NONE);
    close(nothing);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || !isatty(terminal))
        skip(); /* no pseudo terminals here */
    assert_int_equal(kind_on(terminal, PROGRESS_AUTO, "xterm"), PROGRESS_BAR);
    assert_int_equal(kind_on(terminal, PROGRESS_AUTO, "dumb"), PROGRESS_PLAIN);
    assert_int_equal(kind_on(terminal, PROGRESS_PLAIN, "xterm"), PROGRESS_PLAIN);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_fit_the_terminal),
        cmocka_unit_test(rates_follow_what_happens),
        cmocka_unit_test(redrawn_ten_times_a_second_at_most),
        cmocka_unit_test(auto_looks_at_standard_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
