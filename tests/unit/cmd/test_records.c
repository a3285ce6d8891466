#include "cmd/report/records.h"

#include "cmd/report/page.h"
#include "cmd/report/phases.h"
#include "engine/deadline.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS NSEC_PER_MSEC

/* 12:00 on some day. */
static const int64_t noon = INT64_C(1763726400) * NSEC_PER_SEC;

static struct outcome answered(void)
{
    return (struct outcome){
        .kind = OUTCOME_OK,
        .status = 200,
        .bytes = 4096,
        .attempts = 1,
        .times = {.start = noon,
                  .dns = 2 * MS,
                  .connect = 3 * MS,
                  .tls = 5 * MS,
                  .first_byte = 30 * MS,
                  .total = 70 * MS},
        .last_start = noon,
        .remote_ip = "127.0.0.1",
        .http_version = 11,
    };
}

static void phases_add_up(void **state)
{
    (void)state;
    struct outcome outcome = answered();
    outcome.last_start = noon + 100 * MS;
    struct phases phases = phases_of(noon - 7 * MS, &outcome);
    static const int64_t expected[] = {7 * MS, 100 * MS, 2 * MS, 3 * MS, 5 * MS, 20 * MS, 40 * MS};
    assert_true(phases.begin == noon - 7 * MS);
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        assert_int_equal(phases.ns[i], expected[i]);
}

static void phases_without_an_answer(void **state)
{
    (void)state;
    struct outcome outcome = answered();
    outcome.times.first_byte = 0;
    struct phases phases = phases_of(0, &outcome);
    assert_true(phases.begin == noon);
    assert_int_equal(phases.ns[PHASE_QUEUE], 0);
    assert_int_equal(phases.ns[PHASE_WAIT], 60 * MS);
    assert_int_equal(phases.ns[PHASE_BODY], 0);
    phases = phases_of(noon, &(struct outcome){.kind = OUTCOME_SKIPPED});
    assert_int_equal(phases.begin, 0);
}

static void phases_bear_any_clock(void **state)
{
    (void)state;
    struct outcome outcome = answered();
    outcome.last_start = noon - NSEC_PER_SEC;
    outcome.times.first_byte = 1;
    struct phases phases = phases_of(noon + NSEC_PER_SEC, &outcome);
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        assert_true(phases.ns[i] >= 0);
    assert_int_equal(phases.ns[PHASE_BODY], 60 * MS);
}

struct fixture {
    struct get_options options;
    struct records *records;
    char path[64];
    unsigned failures;
};

static void on_failure(void *ctx, const char *path, int error)
{
    struct fixture *fixture = ctx;
    assert_non_null(path);
    assert_int_equal(error, -ENOSPC);
    fixture->failures++;
}

static void begin_with(struct fixture *fixture, const char **option)
{
    char *place = NULL;
    *option = fixture->path;
    if (!*fixture->path) {
        strcpy(fixture->path, "/tmp/test_records_XXXXXX");
        int fd = mkstemp(fixture->path);
        assert_true(fd >= 0);
        close(fd);
    }
    assert_int_equal(
        records_open(&fixture->records, &fixture->options, on_failure, fixture, &place), 0);
}

static void begin(struct fixture *fixture)
{
    begin_with(fixture, &fixture->options.har);
}

static void put(struct fixture *fixture, const char *url, const struct outcome *outcome)
{
    struct record record = {.url = url, .taken_up = noon - 7 * MS, .outcome = outcome};
    assert_int_equal(records_put(fixture->records, &record), 0);
}

static const struct record_end no_end = {.counts = &(struct report_counts){0}};

/* The file, closed properly. */
static json_t *end(struct fixture *fixture)
{
    json_error_t error;
    assert_int_equal(records_close(fixture->records, &no_end), 0);
    json_t *har = json_load_file(fixture->path, 0, &error);
    if (!har)
        fail_msg("%s at byte %d", error.text, error.position);
    unlink(fixture->path);
    return har;
}

