/* journal.h: rows, how they are found again, and databases that are no journal. */
#include "cmd/journal/journal.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/fetch-journal-XXXXXX";
static char file[48];

static void remove_files(void)
{
    static const char *const suffixes[] = {"db", "db-wal", "db-shm"};
    char path[64];
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(path, sizeof path, "%s/journal.%s", directory, suffixes[i]);
        unlink(path);
        rmdir(path);
    }
}

static int make_directory(void **state)
{
    (void)state;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/journal.db", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    remove_files();
    return rmdir(directory);
}

static struct journal *open_as(enum journal_use use)
{
    struct journal *journal = NULL;
    char *why = NULL;
    int error = journal_open(&journal, directory, use, false, &why);
    if (error)
        fail_msg("%s", why);
    return journal;
}

static void refuses(enum journal_use use, int expected, const char *problem)
{
    struct journal *journal = NULL;
    char *why = NULL;
    assert_int_equal(journal_open(&journal, directory, use, false, &why), expected);
    assert_null(journal);
    assert_non_null(why);
    assert_non_null(strstr(why, file));
    if (!strstr(why, problem))
        fail_msg("%s", why);
    free(why);
}

/* Changes the database behind the journal's back. */
static void execute(const char *sql)
{
    sqlite3 *db;
    char *why = NULL;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &why))
        fail_msg("%s: %s", sql, why);
    sqlite3_close(db);
}

static struct journal_row good(const char *url, const char *name)
{
    return (struct journal_row){
        .url = url,
        .name = name,
        .size = 1000,
        .mtime_ns = 5000000000,
        .etag = "\"a\"",
        .last_modified = "Sat, 21 Nov 2026 15:52:31 GMT",
        .checksum = "sha-256=00",
        .outcome = JOURNAL_OK,
        .status = 200,
        .attempts = 1,
        .finished = 1795275149,
    };
}

static void put(struct journal *journal, const struct journal_row *row)
{
    assert_int_equal(journal_begin(journal), 0);
    assert_int_equal(journal_put(journal, row), 0);
    assert_int_equal(journal_commit(journal), 0);
}

static struct journal_row find(struct journal *journal, const char *url)
{
    struct journal_row row;
    assert_int_equal(journal_find(journal, url, &row), 1);
    assert_string_equal(row.url, url);
    return row;
}

