/* What the user gets to read: failures, summary, log, statistics, exit status. */
#include "unit.h"

#include "cmd/get/report.h"
#include "engine/deadline.h"
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One report, its standard error caught in a file. */
struct fixture {
    struct get_options options;
    struct report *report;
    char log[64];
    char *said; /* after finish() */
    int kept, caught;
};

static void begin(struct fixture *fixture)
{
    char *place = NULL;
    fixture->options.stats_fd = fixture->options.stats_fd ? fixture->options.stats_fd : -1;
    fixture->options.progress = PROGRESS_NONE;
    fixture->kept = dup(STDERR_FILENO);
    fixture->caught = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    assert_true(fixture->caught >= 0);
    dup2(fixture->caught, STDERR_FILENO);
    assert_int_equal(report_new(&fixture->report, &fixture->options, &place), 0);
}

static void with_log(struct fixture *fixture)
{
    strcpy(fixture->log, "/tmp/test_report_XXXXXX");
    int fd = mkstemp(fixture->log);
    assert_true(fd >= 0);
    close(fd);
    fixture->options.log = fixture->log;
}

static int finish(struct fixture *fixture, bool interrupted)
{
    int error = report_finish(fixture->report, interrupted);
    dup2(fixture->kept, STDERR_FILENO);
    close(fixture->kept);
    off_t length = lseek(fixture->caught, 0, SEEK_END);
    fixture->said = calloc(1, (size_t)length + 1);
    assert_int_equal(pread(fixture->caught, fixture->said, (size_t)length, 0), length);
    close(fixture->caught);
    return error;
}

static void end(struct fixture *fixture)
{
    report_free(fixture->report);
    free(fixture->said);
    if (*fixture->log)
        unlink(fixture->log);
    *fixture = (struct fixture){0};
}

/* An entry for `text`, from line 17 of urls.txt. */
static struct entry entry_for(const char *text)
{
    struct entry entry = {.source = "urls.txt", .line = 17};
    const char *why = NULL;
    assert_int_equal(url_parse(&entry.url, text, strlen(text), &why), 0);
    return entry;
}

static void tell(struct fixture *fixture, const char *url, struct outcome outcome)
{
    struct entry entry = entry_for(url);
    assert_int_equal(report_outcome(fixture->report, &entry, &outcome), 0);
    url_clear(&entry.url);
}

static void fail_with(struct fixture *fixture, struct entry *entry, const char *reason)
{
    struct outcome outcome = {.attempts = 1};
    outcome_fail(&outcome, "%s", reason);
    assert_int_equal(report_outcome(fixture->report, entry, &outcome), 0);
    outcome_clear(&outcome);
}

static void the_summary_counts(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    begin(&fixture);
    for (int i = 0; i < 50; i++)
        tell(&fixture, "http://h/", (struct outcome){.kind = OUTCOME_OK, .bytes = 25166});
    tell(&fixture, "http://h/", (struct outcome){.kind = OUTCOME_SKIPPED});
    report_duplicates(fixture.report, 2);
    assert_int_equal(finish(&fixture, false), 0);
    assert_int_equal(
        strncmp(fixture.said, "50 ok, 0 unchanged, 3 skipped, 0 failed, 1.2 MiB in ", 52), 0);
    assert_non_null(strstr(fixture.said, " files/s, "));
    assert_non_null(strstr(fixture.said, "/s)\n"));
    assert_null(strstr(fixture.said, "not tried"));
    assert_int_equal(report_exit_status(fixture.report), 0);
    end(&fixture);
}

static void an_interruption_shows(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    begin(&fixture);
    tell(&fixture, "http://h/", (struct outcome){.kind = OUTCOME_NOT_TRIED});
    report_not_tried(fixture.report, 41, false);
    assert_int_equal(finish(&fixture, true), 0);
    assert_non_null(strstr(fixture.said, "0 failed, 42 not tried, 0 B in "));
    assert_int_equal(report_counts(fixture.report)->not_tried, 42);
    end(&fixture);

    begin(&fixture);
    report_not_tried(fixture.report, 7, true);
    assert_int_equal(finish(&fixture, true), 0);
    assert_non_null(strstr(fixture.said, "0 failed, at least 7 not tried, 0 B in "));
    end(&fixture);
}

