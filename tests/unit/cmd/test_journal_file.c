/* journal.h: from run to run, and files that are no journal. */
#include "tests/unit/cmd/journal_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void refuses(enum journal_use use, int expected, const char *problem)
{
    struct journal *journal = NULL;
    char *why = NULL;
    assert_int_equal(journal_open(&journal, journal_directory, use, false, &why), expected);
    assert_null(journal);
    assert_non_null(why);
    assert_non_null(strstr(why, journal_file));
    if (!strstr(why, problem))
        fail_msg("%s", why);
    free(why);
}

/* Changes the database behind the journal's back. */
static void execute(const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(journal_file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why))
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static void a_run_that_did_not_end(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_mark_begin(journal), 0);
    journal_close(journal);

    journal = open_as(JOURNAL_WRITE);
    assert_true(journal_was_killed(journal));
    assert_int_equal(journal_mark_begin(journal), 0);
    assert_int_equal(journal_mark_end(journal, true), 0);
    journal_close(journal);

    journal = open_as(JOURNAL_READ);
    assert_false(journal_was_killed(journal));
    journal_close(journal);
}

/* Until all has been tried that it left over. */
static void a_killed_run_is_remembered(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_mark_begin(journal), 0);
    journal_close(journal);
    for (int runs = 0; runs < 2; runs++) {
        journal = open_as(JOURNAL_WRITE);
        assert_true(journal_pass_was_killed(journal));
        assert_int_equal(journal_mark_begin(journal), 0);
        assert_int_equal(journal_mark_end(journal, runs > 0), 0);
        journal_close(journal);
        journal = open_as(JOURNAL_READ);
        assert_false(journal_was_killed(journal));
        assert_int_equal(journal_pass_was_killed(journal), runs == 0);
        journal_close(journal);
    }
}

/* The row's, as somebody who opens the journal now finds it. */
static bool is_of_last_pass(const char *url)
{
    struct journal_row row;
    struct journal *journal = open_as(JOURNAL_READ);
    assert_int_equal(journal_search(journal, url, &row), 1);
    journal_close(journal);
    return row.of_last_pass;
}

/* A run that puts a row and ends, or is killed. */
static void run_once(const char *url, bool ends, bool complete)
{
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_mark_begin(journal), 0);
    assert_int_equal(journal_put(journal, &(struct journal_row){.url = url, .outcome = JOURNAL_OK}),
                     0);
    if (ends)
        assert_int_equal(journal_mark_end(journal, complete), 0);
    journal_close(journal);
}

static void a_pass_goes_on_until_it_is_complete(void **state)
{
    (void)state;
    run_once("http://h/killed", false, false);
    run_once("http://h/interrupted", true, false);
    struct journal *journal = open_as(JOURNAL_READ);
    assert_false(journal_was_complete(journal));
    journal_close(journal);
    run_once("http://h/last", true, true);
    assert_true(is_of_last_pass("http://h/killed"));
    assert_true(is_of_last_pass("http://h/interrupted"));
    assert_true(is_of_last_pass("http://h/last"));
    journal = open_as(JOURNAL_READ);
    assert_true(journal_was_complete(journal));
    journal_close(journal);
    run_once("http://h/other", false, false);
    assert_false(is_of_last_pass("http://h/killed"));
    assert_true(is_of_last_pass("http://h/other"));
}

/* Bytes on the disk behind the end of the log, where the file system can tell. */
static long spare_bytes(void)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "%s-wal", journal_file);
    assert_int_equal(stat(path, &status), 0);
    return (long)status.st_blocks * 512 - (long)status.st_size;
}

/* There is always room for what comes next. */
static void room_is_kept(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_mark_begin(journal), 0);
    if (spare_bytes() < 1 << 20)
        skip(); /* this file system sets nothing aside */
    for (int batch = 0; batch < 40; batch++) {
        assert_int_equal(journal_begin(journal), 0);
        for (int i = 0; i < 256; i++) {
            char url[64];
            snprintf(url, sizeof url, "http://h/%d", batch * 256 + i);
            struct journal_row row = good_row(url, NULL);
            assert_int_equal(journal_put(journal, &row), 0);
        }
        assert_int_equal(journal_commit(journal), 0);
        assert_true(spare_bytes() >= 1 << 20);
    }
    journal_close(journal);
}

