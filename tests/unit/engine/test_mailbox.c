/* Messages from other threads: none is lost, none overtakes, and few cost a system call. */
#include "engine/sched/core.h"
#include "engine/sched/mailbox.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <unistd.h>

enum { POSTERS = 4, MESSAGES = 2000 };

struct note {
    struct sched_message message;
    struct log *log;
    int poster;
    int number;
};

struct log {
    struct sched *sched;
    struct note notes[POSTERS][MESSAGES];
    int next[POSTERS]; /* number expected from each */
    int total;
    int out_of_order;
};

static struct log log_of_all;

static void note_run(struct sched_message *message)
{
    struct note *note = (struct note *)(void *)message;
    struct log *log = note->log;
    log->out_of_order += note->number != log->next[note->poster];
    log->next[note->poster]++;
    if (++log->total == POSTERS * MESSAGES)
        sched_unhold(log->sched);
}

static void *post_all(void *arg)
{
    struct note *notes = arg;
    for (int i = 0; i < MESSAGES; i++) {
        sched_post(notes[i].log->sched, &notes[i].message);
        if (i % 500 == 0)
            usleep(1000); /* lets the loop fall asleep now and then */
    }
    return NULL;
}

static void every_poster_keeps_its_order(void **state)
{
    struct log *log = &log_of_all;
    pthread_t threads[POSTERS];
    (void)state;
    struct sched *sched = sched_new(NULL);
    *log = (struct log){.sched = sched};
    sched_hold(sched);
    for (int i = 0; i < POSTERS; i++) {
        for (int n = 0; n < MESSAGES; n++)
            log->notes[i][n] = (struct note){{.run = note_run}, log, i, n};
        assert_int_equal(pthread_create(&threads[i], NULL, post_all, log->notes[i]), 0);
    }
    assert_int_equal(sched_run(sched), 0);
    /* Freed while posters may still be on their way out of sched_post(). */
    sched_free(sched);
    for (int i = 0; i < POSTERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(log->total, POSTERS * MESSAGES);
    assert_int_equal(log->out_of_order, 0);
}

static int runs;

static void count_run(struct sched_message *message)
{
    (void)message;
    runs++;
}

/* The eventfd's counter, 0 when nothing was written. */
static uint64_t rung(const struct sched *sched)
{
    uint64_t count = 0;
    if (read(sched->mailbox_fd, &count, sizeof(count)) < 0)
        assert_int_equal(errno, EAGAIN);
    return count;
}

static void only_an_armed_box_rings(void **state)
{
    struct sched_message messages[5] = {{.run = count_run},
                                        {.run = count_run},
                                        {.run = count_run},
                                        {.run = count_run},
                                        {.run = count_run}};
    (void)state;
    struct sched *sched = sched_new(NULL);
    runs = 0;
    sched_post(sched, &messages[0]);
    sched_post(sched, &messages[1]);
    assert_int_equal(rung(sched), 0);
    assert_false(mailbox_arm(sched)); /* there is something: do not sleep */
    assert_true(mailbox_run(sched));
    assert_int_equal(runs, 2);
    assert_false(mailbox_run(sched));

    assert_true(mailbox_arm(sched));
    sched_post(sched, &messages[2]);
    sched_post(sched, &messages[3]);
    assert_int_equal(rung(sched), 1); /* the second found it rung */
    assert_true(mailbox_run(sched));

    assert_true(mailbox_arm(sched));
    assert_false(mailbox_run(sched)); /* disarms, empty or not */
    sched_post(sched, &messages[4]);
    assert_int_equal(rung(sched), 0);
    assert_true(mailbox_run(sched));
    assert_int_equal(runs, 5);
    sched_free(sched);
}

static void post_again(struct sched_message *message)
{
    if (++runs < 3)
        sched_post(sched_self(), message);
}

static void what_a_message_posts_comes_next_time(void **state)
{
    struct sched_message message = {.run = post_again};
    (void)state;
    struct sched *sched = sched_new(NULL);
    runs = 0;
    sched_post(sched, &message);
    for (int i = 1; i <= 3; i++) {
        assert_true(mailbox_run(sched));
        assert_int_equal(runs, i);
    }
    assert_false(mailbox_run(sched));
    sched_free(sched);
}

static void *park_forever(void *arg)
{
    (void)arg;
    (void)task_park(DEADLINE_NEVER); /* ended by the deadlock's cancellation */
    return NULL;
}

static void quiet_report(void *ctx, const char *line)
{
    (void)line;
    ++*(int *)ctx;
}

static void without_a_hold_waiting_is_a_deadlock(void **state)
{
    int lines = 0;
    struct sched_options options = {.report = quiet_report, .report_ctx = &lines};
    (void)state;
    struct sched *sched = sched_new(&options);
    assert_non_null(task_spawn(NULL, park_forever, NULL));
    assert_int_equal(sched_run(sched), -EDEADLK);
    assert_true(lines > 0);
    sched_free(sched);
}

static struct task *parked;

static void wake_and_release(struct sched_message *message)
{
    (void)message;
    task_wake(parked);
    sched_unhold(sched_self());
}

static void *post_late(void *arg)
{
    static struct sched_message message = {.run = wake_and_release};
    usleep(30 * 1000);
    sched_post(arg, &message);
    return NULL;
}

static void a_held_loop_sleeps_until_the_post(void **state)
{
    pthread_t thread;
    struct sched_stats stats;
    (void)state;
    struct sched *sched = sched_new(NULL);
    parked = task_spawn(NULL, park_forever, NULL);
    sched_hold(sched);
    assert_int_equal(pthread_create(&thread, NULL, post_late, sched), 0);
    assert_int_equal(sched_run(sched), 0);
    pthread_join(thread, NULL);
    sched_stats(sched, &stats);
    assert_true(stats.ticks < 20); /* it slept, it did not spin */
    sched_free(sched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_poster_keeps_its_order),
        cmocka_unit_test(only_an_armed_box_rings),
        cmocka_unit_test(what_a_message_posts_comes_next_time),
        cmocka_unit_test(without_a_hold_waiting_is_a_deadlock),
        cmocka_unit_test(a_held_loop_sleeps_until_the_post),
    };
    return cmocka_run_group_tests_name("mailbox", tests, NULL, NULL);
}
