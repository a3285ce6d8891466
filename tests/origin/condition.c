#include "tests/origin/condition.h"

#include "tests/origin/date.h"

struct tag {
    struct span text; /* without the quotes */
    bool is_weak;
};

/* `etag=abc` stands for "abc", `etag=W/abc` for W/"abc". */
static struct tag current_tag(const struct behaviour *behaviour)
{
    bool is_weak = span_begins(behaviour->etag, "W/");
    return (struct tag){span_skip(behaviour->etag, is_weak ? 2 : 0), is_weak};
}

/* An entity tag as it stands in a header; text.data NULL: it is none. */
static struct tag parse_tag(struct span text)
{
    struct tag tag = {.is_weak = span_begins(text, "W/")};
    text = span_skip(text, tag.is_weak ? 2 : 0);
    if (text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"')
        tag.text = (struct span){text.data + 1, text.size - 2};
    return tag;
}

static bool same_text(struct tag a, struct tag b)
{
    return a.text.data && b.text.data && a.text.size == b.text.size &&
           memcmp(a.text.data, b.text.data, a.text.size) == 0;
}

static bool list_has_tag(struct span list, struct tag tag)
{
    while (list.size) {
        struct span entry = span_trim(span_cut(&list, ','));
        if (span_is(entry, "*") || same_text(parse_tag(entry), tag))
            return true;
    }
    return false;
}

bool condition_not_modified(const struct request *request, const struct behaviour *behaviour)
{
    struct span tags = request_header(request, "if-none-match");
    struct span since = request_header(request, "if-modified-since");
    if (tags.data) /* takes precedence, even if it does not match */
        return behaviour->etag.data && list_has_tag(tags, current_tag(behaviour));
    return since.data && behaviour->modified >= 0 && date_parse(since) >= behaviour->modified;
}

/* May a range be served, or has the file changed since the client got its first part? */
static bool if_range_holds(const struct request *request, const struct behaviour *behaviour)
{
    struct span validator = request_header(request, "if-range");
    if (!validator.data || behaviour->ranges == RANGES_BLIND)
        return true;
    struct tag asked = parse_tag(validator);
    struct tag current = current_tag(behaviour);
    if (asked.text.data)
        return behaviour->etag.data && !asked.is_weak && !current.is_weak &&
               same_text(asked, current);
    return behaviour->modified >= 0 && date_parse(validator) == behaviour->modified;
}

/* Digits up to `separator` or the end: -1 when there are none, -2 when there is anything else. */
static int64_t parse_position(struct span digits)
{
    int64_t value = 0;
    if (!digits.size)
        return -1;
    for (size_t i = 0; i < digits.size; i++) {
        if (digits.data[i] < '0' || digits.data[i] > '9' || i >= 18)
            return -2;
        value = value * 10 + (digits.data[i] - '0');
    }
    return value;
}

/* "first-last", "first-" or "-length". */
static int parse_range(struct span text, int64_t size, int64_t *first, int64_t *end)
{
    if (!memchr(text.data, '-', text.size))
        return 200;
    int64_t from = parse_position(span_cut(&text, '-'));
    int64_t to = parse_position(text);
    if (from == -2 || to == -2 || (from == -1 && to == -1) || (to >= 0 && from > to))
        return 200;
    if (from == -1 && to == 0)
        return 416;
    if (from == -1) { /* the last `to` bytes */
        from = to < size ? size - to : 0;
        to = -1;
    }
    if (from >= size)
        return 416;
    *first = from;
    *end = to == -1 || to >= size ? size : to + 1;
    return 206;
}

int condition_range(const struct request *request, const struct behaviour *behaviour, int64_t size,
                    int64_t *first, int64_t *end)
{
    struct span range = span_trim(request_header(request, "range"));
    if (!behaviour->ranges || behaviour->ranges == RANGES_NONE || behaviour->gzip || !range.data ||
        !span_is(request->method, "GET") || !span_begins(range, "bytes=") ||
        memchr(range.data, ',', range.size) || !if_range_holds(request, behaviour))
        return 200;
    if (behaviour->ranges == RANGES_REFUSED)
        return 416;
    return parse_range(span_skip(range, strlen("bytes=")), size, first, end);
}