static json_t *entries_of(const json_t *har)
{
    json_t *log = json_object_get(har, "log");
    assert_string_equal(json_string_value(json_object_get(log, "version")), "1.2");
    return json_object_get(log, "entries");
}

static double number_of(const json_t *object, const char *key)
{
    json_t *number = json_object_get(object, key);
    assert_true(json_is_number(number));
    return json_number_value(number);
}

static void a_har_of_nothing(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    begin(&fixture);
    put(&fixture, "http://h/", &(struct outcome){.kind = OUTCOME_SKIPPED});
    json_t *har = end(&fixture);
    assert_true(json_is_array(entries_of(har)));
    assert_int_equal(json_array_size(entries_of(har)), 0);
    json_decref(har);
}

static void a_har_tells_of_requests(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    struct outcome outcome = answered();
    begin(&fixture);
    put(&fixture, "http://h/a?b=c&d&e==%3C#f?g=h", &outcome);
    put(&fixture, "http://h/", &(struct outcome){.kind = OUTCOME_SKIPPED});
    put(&fixture, "http://h/", &outcome);
    json_t *har = end(&fixture);
    assert_int_equal(json_array_size(entries_of(har)), 2);
    json_t *entry = json_array_get(entries_of(har), 0);
    assert_string_equal(json_string_value(json_object_get(entry, "startedDateTime")),
                        "2025-11-21T11:59:59.993Z");
    json_t *timings = json_object_get(entry, "timings");
    assert_true(number_of(entry, "time") == 77);
    assert_true(number_of(timings, "blocked") == 7);
    assert_true(number_of(timings, "connect") == 8);
    assert_true(number_of(timings, "ssl") == 5);
    assert_true(number_of(timings, "receive") == 40);
    json_t *query = json_object_get(json_object_get(entry, "request"), "queryString");
    char *text = json_dumps(query, JSON_COMPACT);
    assert_string_equal(text, "[{\"name\":\"b\",\"value\":\"c\"},{\"name\":\"d\",\"value\":\"\"},"
                              "{\"name\":\"e\",\"value\":\"=%3C\"}]");
    free(text);
    json_decref(har);
}

static void what_did_not_happen_is_marked(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    struct outcome outcome = answered();
    outcome.times.dns = outcome.times.connect = outcome.times.tls = 0;
    outcome.status = 0;
    static char reason[] = "connection \"reset\"";
    outcome.error = reason;
    begin(&fixture);
    put(&fixture, "http://h/", &outcome);
    json_t *har = end(&fixture);
    json_t *entry = json_array_get(entries_of(har), 0);
    json_t *timings = json_object_get(entry, "timings");
    assert_true(number_of(timings, "dns") == -1);
    assert_true(number_of(timings, "connect") == -1);
    assert_true(number_of(timings, "ssl") == -1);
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(entry, "response"), "_error")), reason);
    json_decref(har);
}

/* All that is in a file, which is removed; owned by the caller. */
static char *read_away(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_true(getdelim(&text, &size, '\0', file) > 0);
    fclose(file);
    unlink(path);
    return text;
}

/* The next line, which must be JSON. */
static json_t *take_line(char **text)
{
    char *line = strsep(text, "\n");
    json_error_t error;
    json_t *json = json_loads(line, 0, &error);
    if (!json)
        fail_msg("%s: %s", error.text, line);
    return json;
}

static json_t *number_at(const json_t *row, size_t index)
{
    json_t *number = json_array_get(row, index);
    assert_true(json_is_integer(number));
    return number;
}

