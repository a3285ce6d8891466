/* journal.h: rows, and how they are found again. */
#include "tests/unit/cmd/journal_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <string.h>

static struct journal_row find(struct journal *journal, const char *url)
{
    struct journal_row row;
    assert_int_equal(journal_find(journal, url, &row), 1);
    assert_string_equal(row.url, url);
    return row;
}

static uint64_t count_ok(struct journal *journal)
{
    struct journal_counts counts;
    assert_int_equal(journal_count(journal, &counts), 0);
    return counts.by_outcome[JOURNAL_OK];
}

static void a_row_comes_back(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_true(journal_is_empty(journal));
    assert_false(journal_was_killed(journal));
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    assert_false(journal_is_empty(journal));
    journal_close(journal);

    journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_index(journal, NULL), 0);
    struct journal_row found = find(journal, "http://h/a");
    assert_true(found.id > 0);
    assert_string_equal(found.name, "a");
    assert_int_equal(found.size, 1000);
    assert_int_equal(found.mtime_ns, 5000000000);
    assert_string_equal(found.etag, "\"a\"");
    assert_string_equal(found.last_modified, "Sat, 21 Nov 2026 15:52:31 GMT");
    assert_string_equal(found.checksum, "sha-256=00");
    assert_int_equal(found.outcome, JOURNAL_OK);
    assert_int_equal(found.status, 200);
    assert_int_equal(found.attempts, 1);
    assert_null(found.error);
    assert_int_equal(found.finished, 1795275149);
    assert_int_equal(journal_find(journal, "http://h/b", &found), 0);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/a"), 0);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/b"), 1);
    assert_int_equal(journal_name_taken(journal, "b", "http://h/b"), 0);
    journal_close(journal);
}

