/* recall.h, naming.h: names that stay, what is known of URLs, and --retry-failed, through a list as
 * it is read with a journal. */
#include "cmd/get/url_list.h"
#include "cmd/journal/journal.h"
#include "engine/io/io.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[] = "/tmp/fetch-recall-XXXXXX";
static char file[64];
static char list_path[64];
static struct get_options options;
static char *sources[] = {list_path};

static int make_directory(void **state)
{
    (void)state;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/journal.db", directory);
    snprintf(list_path, sizeof list_path, "%s/list", directory);
    options = (struct get_options){
        .sources = sources,
        .source_count = 1,
        .transfer.protocols = "http",
    };
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(file);
    unlink(list_path);
    return rmdir(directory);
}

/* A journal with these URLs, each with its name and outcome. */
static void record(const struct journal_row *rows, size_t count)
{
    struct journal *journal;
    char *why = NULL;
    assert_int_equal(journal_open(&journal, directory, JOURNAL_WRITE, false, &why), 0);
    assert_int_equal(journal_begin(journal), 0);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(journal_put(journal, &rows[i]), 0);
    assert_int_equal(journal_commit(journal), 0);
    assert_int_equal(journal_index(journal, NULL), 0);
    journal_close(journal);
}

static struct journal *open_reader(void)
{
    struct journal *reader;
    char *why = NULL;
    assert_int_equal(journal_open(&reader, directory, JOURNAL_READ, false, &why), 0);
    return reader;
}

static void write_lines(const char *text)
{
    FILE *list = fopen(list_path, "w");
    assert_non_null(list);
    assert_true(fputs(text, list) >= 0);
    assert_int_equal(fclose(list), 0);
}

static struct url_list *open_list(struct journal *reader, bool after_kill)
{
    struct url_list *list;
    char *place = NULL;
    assert_int_equal(url_list_open(&list, &options, &place), 0);
    assert_int_equal(url_list_recall(list, reader, after_kill, false), 0);
    return list;
}

static struct entry *next(struct url_list *list)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    return entry;
}

static void expect_name(struct url_list *list, const char *url, const char *name)
{
    struct entry *entry = next(list);
    assert_string_equal(entry->url.text, url);
    assert_string_equal(entry->name, name);
    entry_free(entry);
}

static void expect_end(struct url_list *list)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 1);
    assert_int_equal(url_list_next(list, &entry), 1);
    url_list_close(list);
}

static void names_stay(void **state)
{
    (void)state;
    const struct journal_row rows[] = {
        {.url = "http://h/b/x", .name = "x", .outcome = JOURNAL_OK, .size = 7, .etag = "\"e\""},
        {.url = "http://h/c/x", .name = "x~b1572b1e", .outcome = JOURNAL_OK, .size = -1},
        {.url = "http://h/d/y", .name = "elsewhere/y", .outcome = JOURNAL_OK, .size = 7},
    };
    record(rows, 3);
    write_lines("http://h/a/x\nnonsense\nhttp://h/c/x\nhttp://h/b/x\nhttp://h/d/y\n");
    struct journal *reader = open_reader();
    struct url_list *list = open_list(reader, false);

    struct entry *entry = next(list);
    assert_null(entry->known);
    assert_int_equal(strncmp(entry->name, "x~", 2), 0); /* "x" is another URL's */
    entry_free(entry);

    entry = next(list);
    assert_non_null(entry->problem);
    entry_free(entry);

    entry = next(list);
    assert_string_equal(entry->url.text, "http://h/c/x");
    assert_int_equal(entry->known->size, -1);
    entry_free(entry);

    entry = next(list);
    assert_string_equal(entry->name, "x");
    assert_int_equal(entry->known->outcome, OUTCOME_OK);
    assert_int_equal(entry->known->size, 7);
    assert_string_equal(entry->known->etag, "\"e\"");
    assert_null(entry->known->last_modified);
    assert_true(entry->known->row > 0);
    assert_false(entry->known->renamed);
    entry_free(entry);

    entry = next(list); /* made under another --layout */
    assert_string_equal(entry->name, "y");
    assert_true(entry->known->renamed);
    assert_int_equal(entry->known->size, -1);
    entry_free(entry);
    expect_end(list);
    journal_close(reader);
}

/* Two URLs that differ in credentials alone are one to the journal, but never one file. */
static void credentials(void **state)
{
    (void)state;
    const struct journal_row row = {
        .url = "http://h/x", .name = "x", .outcome = JOURNAL_OK, .size = 7};
    record(&row, 1);
    write_lines("http://a:b@h/x\nhttp://c:d@h/x\n");
    struct journal *reader = open_reader();
    struct url_list *list = open_list(reader, false);
    struct entry *first = next(list), *second = next(list);
    assert_string_equal(first->name, "x");
    assert_string_not_equal(second->name, "x");
    entry_free(first);
    entry_free(second);
    expect_end(list);
    journal_close(reader);
}

