/* When the view is drawn, where, and what becomes of what is said meanwhile. */
#include "unit.h"

#include "cmd/get/entry.h"
#include "cmd/get/progress.h"
#include "engine/deadline.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static struct progress progress;
static int kept, caught; /* standard error while it is caught in a file */

static void begin(enum progress_kind kind)
{
    kept = dup(STDERR_FILENO);
    caught = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(caught >= 0);
    dup2(caught, STDERR_FILENO);
    progress_init(&progress, kind, false, 0);
}

/* What has been shown since begin(); for a moment. */
static const char *shown(void)
{
    static char text[65536];
    ssize_t got = pread(caught, text, sizeof text - 1, 0);
    assert_true(got >= 0);
    text[got] = '\0';
    return text;
}

static void end(void)
{
    progress_end(&progress);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(caught);
}

static void rates_follow_what_happens(void **state)
{
    (void)state;
    struct gauge gauge;
    int64_t time = NSEC_PER_SEC, amount = 7;
    gauge_init(&gauge, 2 * NSEC_PER_SEC, time, amount);
    for (int i = 0; i < 100; i++) {
        amount += 100000;
        gauge_read(&gauge, time += 100 * NSEC_PER_MSEC, amount);
        assert_true(gauge.rate > 999e3 && gauge.rate < 1001e3);
    }
    /* Nothing comes any more: it shows. */
    for (int i = 0; i < 100; i++)
        gauge_read(&gauge, time += 100 * NSEC_PER_MSEC, amount);
    assert_true(gauge.rate < 20e3);
    /* Read twice at the same time. */
    gauge_read(&gauge, time, amount + 1);
    assert_true(gauge.rate < 20e3);
    /* A transfer that has begun again. */
    gauge_read(&gauge, time += NSEC_PER_SEC, 50);
    assert_true(gauge.rate >= 0 && gauge.rate < 1);
    gauge_read(&gauge, time += NSEC_PER_SEC, 1050);
    assert_true(gauge.rate > 999 && gauge.rate < 1001);
    /* Very late: what was before has no say. */
    gauge_read(&gauge, time += 1000 * NSEC_PER_SEC, 1050);
    assert_true(gauge.rate == 0);
}

static void redrawn_ten_times_a_second_at_most(void **state)
{
    (void)state;
    struct progress_state now = {0};
    begin(PROGRESS_BAR);
    int64_t first = progress_tick(&progress, &now, 0);
    assert_true(first > 0); /* a short job needs no view */
    assert_string_equal(shown(), "");
    assert_int_equal(progress_tick(&progress, &now, first - 1), first);
    int64_t second = progress_tick(&progress, &now, first);
    assert_int_equal(second - first, 100 * NSEC_PER_MSEC);
    assert_string_not_equal(shown(), "");
    end();

    begin(PROGRESS_PLAIN);
    assert_int_equal(progress_tick(&progress, &now, 0), 5 * NSEC_PER_SEC);
    assert_string_equal(shown(), "");
    now.done = 3;
    assert_int_equal(progress_tick(&progress, &now, 5 * NSEC_PER_SEC), 10 * NSEC_PER_SEC);
    assert_string_equal(shown(), "3 done, 0 in flight, 0 B, 0 B/s, 0.6 files/s\n");
    progress_say(&progress, "a failure");
    assert_non_null(strstr(shown(), "\na failure\n"));
    end();

    begin(PROGRESS_NONE);
    assert_int_equal(progress_tick(&progress, &now, 99), DEADLINE_NEVER);
    assert_string_equal(shown(), "");
    end();
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Where nothing is drawn it is said at once, above a view with the next picture. */
static void what_is_said_stands_above(void **state)
{
    (void)state;
    struct progress_state now = {.in_flight = 5};
    begin(PROGRESS_BAR);
    progress_say(&progress, "one");
    assert_string_equal(shown(), "one\n");
    (void)progress_tick(&progress, &now, deadline_clock());
    size_t before = strlen(shown());
    progress_say(&progress, "two");
    progress_say(&progress, "three");
    assert_int_equal(strlen(shown()), before);
    (void)progress_tick(&progress, &now, deadline_clock() + NSEC_PER_SEC);
    assert_true(begins(shown() + before, "\r\x1b[Jtwo\nthree\n\r\x1b[?7l "));
    progress_say(&progress, "four");
    before = strlen(shown());
    progress_clear(&progress);
    assert_string_equal(shown() + before, "\r\x1b[Jfour\n");
    progress_clear(&progress);
    progress_say(&progress, "five");
    assert_string_equal(shown() + before, "\r\x1b[Jfour\nfive\n");
    end();
}

/* An entry under way since the beginning. */
static void under_way(struct list *list, struct entry *entry, struct meter *meter, uint64_t number)
{
    static char name[] = "name";
    meter_begin(meter, 0, 1000000);
    *entry = (struct entry){.number = number, .name = name, .meter = meter, .started = 0};
    list_push_back(list, &entry->node);
}

/* A terminal of 80 columns as standard error: its other end, or -1 where there are none. */
static int open_terminal(void)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    if (master < 0 || grantpt(master) || unlockpt(master))
        return -1;
    int slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    assert_true(slave >= 0);
    assert_int_equal(ioctl(slave, TIOCSWINSZ, &size), 0);
    kept = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    close(slave);
    return master;
}

