/* header.c - what libcurl hands over line by line: status line, fields, blank line, trailers.
 *
 * The lines are the server's: any length, any bytes, any order, any number. libcurl has looked at
 * the framing; here we take what we want to know and believe none of it to be well-formed.
 */
#include "net/http/date.h"
#include "net/http/disposition.h"
#include "net/http/hsts.h"
#include "net/http/retry_after.h"
#include "net/robots/directives.h"
#include "net/xfer/core.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

struct value {
    const char *at;
    size_t length;
};

static void answer_reset(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    result->status = 0;
    result->headers_complete = false;
    result->content_length = -1;
    result->retry_after_ns = -1;
    result->last_modified = -1;
    result->date[0] = '\0';
    result->content_type[0] = '\0';
    result->encoded = false;
    result->refuses_ranges = false;
    result->offers_ranges = false;
    result->range = CONTENT_RANGE_NONE;
    result->validators.etag[0] = '\0';
    result->validators.last_modified[0] = '\0';
    free(result->location);
    result->location = NULL;
    free(result->file_name);
    result->file_name = NULL;
    free(result->refresh);
    result->refresh = NULL;
    result->robots = 0;
    free(result->links);
    result->links = NULL;
    result->has_sha256 = false;
    decoder_free(transfer->decoder);
    transfer->decoder = NULL;
    transfer->framed = false;
}

