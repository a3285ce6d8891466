/* table.h: entries stay where they are, and there is a bound. */
#include "tests/origin/table.h"
#include "tests/unit/net/unit.h"
#include <stdio.h>

static struct span name_of(char *buf, size_t size, int i)
{
    snprintf(buf, size, "name %d", i);
    return span_of(buf);
}

static void entries_do_not_move(void **state)
{
    struct table table;
    int *places[1000];
    char buf[32];
    (void)state;
    table_init(&table, 1000, sizeof(int));
    for (int i = 0; i < 1000; i++) {
        places[i] = table_get(&table, name_of(buf, sizeof(buf), i));
        assert_non_null(places[i]);
        assert_int_equal(*places[i], 0);
        *places[i] = i;
    }
    for (int i = 0; i < 1000; i++) {
        assert_ptr_equal(table_get(&table, name_of(buf, sizeof(buf), i)), places[i]);
        assert_ptr_equal(table_find(&table, span_of(buf)), places[i]);
        assert_int_equal(*places[i], i);
    }
    table_clear(&table);
}

static void it_can_be_full(void **state)
{
    struct table table;
    char buf[32];
    (void)state;
    table_init(&table, 2, 1);
    assert_null(table_find(&table, span_of("name 0")));
    assert_non_null(table_get(&table, name_of(buf, sizeof(buf), 0)));
    assert_non_null(table_get(&table, name_of(buf, sizeof(buf), 1)));
    assert_null(table_get(&table, name_of(buf, sizeof(buf), 2)));
    assert_non_null(table_get(&table, name_of(buf, sizeof(buf), 1)));
    table_clear(&table);
    assert_null(table_find(&table, span_of("name 1")));
    assert_non_null(table_get(&table, name_of(buf, sizeof(buf), 2)));
    table_clear(&table);
}

static void sum(void *ctx, struct span name, void *value)
{
    *(int *)ctx += *(int *)value + (int)name.size;
}

static void all_are_visited(void **state)
{
    struct table table;
    int total = 0;
    (void)state;
    table_init(&table, 10, sizeof(int));
    *(int *)table_get(&table, span_of("")) = 100;
    *(int *)table_get(&table, span_of("ab")) = 20;
    table_each(&table, sum, &total);
    assert_int_equal(total, 122);
    table_clear(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_do_not_move),
        cmocka_unit_test(it_can_be_full),
        cmocka_unit_test(all_are_visited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