/* A reader that is the last to go leaves nothing but the database. */
static void nothing_is_left_open(void **state)
{
    (void)state;
    char path[64];
    journal_close(open_as(JOURNAL_WRITE));
    struct journal *journal = open_as(JOURNAL_READ);
    assert_true(journal_is_empty(journal));
    assert_string_equal(journal_path(journal), journal_file);
    journal_close(journal);
    snprintf(path, sizeof path, "%s-wal", journal_file);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_is_no_journal(void **state)
{
    (void)state;
    refuses(JOURNAL_READ, -ENOENT, "No such file or directory");

    int fd = open(journal_file, O_CREAT | O_WRONLY, 0666);
    refuses(JOURNAL_READ, -EINVAL, "it is empty");
    char text[4096];
    memset(text, 'x', sizeof text);
    assert_int_equal(write(fd, text, sizeof text), sizeof text);
    close(fd);
    refuses(JOURNAL_READ, -EINVAL, "file is not a database");
    refuses(JOURNAL_WRITE, -EINVAL, "file is not a database; move it away");
    struct stat status;
    assert_int_equal(stat(journal_file, &status), 0); /* nothing was done to it */
    assert_int_equal(status.st_size, sizeof text);
    journal_remove();

    execute("CREATE TABLE other (id INTEGER)");
    refuses(JOURNAL_WRITE, -EINVAL, "it is a database of another program");
    journal_remove();

    assert_int_equal(mkdir(journal_file, 0777), 0);
    refuses(JOURNAL_WRITE, -EINVAL, "it is not a plain file");
    journal_remove();
    assert_int_equal(symlink("/dev/null", journal_file), 0);
    refuses(JOURNAL_WRITE, -EINVAL, "it is not a plain file");
    journal_remove();

    journal_close(open_as(JOURNAL_WRITE));
    execute("PRAGMA user_version = 3");
    refuses(JOURNAL_WRITE, -EINVAL, "it was written by a newer fetch");
    execute("PRAGMA user_version = 2; DELETE FROM job");
    refuses(JOURNAL_WRITE, -EINVAL, "a table is empty");
    execute("DROP TABLE job");
    refuses(JOURNAL_WRITE, -EIO, "no such table: job");
}

/* As version 1 was at first, with a run that was killed. */
static const char version_1[] =
    "PRAGMA application_id = 0x66746368; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;"
    "CREATE TABLE job (seed INTEGER NOT NULL, indexed INTEGER NOT NULL, running INTEGER NOT NULL,"
    " began INTEGER, ended INTEGER);"
    "INSERT INTO job VALUES (5, 0, 1, NULL, NULL);"
    "CREATE TABLE url (id INTEGER PRIMARY KEY, url_hash INTEGER NOT NULL, name_hash INTEGER,"
    " url TEXT NOT NULL, name TEXT, size INTEGER, mtime_ns INTEGER, etag TEXT, last_modified TEXT,"
    " checksum TEXT, outcome INTEGER NOT NULL, status INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, error TEXT, finished INTEGER NOT NULL);"
    "CREATE TABLE by_url (hash INTEGER PRIMARY KEY, id INTEGER NOT NULL);"
    "CREATE TABLE by_name (hash INTEGER PRIMARY KEY, id INTEGER NOT NULL);"
    "INSERT INTO url VALUES (1, 1, NULL, 'http://h/old', 'old', 3, 4, '\"e\"', NULL, NULL, 1, 200,"
    " 1, NULL, 5);";

static int is_old(void *ctx, const struct journal_row *row)
{
    ++*(int *)ctx;
    assert_string_equal(row->url, "http://h/old");
    assert_string_equal(row->etag, "\"e\"");
    assert_false(row->of_last_pass);
    return 0;
}

static void an_older_one_is_brought_up_to_date(void **state)
{
    (void)state;
    execute(version_1);
    refuses(JOURNAL_READ, -EINVAL, "it was written by an older fetch: the next run converts it");
    for (int runs = 0; runs < 2; runs++) {
        int rows = 0;
        struct journal *journal = open_as(JOURNAL_WRITE);
        assert_int_equal(journal_pass_was_killed(journal), runs == 0);
        assert_true(journal_was_complete(journal));
        assert_int_equal(journal_mark_begin(journal), 0);
        assert_int_equal(journal_each(journal, false, is_old, &rows), 0);
        assert_int_equal(rows, 1);
        assert_int_equal(journal_mark_end(journal, true), 0);
        journal_close(journal);
        journal_close(open_as(JOURNAL_READ));
    }
}

/* One from before there was a release, whose rows lay otherwise. */
static void one_that_is_too_old(void **state)
{
    (void)state;
    execute("PRAGMA application_id = 0x66746368; PRAGMA user_version = 1;"
            "CREATE TABLE job (seed INTEGER NOT NULL, running INTEGER NOT NULL, began INTEGER,"
            " ended INTEGER); INSERT INTO job VALUES (5, 0, NULL, NULL);"
            "CREATE TABLE url (id INTEGER PRIMARY KEY, place INTEGER NOT NULL);");
    for (int times = 0; times < 2; times++)
        refuses(JOURNAL_WRITE, -EINVAL,
                "it was written by an older fetch, in a way that is no more");
}

/* An empty file is what is left when a run is killed as it begins. */
static void an_empty_file_becomes_one(void **state)
{
    (void)state;
    close(open(journal_file, O_CREAT | O_WRONLY, 0666));
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good_row("http://h/a", "a");
    put_row(journal, &row);
    journal_close(journal);
}

static void a_damaged_page(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    put_rows(journal, 2000);
    journal_close(journal);
    struct stat status;
    char text[4096];
    memset(text, 'x', sizeof text);
    int fd = open(journal_file, O_WRONLY);
    assert_int_equal(fstat(fd, &status), 0);
    for (off_t at = 6 * 4096; at < status.st_size; at += 4096)
        assert_int_equal(pwrite(fd, text, sizeof text, at), sizeof text);
    close(fd);
    journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_index(journal, NULL), -EBADMSG);
    assert_string_equal(journal_problem(journal), "database disk image is malformed");
    journal_close(journal);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, journal_setup, journal_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_run_that_did_not_end),
        TEST(a_killed_run_is_remembered),
        TEST(a_pass_goes_on_until_it_is_complete),
        TEST(room_is_kept),
        TEST(nothing_is_left_open),
        TEST(what_is_no_journal),
        TEST(an_older_one_is_brought_up_to_date),
        TEST(one_that_is_too_old),
        TEST(an_empty_file_becomes_one),
        TEST(a_damaged_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
