#include "cmd/compare/waterfalls.h"

#include "cmd/get/json_text.h"
#include "cmd/report/page.h"
#include "cmd/report/rows.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ,"key":1.250000 */
static void put_number(struct json_text *text, const char *key, double value)
{
    char number[64];
    snprintf(number, sizeof number, ",\"%s\":%.6f", key, value);
    json_text_raw(text, number);
}

static void put_row(struct json_text *text, const struct table_row *row, double speedup)
{
    const struct measurement *measured = &row->measured;
    json_text_raw(text, "{\"mode\":");
    json_text_string(text, row->mode);
    put_number(text, "jobs", row->jobs);
    put_number(text, "ok", (double)measured->ok);
    put_number(text, "failed", (double)measured->failed);
    put_number(text, "bytes", (double)measured->bytes);
    put_number(text, "wall_s", measured->wall_s);
    put_number(text, "user_s", measured->user_s);
    put_number(text, "sys_s", measured->sys_s);
    put_number(text, "max_rss_kib", (double)measured->max_rss_kib);
    put_number(text, "context_switches", (double)measured->context_switches);
    put_number(text, "speedup", speedup);
    json_text_raw(text, "}");
}

/* {"compare":[...],"lists":[...]}: what the page shows above the waterfalls. */
static void put_comparison(struct json_text *text, const struct table_row *rows, unsigned count,
                           const struct get_options *options)
{
    text->in_html = true;
    for (unsigned i = 0; i < count; i++) {
        json_text_raw(text, i == 0 ? "{\"compare\":[" : ",");
        put_row(text, &rows[i], table_speedup(rows, i));
    }
    json_text_raw(text, "],\"lists\":");
    rows_put_lists(text, options);
    json_text_raw(text, "}\n");
}

static int put(FILE *file, const char *bytes, size_t size)
{
    return fwrite(bytes, 1, size, file) == size ? 0 : -errno;
}

static int copy_file(FILE *to, const char *path)
{
    char buf[65536];
    size_t got;
    int error = 0;
    FILE *from = fopen(path, "re");
    if (!from)
        return -errno;
    while (!error && (got = fread(buf, 1, sizeof buf, from)) > 0)
        error = put(to, buf, got);
    if (!error && ferror(from))
        error = -EIO;
    fclose(from);
    return error;
}

int waterfalls_write(const char *path, const struct table_row *rows, char *const *rows_paths,
                     unsigned count, const struct get_options *options)
{
    struct json_text text = {0};
    FILE *file = fopen(path, "we");
    if (!file)
        return -errno;
    put_comparison(&text, rows, count, options);
    int error = text.error;
    if (!error)
        error = put(file, page_head, strlen(page_head));
    if (!error)
        error = put(file, text.data, text.length);
    for (unsigned i = 0; i < count && !error; i++)
        error = copy_file(file, rows_paths[i]);
    if (!error)
        error = put(file, page_tail, strlen(page_tail));
    if (fclose(file) && !error)
        error = -errno;
    json_text_clear(&text);
    return error;
}
