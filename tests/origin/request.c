#include "tests/origin/request.h"

#include <errno.h>

/* RFC 9110 section 5.6.2: what methods and header names are made of. */
static bool is_token(struct span span)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i < span.size; i++)
        if (!memchr(allowed, span.data[i], sizeof(allowed) - 1))
            return false;
    return span.size > 0;
}

/* Bytes above ASCII pass: whether a client encodes them is for the test to see. */
static bool is_visible(struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        unsigned char c = (unsigned char)span.data[i];
        if (c <= ' ' || c == 0x7f)
            return false;
    }
    return span.size > 0;
}

static bool is_field_value(struct span span)
{
    for (size_t i = 0; i < span.size; i++) {
        unsigned char c = (unsigned char)span.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* Splits the target into path and query; "http://host" before the path is passed over. */
static bool parse_target(struct request *request)
{
    struct span rest = request->target;
    if (!is_visible(rest))
        return false;
    if (span_begins(rest, "http://")) {
        rest = span_skip(rest, strlen("http://"));
        const char *slash = memchr(rest.data, '/', rest.size);
        if (!slash)
            return false;
        rest = span_skip(rest, (size_t)(slash - rest.data));
    }
    if (!span_begins(rest, "/"))
        return false;
    request->path = span_cut(&rest, '?');
    request->query = rest;
    return true;
}

static bool parse_request_line(struct request *request, struct span line)
{
    request->method = span_cut(&line, ' ');
    request->target = span_cut(&line, ' ');
    if (span_is(line, "HTTP/1.1"))
        request->minor = 1;
    else if (!span_is(line, "HTTP/1.0"))
        return false;
    return is_token(request->method) && parse_target(request);
}

static int parse_header(struct request *request, struct span line)
{
    struct request_header *header;
    if (request->header_count == REQUEST_HEADERS_MAX)
        return -EMSGSIZE;
    header = &request->headers[request->header_count];
    header->name = span_cut(&line, ':');
    header->value = span_trim(line);
    /* A line without a colon leaves nothing behind its name, not even the colon. */
    if (!is_token(header->name) || line.data == header->name.data + header->name.size ||
        !is_field_value(header->value))
        return -EBADMSG;
    request->header_count++;
    return 0;
}

/* Does a comma-separated list name `word`? */
static bool list_names(struct span list, const char *word)
{
    while (list.size)
        if (span_is_nocase(span_trim(span_cut(&list, ',')), word))
            return true;
    return false;
}

/* What the headers say about the request as a whole. */
static int judge_headers(struct request *request)
{
    struct span connection = request_header(request, "connection");
    struct span length = request_header(request, "content-length");
    size_t hosts = 0;
    for (size_t i = 0; i < request->header_count; i++)
        hosts += span_is_nocase(request->headers[i].name, "host");
    if (hosts > 1 || (hosts == 0 && request->minor == 1))
        return -EBADMSG;
    request->host = hosts ? request_header(request, "host") : span_of("");
    request->has_body =
        request_header(request, "transfer-encoding").data || (length.data && !span_is(length, "0"));
    request->keep_alive = request->minor == 1 ? !list_names(connection, "close")
                                              : list_names(connection, "keep-alive");
    return 0;
}

/* The blank line that ends the head: the offset behind it, 0 while it is not there. */
static size_t find_end(const char *data, size_t size)
{
    const char *end = memmem(data, size, "\r\n\r\n", 4);
    return end ? (size_t)(end - data) + 4 : 0;
}

/* Takes the next line, without its CR LF. The caller knows that there is one. */
static struct span next_line(struct span *rest)
{
    struct span line = span_cut(rest, '\n');
    if (line.size && line.data[line.size - 1] == '\r')
        line.size--;
    else
        line.size = 0; /* LF alone: an empty line is neither a request line nor a header */
    return line;
}

ssize_t request_parse(const char *data, size_t size, struct request *request)
{
    size_t end = find_end(data, size < REQUEST_SIZE_MAX ? size : REQUEST_SIZE_MAX);
    int error;
    if (!end)
        return size < REQUEST_SIZE_MAX ? -EAGAIN : -EMSGSIZE;
    *request = (struct request){0};
    struct span rest = {data, end - 2}; /* the head without its blank line */
    if (!parse_request_line(request, next_line(&rest)))
        return -EBADMSG;
    while (rest.size) {
        error = parse_header(request, next_line(&rest));
        if (error)
            return error;
    }
    error = judge_headers(request);
    return error ? error : (ssize_t)end;
}

struct span request_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (span_is_nocase(request->headers[i].name, name))
            return request->headers[i].value;
    return (struct span){0};
}
