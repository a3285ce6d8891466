#include "cmd/status/rows.h"

#include "cmd/get/escape.h"
#include "cmd/get/json_text.h"
#include "cmd/get/quantity.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *const outcome_words[] = {
    [JOURNAL_OK] = "ok",
    [JOURNAL_UNCHANGED] = "unchanged",
    [JOURNAL_SKIPPED] = "skipped",
    [JOURNAL_FAILED] = "failed",
};

static const char *const state_words[] = {
    [ROWS_ENDED] = "ended",
    [ROWS_RUNNING] = "running",
    [ROWS_KILLED] = "killed",
};

static const char *outcome_word(enum journal_outcome outcome)
{
    return outcome >= JOURNAL_OK && outcome <= JOURNAL_FAILED ? outcome_words[outcome] : "unknown";
}

static uint64_t all_urls(const struct journal_counts *counts)
{
    uint64_t sum = 0;
    for (int outcome = 0; outcome <= JOURNAL_FAILED; outcome++)
        sum += counts->by_outcome[outcome];
    return sum;
}

/* "2026-11-21 15:13:06 UTC". */
static void time_words(char words[32], int64_t seconds)
{
    time_t when = (time_t)seconds;
    struct tm parts;
    *words = '\0';
    if (gmtime_r(&when, &parts))
        strftime(words, 32, "%Y-%m-%d %H:%M:%S UTC", &parts);
}

/* "label: text", fit for a terminal; nothing for NULL. 0 or -ENOMEM. */
static int print_field(const char *label, const char *text)
{
    char *safe = text ? escape_text(text) : NULL;
    if (text && !safe)
        return -ENOMEM;
    if (safe)
        printf("%-14s %s\n", label, safe);
    free(safe);
    return 0;
}

static int print_file(const struct journal_row *row)
{
    char bytes[QUANTITY_SIZE], when[32];
    if (row->size < 0)
        return 0;
    quantity_bytes(bytes, (double)row->size);
    printf("%-14s %s (%" PRId64 ")\n", "size:", bytes, row->size);
    time_words(when, row->mtime_ns / 1000000000);
    int error = print_field("time:", when);
    if (!error)
        error = print_field("ETag:", row->etag);
    if (!error)
        error = print_field("Last-Modified:", row->last_modified);
    return error ? error : print_field("checksum:", row->checksum);
}

int rows_print(const struct journal_row *row)
{
    char when[32];
    int error = print_field("URL:", row->url);
    if (!error)
        error = print_field("file:", row->name);
    if (error || (error = print_file(row)))
        return error;
    time_words(when, row->finished);
    printf("%-14s %s, %s\n", "outcome:", outcome_word(row->outcome), when);
    if (row->status)
        printf("%-14s %d\n", "status:", row->status);
    printf("%-14s %u\n", "attempts:", row->attempts);
    error = print_field("error:", row->error);
    return error ? error : 1;
}

/* "URL: reason (3 attempts)". */
static int print_failure(void *ctx, const struct journal_row *row)
{
    char attempts[32] = "";
    char *url = escape_text(row->url);
    char *reason = escape_text(row->error ? row->error : "failed");
    (void)ctx; /* there is nothing else to know */
    if (row->attempts > 1)
        snprintf(attempts, sizeof attempts, " (%u attempts)", row->attempts);
    if (url && reason)
        printf("%s: %s%s\n", url, reason, attempts);
    int error = url && reason ? 0 : -ENOMEM;
    free(url);
    free(reason);
    return error;
}

