/* Coroutines: values, who resumes whom, what is forbidden, and the edge of a stack. */
#include "dies.h"
#include "engine/co/stack.h"
#include "unit.h"
#include <execinfo.h>
#include <stdint.h>

static void *double_it(void *in)
{
    for (;;)
        in = co_yield ((void *)((uintptr_t)in * 2));
    return NULL;
}

static void values_travel_both_ways(void **state)
{
    (void)state;
    struct co *co = co_new(double_it, 0);
    assert_non_null(co);
    for (uintptr_t i = 1; i < 100; i++)
        assert_int_equal((uintptr_t)co_resume(co, (void *)i), i * 2);
    assert_false(co_done(co));
    co_free(co);
}

static void *return_at_once(void *in)
{
    return in;
}

static void the_last_resume_returns_the_value(void **state)
{
    (void)state;
    struct co *co = co_new(return_at_once, 0);
    int value;
    assert_ptr_equal(co_resume(co, &value), &value);
    assert_true(co_done(co));
    co_free(co);
    co_free(NULL);
}

static struct co *seen_self;

static void *note_self(void *in)
{
    seen_self = co_self();
    return in;
}

static void *resume_another(void *in)
{
    struct co *inner = co_new(note_self, 0);
    co_resume(inner, NULL);
    bool inner_saw_itself = seen_self == inner;
    co_free(inner);
    co_yield (NULL);
    return inner_saw_itself && co_self() == in ? in : NULL;
}

static void resumes_nest(void **state)
{
    (void)state;
    assert_null(co_self());
    struct co *outer = co_new(resume_another, 0);
    co_resume(outer, outer);
    assert_null(co_self());
    assert_ptr_equal(co_resume(outer, NULL), outer);
    co_free(outer);
}

/* The example of greenlet's documentation. */
static struct co *first, *second;
static int order[8];
static size_t order_count;

static void *run_first(void *in)
{
    order[order_count++] = 12;
    in = co_switch(second, in);
    order[order_count++] = 34;
    return in;
}

static void *run_second(void *in)
{
    order[order_count++] = 56;
    co_switch(first, (void *)((uintptr_t)in + 1));
    order[order_count++] = 78;
    return NULL;
}

static void switching_takes_over_the_resumer(void **state)
{
    (void)state;
    static const int expected[] = {12, 56, 34};
    order_count = 0;
    first = co_new(run_first, 0);
    second = co_new(run_second, 0);
    /* Outside a coroutine a switch is a resume. */
    assert_int_equal((uintptr_t)co_switch(first, (void *)7), 8);
    assert_int_equal(order_count, 3);
    assert_memory_equal(order, expected, sizeof(expected));
    assert_true(co_done(first));
    assert_false(co_done(second));
    co_free(first);
    co_free(second);
}

static void a_suspended_one_may_be_freed(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct co *co = co_new(double_it, 0);
        co_resume(co, NULL);
        co_free(co);
        co_free(co_new(double_it, 0)); /* one that never began */
    }
}

enum { MANY = 2000 };

static void many_live_at_once(void **state)
{
    (void)state;
    static struct co *cos[MANY];
    for (uintptr_t i = 0; i < MANY; i++)
        assert_non_null(cos[i] = co_new(double_it, 0));
    for (uintptr_t round = 0; round < 3; round++) {
        for (uintptr_t i = 0; i < MANY; i++)
            assert_int_equal((uintptr_t)co_resume(cos[i], (void *)(i + round)), (i + round) * 2);
    }
    for (size_t i = 0; i < MANY; i++)
        co_free(cos[i]);
}

static void *generate_on_thread(void *arg)
{
    struct co *co = co_new(double_it, 0);
    uintptr_t sum = 0;
    for (uintptr_t i = 0; i < 1000; i++)
        sum += (uintptr_t)co_resume(co, (void *)i);
    co_free(co);
    *(uintptr_t *)arg = sum;
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    (void)state;
    pthread_t threads[4];
    uintptr_t sums[4] = {0};
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, generate_on_thread, &sums[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(sums[i], 999 * 1000);
    }
}

