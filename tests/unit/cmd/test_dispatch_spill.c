/* dispatch.h: more waits than memory holds. */
#include "cmd/get/limits.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/dispatch_harness.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void leave(struct harness *harness, const char *url)
{
    hosts_leave(harness->hosts, harness_host(url));
}

static void expect_end(struct harness *harness)
{
    struct entry *entry;
    assert_int_equal(dispatch_waiting(harness->dispatch), 0);
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 1);
}

enum { CROWD = LIMIT_WAITING + 1000 };

/* Many of one host between two others, long names and short. */
static void write_crowd(void *file)
{
    fputs("http://b/0\nhttp://c/0\n", file);
    for (int i = 0; i < CROWD; i++)
        fprintf(file, "http://a/%d/%.*sfile.txt\n", i, i % 100 == 7 ? 120 : 0,
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                "xxxxxx"
                "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    fputs("http://c/1\nhttp://b/1\n", file);
}

static void expect_crowd_member(struct harness *harness, int i)
{
    struct entry *entry;
    char start[32];
    int length = sprintf(start, "http://a/%d/", i);
    assert_int_equal(dispatch_next(harness->dispatch, &entry), 0);
    assert_memory_equal(entry->url.text, start, length);
    assert_int_equal(entry->number, i + 3);
    assert_int_equal(entry->line, i + 3);
    assert_string_equal(entry->source, harness->path);
    assert_non_null(strstr(entry->name, "file"));
    if (i == 0)
        assert_string_equal(entry->name, "file.txt");
    hosts_leave(harness->hosts, entry->url.host_key);
    entry_free(entry);
}

/* More than memory may hold waits for one host; the others are not held up, and nothing is lost or
 * changes places. */
static void spills(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_crowd);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    harness_expect(&harness, "http://b/0", false);
    harness_expect(&harness, "http://c/0", true);
    harness_expect(&harness, "http://c/1", true);
    assert_int_equal(dispatch_waiting(harness.dispatch), CROWD);
    assert_false(dispatch_ready(harness.dispatch));
    leave(&harness, "http://a/");
    for (int i = 0; i < CROWD; i++)
        expect_crowd_member(&harness, i);
    leave(&harness, "http://b/");
    harness_expect(&harness, "http://b/1", true);
    expect_end(&harness);
    harness_close(&harness);
}

enum { EARLY = LIMIT_WAITING + 10, TAKEN = LIMIT_WAITING / 2, LATE = 20 };

static void write_late_comers(void *file)
{
    for (int i = 0; i < EARLY + LATE; i++) {
        fprintf(file, "http://a/%d\n", i);
        if (i == EARLY - 1 || i == EARLY + LATE - 1)
            fprintf(file, "http://b/%d\n", i);
    }
}

static void expect_numbered(struct harness *harness, const char *host, int number, bool leave_host)
{
    char url[32];
    sprintf(url, "http://%s/%d", host, number);
    harness_expect(harness, url, leave_host);
}

/* Memory has room again, but those on disk came earlier. */
static void late_comers(void **state)
{
    (void)state;
    struct harness harness;
    harness_open(&harness, 1, write_late_comers);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    expect_numbered(&harness, "b", EARLY - 1, true);
    leave(&harness, "http://a/");
    for (int i = 0; i < TAKEN; i++)
        expect_numbered(&harness, "a", i, true);
    expect_numbered(&harness, "a", TAKEN, false);
    expect_numbered(&harness, "b", EARLY + LATE - 1, true);
    leave(&harness, "http://a/");
    for (int i = TAKEN + 1; i < EARLY + LATE; i++)
        expect_numbered(&harness, "a", i, true);
    expect_end(&harness);
    harness_close(&harness);
}

static void write_marked_crowd(void *file)
{
    for (int i = 0; i < CROWD; i++) {
        fprintf(file, "http://a/%d\n", i);
        if (i == LIMIT_WAITING / 2)
            fputs("http://b/0\n", file);
    }
}

