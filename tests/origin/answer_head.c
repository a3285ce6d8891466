#include "tests/origin/answer.h"

#include "tests/origin/date.h"
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

static void add_header(struct output *output, const char *name, struct span value)
{
    output_add(output, span_of(name));
    output_add(output, span_of(": "));
    output_add(output, value);
    output_add(output, span_of("\r\n"));
}

static void add_date(struct output *output, const char *name, int64_t seconds)
{
    char date[DATE_SIZE];
    date_format(date, seconds);
    add_header(output, name, span_of(date));
}

/* The request's own target with `redirect=` counted down, or as it is for a loop. */
static void add_next_hop(const struct answer *answer, struct output *output)
{
    struct span query = answer->request->query;
    char separator = '?';
    output_add(output, span_of("Location: "));
    output_add(output, answer->request->path);
    while (query.size) {
        struct span pair = span_cut(&query, '&');
        output_print(output, "%c", separator);
        if (span_begins(pair, "redirect=") && answer->behaviour->redirect > 0)
            output_print(output, "redirect=%" PRId64, answer->behaviour->redirect - 1);
        else
            output_add(output, pair);
        separator = '&';
    }
    output_add(output, span_of("\r\n"));
}

static void add_location(const struct answer *answer, struct output *output)
{
    const struct behaviour *behaviour = answer->behaviour;
    if (answer->status == 401)
        return;
    if (behaviour->redirect > 0 || behaviour->redirect == REDIRECT_LOOP)
        add_next_hop(answer, output);
    else if (behaviour->location.data)
        add_header(output, "Location", behaviour->location);
}

/* "date+2" becomes the date in two seconds. */
static void add_retry_after(const struct behaviour *behaviour, struct output *output)
{
    char seconds[16] = "";
    struct span value = behaviour->retry_after;
    if (!value.data)
        return;
    if (!span_begins(value, "date+")) {
        add_header(output, "Retry-After", value);
        return;
    }
    value = span_skip(value, strlen("date+"));
    memcpy(seconds, value.data, value.size < sizeof(seconds) ? value.size : sizeof(seconds) - 1);
    add_date(output, "Retry-After", time(NULL) + strtol(seconds, NULL, 10));
}

static void add_tag(const struct behaviour *behaviour, struct output *output)
{
    bool is_weak = span_begins(behaviour->etag, "W/");
    if (!behaviour->etag.data)
        return;
    output_add(output, span_of(is_weak ? "ETag: W/\"" : "ETag: \""));
    output_add(output, span_skip(behaviour->etag, is_weak ? 2 : 0));
    output_add(output, span_of("\"\r\n"));
}

static void add_disposition(const struct behaviour *behaviour, struct output *output)
{
    if (!behaviour->disposition.data)
        return;
    output_add(output, span_of("Content-Disposition: attachment; filename=\""));
    output_add(output, behaviour->disposition);
    output_add(output, span_of("\"\r\n"));
}

static void add_range(const struct answer *answer, struct output *output)
{
    unsigned ranges = answer->behaviour->ranges;
    if (ranges && !answer->behaviour->gzip)
        output_print(output, "Accept-Ranges: %s\r\n", ranges == RANGES_NONE ? "none" : "bytes");
    if (answer->status == 206)
        output_print(output, "Content-Range: bytes %" PRId64 "-%" PRId64 "/%" PRId64 "\r\n",
                     answer->first, answer->end - 1, answer->size + (ranges == RANGES_TOTAL));
    if (answer->status == 206 && ranges == RANGES_ENCODED)
        output_add(output, span_of("Content-Encoding: gzip\r\n"));
    if (answer->status == 416)
        output_print(output, "Content-Range: bytes */%" PRId64 "\r\n", answer->size);
}

static void add_content(const struct answer *answer, struct output *output)
{
    struct span type = answer->behaviour->type;
    if (answer->status == 304 || answer->status == 204)
        return;
    if (!type.data)
        type = span_of(answer->text.data ? "application/json" : "application/octet-stream");
    add_header(output, "Content-Type", type);
    if (answer->coding != BODY_PLAIN)
        output_add(output, span_of("Content-Encoding: gzip\r\n"));
    if (answer->framing == FRAMING_LENGTH)
        output_print(output, "Content-Length: %" PRId64 "\r\n", answer->content_length);
    if (answer->framing == FRAMING_CHUNKED)
        output_add(output, span_of("Transfer-Encoding: chunked\r\n"));
}

static void add_connection(const struct answer *answer, struct output *output)
{
    const struct behaviour *behaviour = answer->behaviour;
    if (!answer->request->keep_alive || behaviour->conn == CONN_CLOSE || behaviour->http10 ||
        answer->framing == FRAMING_CLOSE)
        output_add(output, span_of("Connection: close\r\n"));
    else if (answer->request->minor == 0)
        output_add(output, span_of("Connection: keep-alive\r\n"));
}

void answer_write_head(const struct answer *answer, struct output *output)
{
    const struct behaviour *behaviour = answer->behaviour;
    output_print(output, "HTTP/1.%d %d %s\r\n", behaviour->http10 ? 0 : 1, answer->status,
                 answer_reason(answer->status));
    add_date(output, "Date", time(NULL));
    add_content(answer, output);
    add_range(answer, output);
    add_tag(behaviour, output);
    if (behaviour->modified >= 0)
        add_date(output, "Last-Modified", behaviour->modified);
    add_disposition(behaviour, output);
    add_location(answer, output);
    add_retry_after(behaviour, output);
    if (behaviour->cookie.data)
        add_header(output, "Set-Cookie", behaviour->cookie);
    if (answer->status == 401)
        output_add(output, span_of("WWW-Authenticate: Basic realm=\"origin\"\r\n"));
    for (size_t i = 0; i < behaviour->header_count; i++) {
        output_add(output, behaviour->headers[i]);
        output_add(output, span_of("\r\n"));
    }
    add_connection(answer, output);
}