int rows_print_all(struct journal *journal, const struct journal_counts *counts,
                   enum rows_state state)
{
    char bytes[QUANTITY_SIZE];
    const uint64_t *by = counts->by_outcome;
    printf("%" PRIu64 " URLs: %" PRIu64 " ok, %" PRIu64 " unchanged, %" PRIu64 " skipped, %" PRIu64
           " failed\n",
           all_urls(counts), by[JOURNAL_OK], by[JOURNAL_UNCHANGED], by[JOURNAL_SKIPPED],
           by[JOURNAL_FAILED]);
    printf("%" PRIu64 " files, %s\n", counts->files, quantity_bytes(bytes, (double)counts->bytes));
    if (state == ROWS_RUNNING)
        puts("a run is on");
    if (state == ROWS_KILLED)
        puts("the last run was killed: the same command goes on from there");
    return journal_each(journal, true, print_failure, NULL);
}

static void add_string(struct json_text *text, const char *key, const char *string)
{
    json_text_raw(text, key);
    json_text_string(text, string);
}

static void add_number(struct json_text *text, const char *key, int64_t number)
{
    json_text_raw(text, key);
    json_text_integer(text, number);
}

/* For what there is no file of: null. */
static void add_file_number(struct json_text *text, const char *key, bool has, int64_t number)
{
    json_text_raw(text, key);
    if (has)
        json_text_integer(text, number);
    else
        json_text_raw(text, "null");
}

static void add_row(struct json_text *text, const struct journal_row *row)
{
    bool has_file = row->size >= 0;
    add_string(text, "{\"url\":", row->url);
    add_string(text, ",\"path\":", row->name);
    add_string(text, ",\"outcome\":", outcome_word(row->outcome));
    add_number(text, ",\"status\":", row->status);
    add_string(text, ",\"error\":", row->error);
    add_number(text, ",\"attempts\":", row->attempts);
    add_number(text, ",\"finished\":", row->finished);
    add_file_number(text, ",\"bytes\":", has_file, row->size);
    add_file_number(text, ",\"mtime\":", has_file, row->mtime_ns / 1000000000);
    add_string(text, ",\"etag\":", row->etag);
    add_string(text, ",\"last_modified\":", row->last_modified);
    add_string(text, ",\"checksum\":", row->checksum);
    json_text_raw(text, "}");
}

/* Prints what has been put together and begins anew. `result` or -ENOMEM. */
static int print_json(struct json_text *text, int result)
{
    int error = text->error;
    if (!error)
        fwrite(text->data, 1, text->length, stdout);
    json_text_clear(text);
    return error ? error : result;
}

int rows_print_json(const struct journal_row *row)
{
    struct json_text text = {0};
    add_row(&text, row);
    json_text_raw(&text, "\n");
    return print_json(&text, 1);
}

/* `ctx` tells whether it is the first. */
static int print_failure_json(void *ctx, const struct journal_row *row)
{
    bool *first = ctx;
    struct json_text text = {0};
    json_text_raw(&text, *first ? "\n" : ",\n");
    *first = false;
    add_row(&text, row);
    return print_json(&text, 0);
}

int rows_print_all_json(struct journal *journal, const struct journal_counts *counts,
                        enum rows_state state)
{
    struct json_text text = {0};
    const uint64_t *by = counts->by_outcome;
    bool first = true;
    add_string(&text, "{\"journal\":", journal_path(journal));
    add_string(&text, ",\"last_run\":", state_words[state]);
    add_number(&text, ",\"urls\":", (int64_t)all_urls(counts));
    add_number(&text, ",\"ok\":", (int64_t)by[JOURNAL_OK]);
    add_number(&text, ",\"unchanged\":", (int64_t)by[JOURNAL_UNCHANGED]);
    add_number(&text, ",\"skipped\":", (int64_t)by[JOURNAL_SKIPPED]);
    add_number(&text, ",\"failed\":", (int64_t)by[JOURNAL_FAILED]);
    add_number(&text, ",\"files\":", (int64_t)counts->files);
    add_number(&text, ",\"bytes\":", (int64_t)counts->bytes);
    json_text_raw(&text, ",\"failures\":[");
    int error = print_json(&text, 0);
    if (!error)
        error = journal_each(journal, true, print_failure_json, &first);
    if (!error)
        fputs("]}\n", stdout);
    return error;
}