static bool is_status_line(const char *line, size_t length)
{
    return length >= 5 && memcmp(line, "HTTP/", 5) == 0;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static void take_status_line(struct transfer *transfer, const char *line, size_t length)
{
    struct transfer_result *result = transfer->result;
    size_t i = strlen("HTTP/");
    int version = 0;
    answer_reset(transfer);
    transfer->headers = HEADER_FIELDS;

    if (i < length && isdigit((unsigned char)line[i]))
        version = (line[i++] - '0') * 10;
    if (i + 1 < length && line[i] == '.' && isdigit((unsigned char)line[i + 1])) {
        version += line[i + 1] - '0';
        i += 2;
    }
    while (i < length && line[i] == ' ')
        i++;
    int status = 0;
    for (int digits = 0; digits < 3; digits++, i++) {
        if (i >= length || !isdigit((unsigned char)line[i]))
            return;
        status = status * 10 + (line[i] - '0');
    }
    result->http_version = version;
    result->status = status;
}

/* The value of `line` if it is the field `name` (in lower case, with its colon). */
static bool field_is(const char *line, size_t length, const char *name, struct value *value)
{
    size_t name_length = strlen(name);
    if (length < name_length || strncasecmp(line, name, name_length) != 0)
        return false;
    const char *end = line + length;
    line += name_length;
    while (line < end && (*line == ' ' || *line == '\t'))
        line++;
    while (end > line && isspace((unsigned char)end[-1]))
        end--;
    *value = (struct value){line, (size_t)(end - line)};
    return true;
}

static void take_content_length(struct transfer *transfer, struct value value)
{
    int64_t length = 0;
    if (value.length == 0 || transfer->result->content_length >= 0)
        return;
    for (size_t i = 0; i < value.length; i++) {
        if (!isdigit((unsigned char)value.at[i]))
            return;
        int digit = value.at[i] - '0';
        if (length > (INT64_MAX - digit) / 10)
            return;
        length = length * 10 + digit;
    }
    transfer->result->content_length = length;
}

/* The first one counts. Control characters stay in, for url_join() to refuse; libcurl itself
 * refuses a NUL. */
static void take_location(struct transfer *transfer, struct value value)
{
    struct transfer_result *result = transfer->result;
    if (result->location || result->status < 300 || result->status > 399)
        return;
    /* Too long for a URL even without its end: url_join() says so. */
    if (value.length > URL_LENGTH_MAX)
        value.length = URL_LENGTH_MAX + 1;
    result->location = strndup(value.at, value.length);
    if (!result->location)
        transfer->stop = STOP_NO_MEMORY;
}

static void take_retry_after(struct transfer *transfer, struct value value)
{
    int64_t wait = retry_after_parse(value.at, value.length, time(NULL));
    transfer->result->retry_after_ns = wait >= 0 ? wait : -1;
}

static bool value_is(struct value value, const char *text)
{
    return value.length == strlen(text) && strncasecmp(value.at, text, value.length) == 0;
}

/* Servers may compress on the way only for those who say TE (RFC 9112 section 7.4), which we do
 * not. Versions of libcurl differ in whether they undo it; none finds that an end is missing. */
static void take_transfer_encoding(struct transfer *transfer, struct value value)
{
    transfer->framed = true;
    if (value.length > 0 && !value_is(value, "chunked") && !value_is(value, "identity"))
        transfer->stop = STOP_TRANSFER_CODING;
}

static void take_last_modified(struct transfer_result *result, struct value value)
{
    result->last_modified = http_date_parse(value.at, value.length);
    validator_take(result->validators.last_modified, sizeof result->validators.last_modified,
                   value.at, value.length);
}

static void take_content_encoding(struct transfer *transfer, struct value value)
{
    if (value.length > 0 && !value_is(value, "identity"))
        transfer->result->encoded = true;
    if (transfer->client->options->compressed &&
        decoder_add(&transfer->decoder, value.at, value.length, &transfer->decoded) != 0)
        transfer->stop = STOP_NO_MEMORY;
}

/* The first one counts. */
static void take_disposition(struct transfer *transfer, struct value value)
{
    char **name = &transfer->result->file_name;
    if (transfer->client->options->remote_header_name && !*name &&
        disposition_file_name(value.at, value.length, name) != 0)
        transfer->stop = STOP_NO_MEMORY;
}

/* Behind those of earlier fields. One that no longer fits is left out. */
static void take_links(struct transfer *transfer, struct value value)
{
    char **links = &transfer->result->links;
    size_t before = *links ? strlen(*links) : 0;
    char *longer;
    if (!transfer->request->takes_links || value.length >= LINKS_MAX - before)
        return;
    if (asprintf(&longer, "%s%s%.*s", *links ? *links : "", *links ? "," : "", (int)value.length,
                 value.at) < 0) {
        transfer->stop = STOP_NO_MEMORY;
        return;
    }
    free(*links);
    *links = longer;
}

/* The first one counts. */
static void take_digest(struct transfer *transfer, struct value value)
{
    struct transfer_result *result = transfer->result;
    if (transfer->request->takes_links && !result->has_sha256)
        result->has_sha256 = digest_header_sha256(value.at, value.length, result->sha256);
}

/* The first one counts. */
static void take_refresh(struct transfer *transfer, struct value value)
{
    char **refresh = &transfer->result->refresh;
    if (!transfer->request->robots_agent || *refresh || value.length > URL_LENGTH_MAX)
        return;
    *refresh = strndup(value.at, value.length);
    if (!*refresh)
        transfer->stop = STOP_NO_MEMORY;
}

static void take_robots_tag(struct transfer *transfer, struct value value)
{
    const char *agent = transfer->request->robots_agent;
    if (agent)
        transfer->result->robots |= robots_read_tag(value.at, value.length, agent);
}

/* Over TLS, and from whom we believe: only such a host may say how it is to be met. */
static bool is_believed(const struct transfer *transfer)
{
    return !transfer->client->options->insecure &&
           strcmp(transfer->request->url->scheme, "https") == 0;
}

static void take_altsvc(struct transfer *transfer, struct value value)
{
    struct altsvc *altsvc = transfer->client->options->altsvc;
    const struct url *url = transfer->request->url;
    if (!altsvc || transfer->proxy || !is_believed(transfer))
        return;
    if (altsvc_learn(altsvc, url->host, url->port, value.at, value.length, time(NULL),
                     transfer->offered) != 0)
        transfer->stop = STOP_NO_MEMORY;
    transfer->offered = true;
}

static void take_hsts(struct transfer *transfer, struct value value)
{
    const struct transfer_options *options = transfer->client->options;
    const struct url *url = transfer->request->url;
    if (!options->hsts || url->host_is_ip || !is_believed(transfer))
        return;
    if (hsts_learn(options->hsts, url->host, value.at, value.length, time(NULL)) != 0)
        transfer->stop = STOP_NO_MEMORY;
}

static void take_field(struct transfer *transfer, const char *line, size_t length)
{
    struct transfer_result *result = transfer->result;
    struct value value;
    switch (line[0] | 0x20) {
    case 'a':
        if (field_is(line, length, "accept-ranges:", &value)) {
            result->refuses_ranges = value_is(value, "none");
            result->offers_ranges = value_is(value, "bytes");
        } else if (field_is(line, length, "alt-svc:", &value)) {
            take_altsvc(transfer, value);
        }
        break;
    case 'c':
        if (field_is(line, length, "content-length:", &value))
            take_content_length(transfer, value);
        else if (field_is(line, length, "content-encoding:", &value))
            take_content_encoding(transfer, value);
        else if (field_is(line, length, "content-disposition:", &value))
            take_disposition(transfer, value);
        else if (field_is(line, length, "content-type:", &value))
            validator_take(result->content_type, sizeof result->content_type, value.at,
                           value.length);
        else if (field_is(line, length, "content-range:", &value))
            result->range = content_range_parse(value.at, value.length);
        break;
    case 'd':
        if (field_is(line, length, "date:", &value))
            validator_take(result->date, sizeof result->date, value.at, value.length);
        else if (field_is(line, length, "digest:", &value))
            take_digest(transfer, value);
        break;
    case 'e':
        if (field_is(line, length, "etag:", &value))
            validator_take(result->validators.etag, sizeof result->validators.etag, value.at,
                           value.length);
        break;
    case 'l':
        if (field_is(line, length, "location:", &value))
            take_location(transfer, value);
        else if (field_is(line, length, "last-modified:", &value))
            take_last_modified(result, value);
        else if (field_is(line, length, "link:", &value))
            take_links(transfer, value);
        break;
    case 'r':
        if (field_is(line, length, "retry-after:", &value))
            take_retry_after(transfer, value);
        else if (field_is(line, length, "refresh:", &value))
            take_refresh(transfer, value);
        else if (field_is(line, length, "repr-digest:", &value))
            take_digest(transfer, value);
        break;
    case 's':
        if (field_is(line, length, "strict-transport-security:", &value))
            take_hsts(transfer, value);
        break;
    case 't':
        if (field_is(line, length, "transfer-encoding:", &value))
            take_transfer_encoding(transfer, value);
        break;
    case 'x':
        if (field_is(line, length, "x-robots-tag:", &value))
            take_robots_tag(transfer, value);
        break;
    default:
        break;
    }
}

/* A challenge that libcurl may meet by asking again, within the same transfer. It drops the body
 * then; else the sink hears of this answer when its body or its end comes. */
static bool is_challenge(const struct transfer *transfer)
{
    return transfer->result->status == 401 && transfer->client->options->digest;
}

/* The blank line. After a 1xx another answer follows. */
static int take_end(struct transfer *transfer)
{
    struct transfer_result *result = transfer->result;
    if (result->status >= 100 && result->status <= 199) {
        transfer->headers = HEADER_STATUS;
        answer_reset(transfer);
        return 0;
    }
    if (transfer->framed) /* RFC 9112 section 6.3: it overrides the length */
        result->content_length = -1;
    transfer->headers = HEADER_DONE;
    result->headers_complete = true;
    return is_challenge(transfer) ? 0 : transfer_begin(transfer);
}

static int take_line(struct transfer *transfer, const char *line, size_t length)
{
    if (transfer->headers == HEADER_STATUS) {
        if (is_status_line(line, length))
            take_status_line(transfer, line, length);
        return 0;
    }
    if (line[0] == '\n' || (length >= 2 && line[0] == '\r' && line[1] == '\n'))
        return take_end(transfer);
    take_field(transfer, line, length);
    return transfer->stop == STOP_NONE ? 0 : -ENOMEM;
}

size_t header_receive(char *line, size_t size, size_t count, void *ctx)
{
    struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    size_t length = size * count;

    if (transfer->stop != STOP_NONE)
        return CURL_WRITEFUNC_ERROR;
    if (length == 0)
        return 0;
    if (!transfer->first_byte)
        transfer->first_byte = deadline_clock();
    transfer->header_bytes += length;
    if (transfer->header_bytes > HEADER_BYTES_MAX) {
        transfer->stop = STOP_HEADERS_TOO_BIG;
        return CURL_WRITEFUNC_ERROR;
    }
    if (!transfer->paused) /* silence that a sink asked for is not counted */
        loop_touch(transfer);
    if (!transfer->begun && transfer->headers == HEADER_DONE && is_status_line(line, length))
        transfer->headers = HEADER_STATUS; /* the answer that a challenge led to */
    if (transfer->is_http && transfer->headers != HEADER_DONE &&
        take_line(transfer, line, length) != 0)
        return CURL_WRITEFUNC_ERROR;
    return length;
}
