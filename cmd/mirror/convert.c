#include "cmd/mirror/convert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

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

static int is_blank_or_control(unsigned char c)
{
    return c <= 0x20 || c == 0x7f;
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

/* Must this byte of `text` be percent-encoded for its URL to be read right? */
static int must_encode(const struct convert_range *range, const char *at)
{
    if (is_blank_or_control((unsigned char)*at))
        return 1;
    if (range->syntax == CONVERT_REFRESH)
        return *at == '"' || *at == '\'';
    /* Of a run of commas at the end all are given up, not just the last. */
    return range->syntax == CONVERT_SRCSET && *at == ',' &&
           (at == range->text || !at[strspn(at, ",")]);
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
    put(&gather, document + at, size - at);
    flush(&gather);
    return gather.error;
}
