#include "net/xfer/condition.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static int add_line(struct curl_slist **headers, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (!longer)
        return -ENOMEM;
    *headers = longer;
    return 0;
}

/* Nothing for a value that is NULL. */
static int add_field(struct curl_slist **headers, const char *name, const char *value)
{
    char line[32 + ETAG_MAX];
    if (!value)
        return 0;
    snprintf(line, sizeof line, "%s: %s", name, value);
    return add_line(headers, line);
}

static int add_range(struct curl_slist **headers, const struct transfer_condition *condition)
{
    char range[64], last[24] = "";
    if (!condition->first && !condition->end)
        return 0;
    if (condition->end)
        snprintf(last, sizeof last, "%" PRId64, condition->end - 1);
    snprintf(range, sizeof range, "bytes=%" PRId64 "-%s", condition->first, last);
    int error = add_field(headers, "Range", range);
    /* Compressed anew, the bytes might be others each time. */
    return error ? error : add_field(headers, "Accept-Encoding", "identity");
}

int condition_headers(const struct transfer_condition *condition, struct curl_slist **headers)
{
    int error = add_range(headers, condition);
    if (!error)
        error = add_field(headers, "If-None-Match", condition->if_none_match);
    if (!error)
        error = add_field(headers, "If-Modified-Since", condition->if_modified_since);
    if (!error)
        error = add_field(headers, "If-Range", condition->if_range);
    return error;
}