static void only_what_failed(void **state)
{
    (void)state;
    const struct journal_row rows[] = {
        {.url = "http://h/a", .name = "a", .outcome = JOURNAL_OK},
        {.url = "http://h/b", .name = "b", .outcome = JOURNAL_FAILED},
        {.url = "http://h/c", .name = "c", .outcome = JOURNAL_SKIPPED},
        {.url = "http://h/d", .name = "d", .outcome = JOURNAL_UNCHANGED},
    };
    record(rows, 4);
    write_lines(
        "http://h/a\nhttp://h/b\nhttp://h/b\nhttp://h/c\nhttp://h/d\nhttp://h/new\nwrong\n");
    options.retry_failed = true;
    struct journal *reader = open_reader();
    struct url_list *list = open_list(reader, false);
    expect_name(list, "http://h/b", "b");
    struct entry *entry = next(list);
    assert_non_null(entry->problem);
    entry_free(entry);
    assert_int_equal(url_list_skipped(list), 5);
    expect_end(list);

    list = open_list(NULL, false); /* a journal without rows: nothing has failed */
    entry_free(next(list));
    assert_int_equal(url_list_skipped(list), 6);
    expect_end(list);
    journal_close(reader);
}

/* No row, but there may be a file. */
static void after_a_kill(void **state)
{
    (void)state;
    write_lines("http://h/a\n");
    struct url_list *list = open_list(NULL, true);
    struct entry *entry = next(list);
    assert_int_equal(entry->known->outcome, OUTCOME_NOT_TRIED);
    assert_int_equal(entry->known->size, -1);
    assert_int_equal(entry->known->row, 0);
    entry_free(entry);
    expect_end(list);
}

enum { MANY = 3000 };

static void record_many(void)
{
    static struct journal_row rows[MANY];
    static char texts[MANY][32];
    FILE *list = fopen(list_path, "w");
    assert_non_null(list);
    for (int i = 0; i < MANY; i++) {
        snprintf(texts[i], sizeof texts[i], "http://h/%d", i);
        rows[i] = (struct journal_row){.url = texts[i],
                                       .name = texts[i] + strlen("http://h/"),
                                       .outcome = JOURNAL_OK,
                                       .size = i};
        fprintf(list, "%s\n", texts[i]);
    }
    assert_int_equal(fclose(list), 0);
    record(rows, MANY);
}

/* As dispatch does: what is not there yet is waited for, and nothing else. */
static struct entry *await_next(struct url_list *list)
{
    struct entry *entry;
    int result;
    while ((result = url_list_try_next(list, &entry)) == -EAGAIN || result == -EINPROGRESS) {
        int fd = url_list_descriptor(list);
        if (result == -EAGAIN) {
            assert_true(fd >= 0);
            assert_true(io_wait(fd, IO_IN, deadline_in_ms(5000)) >= 0);
        }
    }
    assert_int_equal(result, 0);
    return entry;
}

static void *read_many(void *arg)
{
    struct url_list *list = arg;
    for (int i = 0; i < MANY; i++) {
        struct entry *entry = await_next(list);
        assert_int_equal(entry->number, i + 1);
        assert_int_equal(entry->known->size, i);
        entry_free(entry);
    }
    return NULL;
}

/* On a scheduler the lookups are jobs of its pool; the order stays. */
static void many_on_a_scheduler(void **state)
{
    (void)state;
    record_many();
    struct journal *reader = open_reader();
    struct url_list *list = open_list(reader, false);
    assert_int_equal(engine_run(read_many, list, NULL), 0);
    expect_end(list);
    journal_close(reader);
}

static void *read_one(void *arg)
{
    entry_free(await_next(arg));
    return NULL;
}

/* What has been read ahead, or is being looked up, goes with the list. */
static void left_in_the_middle(void **state)
{
    (void)state;
    record_many();
    struct journal *reader = open_reader();
    struct url_list *list = open_list(reader, false);
    assert_int_equal(engine_run(read_one, list, NULL), 0);
    entry_free(next(list));
    url_list_close(list);
    journal_close(reader);
}

static void a_journal_that_cannot_be_read(void **state)
{
    (void)state;
    record_many();
    struct journal *reader = open_reader();
    sqlite3 *db;
    assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "DROP TABLE by_url", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct url_list *list = open_list(reader, false);
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), -EIO);
    assert_non_null(strstr(url_list_problem(list), "journal.db: no such table: by_url"));
    assert_int_equal(url_list_next(list, &entry), -EIO);
    url_list_close(list);
    journal_close(reader);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        TEST(names_stay),
        TEST(credentials),
        TEST(only_what_failed),
        TEST(after_a_kill),
        TEST(many_on_a_scheduler),
        TEST(left_in_the_middle),
        TEST(a_journal_that_cannot_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
