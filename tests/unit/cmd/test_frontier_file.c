/* frontier.h: files that are none, damaged or of others, and disks that are full. */
#include "cmd/crawl/frontier_connection.h"
#include "tests/unit/cmd/frontier_harness.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(frontier_file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void write_file(const char *text)
{
    FILE *file = fopen(frontier_file, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void push_many(int count)
{
    for (int i = 0; i < count; i++) {
        char url[64];
        snprintf(url, sizeof url, "http://h%d.test/%d", i % 5, i);
        assert_int_equal(push(url), 1);
    }
}

static void no_database(void **state)
{
    (void)state;
    write_file("Something else, and long enough to be no header of a database at all. "
               "Something else, and long enough to be no header of a database at all.");
    expect_refused(-EINVAL, "not a database");
    open_fresh(); /* whatever it was */
    close_frontier();
}

static void another_programs(void **state)
{
    (void)state;
    run_sql("CREATE TABLE bookmark (url TEXT)");
    expect_refused(-EINVAL, "another program");
}

static void another_version(void **state)
{
    (void)state;
    open_frontier();
    close_frontier();
    run_sql("PRAGMA user_version = 99");
    expect_refused(-EINVAL, "a newer fetch");
}

static void no_plain_file(void **state)
{
    (void)state;
    assert_int_equal(symlink("/dev/null", frontier_file), 0);
    expect_refused(-EINVAL, "not a plain file");
}

static void no_directory(void **state)
{
    (void)state;
    struct frontier_options options = {.directory = "/nonexistent/x", .hosts = hosts};
    char *why = NULL;
    assert_int_equal(frontier_open(&frontier, &options, &why), -EACCES);
    assert_non_null(strstr(why, "/nonexistent/x/frontier.db"));
    free(why);
}

static void no_key(void **state)
{
    (void)state;
    open_frontier();
    close_frontier();
    run_sql("UPDATE job SET key = x'00'");
    expect_refused(-EINVAL, "damaged");
    run_sql("DELETE FROM job");
    expect_refused(-EINVAL, "damaged");
}

/* Fingerprints are of no use if they cannot be: some bytes too many, zeroes, all alike. */
static void odd_fingerprints(void **state)
{
    (void)state;
    open_frontier();
    push_many(3);
    close_frontier();
    run_sql("INSERT INTO print (prints) VALUES (x'0000000000000000112233'), (zeroblob(80)), (x'')");
    open_frontier();
    struct frontier_counts counts;
    frontier_count(frontier, &counts);
    assert_int_equal(counts.seen, 3);
    close_frontier();
}

/* Whoever waited for what is not there would wait for ever. */
static void too_many_counted(void **state)
{
    (void)state;
    struct frontier_lease *lease;
    open_frontier();
    push_many(3);
    close_frontier();
    run_sql("UPDATE job SET left = 5");
    open_frontier();
    for (int i = 0; i < 3; i++) {
        assert_int_equal(frontier_lease(frontier, DEADLINE_NEVER, &lease), 0);
        end(lease, FRONTIER_DONE);
    }
    assert_int_equal(frontier_lease(frontier, DEADLINE_NEVER, &lease), -EBADMSG);
    assert_non_null(strstr(frontier_problem(frontier), "does not have"));
    assert_int_equal(frontier_close(frontier), -EBADMSG);
}

static void damage(long from)
{
    struct stat status;
    int fd = open(frontier_file, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &status), 0);
    for (long at = from; at < status.st_size; at += 512)
        assert_int_equal(pwrite(fd, "\xff\xfe\xfd\xfc damaged", 12, at), 12);
    close(fd);
}

/* From the second page on: found when it is opened, or when it is read or written. */
static void damaged_pages(void **state)
{
    (void)state;
    char *why = NULL;
    open_frontier();
    push_many(2000);
    close_frontier();
    damage(4096);
    struct frontier_options options = {.directory = frontier_directory, .hosts = hosts};
    int error = frontier_open(&frontier, &options, &why);
    if (error == 0) {
        struct frontier_lease *lease;
        while ((error = frontier_lease(frontier, deadline_in_ms(20000), &lease)) == 0)
            end(lease, FRONTIER_BACK);
        assert_int_equal(error, -EBADMSG);
        assert_non_null(strstr(frontier_problem(frontier), frontier_file));
        assert_int_equal(frontier_close(frontier), -EBADMSG);
        return;
    }
    assert_int_equal(error, -EINVAL);
    assert_non_null(why);
    free(why);
}

/* No row fits any more: what was committed stays, and the rest is told of. */
static void no_room(void **state)
{
    (void)state;
    struct frontier_counts counts;
    open_frontier();
    push_many(10);
    assert_int_equal(frontier_flush(frontier, DEADLINE_NEVER), 0);
    assert_string_equal(frontier_problem(frontier), "");
    struct frontier_lease *first;
    assert_int_equal(frontier_lease(frontier, DEADLINE_NEVER, &first), 0);

    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit none = {.rlim_cur = 4096, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    assert_int_equal(push("http://late.test/"), 1);
    int error = frontier_flush(frontier, DEADLINE_NEVER);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(error == -EFBIG || error == -EIO); /* SQLite does not always know the reason */

    struct frontier_link link = {.text = "http://later.test/", .length = 18};
    assert_int_equal(frontier_push(frontier, &link, 1, NULL), error);
    struct frontier_lease *second;
    assert_int_equal(frontier_lease(frontier, DEADLINE_NEVER, &second), error);
    char key[64];
    snprintf(key, sizeof key, "%s", first->host_key);
    assert_int_equal(frontier_ack(frontier, first, FRONTIER_DONE, 0), error);
    hosts_leave(hosts, key);
    assert_non_null(strstr(frontier_problem(frontier), frontier_file));
    assert_int_equal(frontier_close(frontier), error);

    open_frontier();
    frontier_count(frontier, &counts);
    assert_int_equal(counts.seen, 10);
    assert_int_equal(counts.left, 10);
    close_frontier();
}

/* A transaction that cannot be is undone, and told of. */
static void refused_rows(void **state)
{
    (void)state;
    struct frontier_store *store;
    struct frontier_changes changes = {0};
    char *why;
    assert_int_equal(frontier_store_open(&store, frontier_directory, false, true, &why), 0);
    frontier_store_close(store);
    run_sql("CREATE TRIGGER room BEFORE INSERT ON print BEGIN SELECT RAISE(ABORT, 'none'); END");
    assert_int_equal(frontier_store_open(&store, frontier_directory, false, false, &why), 0);
    assert_int_equal(frontier_changes_add_print(&changes, 5), 0);
    assert_int_equal(frontier_store_write(store, &changes), -EBADMSG);
    assert_non_null(strstr(frontier_store_problem(store), "none"));
    frontier_store_close(store);
    frontier_changes_free(&changes);
}

/* No page is left for one row more. */
static void full(void **state)
{
    (void)state;
    struct frontier_store *store;
    struct frontier_found found;
    struct frontier_changes changes = {0};
    char *why;
    assert_int_equal(frontier_store_open(&store, frontier_directory, false, true, &why), 0);
    assert_int_equal(frontier_db_execute(store, "PRAGMA max_page_count = 13"), 0);
    for (uint64_t i = 1; i <= 3000; i++)
        assert_int_equal(frontier_changes_add_print(&changes, i), 0);
    assert_int_equal(frontier_store_write(store, &changes), 0);
    for (uint64_t i = 1; i <= 3000; i++)
        assert_int_equal(frontier_changes_add_print(&changes, i), 0);
    changes.totals.done = 7;
    assert_int_equal(frontier_store_write(store, &changes), -ENOSPC);
    assert_non_null(strstr(frontier_store_problem(store), strerror(ENOSPC)));
    assert_int_equal(frontier_store_begin(store, &found), 0);
    assert_int_equal(found.totals.done, 0);
    frontier_store_close(store);
    frontier_changes_free(&changes);
}

static void nothing_to_close(void **state)
{
    (void)state;
    assert_int_equal(frontier_close(NULL), 0);
    frontier_store_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_database),      TEST(another_programs), TEST(another_version),
        TEST(no_plain_file),    TEST(no_directory),     TEST(no_key),
        TEST(odd_fingerprints), TEST(too_many_counted), TEST(damaged_pages),
        TEST(no_room),          TEST(refused_rows),     TEST(full),
        TEST(nothing_to_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
