/* pace.h: on a clock of our own, against hosts that bear so much and no more. */
#include "cmd/get/pace.h"
#include "tests/unit/cmd/unit.h"

enum { PER_HOST = 32 };

static const int64_t start = 1000 * NSEC_PER_SEC;

static void end(struct pace *pace, enum visit_end how, int64_t took, unsigned used, int64_t now)
{
    pace_learn(pace, &(struct visit){how, took}, used, PER_HOST, now);
}

static void no_limit_without_refusals(void **state)
{
    (void)state;
    struct pace pace = {0};
    assert_int_equal(pace_connections(&pace, PER_HOST), PER_HOST);
    assert_false(pace_wants_clock(&pace, VISIT_SERVED));
    for (int i = 0; i < 1000; i++)
        end(&pace, i % 7 == 0 ? VISIT_NOTHING : VISIT_SERVED, NSEC_PER_MSEC, PER_HOST, 0);
    assert_int_equal(pace_connections(&pace, PER_HOST), PER_HOST);
    assert_int_equal(pace.next, 0);
    assert_int_equal(pace.took, NSEC_PER_MSEC);
    assert_false(pace_is_memorable(&pace, start));
}

static void refusals_halve(void **state)
{
    (void)state;
    struct pace pace = {0};
    int64_t now = start;
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 20, now);
    assert_int_equal(pace_connections(&pace, PER_HOST), 10);
    /* The other nineteen were on their way before that. */
    for (unsigned used = 19; used > 0; used--)
        end(&pace, VISIT_REFUSED, 5 * NSEC_PER_MSEC, used, now + 4 * NSEC_PER_MSEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), 10);
    now += NSEC_PER_SEC;
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 10, now);
    assert_int_equal(pace_connections(&pace, PER_HOST), 5);
    now += NSEC_PER_SEC;
    end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 2, now);
    /* Fewer were in use than were allowed: it is those that were too many. */
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 2, now);
    assert_int_equal(pace_connections(&pace, PER_HOST), 1);
    assert_false(pace_is_spaced(&pace));
    assert_true(pace_is_memorable(&pace, now));
    assert_false(pace_is_memorable(&pace, now + PACE_MEMORY));
}

static void below_one_connection(void **state)
{
    (void)state;
    struct pace pace = {0};
    int64_t now = start;
    end(&pace, VISIT_SERVED, 50 * NSEC_PER_MSEC, 1, 0);
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 1, now);
    assert_true(pace_is_spaced(&pace));
    assert_int_equal(pace_connections(&pace, PER_HOST), 1);
    assert_int_equal(pace.next, now + 100 * NSEC_PER_MSEC);
    now = pace.next;
    pace_begin(&pace, 0, now);
    assert_int_equal(pace.next, now + 100 * NSEC_PER_MSEC);
    end(&pace, VISIT_SERVED, 50 * NSEC_PER_MSEC, 1, now);
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 1, now + NSEC_PER_MSEC);
    now = pace.next;
    pace_begin(&pace, 0, now);
    /* It has grown a little in between. */
    assert_true(pace.next <= now + 200 * NSEC_PER_MSEC);
    assert_true(pace.next >= now + 190 * NSEC_PER_MSEC);
    /* Not for ever: */
    for (int i = 0; i < 100; i++) {
        now = pace.next;
        pace_begin(&pace, 0, now);
        end(&pace, VISIT_SERVED, 50 * NSEC_PER_MSEC, 1, now);
        end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 1, now + NSEC_PER_MSEC);
    }
    now = pace.next;
    pace_begin(&pace, 0, now);
    assert_true(pace.next <= now + PACE_SLOWEST);
    assert_true(pace.next >= now + PACE_SLOWEST / 2);
}

