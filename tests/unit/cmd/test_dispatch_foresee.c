/* What is read ahead is shown once and comes out as if it had not been. */
#include "tests/unit/cmd/dispatch_harness.h"
#include "tests/unit/cmd/unit.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void write_list(void *file)
{
    fputs("http://a/1\nnonsense\nhttp://a/2\nhttp://b/1\nhttp://c/1\n", file);
}

/* Collects the last character of each host shown: "aab". */
static void note(void *ctx, const struct entry *entry)
{
    char *seen = ctx;
    strncat(seen, entry->url.host, 1);
}

static void as_far_as_asked(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    char seen[16] = "";
    harness_open(&harness, 1, write_list);
    dispatch_foresee(harness.dispatch, 3, note, seen);
    assert_string_equal(seen, "aa"); /* the wrong line counts, but nothing is to be seen of it */
    dispatch_foresee(harness.dispatch, 3, note, seen);
    assert_string_equal(seen, "aa");
    assert_int_equal(dispatch_waiting(harness.dispatch), 3);

    harness_expect(&harness, "http://a/1", true);
    dispatch_foresee(harness.dispatch, 3, note, seen);
    assert_string_equal(seen, "aab");
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
    assert_non_null(entry->problem);
    entry_free(entry);
    harness_expect(&harness, "http://a/2", true);
    harness_expect(&harness, "http://b/1", true);
    harness_expect(&harness, "http://c/1", true);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), 1);
    harness_close(&harness);
}

/* The end that was met ahead is told in its turn, and what was read ahead is freed. */
static void past_the_end(void **state)
{
    (void)state;
    struct harness harness;
    char seen[16] = "";
    harness_open(&harness, 1, write_list);
    dispatch_foresee(harness.dispatch, 100, note, seen);
    dispatch_foresee(harness.dispatch, 100, note, seen);
    assert_string_equal(seen, "aabc");
    assert_int_equal(dispatch_waiting(harness.dispatch), 5);
    harness_expect(&harness, "http://a/1", true);
    harness_close(&harness);
}

/* A pipe that has nothing yet is not waited for. */
static void from_a_pipe(void **state)
{
    (void)state;
    struct harness harness;
    char seen[16] = "";
    int fd = harness_open_pipe(&harness, 1);
    dispatch_foresee(harness.dispatch, 100, note, seen);
    assert_string_equal(seen, "");
    assert_int_equal(write(fd, "http://a/1\nhttp://b/1\nhttp://c/1\n", 33), 33);
    dispatch_foresee(harness.dispatch, 100, note, seen);
    assert_string_equal(seen, "ab"); /* options of the last may follow */
    close(fd);
    harness_expect(&harness, "http://a/1", true);
    harness_expect(&harness, "http://b/1", true);
    harness_expect(&harness, "http://c/1", true);
    harness_close(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_far_as_asked),
        cmocka_unit_test(past_the_end),
        cmocka_unit_test(from_a_pipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
