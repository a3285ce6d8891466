/* hosts.h: who may come in when, and what the table learns of a host. */
#include "cmd/get/gate_local.h"
#include "cmd/get/limits.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/hosts_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static void limit(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 2});
    int64_t again;
    enter(hosts, host);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), 0);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    assert_int_equal(hosts_enter(hosts, host, deadline_in_ms(5)), -ETIMEDOUT);
    enter(hosts, other);
    hosts_leave(hosts, host);
    enter(hosts, host);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    hosts_free(hosts);
    hosts_free(NULL);
}

static void patience(void **state)
{
    (void)state;
    struct hosts *hosts =
        hosts_new(&(struct hosts_limits){.per_host = 1, .patience = 100 * NSEC_PER_MSEC});
    int64_t again;
    hosts_pause(hosts, host, deadline_in_ms(200));
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), -EBUSY);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), -EBUSY);
    enter(hosts, other);
    /* Time passes, and the end comes near enough. */
    usleep(120000);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    hosts_free(hosts);
}

/* What robots.txt asks for: whoever enters, in whichever way. */
static void spaced(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 2});
    int64_t again, interval = 30 * NSEC_PER_MSEC;
    int64_t began = deadline_clock();
    assert_int_equal(hosts_set_interval(hosts, host, interval), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(hosts_try_enter(hosts, host, true, &again), -EAGAIN);
        assert_in_range(again, began + interval / 2, deadline_clock() + interval);
        began = again;
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
        assert_true(deadline_clock() >= again);
        hosts_leave(hosts, host);
    }
    enter(hosts, other);
    assert_int_equal(hosts_set_interval(hosts, other, 0), 0);
    assert_int_equal(hosts_try_enter(hosts, other, true, &again), 0);
    hosts_free(hosts);
}

static void pauses(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    int64_t until = deadline_in_ms(30);
    assert_false(hosts_pause(hosts, host, until));
    assert_true(hosts_pause(hosts, host, until - 1000)); /* the later counts */
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(hosts_enter(hosts, host, deadline_in_ms(1)), -ETIMEDOUT);
    enter(hosts, other);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= until);
    /* Over, and forgotten. */
    assert_false(hosts_pause(hosts, host, deadline_clock() - 1));
    hosts_leave(hosts, host);
    enter(hosts, host);

    /* Full and paused: who leaves does not let anybody in before the end. */
    until = deadline_in_ms(30);
    hosts_pause(hosts, host, until);
    hosts_leave(hosts, host);
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= until);
    hosts_free(hosts);
}

struct listener {
    struct hosts *hosts;
    int calls;
    bool inside;
};

static void on_left(void *ctx, const char *key)
{
    struct listener *listener = ctx;
    int64_t again;
    assert_string_equal(key, host);
    listener->calls++;
    if (listener->inside)
        return;
    /* Called without the lock: it may come back. */
    listener->inside = true;
    if (hosts_try_enter(listener->hosts, key, true, &again) == 0)
        hosts_leave(listener->hosts, key);
    listener->inside = false;
}

static void leave_after(struct hosts *hosts, int64_t took)
{
    hosts_end_visit(hosts, host, &(struct visit){VISIT_SERVED, took});
}

/* What a host refused is told with leaving it. */
static void refuse(struct hosts *hosts, enum visit_end end)
{
    hosts_end_visit(hosts, host, &(struct visit){end, NSEC_PER_MSEC});
}

static void learns(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 8});
    for (int i = 0; i < 8; i++)
        enter(hosts, host);
    refuse(hosts, VISIT_REFUSED);
    /* Seven are inside, and four may be. */
    for (int i = 0; i < 4; i++) {
        assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
        hosts_leave(hosts, host);
    }
    enter(hosts, host);
    assert_int_equal(try_again(hosts, host), DEADLINE_NEVER);
    enter(hosts, other);
    for (int i = 0; i < 4; i++)
        hosts_leave(hosts, host);

    /* Even one is too many: then there are gaps. */
    for (int i = 0; i < 5; i++) {
        usleep(2000);
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
        leave_after(hosts, NSEC_PER_MSEC);
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
        refuse(hosts, VISIT_REFUSED);
    }
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_clock() && again < DEADLINE_NEVER);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= again);
    hosts_free(hosts);
}

/* 503 without a word on how long: one may be the page's, two are the host's. */
static void rests(void **state)
{
    (void)state;
    struct hosts *hosts =
        hosts_new(&(struct hosts_limits){.per_host = 8, .rest = 30 * NSEC_PER_MSEC});
    for (int i = 0; i < 3; i++)
        enter(hosts, host);
    refuse(hosts, VISIT_STRAINED);
    enter(hosts, host);
    refuse(hosts, VISIT_STRAINED);
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_in_ms(20) && again <= deadline_in_ms(30));
    hosts_leave(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() >= again);
    hosts_free(hosts);
}

/* --rate holds for whoever comes, and is no pause that one could be too impatient for. */
static void interval(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){
        .per_host = 100, .patience = NSEC_PER_MSEC, .interval = 20 * NSEC_PER_MSEC});
    int64_t begin = deadline_clock();
    for (int i = 0; i < 11; i++)
        assert_int_equal(hosts_enter(hosts, host, DEADLINE_NEVER), 0);
    assert_true(deadline_clock() - begin >= 190 * NSEC_PER_MSEC);
    int64_t again = try_again(hosts, host);
    assert_true(again > deadline_clock() && again <= deadline_in_ms(20));
    enter(hosts, other);
    assert_false(hosts_pause(hosts, host, deadline_in_ms(1)));
    hosts_free(hosts);
}

