/* page_store.h: what was put is found by the next run; damage and what was planted is told. */
#include "cmd/crawl/page_store.h"
#include "engine/sched/sched.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define PAGES 300 /* some batches */

static char directory[] = "/tmp/fetch-pages-XXXXXX";
static char file[64];
static struct page_pool pool;

static int make_directory(void **state)
{
    (void)state;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    snprintf(file, sizeof file, "%s/pages.db", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        char path[80];
        snprintf(path, sizeof path, "%s%s", file, suffixes[i]);
        unlink(path);
    }
    page_pool_clear(&pool);
    return rmdir(directory);
}

static struct page_store *open_store(void)
{
    struct page_store *store;
    char *why;
    assert_int_equal(page_store_open(&store, directory, &why), 0);
    return store;
}

static void name_page(char url[40], int number)
{
    snprintf(url, 40, "http://h.test/%d", number);
}

static int listened;

static void note_written(void *ctx)
{
    (void)ctx;
    listened++;
}

/* Task: puts all pages. */
static void *put_pages(void *arg)
{
    struct page_store *store = arg;
    struct page *page = page_take(&pool, PAGE_OTHER);
    char url[40];
    page_finish(page);
    page->type = PAGE_HTML;
    page_store_listen(store, note_written, NULL);
    for (int i = 0; i < PAGES; i++) {
        name_page(url, i);
        page->robots = (unsigned)i;
        page->stamp = 1000 + i;
        assert_int_equal(page_store_put(store, url, page), 0);
    }
    page_give_back(&pool, page);
    assert_int_equal(page_store_added(store), PAGES);
    page_store_hurry(store);
    assert_int_equal(page_store_detach(store), 0);
    assert_true(page_store_written(store, PAGES));
    assert_true(listened > 0);
    return NULL;
}

static void put_all(struct page_store *store)
{
    struct sched_options options = {0};
    struct sched *sched = sched_new(&options);
    assert_non_null(task_spawn(NULL, put_pages, store));
    sched_run(sched);
    sched_free(sched);
}

static int count(void *ctx, const char *url, struct page *page)
{
    (void)url;
    (void)page;
    ++*(int *)ctx;
    return 0;
}

static void test_found_again(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    put_all(store);
    assert_int_equal(page_store_close(store), 0);
    store = open_store();
    struct page *page = page_take(&pool, PAGE_OTHER);
    char url[40];
    for (int i = 0; i < PAGES; i++) {
        name_page(url, i);
        assert_int_equal(page_store_find(store, url, page), 1);
        assert_int_equal(page->robots, i);
        assert_int_equal(page->stamp, 1000 + i);
        char *found = page_store_url(store, page_store_number(url));
        assert_string_equal(found, url);
        free(found);
    }
    assert_int_equal(page_store_find(store, "http://h.test/none", page), 0);
    assert_null(page_store_url(store, 1));
    int seen = 0;
    assert_int_equal(page_store_each(store, page, count, &seen), 0);
    assert_int_equal(seen, PAGES);
    page_give_back(&pool, page);
    assert_int_equal(page_store_close(store), 0);
    assert_int_equal(page_store_close(NULL), 0);
}

/* Many at once, among them what is not there. */
static void test_found_together(void **state)
{
    (void)state;
    char urls[PAGES + 1][40];
    struct page_query queries[PAGES + 1];
    struct page_store *store = open_store();
    assert_true(page_store_was_made(store));
    put_all(store);
    assert_true(page_store_was_made(store));
    assert_int_equal(page_store_close(store), 0);
    for (int i = 0; i <= PAGES; i++) {
        name_page(urls[i], i);
        queries[i] = (struct page_query){.url = urls[i], .said = &queries, .size = 1};
    }
    store = open_store();
    assert_false(page_store_was_made(store));
    assert_int_equal(page_store_find_all(store, queries, PAGES + 1), 0);
    struct page *page = page_take(&pool, PAGE_OTHER);
    for (int i = 0; i < PAGES; i++) {
        assert_int_equal(page_unpack(page, queries[i].said, queries[i].size), 0);
        assert_int_equal(page->robots, i);
        assert_int_equal(queries[i].stamp, 1000 + i);
        free(queries[i].said);
    }
    assert_null(queries[PAGES].said);
    assert_int_equal(queries[PAGES].size, 0);
    page_give_back(&pool, page);
    assert_int_equal(page_store_close(store), 0);
}

