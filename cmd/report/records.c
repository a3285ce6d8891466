#include "cmd/report/records.h"

#include "cmd/get/log.h"
#include "cmd/get/wall_clock.h"
#include "cmd/get/writer.h"
#include "cmd/report/har.h"
#include "cmd/report/rows.h"
#include "engine/deadline.h"
#include <errno.h>
#include <stdlib.h>

/* Who reads a file while it grows sees what is new after so long. */
#define FLUSH_INTERVAL (250 * NSEC_PER_MSEC)

enum {
    FILES_MAX = 4,
};

struct record_file {
    const struct record_format *format;
    const char *path;
    struct writer *writer;
    bool begun; /* something was put */
    int error;  /* why it was given up */
};

struct records {
    void (*failed)(void *ctx, const char *path, int error);
    void *ctx;
    int64_t next_flush;
    unsigned count;
    struct record_file files[FILES_MAX];
};

/* A file is given up after its first error. */
static int file_settle(struct records *records, struct record_file *file, int error)
{
    if (error && !file->error) {
        file->error = error;
        records->failed(records->ctx, file->path, error);
    }
    return error;
}

static bool log_put(struct json_text *text, const struct record *record, bool first)
{
    (void)first; /* lines need nothing between them */
    log_line(text, record->url, record->outcome, record->facts);
    return true;
}

static const struct record_format log_format = {.put = log_put};

static int add_file(struct records *records, const struct get_options *options, const char *path,
                    const struct record_format *format, char **place)
{
    struct record_file *file = &records->files[records->count];
    if (!path)
        return 0;
    int error = writer_open(&file->writer, path, place);
    if (error)
        return error;
    file->path = path;
    file->format = format;
    records->count++;
    if (format->begin)
        format->begin(writer_text(file->writer), options, wall_clock());
    return 0;
}

int records_open(struct records **out, const struct get_options *options,
                 void (*failed)(void *ctx, const char *path, int error), void *ctx, char **place)
{
    if (!options->log && !options->har && !options->report && !options->report_rows)
        return 0;
    struct records *records = calloc(1, sizeof *records);
    if (!records)
        return -ENOMEM;
    records->failed = failed;
    records->ctx = ctx;
    int error = add_file(records, options, options->log, &log_format, place);
    if (!error)
        error = add_file(records, options, options->har, &har_format, place);
    if (!error)
        error = add_file(records, options, options->report, &page_format, place);
    if (!error)
        error = add_file(records, options, options->report_rows, &rows_format, place);
    if (error) {
        records_close(records, NULL);
        return error;
    }
    *out = records;
    return 0;
}

int records_put(struct records *records, const struct record *record)
{
    int error = 0;
    for (unsigned i = 0; records && i < records->count; i++) {
        struct record_file *file = &records->files[i];
        if (file->error)
            continue;
        if (file->format->put(writer_text(file->writer), record, !file->begun))
            file->begun = true;
        int appended = file_settle(records, file, writer_appended(file->writer));
        if (!error)
            error = appended;
    }
    return error;
}

void records_give_up(struct records *records, int error)
{
    for (unsigned i = 0; records && i < records->count; i++)
        (void)file_settle(records, &records->files[i], error); /* told */
}

int records_keep_pace(struct records *records)
{
    int error = 0;
    for (unsigned i = 0; records && i < records->count && !error; i++)
        if (!records->files[i].error)
            error = writer_keep_pace(records->files[i].writer);
    return error;
}

int64_t records_tick(struct records *records, int64_t now)
{
    if (!records)
        return DEADLINE_NEVER;
    if (now < records->next_flush)
        return records->next_flush;
    for (unsigned i = 0; i < records->count; i++) {
        struct record_file *file = &records->files[i];
        if (!file->error)
            (void)file_settle(records, file, writer_flush(file->writer)); /* kept for the end */
    }
    records->next_flush = now + FLUSH_INTERVAL;
    return records->next_flush;
}

int records_close(struct records *records, const struct record_end *end)
{
    int error = 0;
    for (unsigned i = 0; records && i < records->count; i++) {
        struct record_file *file = &records->files[i];
        if (end && !file->error && file->format->end)
            file->format->end(writer_text(file->writer), end);
        int closed = writer_close(file->writer);
        if (end)
            (void)file_settle(records, file, closed); /* found in file->error */
        if (!error)
            error = file->error;
    }
    free(records);
    return error;
}
