#include "cmd/compare/table.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>

double table_speedup(const struct table_row *rows, unsigned i)
{
    return rows[i].measured.wall_s > 0 ? rows[0].measured.wall_s / rows[i].measured.wall_s : 0;
}

int table_print(const struct table_row *rows, unsigned count)
{
    printf("%-9s %6s %7s %7s %12s %8s %7s %7s %9s %8s %8s\n", "mode", "jobs", "ok", "failed",
           "bytes", "wall s", "user s", "sys s", "peak KiB", "switches", "speed-up");
    for (unsigned i = 0; i < count; i++) {
        const struct measurement *m = &rows[i].measured;
        printf("%-9s %6u %7" PRId64 " %7" PRId64 " %12" PRId64 " %8.3f %7.3f %7.3f %9" PRId64
               " %8" PRId64 " %7.2fx\n",
               rows[i].mode, rows[i].jobs, m->ok, m->failed, m->bytes, m->wall_s, m->user_s,
               m->sys_s, m->max_rss_kib, m->context_switches, table_speedup(rows, i));
    }
    return fflush(stdout) ? -errno : 0;
}

int table_print_json(const struct table_row *rows, unsigned count)
{
    json_t *array = json_array();
    for (unsigned i = 0; i < count; i++) {
        const struct measurement *m = &rows[i].measured;
        json_array_append_new(
            array, json_pack("{ss si sI sI sI sf sf sf sI sI sf}", "mode", rows[i].mode, "jobs",
                             (int)rows[i].jobs, "ok", (json_int_t)m->ok, "failed",
                             (json_int_t)m->failed, "bytes", (json_int_t)m->bytes, "wall_s",
                             m->wall_s, "user_s", m->user_s, "sys_s", m->sys_s, "max_rss_kib",
                             (json_int_t)m->max_rss_kib, "context_switches",
                             (json_int_t)m->context_switches, "speedup", table_speedup(rows, i)));
    }
    int error = json_dumpf(array, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
    json_decref(array);
    putchar('\n');
    return error || fflush(stdout) ? -EIO : 0;
}
