/* known.h: it goes with its entry, to another process and through a queue, on disk too. */
#include "cmd/get/entry_queue.h"
#include "cmd/get/limits.h"
#include "cmd/get/wire.h"
#include "tests/unit/cmd/unit.h"
#include <stdlib.h>
#include <string.h>

static const struct known kinds[] = {
    {.outcome = OUTCOME_OK,
     .row = 12,
     .size = 77,
     .mtime_ns = 5000000001,
     .etag = "\"e\"",
     .last_modified = "Sat, 21 Nov 2026 15:52:31 GMT"},
    {.outcome = OUTCOME_FAILED, .row = 1, .renamed = true, .size = -1, .mtime_ns = -1},
    {.outcome = OUTCOME_NOT_TRIED, .size = -1, .mtime_ns = -1},
    {.outcome = OUTCOME_UNCHANGED, .size = 0, .last_modified = ""},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

static void expect_text(const char *text, const char *expected)
{
    assert_int_equal(text == NULL, expected == NULL);
    if (expected)
        assert_string_equal(text, expected);
}

static void expect_known(const struct known *known, const struct known *expected)
{
    assert_non_null(known);
    assert_int_equal(known->outcome, expected->outcome);
    assert_int_equal(known->size, expected->size);
    assert_int_equal(known->mtime_ns, expected->mtime_ns);
    expect_text(known->etag, expected->etag);
    expect_text(known->last_modified, expected->last_modified);
}

static struct entry *make_entry(const struct known *known)
{
    static const char text[] = "http://h/a";
    const char *why;
    struct entry *entry = calloc(1, sizeof *entry);
    assert_non_null(entry);
    assert_int_equal(url_parse(&entry->url, text, strlen(text), &why), 0);
    entry->name = strdup("a");
    entry->known = known ? known_new(known) : NULL;
    return entry;
}

static void over_the_wire(void **state)
{
    (void)state;
    struct wire wire = {0};
    for (int i = 0; i <= KINDS; i++) {
        struct entry *entry = make_entry(i < KINDS ? &kinds[i] : NULL);
        struct entry *there = calloc(1, sizeof *there);
        wire_begin(&wire, WIRE_ENTRY);
        wire_put_entry(&wire, entry);
        assert_int_equal(wire_get_entry(&wire, there), 0);
        if (i < KINDS)
            expect_known(there->known, &kinds[i]);
        else
            assert_null(there->known);
        entry_free(entry);
        entry_free(there);
    }
    wire_clear(&wire);
}

/* A message that ends too early gives nothing half read. */
static void over_a_wire_that_breaks(void **state)
{
    (void)state;
    struct wire wire = {0};
    struct entry *entry = make_entry(&kinds[0]);
    wire_begin(&wire, WIRE_ENTRY);
    wire_put_entry(&wire, entry);
    size_t whole = wire.length;
    for (size_t length = 0; length < whole; length++) {
        struct entry *there = calloc(1, sizeof *there);
        wire.length = length;
        wire.place = 0;
        wire.bad = false;
        assert_int_not_equal(wire_get_entry(&wire, there), 0);
        entry_free(there);
    }
    entry_free(entry);
    wire_clear(&wire);
}

static void through_a_queue(void **state)
{
    (void)state;
    struct entry_pool pool;
    struct entry_queue queue = {0};
    assert_int_equal(entry_pool_init(&pool), 0);
    enum { COUNT = LIMIT_WAITING + 100 };
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(entry_queue_put(&pool, &queue, make_entry(&kinds[i % KINDS])), 0);
    for (int i = 0; i < COUNT; i++) {
        struct entry *entry;
        assert_int_equal(entry_queue_take(&pool, &queue, &entry), 0);
        expect_known(entry->known, &kinds[i % KINDS]);
        assert_int_equal(entry->known->row, kinds[i % KINDS].row);
        assert_int_equal(entry->known->renamed, kinds[i % KINDS].renamed);
        entry_free(entry);
    }
    entry_queue_clear(&pool, &queue);
    entry_pool_clear(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_the_wire),
        cmocka_unit_test(over_a_wire_that_breaks),
        cmocka_unit_test(through_a_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