/* What it shows since it was asked last. */
static const char *new_on(int terminal)
{
    static char text[65536];
    ssize_t got = read(terminal, text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

/* By the files so far, but not sooner than the slowest; at the end by that alone; and not at all
 * where it is not known. */
static void what_is_left_is_told_honestly(void **state)
{
    (void)state;
    struct list list;
    struct entry entries[2];
    struct meter meters[2];
    struct progress_state now = {.done = 10, .total = 110, .running = &list};
    int terminal = open_terminal();
    if (terminal < 0)
        skip(); /* no pseudo terminals here */
    list_init(&list);
    under_way(&list, &entries[0], &meters[0], 1);
    under_way(&list, &entries[1], &meters[1], 2);
    progress_init(&progress, PROGRESS_BAR, false, 0);
    (void)progress_tick(&progress, &now, 10 * NSEC_PER_SEC);
    assert_non_null(strstr(new_on(terminal), "   9%  1:40 left"));
    meter_add(&meters[0], 1100);
    (void)progress_tick(&progress, &now, 11 * NSEC_PER_SEC);
    assert_non_null(strstr(new_on(terminal), "   9%  30:1"));
    meter_add(&meters[1], 750000);
    now.done = 108;
    (void)progress_tick(&progress, &now, 13 * NSEC_PER_SEC);
    assert_non_null(strstr(new_on(terminal), "  98%"));
    meter_begin(&meters[0], 0, -1);
    (void)progress_tick(&progress, &now, 14 * NSEC_PER_SEC);
    const char *shown_last = new_on(terminal);
    assert_non_null(strstr(shown_last, "  98%"));
    assert_null(strstr(shown_last, "left"));
    now = (struct progress_state){.running = &list};
    (void)progress_tick(&progress, &now, 15 * NSEC_PER_SEC);
    shown_last = new_on(terminal);
    assert_non_null(strstr(shown_last, " 0 done, "));
    assert_null(strstr(shown_last, " of "));
    assert_null(strstr(shown_last, "0%"));
    progress_end(&progress);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(terminal);
}

/* Nobody's memory fills up. */
static void much_that_is_said_does_not_wait(void **state)
{
    (void)state;
    struct progress_state now = {0};
    char line[1001];
    memset(line, 'x', 1000);
    line[1000] = '\0';
    begin(PROGRESS_BAR);
    (void)progress_tick(&progress, &now, deadline_clock() + 3600 * NSEC_PER_SEC);
    size_t before = strlen(shown());
    for (int i = 0; i < 50; i++)
        progress_say(&progress, line);
    assert_int_equal(strlen(shown()), before);
    for (int i = 0; i < 20; i++)
        progress_say(&progress, line);
    assert_true(strlen(shown()) > before + 65000);
    end();
}

/* Runs the job with standard error at the descriptor `fd`; what kind does it choose? */
static enum progress_kind kind_on(int fd, enum progress_kind wanted, const char *term, bool shared)
{
    int before = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    setenv("TERM", term, 1);
    progress_init(&progress, wanted, shared, 0);
    progress_end(&progress);
    dup2(before, STDERR_FILENO);
    close(before);
    return progress.kind;
}

static void auto_looks_at_standard_error(void **state)
{
    (void)state;
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_int_equal(kind_on(nothing, PROGRESS_AUTO, "xterm", false), PROGRESS_PLAIN);
    assert_int_equal(kind_on(nothing, PROGRESS_BAR, "xterm", false), PROGRESS_BAR);
    assert_int_equal(kind_on(nothing, PROGRESS_NONE, "xterm", false), PROGRESS_NONE);
    close(nothing);
    int terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || !isatty(terminal))
        skip(); /* no pseudo terminals here */
    assert_int_equal(kind_on(terminal, PROGRESS_AUTO, "xterm", false), PROGRESS_BAR);
    assert_int_equal(kind_on(terminal, PROGRESS_AUTO, "xterm", true), PROGRESS_PLAIN);
    assert_int_equal(kind_on(terminal, PROGRESS_BAR, "xterm", true), PROGRESS_BAR);
    assert_int_equal(kind_on(terminal, PROGRESS_AUTO, "dumb", false), PROGRESS_PLAIN);
    assert_int_equal(kind_on(terminal, PROGRESS_PLAIN, "xterm", false), PROGRESS_PLAIN);
    close(terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rates_follow_what_happens),
        cmocka_unit_test(redrawn_ten_times_a_second_at_most),
        cmocka_unit_test(what_is_said_stands_above),
        cmocka_unit_test(what_is_left_is_told_honestly),
        cmocka_unit_test(much_that_is_said_does_not_wait),
        cmocka_unit_test(auto_looks_at_standard_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
