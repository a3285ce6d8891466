#include "cmd/report/rows.h"

#include "cmd/get/argument.h"
#include "cmd/report/page.h"
#include "cmd/report/phases.h"
#include "engine/deadline.h"

static const char *const mode_names[] = {
    [MODE_ASYNC] = "async",
    [MODE_SYNC] = "sync",
    [MODE_THREADS] = "threads",
    [MODE_PROCESSES] = "processes",
};

/* What the page calls the outcomes. */
static const int outcome_numbers[] = {
    [OUTCOME_OK] = 0,     [OUTCOME_UNCHANGED] = 1, [OUTCOME_SKIPPED] = 2,
    [OUTCOME_FAILED] = 3, [OUTCOME_NOT_TRIED] = 3,
};

/* ,NUMBER */
static void put_number(struct json_text *text, int64_t number)
{
    json_text_raw(text, ",");
    json_text_integer(text, number);
}

/* ,"text" or ,0 */
static void put_text(struct json_text *text, const char *string)
{
    json_text_raw(text, ",");
    if (string && *string)
        json_text_string(text, string);
    else
        json_text_raw(text, "0");
}

void rows_put_lists(struct json_text *text, const struct get_options *options)
{
    const char *between = "[";
    for (size_t i = 0; i < options->source_count; i++) {
        const char *source = options->sources[i];
        if (argument_is_url(options, source))
            continue;
        json_text_raw(text, between);
        json_text_string(text, argument_name(source));
        between = ",";
    }
    json_text_raw(text, *between == '[' ? "[]" : "]");
}

static void rows_begin(struct json_text *text, const struct get_options *options, int64_t started)
{
    text->in_html = true;
    json_text_raw(text, "{\"run\":{\"mode\":");
    json_text_string(text, mode_names[options->mode]);
    json_text_raw(text, ",\"jobs\":");
    json_text_integer(text, options->mode == MODE_SYNC ? 1 : options->jobs);
    json_text_raw(text, ",\"started\":");
    json_text_integer(text, started / NSEC_PER_USEC);
    json_text_raw(text, ",\"lists\":");
    rows_put_lists(text, options);
    json_text_raw(text, ",\"version\":\"" FETCH_VERSION "\"}}\n");
}

static bool rows_put(struct json_text *text, const struct record *record, bool first)
{
    const struct outcome *outcome = record->outcome;
    struct phases phases = phases_of(record->taken_up, outcome);
    (void)first; /* lines need nothing between them */
    text->in_html = true;
    json_text_raw(text, "[");
    json_text_string(text, record->url);
    put_number(text, outcome_numbers[outcome->kind]);
    put_number(text, outcome->status);
    put_number(text, outcome->bytes);
    put_number(text, outcome->attempts);
    put_number(text, phases.begin / NSEC_PER_USEC);
    for (unsigned i = 0; i < PHASE_COUNT; i++)
        put_number(text, phases.ns[i] / NSEC_PER_USEC);
    put_text(text, outcome->error);
    put_text(text, outcome->final_url);
    put_text(text, outcome->path);
    put_text(text, outcome->remote_ip);
    put_number(text, outcome->http_version);
    json_text_raw(text, "]\n");
    return true;
}

static void put_count(struct json_text *text, const char *key, uint64_t count)
{
    json_text_raw(text, key);
    json_text_integer(text, (int64_t)count);
}

static void rows_end(struct json_text *text, const struct record_end *end)
{
    const struct report_counts *counts = end->counts;
    put_count(text, "{\"end\":{\"ok\":", counts->ok);
    put_count(text, ",\"unchanged\":", counts->unchanged);
    put_count(text, ",\"skipped\":", counts->skipped);
    put_count(text, ",\"failed\":", counts->failed);
    put_count(text, ",\"not_tried\":", counts->not_tried);
    json_text_raw(text, end->more_not_tried ? ",\"more\":true" : ",\"more\":false");
    put_count(text, ",\"bytes\":", counts->bytes);
    json_text_raw(text, ",\"wall\":");
    json_text_seconds(text, (int64_t)(end->wall_s * (double)NSEC_PER_SEC));
    json_text_raw(text,
                  end->interrupted ? ",\"interrupted\":true}}\n" : ",\"interrupted\":false}}\n");
}

static void page_begin(struct json_text *text, const struct get_options *options, int64_t started)
{
    json_text_raw(text, page_head);
    rows_begin(text, options, started);
}

static void page_end(struct json_text *text, const struct record_end *end)
{
    rows_end(text, end);
    json_text_raw(text, page_tail);
}

const struct record_format rows_format = {.begin = rows_begin, .put = rows_put, .end = rows_end};
const struct record_format page_format = {.begin = page_begin, .put = rows_put, .end = page_end};