static void failures_are_told_even_when_quiet(void **state)
{
    (void)state;
    struct fixture fixture = {.options = {.quiet = true}};
    begin(&fixture);
    struct entry entry = entry_for("http://user:secret@h:8080/a%20b?c");
    fail_with(&fixture, &entry, "server answered 404 Not Found");
    struct outcome outcome = {.attempts = 4, .final_url = strdup("http://other/")};
    outcome_fail(&outcome, "connection reset");
    entry.source = "command line";
    assert_int_equal(report_outcome(fixture.report, &entry, &outcome), 0);
    outcome_clear(&outcome);
    url_clear(&entry.url);
    assert_int_equal(finish(&fixture, false), 0);
    assert_string_equal(
        fixture.said,
        "fetch: urls.txt:17: http://h:8080/a%20b?c: server answered 404 Not Found\n"
        "fetch: http://h:8080/a%20b?c: connection reset, at http://other/ (4 attempts)\n");
    assert_int_equal(report_exit_status(fixture.report), 1);
    end(&fixture);
}

/* Before what became of the URL, good or bad, and no matter how it went. */
static void remarks_are_told(void **state)
{
    (void)state;
    struct fixture fixture = {.options = {.quiet = true}};
    begin(&fixture);
    struct entry entry = entry_for("http://h/a");
    struct outcome outcome = {.kind = OUTCOME_OK, .attempts = 1};
    outcome_remark(&outcome, "the %s is odd", "sky");
    outcome_remark(&outcome, "so is the\x1b[31m sea");
    assert_int_equal(report_outcome(fixture.report, &entry, &outcome), 0);
    outcome_fail(&outcome, "gone");
    assert_int_equal(report_outcome(fixture.report, &entry, &outcome), 0);
    outcome_clear(&outcome);
    url_clear(&entry.url);
    assert_int_equal(finish(&fixture, false), 0);
    assert_string_equal(fixture.said, "fetch: urls.txt:17: http://h/a: the sky is odd\n"
                                      "fetch: urls.txt:17: http://h/a: so is the%1B[31m sea\n"
                                      "fetch: urls.txt:17: http://h/a: the sky is odd\n"
                                      "fetch: urls.txt:17: http://h/a: so is the%1B[31m sea\n"
                                      "fetch: urls.txt:17: http://h/a: gone\n");
    assert_int_equal(report_counts(fixture.report)->ok, 1);
    end(&fixture);
}

static void wrong_lines_are_shown_safely(void **state)
{
    (void)state;
    struct fixture fixture = {.options = {.quiet = true}};
    static char text[] = "http://me:secret@h/\x1b[2J\xff";
    struct entry entry = {
        .source = "list\n", .line = 3, .problem = "control character in URL", .text = text};
    begin(&fixture);
    fail_with(&fixture, &entry, entry.problem);
    assert_int_equal(finish(&fixture, false), 0);
    assert_string_equal(fixture.said,
                        "fetch: list%0A:3: http://***@h/%1B[2J%FF: control character in URL\n");
    end(&fixture);
}

static void the_machines_failures_have_their_status(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    begin(&fixture);
    struct outcome outcome = {.machine_error = -ENOSPC};
    outcome_fail(&outcome, "cannot save it: No space left on device");
    tell(&fixture, "http://h/", outcome);
    outcome_clear(&outcome);
    assert_int_equal(finish(&fixture, false), 0);
    assert_int_equal(report_exit_status(fixture.report), 3);
    end(&fixture);
}

static void verbose_tells_successes(void **state)
{
    (void)state;
    static char path[] = "a\x1b";
    struct fixture fixture = {.options = {.quiet = true, .verbose = 1}};
    begin(&fixture);
    tell(&fixture, "http://h/a",
         (struct outcome){.kind = OUTCOME_OK,
                          .status = 200,
                          .bytes = 2048,
                          .path = path,
                          .times.total = 30 * NSEC_PER_MSEC});
    tell(&fixture, "http://h/b", (struct outcome){.kind = OUTCOME_SKIPPED});
    assert_int_equal(finish(&fixture, false), 0);
    assert_string_equal(fixture.said, "ok: http://h/a -> a%1B (200, 2.0 KiB, 0.03 s)\n"
                                      "skipped: http://h/b\n");
    end(&fixture);
}

