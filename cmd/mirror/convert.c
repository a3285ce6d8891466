#include "cmd/mirror/convert.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Short pieces are gathered on their way out. */
struct gather {
    struct convert_output *output;
    int error; /* the first */
    size_t length;
    char piece[1024];
};

static void flush(struct gather *gather)
{
    if (gather->length > 0 && !gather->error)
        gather->error = gather->output->write(gather->output, gather->piece, gather->length);
    gather->length = 0;
}

static void put(struct gather *gather, const char *data, size_t size)
{
    if (size > sizeof gather->piece - gather->length)
        flush(gather);
    if (size <= sizeof gather->piece) {
        memcpy(gather->piece + gather->length, data, size);
        gather->length += size;
    } else if (!gather->error) {
        gather->error = gather->output->write(gather->output, data, size);
    }
}

/* One byte of what the document says, in an attribute's value or in none. */
static void put_escaped(struct gather *gather, char c, char quote)
{
    char reference[8];
    if (quote && c == '&') {
        put(gather, "&amp;", 5);
    } else if (quote && (c == quote || (quote == ' ' && c && strchr("\t\n\f\r \"'<=>`", c)))) {
        int length = snprintf(reference, sizeof reference, "&#%d;", c);
        put(gather, reference, (size_t)length);
    } else {
        put(gather, &c, 1);
    }
}

static void put_text(struct gather *gather, const char *text, char quote)
{
    while (*text)
        put_escaped(gather, *text++, quote);
}

static void put_percent(struct gather *gather, unsigned char c)
{
    char triplet[4];
    snprintf(triplet, sizeof triplet, "%%%02X", c);
    put(gather, triplet, 3);
}

/* In a style sheet: what could end the URL, or the element that the sheet is in, is escaped. */
static void put_css(struct gather *gather, unsigned char c, char quote)
{
    char escape[8];
    if (!strchr("\"'()\\<", c)) {
        put_escaped(gather, (char)c, quote);
        return;
    }
    snprintf(escape, sizeof escape, "\\%x ", c);
    put_text(gather, escape, quote);
}

/* Would the byte at `at` of a refresh be taken for what is around the URL: its quotes, a separator
 * or the word "url=" before it? */
static bool ends_refresh(const char *text, const char *at)
{
    bool first = at == text;
    return *at == '"' || *at == '\'' || (first && (*at == ',' || *at == ';')) ||
           (first && strncasecmp(text, "url", 3) == 0);
}

/* A run of commas at the begin or the end of a candidate would not be its own. */
static bool ends_candidate(const char *text, const char *at)
{
    return *at == ',' && (at == text || !at[strspn(at, ",")]);
}

/* Must this byte be percent-encoded for the URL to be read right? */
static bool must_encode(const struct convert_range *range, const char *at)
{
    unsigned char c = (unsigned char)*at;
    return c <= 0x20 || c == 0x7f ||
           (range->syntax == CONVERT_REFRESH && ends_refresh(range->text, at)) ||
           (range->syntax == CONVERT_SRCSET && ends_candidate(range->text, at));
}

static void put_url(struct gather *gather, const struct convert_range *range)
{
    for (const char *at = range->text; *at; at++) {
        if (must_encode(range, at))
            put_percent(gather, (unsigned char)*at);
        else if (range->syntax == CONVERT_CSS)
            put_css(gather, (unsigned char)*at, range->quote);
        else
            put_escaped(gather, *at, range->quote);
    }
}

static void put_range(struct gather *gather, const struct convert_range *range)
{
    if (range->syntax != CONVERT_VERBATIM)
        put_url(gather, range);
    else
        put_text(gather, range->text, range->quote);
    /* Without quotes, nothing would let the next attribute be taken for the value. */
    if (range->quote == ' ' && !*range->text && range->length > 0)
        put(gather, "\"\"", 2);
}

static int check(size_t size, const struct convert_range *ranges, size_t count)
{
    uint64_t end = 0;
    for (size_t i = 0; i < count; i++) {
        if (ranges[i].offset < end || ranges[i].offset > size ||
            ranges[i].length > size - ranges[i].offset)
            return -EINVAL;
        end = ranges[i].offset + ranges[i].length;
    }
    return 0;
}

int convert_write(struct convert_output *output, const char *document, size_t size,
                  const struct convert_range *ranges, size_t count)
{
    struct gather gather = {.output = output};
    size_t at = 0;
    int error = check(size, ranges, count);
    if (error)
        return error;
    for (size_t i = 0; i < count && !gather.error; i++) {
        put(&gather, document + at, (size_t)ranges[i].offset - at);
        put_range(&gather, &ranges[i]);
        at = (size_t)(ranges[i].offset + ranges[i].length);
    }
    if (at < size)
        put(&gather, document + at, size - at);
    flush(&gather);
    return gather.error;
}