static void a_row_comes_back(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_true(journal_is_empty(journal));
    assert_false(journal_was_killed(journal));
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
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
    struct journal_row found, row = good("http://h/a", "a");
    struct journal *journal = open_as(JOURNAL_WRITE);
    put(journal, &row);
    assert_int_equal(journal_find(journal, row.url, &found), 0);
    assert_int_equal(journal_search(journal, row.url, &found), 1);
    assert_int_equal(journal_search(journal, "http://h/b", &found), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_int_equal(journal_index(journal, NULL), 0); /* nothing to do */
    assert_int_equal(journal_find(journal, row.url, &found), 1);
    assert_int_equal(journal_search(journal, row.url, &found), 1);
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
    assert_int_equal(journal_begin(journal), 0);
    for (int i = 0; i < 20000; i++) {
        char url[64], name[16];
        snprintf(url, sizeof url, "http://h/%d", i);
        snprintf(name, sizeof name, "%d", i);
        struct journal_row row = good(url, name);
        assert_int_equal(journal_put(journal, &row), 0);
    }
    assert_int_equal(journal_commit(journal), 0);
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
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
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
    put(journal, &row);
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
    put(journal, &row);
    found = find(journal, row.url);
    assert_null(found.error);
    assert_int_equal(found.mtime_ns, 6000000000);
    assert_string_equal(found.etag, "\"b\"");
    assert_string_equal(found.last_modified, "Sat, 21 Nov 2026 15:52:31 GMT"); /* 304 had none */

    row.outcome = JOURNAL_SKIPPED;
    put(journal, &row);
    assert_int_equal(find(journal, row.url).outcome, JOURNAL_UNCHANGED);

    row.outcome = JOURNAL_OK;
    row.etag = NULL;
    put(journal, &row);
    found = find(journal, row.url);
    assert_null(found.etag); /* a new file: nothing of the old one is left */
    assert_null(found.last_modified);
    journal_close(journal);
}

/* What was skipped, or failed before there was a file, has its name none the less. */
static void rows_without_a_file(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good("http://h/a", "a");
    row.outcome = JOURNAL_FAILED;
    put(journal, &row);
    row = good("http://h/b", "b");
    row.outcome = JOURNAL_SKIPPED;
    row.size = -1;
    put(journal, &row);
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
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    row.id = find(journal, row.url).id;
    row.renamed = true;
    row.name = "h/a";
    put(journal, &row);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/x"), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_string_equal(find(journal, row.url).name, "h/a");
    assert_int_equal(journal_name_taken(journal, "a", "http://h/x"), 0);
    assert_int_equal(journal_name_taken(journal, "h/a", "http://h/x"), 1);

    /* The old name for somebody else. */
    struct journal_row other = good("http://h/x", "a");
    put(journal, &other);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_string_equal(find(journal, "http://h/x").name, "a");
    assert_int_equal(journal_name_taken(journal, "a", "http://h/a"), 1);

    struct journal_counts counts;
    assert_int_equal(journal_count(journal, &counts), 0);
    assert_int_equal(counts.by_outcome[JOURNAL_OK], 2);
    journal_close(journal);
}

/* Two runs at once may add the same URL, or the same name. */
static void doubles_are_settled(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
    assert_int_equal(journal_index(journal, NULL), 0);
    row.size = 1;
    put(journal, &row);
    row.size = 2;
    put(journal, &row);
    struct journal_row other = good("http://h/b", "a");
    put(journal, &other);
    assert_int_equal(journal_index(journal, NULL), 0);
    assert_int_equal(find(journal, "http://h/a").size, 2);
    assert_string_equal(find(journal, "http://h/a").name, "a");
    assert_null(find(journal, "http://h/b").name);
    assert_int_equal(journal_name_taken(journal, "a", "http://h/b"), 1);
    struct journal_counts counts;
    assert_int_equal(journal_count(journal, &counts), 0);
    assert_int_equal(counts.by_outcome[JOURNAL_OK], 2);
    journal_close(journal);
}

/* A row that was replaced while a run was about to change it. */
static void a_row_that_is_gone(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good("http://h/a", "a");
    row.id = 77;
    put(journal, &row);
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
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
    row = good("http://h/b", "b");
    row.outcome = JOURNAL_FAILED;
    put(journal, &row);
    row = good("http://h/c", "c");
    row.outcome = JOURNAL_UNCHANGED;
    put(journal, &row);
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
    struct journal_row found, row = good("http://h/a", "a");
    assert_int_equal(journal_begin(journal), 0);
    assert_int_equal(journal_put(journal, &row), 0);
    assert_int_equal(journal_search(reader, row.url, &found), 0);
    journal_abandon(journal);
    journal_abandon(journal); /* harmless */
    put(journal, &row);
    assert_int_equal(journal_begin(reader), 0);
    assert_int_equal(journal_search(reader, row.url, &found), 1);
    assert_int_equal(journal_put(reader, &row), -EROFS);
    assert_non_null(journal_problem(reader));
    journal_abandon(reader);
    journal_close(reader);
    journal_close(journal);
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
    snprintf(path, sizeof path, "%s-wal", file);
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
            struct journal_row row = good(url, NULL);
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
    assert_string_equal(journal_path(journal), file);
    journal_close(journal);
    snprintf(path, sizeof path, "%s-wal", file);
    assert_int_equal(access(path, F_OK), -1);
}

static void what_is_no_journal(void **state)
{
    (void)state;
    refuses(JOURNAL_READ, -ENOENT, "No such file or directory");

    int fd = open(file, O_CREAT | O_WRONLY, 0666);
    refuses(JOURNAL_READ, -EINVAL, "it is empty");
    char text[4096];
    memset(text, 'x', sizeof text);
    assert_int_equal(write(fd, text, sizeof text), sizeof text);
    close(fd);
    refuses(JOURNAL_READ, -EINVAL, "file is not a database");
    refuses(JOURNAL_WRITE, -EINVAL, "file is not a database; move it away, or use --no-journal");
    struct stat status;
    assert_int_equal(stat(file, &status), 0); /* nothing was done to it */
    assert_int_equal(status.st_size, sizeof text);
    remove_files();

    execute("CREATE TABLE other (id INTEGER)");
    refuses(JOURNAL_WRITE, -EINVAL, "it is a database of another program");
    remove_files();

    assert_int_equal(mkdir(file, 0777), 0);
    refuses(JOURNAL_WRITE, -EINVAL, "it is not a plain file");
    remove_files();
    assert_int_equal(symlink("/dev/null", file), 0);
    refuses(JOURNAL_WRITE, -EINVAL, "it is not a plain file");
    remove_files();

    journal_close(open_as(JOURNAL_WRITE));
    execute("PRAGMA user_version = 2");
    refuses(JOURNAL_WRITE, -EINVAL, "it was written by a newer fetch");
    execute("PRAGMA user_version = 1; DELETE FROM job");
    refuses(JOURNAL_WRITE, -EINVAL, "a table is empty");
    execute("DROP TABLE job");
    refuses(JOURNAL_WRITE, -EIO, "no such table: job");
}

/* An empty file is what is left when a run is killed as it begins. */
static void an_empty_file_becomes_one(void **state)
{
    (void)state;
    close(open(file, O_CREAT | O_WRONLY, 0666));
    struct journal *journal = open_as(JOURNAL_WRITE);
    struct journal_row row = good("http://h/a", "a");
    put(journal, &row);
    journal_close(journal);
}

static void a_damaged_page(void **state)
{
    (void)state;
    struct journal *journal = open_as(JOURNAL_WRITE);
    assert_int_equal(journal_begin(journal), 0);
    for (int i = 0; i < 2000; i++) {
        char url[64], name[16];
        snprintf(url, sizeof url, "http://h/%d", i);
        snprintf(name, sizeof name, "%d", i);
        struct journal_row row = good(url, name);
        assert_int_equal(journal_put(journal, &row), 0);
    }
    assert_int_equal(journal_commit(journal), 0);
    journal_close(journal);
    struct stat status;
    char text[4096];
    memset(text, 'x', sizeof text);
    int fd = open(file, O_WRONLY);
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
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
        TEST(a_run_that_did_not_end),
        TEST(a_killed_run_is_remembered),
        TEST(a_pass_goes_on_until_it_is_complete),
        TEST(room_is_kept),
        TEST(nothing_is_left_open),
        TEST(what_is_no_journal),
        TEST(an_empty_file_becomes_one),
        TEST(a_damaged_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
