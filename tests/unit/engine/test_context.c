/* The seam under coroutines: what a switch must keep and hand over. */
#include "engine/co/context.h"
#include "unit.h"
#include <fenv.h>
#include <stdint.h>

enum { STACK_BYTES = 64 * 1024 };

struct pair {
    struct context main;
    struct context other;
    void *stack;
    uintptr_t frame; /* address of a local on the other stack */
    int round;       /* rounding mode seen there */
};

static void pair_open(struct pair *pair, context_entry entry)
{
    memset(pair, 0, sizeof(*pair));
    pair->stack = malloc(STACK_BYTES);
    assert_non_null(pair->stack);
    assert_int_equal(context_init(&pair->other, pair->stack, STACK_BYTES, entry, pair), 0);
}

static void pair_close(struct pair *pair)
{
    context_destroy(&pair->other);
    free(pair->stack);
}

static void count_up(void *arg, void *value)
{
    struct pair *pair = arg;
    for (;;)
        value = context_switch(&pair->other, &pair->main, (void *)((uintptr_t)value + 1));
}

static void values_travel_both_ways(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, count_up);
    for (uintptr_t i = 10; i < 1000; i += 10)
        assert_int_equal((uintptr_t)context_switch(&pair.main, &pair.other, (void *)i), i + 1);
    pair_close(&pair);
}

/* More live values than there are registers to keep them in, integers and doubles. */
static double churn(struct pair *pair, struct context *from, struct context *to, unsigned seed)
{
    uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13;
    double r = seed, s = seed / 2.0, t = seed / 3.0, u = seed / 5.0;
    for (int i = 0; i < 100; i++) {
        context_switch(from, to, pair);
        a += b ^ (uint64_t)i;
        b += c;
        c += d;
        d += e;
        e += f;
        f += a;
        r += s;
        s += t;
        t += u;
        u += r / 1e9;
    }
    return (double)(a ^ b ^ c ^ d ^ e ^ f) + r + s + t + u;
}

static double alone(unsigned seed)
{
    uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13;
    double r = seed, s = seed / 2.0, t = seed / 3.0, u = seed / 5.0;
    for (int i = 0; i < 100; i++) {
        a += b ^ (uint64_t)i;
        b += c;
        c += d;
        d += e;
        e += f;
        f += a;
        r += s;
        s += t;
        t += u;
        u += r / 1e9;
    }
    return (double)(a ^ b ^ c ^ d ^ e ^ f) + r + s + t + u;
}

static double other_sum;

static void churn_there(void *arg, void *value)
{
    struct pair *pair = arg;
    (void)value;
    other_sum = churn(pair, &pair->other, &pair->main, 17);
    for (;;)
        context_switch(&pair->other, &pair->main, NULL);
}

static void registers_survive(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, churn_there);
    double sum = churn(&pair, &pair.main, &pair.other, 4);
    context_switch(&pair.main, &pair.other, NULL);
    assert_true(sum == alone(4));
    assert_true(other_sum == alone(17));
    pair_close(&pair);
}

static void round_up(void *arg, void *value)
{
    struct pair *pair = arg;
    (void)value;
    fesetround(FE_UPWARD);
    for (;;) {
        context_switch(&pair->other, &pair->main, NULL);
        pair->round = fegetround();
    }
}

static void each_has_its_rounding_mode(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, round_up);
    context_switch(&pair.main, &pair.other, NULL);
    assert_int_equal(fegetround(), FE_TONEAREST);
    fesetround(FE_DOWNWARD);
    context_switch(&pair.main, &pair.other, NULL);
    assert_int_equal(pair.round, FE_UPWARD);
    assert_int_equal(fegetround(), FE_DOWNWARD);
    fesetround(FE_TONEAREST);
    pair_close(&pair);
}

static void look_around(void *arg, void *value)
{
    struct pair *pair = arg;
    _Alignas(16) volatile char local[16] = {0};
    (void)value;
    pair->frame = (uintptr_t)local;
    for (;;)
        context_switch(&pair->other, &pair->main, NULL);
}

static void runs_on_its_stack_aligned(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair, look_around);
    context_switch(&pair.main, &pair.other, NULL);
    assert_int_equal(pair.frame % 16, 0);
    assert_in_range(pair.frame, (uintptr_t)pair.stack, (uintptr_t)pair.stack + STACK_BYTES);
    pair_close(&pair);
}

static void has_a_name(void **state)
{
    (void)state;
    assert_true(strlen(context_name()) > 0);
    assert_string_equal(context_name(), co_backend());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_travel_both_ways),
        cmocka_unit_test(registers_survive),
        cmocka_unit_test(each_has_its_rounding_mode),
        cmocka_unit_test(runs_on_its_stack_aligned),
        cmocka_unit_test(has_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