/* A host that has not answered yet, or is slow, leaves room for one more. */
static void shares(void **state)
{
    (void)state;
    struct listener listener = {.inside = true};
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 12, .jobs = 12});
    int64_t again;
    hosts_listen(hosts, on_left, &listener);
    for (int i = 0; i < 6; i++)
        assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    assert_int_equal(hosts_try_enter(hosts, host, true, &again), 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(hosts_try_enter(hosts, other, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, other, false, &again), -EUSERS);
    /* Seven are too many now. */
    for (int i = 0; i < 3; i++)
        leave_after(hosts, HOST_SLOW);
    assert_int_equal(listener.calls, 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    leave_after(hosts, HOST_SLOW);
    assert_int_equal(listener.calls, 1);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EUSERS);
    /* It has become fast: its share does not count any more, and who was refused is told. */
    leave_after(hosts, 0);
    assert_int_equal(listener.calls, 2);
    for (int i = 0; i < 9; i++)
        assert_int_equal(hosts_try_enter(hosts, host, false, &again), 0);
    assert_int_equal(hosts_try_enter(hosts, host, false, &again), -EAGAIN);
    hosts_listen(hosts, NULL, NULL);
    hosts_free(hosts);
}

static void forgets(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    char key[32];
    int64_t until = deadline_in(60 * NSEC_PER_SEC);
    hosts_pause(hosts, host, until);
    enter(hosts, other);
    /* One that is to be asked at its own pace, and nothing is wanted of for a while. */
    int64_t interval = 500 * NSEC_PER_MSEC;
    assert_int_equal(hosts_set_interval(hosts, "slow.example:80", interval), 0);
    usleep(600000);
    /* Many hosts once each, so that the table is swept often. */
    for (int i = 0; i < 100 * LIMIT_IDLE_HOSTS; i++) {
        snprintf(key, sizeof key, "h%d.example:80", i);
        enter(hosts, key);
        hosts_leave(hosts, key);
    }
    assert_int_equal(try_again(hosts, host), until);
    assert_int_equal(try_again(hosts, other), DEADLINE_NEVER);
    enter(hosts, "slow.example:80");
    hosts_leave(hosts, "slow.example:80");
    assert_true(try_again(hosts, "slow.example:80") < DEADLINE_NEVER);
    hosts_free(hosts);
}

static void expect_counts(struct hosts *hosts, uint64_t active, uint64_t paused)
{
    struct hosts_counts counts;
    hosts_count(hosts, &counts);
    assert_int_equal(counts.active, active);
    assert_int_equal(counts.paused, paused);
}

static void counts(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 2});
    int64_t far = deadline_in(60 * NSEC_PER_SEC);
    char key[32];
    expect_counts(hosts, 0, 0);
    enter(hosts, host);
    enter(hosts, host);
    enter(hosts, other);
    expect_counts(hosts, 2, 0);
    hosts_leave(hosts, other);
    expect_counts(hosts, 1, 0);
    /* One that ends, one that is put off meanwhile, and one that stays. */
    int64_t soon = deadline_in_ms(20);
    hosts_pause(hosts, host, soon);
    hosts_pause(hosts, other, soon);
    hosts_pause(hosts, other, far);
    hosts_pause(hosts, "third.example:80", far);
    assert_true(hosts_is_paused(hosts, other));
    assert_false(hosts_is_paused(hosts, "fourth.example:80"));
    while (deadline_clock() <= soon)
        usleep(1000);
    expect_counts(hosts, 1, 2);
    assert_false(hosts_is_paused(hosts, host));
    /* Those whose pause has ended are forgotten, whether anybody has counted them since or not. */
    for (int i = 0; i < 10 * LIMIT_IDLE_HOSTS; i++) {
        snprintf(key, sizeof key, "h%d.example:80", i);
        hosts_pause(hosts, key, deadline_clock() - 1);
    }
    expect_counts(hosts, 1, 2);
    hosts_free(hosts);
}

static void listens(void **state)
{
    (void)state;
    struct listener listener = {.hosts = hosts_new(&(struct hosts_limits){.per_host = 2})};
    struct hosts *hosts = listener.hosts;
    hosts_listen(hosts, on_left, &listener);
    enter(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 0); /* it was not full */
    enter(hosts, host);
    enter(hosts, host);
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 2); /* the listener itself filled it and left */
    enter(hosts, host);
    hosts_pause(hosts, host, deadline_in(NSEC_PER_SEC));
    hosts_leave(hosts, host);
    assert_int_equal(listener.calls, 3); /* also when paused */
    hosts_listen(hosts, NULL, NULL);
    hosts_free(hosts);
}

static void local_gate(void **state)
{
    (void)state;
    struct hosts *hosts = hosts_new(&(struct hosts_limits){.per_host = 1});
    struct gate_local local;
    struct gate *gate = gate_local_init(&local, hosts);
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), 0);
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), -ETIMEDOUT);
    gate_leave(gate, host, &(struct visit){VISIT_NOTHING, 0});
    assert_false(gate_pause(gate, host, deadline_in(NSEC_PER_SEC)));
    assert_true(gate_pause(gate, host, deadline_in(NSEC_PER_SEC)));
    assert_int_equal(gate_enter(gate, host, DEADLINE_NOW), -ETIMEDOUT);
    hosts_free(hosts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit),   cmocka_unit_test(patience),   cmocka_unit_test(shares),
        cmocka_unit_test(rests),   cmocka_unit_test(learns),     cmocka_unit_test(interval),
        cmocka_unit_test(spaced),  cmocka_unit_test(pauses),     cmocka_unit_test(forgets),
        cmocka_unit_test(listens), cmocka_unit_test(local_gate), cmocka_unit_test(counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
