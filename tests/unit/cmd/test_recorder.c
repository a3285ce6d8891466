/* recorder.h: rows collected and written, on a scheduler and off it, and a journal that fails. */
#include "cmd/journal/recorder.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "engine/sync/event.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/fetch-recorder-XXXXXX";
static char file[64];
static struct journal *journal;
static struct journal *reader;
static struct recorder *recorder;
static int added;

static int open_all(void **state)
{
    (void)state;
    char *why = NULL;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/journal.db", directory);
    assert_int_equal(journal_open(&journal, directory, JOURNAL_WRITE, false, &why), 0);
    assert_int_equal(journal_open(&reader, directory, JOURNAL_READ, false, &why), 0);
    recorder = recorder_new(journal);
    assert_non_null(recorder);
    added = 0;
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    recorder_free(recorder);
    journal_close(reader);
    journal_close(journal);
    unlink(file);
    return rmdir(directory);
}

static int add(void)
{
    char url[64], name[16];
    snprintf(url, sizeof url, "http://h/%d", ++added);
    snprintf(name, sizeof name, "%d", added);
    return recorder_add(recorder, &(struct journal_row){
                                      .url = url,
                                      .name = name,
                                      .size = added,
                                      .error = added % 2 ? NULL : "even",
                                      .outcome = JOURNAL_OK,
                                  });
}

static void add_many(int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(add(), 0);
}

static int committed(void)
{
    struct journal_counts counts;
    assert_int_equal(journal_count(reader, &counts), 0);
    return (int)counts.by_outcome[JOURNAL_OK];
}

/* Every row, with all its strings. */
static void expect_rows(int count)
{
    for (int i = 1; i <= count; i++) {
        char url[64], name[16];
        struct journal_row row;
        snprintf(url, sizeof url, "http://h/%d", i);
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(journal_search(reader, url, &row), 1);
        assert_string_equal(row.name, name);
        assert_int_equal(row.size, i);
        assert_true(i % 2 ? !row.error : strcmp(row.error, "even") == 0);
        assert_null(row.etag);
    }
}

/* In place: the first at once, quick ones together. */
static void off_a_scheduler(void **state)
{
    (void)state;
    add_many(1);
    assert_int_equal(committed(), 1);
    add_many(3 * RECORDER_ROWS);
    assert_true(committed() >= 2 * RECORDER_ROWS);
    assert_int_equal(recorder_flush(recorder), 0);
    assert_int_equal(recorder_flush(recorder), 0); /* nothing to do */
    assert_int_equal(committed(), added);
    assert_int_equal(recorder_tick(recorder, deadline_clock()), DEADLINE_NEVER);
    add_many(RECORDER_ROWS / 2);
    int64_t due = recorder_tick(recorder, 0);
    assert_true(due <= deadline_clock() + 50 * NSEC_PER_MSEC);
    assert_int_equal(recorder_tick(recorder, due), DEADLINE_NEVER);
    assert_int_equal(committed(), added);
    expect_rows(added);
}

static void *settle_many(void *arg)
{
    (void)arg;
    recorder_attach(recorder);
    add_many(10);
    assert_int_equal(committed(), 0); /* they wait */
    assert_int_equal(task_sleep(deadline_in_ms(500)), 0);
    assert_int_equal(committed(), 10); /* but not for long */
    add_many(5 * RECORDER_ROWS);
    for (int i = 0; i < 200 && committed() < added; i++)
        assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    assert_int_equal(committed(), added);
    add_many(RECORDER_ROWS);
    task_yield(); /* a job may be under way now */
    recorder_detach(recorder);
    return NULL;
}

static void on_a_scheduler(void **state)
{
    (void)state;
    assert_int_equal(engine_run(settle_many, NULL, NULL), 0);
    assert_int_equal(recorder_flush(recorder), 0);
    assert_int_equal(committed(), added);
    expect_rows(added);
}

static void note_written(void *ctx)
{
    event_set(ctx);
}

/* Who waits for a row is told when it is there, and can have it written at once. */
static void *wait_for_a_row(void *arg)
{
    (void)arg;
    struct event written;
    event_init(&written);
    recorder_attach(recorder);
    recorder_listen(recorder, note_written, &written);
    add_many(3);
    uint64_t number = recorder_added(recorder);
    assert_int_equal(number, 3);
    assert_false(recorder_written(recorder, number));
    recorder_hurry(recorder);
    while (!recorder_written(recorder, number)) {
        event_clear(&written);
        assert_int_equal(event_wait(&written, DEADLINE_NEVER), 0);
    }
    assert_int_equal(committed(), 3);
    recorder_detach(recorder);
    return NULL;
}

static void waited_for(void **state)
{
    (void)state;
    assert_true(recorder_written(recorder, 0));
    assert_int_equal(engine_run(wait_for_a_row, NULL, NULL), 0);
}

/* A canceled task waits for the job none the less. */
static void *settle_canceled(void *arg)
{
    (void)arg;
    recorder_attach(recorder);
    add_many(2 * RECORDER_ROWS);
    task_cancel(task_self());
    recorder_detach(recorder);
    return NULL;
}

static void when_canceled(void **state)
{
    (void)state;
    assert_int_equal(engine_run(settle_canceled, NULL, NULL), 0);
    assert_int_equal(recorder_flush(recorder), 0);
    assert_int_equal(committed(), added);
}

static void break_journal(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE url", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void *settle_broken(void *arg)
{
    (void)arg;
    int error = 0;
    recorder_attach(recorder);
    for (int i = 0; i < 200 && !error; i++) {
        error = add();
        assert_int_equal(task_sleep(deadline_in_ms(10)), 0);
    }
    assert_int_equal(error, -EIO);
    recorder_detach(recorder);
    return NULL;
}

/* The first error is told with every row from then on, and nothing more is kept. */
static void a_journal_that_fails(void **state)
{
    (void)state;
    break_journal();
    assert_int_equal(engine_run(settle_broken, NULL, NULL), 0);
    assert_int_equal(add(), -EIO);
    assert_int_equal(recorder_flush(recorder), -EIO);
    assert_string_equal(journal_problem(journal), "no such table: url");
}

static void a_journal_that_fails_in_place(void **state)
{
    (void)state;
    break_journal();
    assert_int_equal(add(), -EIO);
    assert_int_equal(add(), -EIO);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_all, close_all)
    const struct CMUnitTest tests[] = {
        TEST(off_a_scheduler), TEST(on_a_scheduler),       TEST(when_canceled),
        TEST(waited_for),      TEST(a_journal_that_fails), TEST(a_journal_that_fails_in_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