static void spill_fails(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_marked_crowd);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    harness_expect(&harness, "http://b/0", true);
    /* The sets of the list have their files by now, or need none yet. */
    setenv("TMPDIR", "/nonexistent", 1);
    assert_int_equal(dispatch_next(harness.dispatch, &entry), -ENOENT);
    unsetenv("TMPDIR");
    /* The one that could be held nowhere counts too. */
    assert_int_equal(dispatch_waiting(harness.dispatch), LIMIT_WAITING + LIMIT_SPILL_BATCH + 1);
    harness_close(&harness);
}

/* Every seventh has more to it than a URL. */
static void write_detailed_crowd(void *file)
{
    for (int i = 0; i < CROWD; i++) {
        fprintf(file, i % 7 == 0 ? "http://a/%d\thttp://m/%d\tftp://n/\n" : "http://a/%d\n", i, i);
        if (i % 7 == 0)
            fprintf(file, "  header=X: %d\n  checksum=md5=%032x\n  user-agent=y\n", i, i);
    }
}

static void expect_details(const struct details *details, int i)
{
    char text[CHECKSUM_TEXT_SIZE], expected[64];
    assert_non_null(details);
    assert_int_equal(details->mirror_count, 2);
    sprintf(expected, "http://m/%d", i);
    assert_string_equal(details->mirrors[0].text, expected);
    assert_string_equal(details->mirrors[1].text, "ftp://n/");
    sprintf(expected, "X: %d", i);
    assert_string_equal(details->headers[0], expected);
    assert_string_equal(details->headers[1], "User-Agent: y");
    assert_null(details->headers[2]);
    sprintf(expected, "md5=%032x", i);
    assert_string_equal(checksum_text(&details->checksum, text), expected);
}

/* On the disk and in memory they keep it. */
static void details_spill(void **state)
{
    (void)state;
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_detailed_crowd);
    harness.options.transfer.protocols = "http,https,ftp";
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    while (dispatch_ready(harness.dispatch) && dispatch_waiting(harness.dispatch) < CROWD) {
    }
    leave(&harness, "http://a/");
    for (int i = 0; i < CROWD; i++) {
        assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
        assert_null(entry->problem);
        if (i % 7 == 0)
            expect_details(entry->details, i);
        else
            assert_null(entry->details);
        leave(&harness, "http://a/");
        entry_free(entry);
    }
    expect_end(&harness);
    harness_close(&harness);
}

enum { TOO_MANY = 20000 };

static void write_too_many(void *file)
{
    for (int i = 0; i < TOO_MANY; i++)
        fprintf(file, "http://a/%d\n", i);
    fputs("http://b/1\n", file);
}

/* When disk and memory hold what they may, the list is not read on. */
static void everything_full(void **state)
{
    (void)state;
    if (LIMIT_SPILL_BYTES > 1 << 20)
        skip(); /* a gigabyte takes too long */
    struct harness harness;
    struct entry *entry;
    harness_open(&harness, 1, write_too_many);
    assert_int_equal(hosts_enter(harness.hosts, "a:80", DEADLINE_NOW), 0);
    while (dispatch_ready(harness.dispatch)) {
    }
    assert_true(dispatch_waiting(harness.dispatch) < TOO_MANY);
    leave(&harness, "http://a/");
    char url[32];
    for (int i = 0; i < TOO_MANY; i++) {
        assert_int_equal(dispatch_next(harness.dispatch, &entry), 0);
        sprintf(url, "http://a/%d", i);
        assert_string_equal(entry->url.text, url);
        leave(&harness, url);
        entry_free(entry);
    }
    harness_expect(&harness, "http://b/1", true);
    expect_end(&harness);
    harness_close(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spills),        cmocka_unit_test(late_comers),
        cmocka_unit_test(spill_fails),   cmocka_unit_test(everything_full),
        cmocka_unit_test(details_spill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
