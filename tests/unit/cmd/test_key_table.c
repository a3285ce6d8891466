/* key_table.h: adding, finding, removing, filtering, through several sizes. */
#include "cmd/get/key_table.h"
#include "engine/list.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBERS = 5000 };

struct number {
    struct key_node node;
    char key[16];
    int value;
};

static struct number *number_at(const struct key_table *table, int value)
{
    char key[16];
    snprintf(key, sizeof key, "n%d", value);
    struct key_node *node = key_table_find(table, key);
    return node ? list_entry(node, struct number, node) : NULL;
}

static void add_all(struct key_table *table, struct number *numbers)
{
    for (int i = 0; i < NUMBERS; i++) {
        snprintf(numbers[i].key, sizeof numbers[i].key, "n%d", i);
        numbers[i].node.key = numbers[i].key;
        numbers[i].value = i;
        key_table_add(table, &numbers[i].node);
    }
}

static bool keep_even(struct key_node *node, void *ctx)
{
    int *seen = ctx;
    ++*seen;
    return list_entry(node, struct number, node)->value % 2 == 0;
}

static void finds_what_is_in(void **state)
{
    (void)state;
    struct key_table table;
    struct number *numbers = calloc(NUMBERS, sizeof *numbers);
    assert_int_equal(key_table_init(&table), 0);
    assert_null(number_at(&table, 0));
    add_all(&table, numbers);
    assert_int_equal(table.count, NUMBERS);
    for (int i = 0; i < NUMBERS; i++)
        assert_ptr_equal(number_at(&table, i), &numbers[i]);
    assert_null(number_at(&table, NUMBERS));

    for (int i = 0; i < NUMBERS; i += 3)
        key_table_remove(&table, &numbers[i].node);
    for (int i = 0; i < NUMBERS; i++)
        assert_ptr_equal(number_at(&table, i), i % 3 ? &numbers[i] : NULL);

    int seen = 0;
    size_t before = table.count;
    key_table_filter(&table, keep_even, &seen);
    assert_int_equal(seen, before);
    for (int i = 0; i < NUMBERS; i++)
        assert_ptr_equal(number_at(&table, i), i % 3 && i % 2 == 0 ? &numbers[i] : NULL);
    key_table_clear(&table);
    free(numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