/* New rows are found one by one until they are sorted in. */
static void rows_that_are_not_sorted_in(void **state)
{
    (void)state;
    struct journal_row found, row = good_row("http://h/a", "a");
    struct journal *journal = open_as(JOURNAL_WRITE);
    put_row(journal, &row);
    assert_int_equal(journal_find(journal, row.url, &found), 0);
    assert_int_equal(journal_search(journal, row.url, &found), 1);
    assert_int_equal(journal_search(journal, "http://h/b", &found), 0);
    assert_int_equal(journal_search_name(journal, "a", &found), 1);
    assert_string_equal(found.url, row.url);
    assert_int_equal(journal_search_name(journal, "b", &found), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_int_equal(journal_index(journal, NULL), 0); /* nothing to do */
    assert_int_equal(journal_find(journal, row.url, &found), 1);
    assert_int_equal(journal_search(journal, row.url, &found), 1);
    assert_int_equal(journal_search_name(journal, "a", &found), 1);
    assert_string_equal(found.url, row.url);
    assert_int_equal(journal_search_name(journal, "b", &found), 0);
    journal_close(journal);
}

static bool stopped(void)
{
    return true;
}

/* Sorting many in takes time: it is given up, and nothing has happened. */
static void sorting_in_is_interrupted(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    put_rows(journal, 20000);
    assert_int_equal(journal_index(journal, stopped), -ECANCELED);
    struct journal_row found;
    assert_int_equal(journal_find(journal, "http://h/7", &found), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    find(journal, "http://h/7");
    journal_close(journal);
}

static void later_runs_change_their_row(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    int64_t id = find(journal, row.url).id;

    row = (struct journal_row){
        .id = id,
        .url = "http://h/a",
        .name = "a",
        .size = -1,
        .outcome = JOURNAL_FAILED,
        .attempts = 4,
        .error = "connection reset",
    };
    put_row(journal, &row);
    struct journal_row found = find(journal, row.url);
    assert_int_equal(found.id, id);
    assert_int_equal(found.outcome, JOURNAL_FAILED);
    assert_string_equal(found.error, "connection reset");
    assert_int_equal(found.size, 1000); /* the file is still there */
    assert_string_equal(found.etag, "\"a\"");

    row.outcome = JOURNAL_UNCHANGED;
    row.error = NULL;
    row.size = 1000;
    row.mtime_ns = 6000000000;
    row.etag = "\"b\"";
    put_row(journal, &row);
    found = find(journal, row.url);
    assert_null(found.error);
    assert_int_equal(found.mtime_ns, 6000000000);
    assert_string_equal(found.etag, "\"b\"");
    assert_string_equal(found.last_modified, "Sat, 21 Nov 2026 15:52:31 GMT"); /* 304 had none */

    row.outcome = JOURNAL_SKIPPED;
    put_row(journal, &row);
    assert_int_equal(find(journal, row.url).outcome, JOURNAL_UNCHANGED);

    row.outcome = JOURNAL_OK;
    row.etag = NULL;
    put_row(journal, &row);
    found = find(journal, row.url);
    assert_null(found.etag); /* a new file: nothing of the old one is left */
    assert_null(found.last_modified);
    journal_close(journal);
}

/* What was skipped, or failed before there was a journal_file, has its name none the less. */
static void rows_without_a_file(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    row.outcome = JOURNAL_FAILED;
    put_row(journal, &row);
    row = good_row("http://h/b", "b");
    row.outcome = JOURNAL_SKIPPED;
    row.size = -1;
    put_row(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    struct journal_row found = find(journal, "http://h/a");
    assert_int_equal(found.size, -1);
    assert_null(found.etag);
    assert_int_equal(find(journal, "http://h/b").outcome, JOURNAL_SKIPPED);
    assert_int_equal(journal_name_taken(journal, "b", "http://h/a"), 1);
    journal_close(journal);
}

static void another_name(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    row.id = find(journal, row.url).id;
    row.renamed = true;
    row.name = "h/a";
    put_row(journal, &row);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/x"), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_string_equal(find(journal, row.url).name, "h/a");
    assert_int_equal(journal_name_taken(journal, "a", "http://h/x"), 0);
    assert_int_equal(journal_name_taken(journal, "h/a", "http://h/x"), 1);

    /* The old name for somebody else. */
    struct journal_row other = good_row("http://h/x", "a");
    put_row(journal, &other);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_string_equal(find(journal, "http://h/x").name, "a");
    assert_int_equal(journal_name_taken(journal, "a", "http://h/a"), 1);

    assert_int_equal(count_ok(journal), 2);
    journal_close(journal);
}

/* Two runs at once may add the same URL, or the same name. */
static void doubles_are_settled(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    row.size = 1;
    put_row(journal, &row);
    row.size = 2;
    put_row(journal, &row);
    struct journal_row other = good_row("http://h/b", "a");
    put_row(journal, &other);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_int_equal(find(journal, "http://h/a").size, 2);
    assert_string_equal(find(journal, "http://h/a").name, "a");
    assert_null(find(journal, "http://h/b").name);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/b"), 1);
    assert_int_equal(count_ok(journal), 2);
    journal_close(journal);
}

/* A row that was replaced while a run was about to change it. */
static void a_row_that_is_gone(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    row.id = 77;
    put_row(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    find(journal, row.url);
    journal_close(journal);
}

static int collect(void *ctx, const struct journal_row *row)
{
    strcat(ctx, row->name);
    return strlen(ctx) == 3 ? 7 : 0;
}

static void rows_are_listed_and_counted(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    row = good_row("http://h/b", "b");
    row.outcome = JOURNAL_FAILED;
    put_row(journal, &row);
    row = good_row("http://h/c", "c");
    row.outcome = JOURNAL_UNCHANGED;
    put_row(journal, &row);
    char names[8] = "";
    assert_int_equal(journal_each(journal, true, collect, names), 0);
    assert_string_equal(names, "b");
    assert_int_equal(journal_each(journal, false, collect, names), 7); /* and stops there */
    assert_string_equal(names, "bab");
    struct journal_counts counts;
    assert_int_equal(journal_count(journal, &counts), 0);
    assert_int_equal(counts.by_outcome[JOURNAL_OK], 1);
    assert_int_equal(counts.by_outcome[JOURNAL_UNCHANGED], 1);
    assert_int_equal(counts.by_outcome[JOURNAL_SKIPPED], 0);
    assert_int_equal(counts.by_outcome[JOURNAL_FAILED], 1);
    assert_int_equal(counts.files, 2);
    assert_int_equal(counts.bytes, 2000);
    journal_close(journal);
}

/* What was not committed is not there; others see it only then. */
static void transactions(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal *reader = open_as(JOURNAL_READ);
    struct journal_row found, row = good_row("http://h/a", "a");
    assert_int_equal(journal_begin(journal), 0);
    assert_int_equal(journal_put(journal, &row), 0);
    assert_int_equal(journal_search(reader, row.url, &found), 0);
    journal_abandon(journal);
    journal_abandon(journal); /* harmless */
    put_row(journal, &row);
    assert_int_equal(journal_begin(reader), 0);
    assert_int_equal(journal_search(reader, row.url, &found), 1);
    assert_int_equal(journal_put(reader, &row), -EACCES);
    assert_non_null(journal_problem(reader));
    journal_abandon(reader);
    journal_close(reader);
    journal_close(journal);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_setup, journal_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_row_comes_back),
        TEST(rows_that_are_not_sorted_in),
        TEST(sorting_in_is_interrupted),
        TEST(later_runs_change_their_row),
        TEST(rows_without_a_file),
        TEST(another_name),
        TEST(doubles_are_settled),
        TEST(a_row_that_is_gone),
        TEST(rows_are_listed_and_counted),
        TEST(transactions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
