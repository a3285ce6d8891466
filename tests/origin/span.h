/* span.h - a piece of somebody else's text: where it begins and how long it is.
 *
 * What comes from the network is neither terminated nor trusted, so the parsers here pass spans
 * around instead of strings. Ownership: a span owns nothing and is good for as long as the buffer
 * it points into. Any thread; nothing here parks.
 */
#ifndef ORIGIN_SPAN_H
#define ORIGIN_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
    const char *data;
    size_t size;
};

static inline struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

static inline bool span_is(struct span span, const char *text)
{
    return span.size == strlen(text) && memcmp(span.data, text, span.size) == 0;
}

/* Upper and lower case ASCII count as equal. */
static inline bool span_is_nocase(struct span span, const char *text)
{
    return span.size == strlen(text) && strncasecmp(span.data, text, span.size) == 0;
}

static inline bool span_begins(struct span span, const char *text)
{
    size_t size = strlen(text);
    return span.size >= size && memcmp(span.data, text, size) == 0;
}

/* Without its first `n` bytes; empty when it has fewer. */
static inline struct span span_skip(struct span span, size_t n)
{
    if (n > span.size)
        n = span.size;
    return (struct span){span.data + n, span.size - n};
}

/* Cuts off what stands before the first `separator` and returns it; `rest` then begins behind the
 * separator. Without one, all of `rest` is returned and `rest` is empty. */
static inline struct span span_cut(struct span *rest, char separator)
{
    const char *end = rest->size ? memchr(rest->data, separator, rest->size) : NULL;
    struct span first = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    *rest = span_skip(*rest, first.size + (end ? 1 : 0));
    return first;
}

/* Without blanks and tabs at both ends. */
static inline struct span span_trim(struct span span)
{
    while (span.size && (span.data[0] == ' ' || span.data[0] == '\t'))
        span = span_skip(span, 1);
    while (span.size && (span.data[span.size - 1] == ' ' || span.data[span.size - 1] == '\t'))
        span.size--;
    return span;
}

#endif
