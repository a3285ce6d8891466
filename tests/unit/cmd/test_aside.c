/* aside.h: a database makes room for another, with its log, and what is none stays. */
#include "cmd/crawl/aside.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/fetch-aside-XXXXXX";

static int enter_directory(void **state)
{
    (void)state;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    return !mkdtemp(directory) || chdir(directory);
}

static int remove_directory(void **state)
{
    static const char *const names[] = {"a.db",       "a.db-wal",       "a.db-shm",
                                        "a.db.aside", "a.db.aside-wal", "victim"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") || rmdir(directory);
}

static void make(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static void expect(const char *name, const char *text)
{
    char found[16] = "";
    FILE *file = fopen(name, "r");
    assert_non_null(file);
    assert_non_null(fgets(found, sizeof found, file));
    assert_string_equal(found, text);
    fclose(file);
}

static void expect_none(const char *name)
{
    struct stat status;
    assert_int_equal(lstat(name, &status), -1);
}

static void with_its_log(void **state)
{
    (void)state;
    make("a.db", "one");
    make("a.db-wal", "log");
    make("a.db-shm", "index");
    assert_int_equal(aside_put(directory, "a.db"), 0);
    expect("a.db.aside", "one");
    expect("a.db.aside-wal", "log");
    expect_none("a.db");
    expect_none("a.db-wal");
    expect_none("a.db-shm");
}

/* Also where the one before had a log and this one has none. */
static void the_last_one_stays(void **state)
{
    (void)state;
    make("a.db.aside", "one");
    make("a.db.aside-wal", "log");
    make("a.db", "two");
    assert_int_equal(aside_put(directory, "a.db"), 0);
    expect("a.db.aside", "two");
    expect_none("a.db.aside-wal");
}

static void what_is_no_file_stays(void **state)
{
    (void)state;
    struct stat status;
    assert_int_equal(aside_put(directory, "a.db"), -ENOENT);
    assert_int_equal(aside_put("/nonexistent/x", "a.db"), -ENOENT);
    make("victim", "precious");
    assert_int_equal(symlink("victim", "a.db"), 0);
    assert_int_equal(aside_put(directory, "a.db"), -EINVAL);
    assert_int_equal(lstat("a.db", &status), 0);
    expect("victim", "precious");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, enter_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(with_its_log),
        TEST(the_last_one_stays),
        TEST(what_is_no_file_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