/* Calls itself `depth` times with a kilobyte of frame each. */
static __attribute__((noinline)) unsigned dig(unsigned depth)
{
    volatile char frame[1024];
    memset((char *)frame, (int)depth, sizeof(frame));
    return depth ? dig(depth - 1) + (unsigned char)frame[depth % sizeof(frame)] : 0;
}

static void *dig_as_told(void *in)
{
    co_yield (NULL);
    return (void *)(uintptr_t)dig((unsigned)(uintptr_t)in);
}

static void stack_use_is_seen(void **state)
{
    (void)state;
    struct co *co = co_new(dig_as_told, 512 * 1024);
    co_resume(co, (void *)100);
    size_t before = co_stack_used(co);
    assert_in_range(before, 1, 64 * 1024);
    co_resume(co, NULL);
    assert_in_range(co_stack_used(co), 100 * 1024, 512 * 1024);
    co_free(co);
}

static void *unwind(void *in)
{
    void *frames[64];
    *(int *)in = backtrace(frames, 64);
    return NULL;
}

/* Debuggers and profilers must find the end: entry's caller is the outermost frame. */
static void a_backtrace_ends(void **state)
{
    (void)state;
    int frames = 0;
    struct co *co = co_new(unwind, 256 * 1024);
    co_resume(co, &frames);
    co_free(co);
    assert_in_range(frames, 2, 20);
}

/* A hundred kilobytes on a stack of 64: past its end, but not past the stack below. */
static void *dig_too_deep(void *in)
{
    (void)in;
    return (void *)(uintptr_t)dig(100);
}

static void overflow(void)
{
    stack_pool_drain(); /* the next two are neighbours then, the first below */
    struct co *below = co_new(return_at_once, 0);
    struct co *above = co_new(dig_too_deep, 0);
    co_resume(above, NULL);
    _exit(below && above ? 0 : 1); /* alive: the test fails */
}

/* The guard page kills: by a signal, or by the report that a sanitizer makes of it. */
static void an_overflow_dies_at_the_guard(void **state)
{
    (void)state;
    struct death death = dies_by(overflow);
    if (WIFSIGNALED(death.status)) {
        int signal = WTERMSIG(death.status);
        assert_true(signal == SIGSEGV || signal == SIGBUS || signal == SIGABRT);
        return;
    }
    assert_true(WIFEXITED(death.status));
    assert_int_not_equal(WEXITSTATUS(death.status), 0);
    assert_non_null(strstr(death.said, "Sanitizer"));
}

static void resume_ended(void)
{
    struct co *co = co_new(return_at_once, 0);
    co_resume(co, NULL);
    co_resume(co, NULL);
}

static void *resume_given(void *in)
{
    return co_resume(in, NULL);
}

static void resume_running(void)
{
    struct co *co = co_new(resume_given, 0);
    co_resume(co, co);
}

static void yield_outside(void)
{
    co_yield (NULL);
}

static void *free_given(void *in)
{
    co_free(in);
    return NULL;
}

static void free_running(void)
{
    struct co *co = co_new(free_given, 0);
    co_resume(co, co);
}

static void misuse_aborts_with_a_message(void **state)
{
    (void)state;
    assert_true(dies_saying(resume_ended, "ended was resumed"));
    assert_true(dies_saying(resume_running, "is running"));
    assert_true(dies_saying(yield_outside, "outside a coroutine"));
    assert_true(dies_saying(free_running, "freed while it runs"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_travel_both_ways),
        cmocka_unit_test(the_last_resume_returns_the_value),
        cmocka_unit_test(resumes_nest),
        cmocka_unit_test(switching_takes_over_the_resumer),
        cmocka_unit_test(a_suspended_one_may_be_freed),
        cmocka_unit_test(many_live_at_once),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(stack_use_is_seen),
        cmocka_unit_test(a_backtrace_ends),
        cmocka_unit_test(an_overflow_dies_at_the_guard),
        cmocka_unit_test(misuse_aborts_with_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
