#include "cmd/get/stats.h"

#include "net/xfer/transfer.h"
#include <errno.h>
#include <jansson.h>
#include <stdio.h>

int stats_write(int fd, const struct report_counts *counts, unsigned jobs, double wall_s)
{
    json_t *object = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:I}", "ok", (json_int_t)counts->ok, "unchanged",
        (json_int_t)counts->unchanged, "skipped", (json_int_t)counts->skipped, "failed",
        (json_int_t)counts->failed, "not_tried", (json_int_t)counts->not_tried, "bytes",
        (json_int_t)counts->bytes, "jobs", (json_int_t)jobs, "wall_s", wall_s, "tripwire",
        (json_int_t)client_tripwire_count());
    if (!object)
        return -ENOMEM;
    errno = 0;
    int failed = json_dumpfd(object, fd, JSON_COMPACT) || dprintf(fd, "\n") < 0;
    int error = errno ? -errno : -EIO;
    json_decref(object);
    return failed ? error : 0;
}
