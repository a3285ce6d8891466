/* The seam under coroutines: what a switch must keep and hand over. */
#include "context_checks.h"
#include "engine/co/co.h"
#include "engine/co/context.h"
#include <fenv.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STACK_BYTES = 64 * 1024 };

struct pair {
    struct context main;
    struct context other;
    void *stack;
    uintptr_t frame; /* of a function on the other stack */
    int round;       /* rounding mode seen there */
    double sum;      /* computed there */
};

static void pair_open(struct pair *pair, context_entry entry)
{
    memset(pair, 0, sizeof(*pair));
    pair->stack = malloc(STACK_BYTES);
    if (!pair->stack || context_init(&pair->other, pair->stack, STACK_BYTES, entry, pair))
        abort();
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

static bool values_travel_both_ways(void)
{
    struct pair pair;
    bool holds = true;
    pair_open(&pair, count_up);
    for (uintptr_t i = 10; i < 1000; i += 10)
        holds &= (uintptr_t)context_switch(&pair.main, &pair.other, (void *)i) == i + 1;
    pair_close(&pair);
    return holds;
}

/* More live values than there are registers to keep them in, integers and doubles. Without `from`
 * the same sum is computed undisturbed. */
static double churn(struct context *from, struct context *to, unsigned seed)
{
    uint64_t a = seed, b = seed * 3, c = seed * 5, d = seed * 7, e = seed * 11, f = seed * 13;
    double r = seed, s = seed / 2.0, t = seed / 3.0, u = seed / 5.0;
    for (int i = 0; i < 100; i++) {
        if (from)
            context_switch(from, to, NULL);
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

static void churn_there(void *arg, void *value)
{
    struct pair *pair = arg;
    (void)value;
    pair->sum = churn(&pair->other, &pair->main, 17);
    for (;;)
        context_switch(&pair->other, &pair->main, NULL);
}

static bool registers_survive(void)
{
    struct pair pair;
    pair_open(&pair, churn_there);
    double sum = churn(&pair.main, &pair.other, 4);
    context_switch(&pair.main, &pair.other, NULL);
    bool holds = sum == churn(NULL, NULL, 4) && pair.sum == churn(NULL, NULL, 17);
    pair_close(&pair);
    return holds;
}

/* x86-64 has two control words: fegetround() reads the one, conversion goes by the other. */
static long rounded(void)
{
    volatile double number = 1.3;
    return lrint(number);
}

static void round_upward(void *arg, void *value)
{
    struct pair *pair = arg;
    (void)value;
    fesetround(FE_UPWARD);
    for (;;) {
        context_switch(&pair->other, &pair->main, NULL);
        pair->round = fegetround();
        pair->sum = (double)rounded();
    }
}

static bool each_has_its_rounding_mode(void)
{
    struct pair pair;
    pair_open(&pair, round_upward);
    context_switch(&pair.main, &pair.other, NULL);
    bool holds = fegetround() == FE_TONEAREST;
    fesetround(FE_DOWNWARD);
    context_switch(&pair.main, &pair.other, NULL);
    holds &=
        pair.round == FE_UPWARD && fegetround() == FE_DOWNWARD && pair.sum == 2 && rounded() == 1;
    fesetround(FE_TONEAREST);
    pair_close(&pair);
    return holds;
}

/* Formatting a double needs an aligned stack where vector registers are spilled. */
static void look_around(void *arg, void *value)
{
    struct pair *pair = arg;
    char text[32];
    pair->frame = (uintptr_t)__builtin_frame_address(0);
    for (;;) {
        snprintf(text, sizeof(text), "%.3f", *(double *)value);
        value = context_switch(&pair->other, &pair->main, text);
    }
}

static bool runs_on_its_stack_aligned(void)
{
    struct pair pair;
    double number = 2.5;
    pair_open(&pair, look_around);
    const char *text = context_switch(&pair.main, &pair.other, &number);
    bool holds = strcmp(text, "2.500") == 0 && pair.frame % 16 == 0 &&
                 pair.frame > (uintptr_t)pair.stack &&
                 pair.frame < (uintptr_t)pair.stack + STACK_BYTES;
    pair_close(&pair);
    return holds;
}

static void *double_it(void *in)
{
    for (int i = 0; i < 99; i++)
        in = co_yield ((void *)((uintptr_t)in * 2));
    return (void *)((uintptr_t)in * 2);
}

static bool coroutines_run_on_it(void)
{
    bool holds = strcmp(co_backend(), context_name()) == 0;
    struct co *co = co_new(double_it, 0);
    for (uintptr_t i = 1; i <= 100; i++)
        holds &= (uintptr_t)co_resume(co, (void *)i) == i * 2;
    holds &= co_done(co);
    co_free(co);
    return holds;
}

const struct context_check context_checks[] = {
    {"values_travel_both_ways", values_travel_both_ways},
    {"registers_survive", registers_survive},
    {"each_has_its_rounding_mode", each_has_its_rounding_mode},
    {"runs_on_its_stack_aligned", runs_on_its_stack_aligned},
    {"coroutines_run_on_it", coroutines_run_on_it},
};
const size_t context_check_count = sizeof(context_checks) / sizeof(context_checks[0]);