static void recovers(void **state)
{
    (void)state;
    struct pace pace = {0};
    int64_t now = start;
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 16, now);
    assert_int_equal(pace_connections(&pace, PER_HOST), 8);
    for (int i = 0; i < 50; i++)
        end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 8, now += PACE_RECOVERY / 100);
    assert_int_equal(pace_connections(&pace, PER_HOST), 12);
    for (int i = 0; i < 51; i++)
        end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 8, now += PACE_RECOVERY / 100);
    assert_int_equal(pace_connections(&pace, PER_HOST), 16);
    for (int i = 0; i < 101; i++)
        end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 8, now += PACE_RECOVERY / 100);
    /* As if nothing had been. */
    assert_int_equal(pace_connections(&pace, PER_HOST), PER_HOST);
    assert_false(pace_wants_clock(&pace, VISIT_SERVED));
}

static void idleness_proves_nothing(void **state)
{
    (void)state;
    struct pace pace = {0};
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 16, start);
    end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 1, start + 100 * PACE_RECOVERY);
    assert_int_equal(pace_connections(&pace, PER_HOST), 16);
}

/* One page that always answers 503 is the page's fault; every tenth answer is the host's. */
static void strain_is_a_share(void **state)
{
    (void)state;
    static const int shares[] = {30, 20, 10, 2};
    for (int i = 0; i < 4; i++) {
        struct pace pace = {0};
        int64_t now = start;
        bool lowered = false;
        for (int n = 1; n < 1000; n++) {
            bool bad = n % shares[i] == 0;
            end(&pace, bad ? VISIT_STRAINED : VISIT_SERVED, NSEC_PER_MSEC, 8,
                now += 20 * NSEC_PER_MSEC);
            lowered = lowered || pace.allowed > 0;
        }
        assert_int_equal(lowered, shares[i] < PACE_STRAIN_SHARE);
    }
}

static void fruitless_waits_end(void **state)
{
    (void)state;
    struct pace pace = {0};
    int64_t now = start;
    for (int i = 0; i < 100; i++)
        end(&pace, VISIT_TIMED_OUT, NSEC_PER_SEC, PER_HOST, now += 2 * NSEC_PER_SEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), PER_HOST);
    /* One that serves now and then may be overloaded. */
    for (int i = 0; i < 100; i++)
        end(&pace, i % 4 ? VISIT_TIMED_OUT : VISIT_SERVED, NSEC_PER_SEC, PER_HOST,
            now += 2 * NSEC_PER_SEC);
    assert_true(pace_connections(&pace, PER_HOST) <= PER_HOST / 4);
    for (int i = 0; i < 100; i++)
        end(&pace, i % 20 ? VISIT_TIMED_OUT : VISIT_SERVED, NSEC_PER_SEC, 4,
            now += 2 * NSEC_PER_SEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), PACE_FRUITLESS_FLOOR);
    /* Nor are those who are refused whatever they do. */
    for (int i = 0; i < 100; i++)
        end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 4, now += 2 * NSEC_PER_SEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), PACE_FRUITLESS_FLOOR);
    /* What lies below for a good reason is not lifted. */
    end(&pace, VISIT_SERVED, NSEC_PER_MSEC, 2, now);
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 2, now += NSEC_PER_SEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), 1);
    for (int i = 0; i < 10; i++)
        end(&pace, VISIT_TIMED_OUT, NSEC_PER_SEC, 1, now += 2 * NSEC_PER_SEC);
    assert_int_equal(pace_connections(&pace, PER_HOST), 1);
}

static void rate_is_even(void **state)
{
    (void)state;
    struct pace pace = {0};
    const int64_t interval = 100 * NSEC_PER_MSEC;
    int64_t now = start;
    /* Each a bit late: made up for, so that the rate is kept. */
    for (int i = 0; i < 100; i++) {
        int64_t before = pace.next;
        pace_begin(&pace, interval, now);
        assert_true(pace.next - now >= interval - PACE_TOLERANCE);
        assert_true(i == 0 || pace.next == before + interval);
        now = pace.next + 3 * NSEC_PER_MSEC;
    }
    /* A second in which nobody came is not. */
    now = pace.next + NSEC_PER_SEC;
    pace_begin(&pace, interval, now);
    assert_int_equal(pace.next, now + interval);
    /* A clock that has only just begun. */
    pace = (struct pace){0};
    pace_begin(&pace, interval, 1);
    assert_true(pace.next >= interval);
}