/* All rows say `block` from now on, as an earlier version may have written it. */
static void overwrite_rows(const char *block)
{
    sqlite3 *db;
    char sql[128];
    uint64_t seed = XXH3_64bits("http://h.test/1", strlen("http://h.test/1"));
    int64_t sum = (int64_t)XXH3_64bits_withSeed(block, strlen(block), seed);
    snprintf(sql, sizeof sql, "UPDATE pages SET said = CAST('%s' AS BLOB), sum = %lld", block,
             (long long)sum);
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* A block of another version is as if it was not there; one whose sum is wrong is an error. */
static void test_other_version(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    put_all(store);
    assert_int_equal(page_store_close(store), 0);
    overwrite_rows("another");
    store = open_store();
    struct page_query queries[] = {{.url = "http://h.test/1"}, {.url = "http://h.test/2"}};
    assert_int_equal(page_store_find_all(store, queries, 1), 0);
    assert_null(queries[0].said);
    assert_int_equal(page_store_find_all(store, queries, 2), -EBADMSG);
    assert_null(queries[0].said);
    assert_true(page_store_is_damaged(store));
    assert_int_equal(page_store_close(store), 0);
}

/* Task: puts depths, the first one twice. */
static void *put_depths(void *arg)
{
    struct page_store *store = arg;
    const struct depth far = {.links = 9}, depth = {.links = 3, .chain = 2};
    assert_int_equal(page_store_put_depth(store, "http://h.test/a", &far, NULL), 0);
    assert_int_equal(page_store_put_depth(store, "http://h.test/a", &depth, NULL), 0);
    assert_int_equal(page_store_put_depth(store, "http://h.test/b", &depth, "http://h.test/a"), 0);
    assert_int_equal(page_store_put_move(store, "http://h.test/c", "http://h.test/d", true), 0);
    assert_int_equal(page_store_flush(store), 0);
    page_store_detach(store);
    return NULL;
}

static int see_depth(void *ctx, const char *url, const struct depth *depth, const char *moved)
{
    ++*(int *)ctx;
    assert_int_equal(depth->links, 3);
    assert_int_equal(depth->chain, 2);
    if (strcmp(url, "http://h.test/b") == 0)
        assert_string_equal(moved, "http://h.test/a");
    else
        assert_null(moved);
    return 0;
}

static int see_move(void *ctx, const char *url, const char *target, bool shown)
{
    ++*(int *)ctx;
    assert_string_equal(url, "http://h.test/c");
    assert_string_equal(target, "http://h.test/d");
    assert_true(shown);
    return 0;
}

static void test_depths_and_moves(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    struct sched_options options = {0};
    struct sched *sched = sched_new(&options);
    assert_non_null(task_spawn(NULL, put_depths, store));
    sched_run(sched);
    sched_free(sched);
    assert_int_equal(page_store_close(store), 0);
    store = open_store();
    int seen = 0;
    assert_int_equal(page_store_each_depth(store, see_depth, &seen), 0);
    assert_int_equal(seen, 2);
    int moves = 0;
    assert_int_equal(page_store_each_move(store, see_move, &moves), 0);
    assert_int_equal(moves, 1);
    assert_int_equal(page_store_begin(store), 0);
    assert_int_equal(page_store_each_move(store, see_move, &moves), 0);
    assert_int_equal(moves, 1);
    assert_int_equal(page_store_each_depth(store, see_depth, &seen), 0);
    assert_int_equal(seen, 2);
    assert_int_equal(page_store_close(store), 0);
}

static void expect_refusal(const char *words)
{
    struct page_store *store;
    char *why = NULL;
    assert_true(page_store_open(&store, directory, &why) < 0);
    assert_non_null(why);
    assert_non_null(strstr(why, file));
    assert_non_null(strstr(why, words));
    free(why);
}

static void test_no_data_base(void **state)
{
    (void)state;
    FILE *out = fopen(file, "w");
    for (int i = 0; i < 1000; i++)
        fputs("no data base", out);
    fclose(out);
    expect_refusal("not a database");
}

static void test_planted(void **state)
{
    (void)state;
    char victim[80];
    struct stat status;
    snprintf(victim, sizeof victim, "%s.victim", directory);
    assert_int_equal(symlink(victim, file), 0);
    expect_refusal("not a plain file");
    assert_int_equal(stat(victim, &status), -1);
}

static void run_sql(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void test_of_others(void **state)
{
    (void)state;
    run_sql("CREATE TABLE mine (text)");
    expect_refusal("another program");
    assert_int_equal(unlink(file), 0);
    assert_int_equal(page_store_close(open_store()), 0);
    run_sql("PRAGMA user_version = 1000");
    expect_refusal("a newer fetch");
    run_sql("PRAGMA user_version = 4; DELETE FROM store");
    expect_refusal("a table is empty");
    run_sql("DROP TABLE pages");
    expect_refusal("pages.db");
}

static void test_stamps(void **state)
{
    (void)state;
    assert_true(page_stamp(5, NULL) == page_stamp(5, NULL));
    assert_true(page_stamp(5, NULL) != page_stamp(6, NULL));
    assert_true(page_stamp(5, "\"1\"") != page_stamp(5, "\"2\""));
    assert_true(page_stamp(5, "\"1\"") != page_stamp(5, NULL));
}

/* A crawl that goes on knows whether pages of its beginning are missing. */
static void test_whole(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    assert_false(page_store_is_whole(store));
    assert_int_equal(page_store_close(store), 0);
    store = open_store();
    assert_false(page_store_is_whole(store));
    assert_int_equal(page_store_begin(store), 0);
    assert_true(page_store_is_whole(store));
    assert_int_equal(page_store_close(store), 0);
    store = open_store();
    assert_true(page_store_is_whole(store));
    assert_int_equal(page_store_close(store), 0);
}

/* Bytes of a row that have become others are no page. */
static void test_altered_row(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    put_all(store);
    assert_int_equal(page_store_close(store), 0);
    run_sql("UPDATE pages SET said = CAST(substr(said, 1, 100) || x'07' || substr(said, 102)"
            " AS BLOB) WHERE url = 'http://h.test/7'");
    store = open_store();
    struct page *page = page_take(&pool, PAGE_OTHER);
    int seen = 0;
    assert_int_equal(page_store_find(store, "http://h.test/6", page), 1);
    assert_false(page_store_is_damaged(store));
    assert_int_equal(page_store_find(store, "http://h.test/7", page), -EBADMSG);
    assert_true(page_store_is_damaged(store));
    assert_non_null(strstr(page_store_problem(store), "a row is damaged"));
    assert_int_equal(page_store_each(store, page, count, &seen), -EBADMSG);
    page_give_back(&pool, page);
    assert_int_equal(page_store_close(store), 0);
}

/* Pages in the middle are damaged while it is open: that is an error with words that last. */
static void test_damaged_inside(void **state)
{
    (void)state;
    struct page_store *store = open_store();
    put_all(store);
    assert_int_equal(page_store_close(store), 0);
    FILE *out = fopen(file, "r+");
    for (long at = 4096; fseek(out, at, SEEK_SET) == 0 && at < 200L * 4096; at += 4096)
        fputs("\377\377\377\377\377\377\377\377", out);
    fclose(out);
    char *why = NULL;
    if (page_store_open(&store, directory, &why)) {
        free(why);
        return;
    }
    struct page *page = page_take(&pool, PAGE_OTHER);
    char url[40];
    int errors = 0;
    for (int i = 0; i < PAGES; i++) {
        name_page(url, i);
        struct page_query query = {.url = url};
        errors += page_store_find_all(store, &query, 1) < 0;
        free(query.said);
    }
    assert_true(errors > 0);
    assert_non_null(strstr(page_store_problem(store), "malformed"));
    assert_true(page_store_is_damaged(store));
    page_give_back(&pool, page);
    (void)page_store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_found_again, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_found_together, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_other_version, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_depths_and_moves, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_no_data_base, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_planted, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_of_others, make_directory, remove_directory),
        cmocka_unit_test(test_stamps),
        cmocka_unit_test_setup_teardown(test_whole, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_altered_row, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(test_damaged_inside, make_directory, remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