static const char *const keys[] = {
    "url",   "final_url", "status", "outcome",   "error",        "path",
    "bytes", "attempts",  "time",   "remote_ip", "http_version", "checksum",
};

/* The next line of the log: one object, all keys, in order. */
static json_t *next_line(FILE *file)
{
    char text[4096];
    assert_non_null(fgets(text, sizeof text, file));
    json_error_t error;
    json_t *line = json_loads(text, 0, &error);
    if (!line)
        fail_msg("%s: %s", error.text, text);
    size_t i = 0;
    const char *key;
    json_t *value;
    json_object_foreach(line, key, value) assert_string_equal(key, keys[i++]);
    assert_int_equal(i, sizeof keys / sizeof *keys);
    assert_int_equal(json_object_size(json_object_get(line, "time")), 6);
    return line;
}

static const char *text_of(const json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    assert_non_null(text);
    return text;
}

static void log_something(struct fixture *fixture)
{
    static char path[] = "na\xefve", final[] = "http://other/";
    tell(fixture, "http://user:secret@h/a",
         (struct outcome){.kind = OUTCOME_OK,
                          .status = 200,
                          .bytes = 2048,
                          .attempts = 2,
                          .path = path,
                          .final_url = final,
                          .remote_ip = "127.0.0.1",
                          .http_version = 20,
                          .times = {.start = INT64_C(1763726689123456789),
                                    .first_byte = 20500000,
                                    .total = 30 * NSEC_PER_MSEC}});
    static char text[] = "foo\xff\"bar";
    struct entry entry = {.source = "l", .line = 3, .problem = "no scheme", .text = text};
    fail_with(fixture, &entry, entry.problem);
    tell(fixture, "http://h/b", (struct outcome){.kind = OUTCOME_SKIPPED});
    tell(fixture, "http://h/c", (struct outcome){.kind = OUTCOME_NOT_TRIED});
}

static void log_lines_have_all_keys(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    with_log(&fixture);
    begin(&fixture);
    log_something(&fixture);
    assert_int_equal(finish(&fixture, false), 0);
    FILE *file = fopen(fixture.log, "re");
    json_t *line = next_line(file);
    assert_string_equal(text_of(line, "url"), "http://h/a");
    assert_string_equal(text_of(line, "final_url"), "http://other/");
    assert_string_equal(text_of(line, "path"), "na%EFve");
    assert_string_equal(text_of(line, "http_version"), "2");
    assert_string_equal(text_of(line, "remote_ip"), "127.0.0.1");
    assert_int_equal(json_integer_value(json_object_get(line, "attempts")), 2);
    assert_true(json_is_null(json_object_get(line, "error")));
    json_t *time = json_object_get(line, "time");
    assert_true(json_real_value(json_object_get(time, "start")) == 1763726689.123456);
    assert_true(json_real_value(json_object_get(time, "first_byte")) == 0.0205);
    json_decref(line);
    line = next_line(file);
    assert_string_equal(text_of(line, "url"), "foo%FF\"bar");
    assert_string_equal(text_of(line, "outcome"), "failed");
    assert_string_equal(text_of(line, "error"), "no scheme");
    assert_true(json_is_null(json_object_get(line, "path")));
    assert_true(json_is_null(json_object_get(line, "http_version")));
    json_decref(line);
    line = next_line(file);
    assert_string_equal(text_of(line, "outcome"), "skipped");
    json_decref(line);
    assert_int_equal(getc(file), EOF); /* what was not tried has no line */
    fclose(file);
    end(&fixture);
}

static void log_lines_can_be_read_while_it_runs(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    struct stat status;
    with_log(&fixture);
    begin(&fixture);
    log_something(&fixture);
    int64_t next = report_tick(fixture.report, deadline_clock());
    assert_true(next < DEADLINE_NEVER);
    assert_int_equal(stat(fixture.log, &status), 0);
    assert_true(status.st_size > 0);
    assert_int_equal(finish(&fixture, false), 0);
    end(&fixture);
}

