/* turn_heap.h: the least key comes first, whatever the order of pushing. */
#include "cmd/get/turn_heap.h"
#include "tests/unit/cmd/unit.h"
#include <stdlib.h>

static struct lane *lane(uint64_t number)
{
    return (struct lane *)(uintptr_t)(number + 1); /* never looked into */
}

static void least_first(void **state)
{
    (void)state;
    struct turn_heap heap = {0};
    srand(7);
    for (int round = 0; round < 200; round++) {
        size_t count = (size_t)round;
        assert_int_equal(turn_heap_reserve(&heap, count), 0);
        for (size_t i = 0; i < count; i++) {
            uint64_t key = (uint64_t)rand() % 50;
            turn_heap_push(&heap, key, lane(key));
        }
        uint64_t last = 0;
        for (size_t i = 0; i < count; i++) {
            uint64_t key = heap.turns[0].key;
            assert_true(key >= last);
            assert_ptr_equal(turn_heap_pop(&heap), lane(key));
            last = key;
        }
        assert_int_equal(heap.count, 0);
    }
    turn_heap_clear(&heap);
    assert_int_equal(heap.room, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(least_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
