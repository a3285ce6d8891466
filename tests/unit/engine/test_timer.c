/* The heap of deadlines. */
#include "engine/sched/timer.h"
#include "unit.h"

struct probe {
    struct timer timer;
    int id;
    struct timer_heap *heap;
    struct probe *other; /* what its firing works on */
};

static int fired[64];
static size_t fired_count;

static void note(struct timer *timer)
{
    fired[fired_count++ % 64] = list_entry(timer, struct probe, timer)->id;
}

static void open_heap(struct timer_heap *heap, struct probe *probes, int n)
{
    timer_heap_init(heap);
    fired_count = 0;
    for (int i = 0; i < n; i++) {
        assert_int_equal(timer_heap_reserve(heap), 0);
        timer_init(&probes[i].timer, note);
        probes[i].id = i;
        probes[i].heap = heap;
    }
}

static void close_heap(struct timer_heap *heap, int n)
{
    for (int i = 0; i < n; i++)
        timer_heap_release(heap);
    timer_heap_free(heap);
}

static void assert_fired(const int *ids, size_t n)
{
    assert_int_equal(fired_count, n);
    assert_memory_equal(fired, ids, n * sizeof(int));
}

static void the_earliest_comes_first(void **state)
{
    (void)state;
    struct timer_heap heap;
    struct probe probes[5];
    open_heap(&heap, probes, 5);
    assert_true(timer_next(&heap) == DEADLINE_NEVER);
    const int64_t deadlines[] = {50, 20, 40, 10, 30};
    for (int i = 0; i < 5; i++)
        timer_start(&heap, &probes[i].timer, deadlines[i]);
    assert_int_equal(timer_next(&heap), 10);
    timer_run(&heap, 9);
    assert_fired(NULL, 0);
    timer_run(&heap, 30);
    assert_fired((const int[]){3, 1, 4}, 3);
    assert_int_equal(timer_next(&heap), 40);
    timer_run(&heap, INT64_MAX);
    assert_fired((const int[]){3, 1, 4, 2, 0}, 5);
    close_heap(&heap, 5);
}

static void equal_deadlines_keep_their_order(void **state)
{
    (void)state;
    struct timer_heap heap;
    struct probe probes[16];
    open_heap(&heap, probes, 16);
    for (int i = 0; i < 16; i++)
        timer_start(&heap, &probes[i].timer, 7);
    timer_start(&heap, &probes[3].timer, 7); /* started anew: last */
    timer_run(&heap, 7);
    assert_fired((const int[]){0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 3}, 16);
    close_heap(&heap, 16);
}

static void stopping_and_moving(void **state)
{
    (void)state;
    struct timer_heap heap;
    struct probe probes[4];
    open_heap(&heap, probes, 4);
    for (int i = 0; i < 4; i++)
        timer_start(&heap, &probes[i].timer, 10 * (i + 1));
    timer_stop(&heap, &probes[0].timer);
    timer_stop(&heap, &probes[0].timer);
    timer_start(&heap, &probes[3].timer, 5);
    timer_start(&heap, &probes[1].timer, 100);
    timer_run(&heap, 50);
    assert_fired((const int[]){3, 2}, 2);
    timer_stop(&heap, &probes[1].timer);
    timer_run(&heap, 1000);
    assert_fired((const int[]){3, 2}, 2);
    close_heap(&heap, 4);
}

static void start_other_in_the_past(struct timer *timer)
{
    struct probe *self = list_entry(timer, struct probe, timer);
    note(timer);
    timer_start(self->heap, &self->other->timer, 1);
}

static void what_a_callback_starts_waits(void **state)
{
    (void)state;
    struct timer_heap heap;
    struct probe probes[3];
    open_heap(&heap, probes, 3);
    probes[0].timer.fire = start_other_in_the_past;
    probes[0].other = &probes[2];
    timer_start(&heap, &probes[0].timer, 10);
    timer_start(&heap, &probes[1].timer, 20);
    timer_run(&heap, 20);
    assert_fired((const int[]){0, 1}, 2);
    timer_run(&heap, 20);
    assert_fired((const int[]){0, 1, 2}, 3);
    close_heap(&heap, 3);
}

static void stop_other(struct timer *timer)
{
    struct probe *self = list_entry(timer, struct probe, timer);
    note(timer);
    timer_stop(self->heap, &self->other->timer);
}

static void a_callback_may_stop_one_that_is_due(void **state)
{
    (void)state;
    struct timer_heap heap;
    struct probe probes[3];
    open_heap(&heap, probes, 3);
    probes[0].timer.fire = stop_other;
    probes[0].other = &probes[1];
    for (int i = 0; i < 3; i++)
        timer_start(&heap, &probes[i].timer, 10);
    timer_run(&heap, 10);
    assert_fired((const int[]){0, 2}, 2);
    close_heap(&heap, 3);
}

static int64_t last_fired;

static void note_order(struct timer *timer)
{
    assert_true(timer->deadline >= last_fired);
    last_fired = timer->deadline;
    fired_count++;
}

/* Against chance: starts, moves and stops at random; what fires must be in order and complete. */
static void a_thousand_at_random(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    struct timer_heap heap;
    static struct probe probes[COUNT];
    unsigned random = 12345;
    open_heap(&heap, probes, COUNT);
    for (int i = 0; i < 20 * COUNT; i++) {
        random = random * 1103515245 + 12345;
        struct probe *probe = &probes[(random >> 8) % COUNT];
        probe->timer.fire = note_order;
        if (random >> 30 == 0)
            timer_stop(&heap, &probe->timer);
        else
            timer_start(&heap, &probe->timer, (random >> 4) % 5000 + 1);
    }
    size_t running = 0;
    for (int i = 0; i < COUNT; i++)
        running += probes[i].timer.place > 0;
    assert_int_equal(heap.count, running);
    last_fired = 0;
    for (int64_t now = 0; now <= 5001; now += 13)
        timer_run(&heap, now);
    assert_int_equal(fired_count, running);
    close_heap(&heap, COUNT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_earliest_comes_first),
        cmocka_unit_test(equal_deadlines_keep_their_order),
        cmocka_unit_test(stopping_and_moving),
        cmocka_unit_test(what_a_callback_starts_waits),
        cmocka_unit_test(a_callback_may_stop_one_that_is_due),
        cmocka_unit_test(a_thousand_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