/* The slower of --rate and the host's own limit counts. */
static void rate_and_limit(void **state)
{
    (void)state;
    struct pace pace = {0};
    end(&pace, VISIT_SERVED, 50 * NSEC_PER_MSEC, 1, 0);
    end(&pace, VISIT_REFUSED, NSEC_PER_MSEC, 1, start);
    int64_t now = pace.next;
    pace_begin(&pace, NSEC_PER_MSEC, now);
    assert_int_equal(pace.next, now + 100 * NSEC_PER_MSEC);
    now = pace.next;
    pace_begin(&pace, NSEC_PER_SEC, now);
    assert_int_equal(pace.next, now + NSEC_PER_SEC);
}

/* A host that takes `rate` requests a second, a second's worth at once, and refuses the rest; it
 * answers in `latency`, but refuses in a tenth of that. One client, one step a millisecond; after a
 * refusal a pause of a second, as fetch_one() has it. */
struct world {
    double rate;
    double tokens;
    unsigned flying;
    int64_t began[PER_HOST];
    bool served[PER_HOST];
    int64_t paused;
    unsigned good, refused;
};

static void world_step(struct world *world, struct pace *pace, int64_t latency, int64_t now)
{
    world->tokens += world->rate / 1000;
    if (world->tokens > world->rate)
        world->tokens = world->rate;
    for (unsigned i = 0; i < world->flying;) {
        int64_t took = world->served[i] ? latency : latency / 10;
        if (world->began[i] + took > now) {
            i++;
            continue;
        }
        bool served = world->served[i];
        end(pace, served ? VISIT_SERVED : VISIT_REFUSED, took, world->flying, now);
        world->good += served;
        world->refused += !served;
        if (!served)
            world->paused = now + NSEC_PER_SEC;
        world->flying--;
        world->began[i] = world->began[world->flying];
        world->served[i] = world->served[world->flying];
    }
    while (world->flying < pace_connections(pace, PER_HOST) && now >= pace->next &&
           now >= world->paused) {
        bool served = world->tokens >= 1;
        world->tokens -= served;
        if (pace_is_spaced(pace))
            pace_begin(pace, 0, now);
        world->began[world->flying] = now;
        world->served[world->flying++] = served;
    }
}

/* After a minute the pace is found: much of what the host bears is used, and it seldom refuses. */
static void finds_the_pace(void **state)
{
    (void)state;
    static const struct {
        double rate;
        int64_t latency;
    } cases[] = {
        {1, 5 * NSEC_PER_MSEC},    {5, 100 * NSEC_PER_MSEC},   {100, 2 * NSEC_PER_MSEC},
        {100, 50 * NSEC_PER_MSEC}, {1000, 10 * NSEC_PER_MSEC}, {10, 2000 * NSEC_PER_MSEC},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world = {.rate = cases[i].rate, .tokens = cases[i].rate};
        struct pace pace = {0};
        int64_t now = start;
        for (int ms = 0; ms < 60000; ms++)
            world_step(&world, &pace, cases[i].latency, now += NSEC_PER_MSEC);
        world.good = world.refused = 0;
        for (int ms = 0; ms < 300000; ms++)
            world_step(&world, &pace, cases[i].latency, now += NSEC_PER_MSEC);
        double used = world.good / 300.0 / world.rate;
        print_message("%4.0f/s, %4d ms: %.2f used, %u of %u refused\n", world.rate,
                      (int)(cases[i].latency / NSEC_PER_MSEC), used, world.refused, world.good);
        assert_true(used > 0.4);
        assert_true(world.refused < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_limit_without_refusals),
        cmocka_unit_test(refusals_halve),
        cmocka_unit_test(below_one_connection),
        cmocka_unit_test(recovers),
        cmocka_unit_test(idleness_proves_nothing),
        cmocka_unit_test(strain_is_a_share),
        cmocka_unit_test(fruitless_waits_end),
        cmocka_unit_test(rate_is_even),
        cmocka_unit_test(rate_and_limit),
        cmocka_unit_test(finds_the_pace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