static void rows_are_a_line_each(void **state)
{
    (void)state;
    static char list[] = "a<b.txt", url[] = "http://h/";
    char *sources[] = {list, url};
    struct fixture fixture = {
        .options = {.sources = sources, .source_count = 2, .mode = MODE_THREADS, .jobs = 7}};
    struct outcome outcome = answered();
    begin_with(&fixture, &fixture.options.report_rows);
    put(&fixture, "http://h/</script>", &outcome);
    put(&fixture, "http://h/", &(struct outcome){.kind = OUTCOME_SKIPPED});
    assert_int_equal(records_close(fixture.records, &no_end), 0);
    char *text = read_away(fixture.path), *rest = text;
    assert_null(strchr(text, '<'));
    json_t *line = take_line(&rest);
    json_t *run = json_object_get(line, "run");
    assert_string_equal(json_string_value(json_object_get(run, "mode")), "threads");
    assert_true(number_of(run, "jobs") == 7);
    assert_int_equal(json_array_size(json_object_get(run, "lists")), 1);
    json_decref(line);
    line = take_line(&rest);
    assert_string_equal(json_string_value(json_array_get(line, 0)), "http://h/</script>");
    assert_int_equal(json_array_size(line), 18);
    assert_int_equal(json_integer_value(number_at(line, 5)), (noon - 7 * MS) / NSEC_PER_USEC);
    assert_int_equal(json_integer_value(number_at(line, 6)), 7000);
    assert_int_equal(json_integer_value(number_at(line, 13)), 0);
    json_decref(line);
    line = take_line(&rest);
    assert_int_equal(json_integer_value(number_at(line, 1)), 2);
    assert_int_equal(json_integer_value(number_at(line, 5)), 0);
    json_decref(line);
    line = take_line(&rest);
    assert_non_null(json_object_get(line, "end"));
    json_decref(line);
    assert_string_equal(rest, "");
    free(text);
}

static void a_page_stands_around_its_rows(void **state)
{
    (void)state;
    struct fixture fixture = {0};
    begin_with(&fixture, &fixture.options.report);
    assert_int_equal(records_close(fixture.records, &no_end), 0);
    char *text = read_away(fixture.path);
    assert_int_equal(strncmp(text, page_head, strlen(page_head)), 0);
    assert_string_equal(text + strlen(text) - strlen(page_tail), page_tail);
    assert_non_null(strstr(page_head, "<!doctype html>"));
    assert_null(strstr(page_head, "@SCRIPT@"));
    assert_null(strstr(page_head, "@STYLE@"));
    assert_null(strstr(page_head, "://")); /* nothing is fetched from anywhere */
    free(text);
}

static void a_file_that_fails_is_given_up_once(void **state)
{
    (void)state;
    struct fixture fixture = {.path = "/dev/full"};
    struct outcome outcome = answered();
    begin(&fixture);
    put(&fixture, "http://h/", &outcome);
    int64_t now = deadline_clock();
    int64_t next = records_tick(fixture.records, now);
    assert_true(next > now && next < DEADLINE_NEVER);
    assert_int_equal(fixture.failures, 1);
    put(&fixture, "http://h/", &outcome);
    assert_int_equal(records_close(fixture.records, &no_end), -ENOSPC);
    assert_int_equal(fixture.failures, 1);
}

static void nothing_wanted_is_nothing_kept(void **state)
{
    (void)state;
    struct records *records = NULL;
    struct get_options options = {0};
    assert_int_equal(records_open(&records, &options, on_failure, NULL, NULL), 0);
    assert_null(records);
    assert_int_equal(records_put(NULL, NULL), 0);
    assert_int_equal(records_keep_pace(NULL), 0);
    assert_true(records_tick(NULL, 0) == DEADLINE_NEVER);
    assert_int_equal(records_close(NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phases_add_up),
        cmocka_unit_test(phases_without_an_answer),
        cmocka_unit_test(phases_bear_any_clock),
        cmocka_unit_test(a_har_of_nothing),
        cmocka_unit_test(a_har_tells_of_requests),
        cmocka_unit_test(what_did_not_happen_is_marked),
        cmocka_unit_test(rows_are_a_line_each),
        cmocka_unit_test(a_page_stands_around_its_rows),
        cmocka_unit_test(a_file_that_fails_is_given_up_once),
        cmocka_unit_test(nothing_wanted_is_nothing_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
