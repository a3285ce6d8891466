#include "cmd/get/log.h"

#include "cmd/get/escape.h"
#include "engine/deadline.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sixteen digits hold a microsecond of today, and 0.1 is not shown as 0.10000000000000001. */
#define LOG_FORMAT (JSON_COMPACT | JSON_REAL_PRECISION(16))

struct log {
    FILE *file;
};

int log_open(struct log **log, const char *path, char **place)
{
    struct log *made = calloc(1, sizeof *made);
    if (!made)
        return -ENOMEM;
    made->file = strcmp(path, "-") == 0 ? stdout : fopen(path, "we");
    if (!made->file) {
        int error = -errno;
        if (asprintf(place, "cannot write %s: %s", path, strerror(errno)) < 0)
            *place = NULL;
        free(made);
        return error;
    }
    /* Also on a terminal: whole lines, now and then (log_flush()). */
    setvbuf(made->file, NULL, _IOFBF, 1 << 16);
    *log = made;
    return 0;
}

static const char *outcome_word(enum outcome_kind kind)
{
    switch (kind) {
    case OUTCOME_OK:
        return "ok";
    case OUTCOME_UNCHANGED:
        return "unchanged";
    case OUTCOME_SKIPPED:
        return "skipped";
    case OUTCOME_FAILED:
    case OUTCOME_NOT_TRIED:
        break;
    }
    return "failed";
}

static const char *http_version_word(int version)
{
    switch (version) {
    case 10:
        return "1.0";
    case 11:
        return "1.1";
    case 20:
        return "2";
    case 30:
        return "3";
    default:
        return NULL;
    }
}

/* Whole microseconds. */
static double seconds(int64_t ns)
{
    int64_t microseconds = ns / NSEC_PER_USEC;
    return (double)microseconds / 1e6;
}

static json_t *times_object(const struct transfer_times *times)
{
    return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "start", seconds(times->start), "dns",
                     seconds(times->dns), "connect", seconds(times->connect), "tls",
                     seconds(times->tls), "first_byte", seconds(times->first_byte), "total",
                     seconds(times->total));
}

/* Escaped for JSON; NULL stays NULL. False when memory runs out. */
static bool escape_for_json(const char *text, char **escaped)
{
    *escaped = text ? escape_text(text, ESCAPE_JSON) : NULL;
    return !text || *escaped;
}

/* NULL when memory runs out. */
static json_t *line_object(const char *url, const struct outcome *outcome)
{
    char *safe_url = NULL, *final_url = NULL, *error = NULL, *path = NULL;
    json_t *line = NULL;
    if (escape_for_json(url, &safe_url) && escape_for_json(outcome->error, &error) &&
        escape_for_json(outcome->path, &path) &&
        escape_for_json(outcome->final_url ? outcome->final_url : url, &final_url))
        line = json_pack("{s:s, s:s, s:i, s:s, s:s?, s:s?, s:I, s:I, s:o, s:s?, s:s?, s:s?}", "url",
                         safe_url, "final_url", final_url, "status", outcome->status, "outcome",
                         outcome_word(outcome->kind), "error", error, "path", path, "bytes",
                         (json_int_t)outcome->bytes, "attempts", (json_int_t)outcome->attempts,
                         "time", times_object(&outcome->times), "remote_ip",
                         *outcome->remote_ip ? outcome->remote_ip : NULL, "http_version",
                         http_version_word(outcome->http_version), "checksum", outcome->checksum);
    free(safe_url);
    free(final_url);
    free(error);
    free(path);
    return line;
}

int log_write(struct log *log, const char *url, const struct outcome *outcome)
{
    json_t *line = line_object(url, outcome);
    if (!line)
        return -ENOMEM;
    errno = 0;
    int failed = json_dumpf(line, log->file, LOG_FORMAT) || putc('\n', log->file) == EOF;
    int error = errno ? -errno : -ENOMEM;
    json_decref(line);
    return failed ? error : 0;
}

int log_flush(struct log *log)
{
    return fflush(log->file) ? -errno : 0;
}

int log_close(struct log *log)
{
    if (!log)
        return 0;
    int error = log_flush(log);
    /* Standard output is main's to close. */
    if (log->file != stdout && fclose(log->file) && !error)
        error = -errno;
    free(log);
    return error;
}