static void a_log_that_fails_is_told_once(void **state)
{
    (void)state;
    struct fixture fixture = {.options = {.log = "/dev/full", .quiet = true}};
    begin(&fixture);
    for (int i = 0; i < 5; i++) {
        struct entry entry = entry_for("http://h/");
        struct outcome outcome = {.kind = OUTCOME_OK};
        (void)report_outcome(fixture.report, &entry, &outcome);
        (void)report_tick(fixture.report, deadline_clock() + i * NSEC_PER_SEC);
        url_clear(&entry.url);
    }
    assert_int_equal(finish(&fixture, false), -ENOSPC);
    assert_string_equal(fixture.said, "fetch: cannot write /dev/full: No space left on device\n");
    assert_int_equal(report_exit_status(fixture.report), 3);
    end(&fixture);
}

static void a_log_that_cannot_be_opened_is_named(void **state)
{
    (void)state;
    struct get_options options = {.log = "/no/such/place", .stats_fd = -1};
    struct report *report = NULL;
    char *place = NULL;
    assert_int_equal(report_new(&report, &options, &place), -ENOENT);
    assert_string_equal(place, "cannot write /no/such/place: No such file or directory");
    free(place);
    report_free(NULL);
}

static void statistics_go_to_their_descriptor(void **state)
{
    (void)state;
    int pipes[2];
    char text[512] = "";
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    struct fixture fixture = {.options = {.stats_fd = pipes[1], .jobs = 50, .quiet = true}};
    begin(&fixture);
    tell(&fixture, "http://h/", (struct outcome){.kind = OUTCOME_OK, .bytes = 7});
    assert_int_equal(finish(&fixture, false), 0);
    assert_true(read(pipes[0], text, sizeof text - 1) > 0);
    json_t *stats = json_loads(text, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(stats, "ok")), 1);
    assert_int_equal(json_integer_value(json_object_get(stats, "bytes")), 7);
    assert_int_equal(json_integer_value(json_object_get(stats, "jobs")), 50);
    assert_true(json_real_value(json_object_get(stats, "wall_s")) > 0);
    assert_int_equal(json_integer_value(json_object_get(stats, "tripwire")), 0);
    assert_int_equal(json_object_size(stats), 9);
    json_decref(stats);
    close(pipes[0]);
    close(pipes[1]);
    end(&fixture);

    struct fixture bad = {.options = {.stats_fd = 999, .quiet = true}};
    begin(&bad);
    assert_int_equal(finish(&bad, false), -EBADF);
    assert_non_null(strstr(bad.said, "cannot write the statistics"));
    end(&bad);
}

static void a_failure_does_not_tear_the_bar(void **state)
{
    (void)state;
    struct fixture fixture = {.options = {.quiet = false}};
    begin(&fixture);
    report_free(fixture.report);
    fixture.options.progress = PROGRESS_BAR;
    char *place = NULL;
    assert_int_equal(report_new(&fixture.report, &fixture.options, &place), 0);
    _Atomic uint64_t received = 2048;
    report_watch_bytes(fixture.report, &received);
    report_flight(fixture.report, 3);
    (void)report_tick(fixture.report, deadline_clock() + NSEC_PER_SEC);
    struct entry entry = entry_for("http://h/");
    fail_with(&fixture, &entry, "no");
    url_clear(&entry.url);
    assert_int_equal(finish(&fixture, false), 0);
    assert_non_null(strstr(fixture.said, "0 done, 3 in flight, 2.0 KiB"));
    assert_non_null(strstr(fixture.said, "\r\x1b[Jfetch: urls.txt:17: http://h/: no\n0 ok"));
    end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_summary_counts),
        cmocka_unit_test(an_interruption_shows),
        cmocka_unit_test(failures_are_told_even_when_quiet),
        cmocka_unit_test(remarks_are_told),
        cmocka_unit_test(wrong_lines_are_shown_safely),
        cmocka_unit_test(the_machines_failures_have_their_status),
        cmocka_unit_test(verbose_tells_successes),
        cmocka_unit_test(log_lines_have_all_keys),
        cmocka_unit_test(log_lines_can_be_read_while_it_runs),
        cmocka_unit_test(a_log_that_fails_is_told_once),
        cmocka_unit_test(a_log_that_cannot_be_opened_is_named),
        cmocka_unit_test(statistics_go_to_their_descriptor),
        cmocka_unit_test(a_failure_does_not_tear_the_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
