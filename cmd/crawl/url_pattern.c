#include "cmd/crawl/url_pattern.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An id is as long as this, of hexadecimal digits and hyphens, one a digit. */
#define ID_SHORTEST 8

/* An id has a digit before that; looking on would take a hostile name's length squared. */
#define ID_LETTERS_MAX 64

#define YEAR_FIRST     1900
#define YEAR_LAST      2199

struct piece {
    const char *text;
    size_t length;
};

struct pieces {
    struct piece items[URL_PATTERN_PARTS];
    size_t count;
    size_t total; /* with those that are not in */
};

static void split(struct pieces *pieces, const char *text, size_t length, char separator)
{
    const char *end = text + length;
    pieces->count = 0;
    pieces->total = 0;
    for (;;) {
        const char *next = memchr(text, separator, (size_t)(end - text));
        struct piece piece = {text, (size_t)((next ? next : end) - text)};
        if (pieces->count < URL_PATTERN_PARTS)
            pieces->items[pieces->count++] = piece;
        pieces->total++;
        if (!next)
            return;
        text = next + 1;
    }
}

static void append(struct url_pattern *pattern, const char *text, size_t length)
{
    size_t room = URL_PATTERN_MAX - pattern->length;
    size_t size = length < room ? length : room;
    memcpy(pattern->text + pattern->length, text, size);
    pattern->length += size;
}

static bool is_id_byte(char byte)
{
    return isxdigit((unsigned char)byte) || byte == '-';
}

/* Bytes at `text` that are a number or an id; 0: neither. */
static size_t number_length(const char *text, const char *end)
{
    const char *digits = text;
    const char *id = text;
    bool has_digit = false;
    while (digits < end && isdigit((unsigned char)*digits))
        digits++;
    for (; id < end && is_id_byte(*id) && (has_digit || id - text < ID_LETTERS_MAX); id++)
        has_digit = has_digit || isdigit((unsigned char)*id);
    if (has_digit && id - text >= ID_SHORTEST)
        return (size_t)(id - text);
    return (size_t)(digits - text);
}

/* Session ids lie behind a semicolon; their names are enough. */
static void append_segment(struct url_pattern *pattern, struct piece segment)
{
    const char *semicolon = memchr(segment.text, ';', segment.length);
    const char *equals =
        semicolon ? memchr(semicolon, '=', (size_t)(segment.text + segment.length - semicolon))
                  : NULL;
    const char *end = equals ? equals : segment.text + segment.length;
    const char *from = segment.text;
    for (const char *p = from; p < end;) {
        size_t number = number_length(p, end);
        if (number) {
            append(pattern, from, (size_t)(p - from));
            append(pattern, "#", 1);
            from = p + number;
        }
        p += number ? number : 1;
    }
    append(pattern, from, (size_t)(end - from));
}

/* -1: not `digits` digits, or another number than one from `low` to `high`. */
static int read_number(const char *text, size_t digits, int low, int high)
{
    int number = 0;
    for (size_t i = 0; i < digits; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number < low || number > high ? -1 : number;
}

static bool is_year(struct piece piece)
{
    return piece.length == 4 && read_number(piece.text, 4, YEAR_FIRST, YEAR_LAST) >= 0;
}

/* A month or a day. */
static bool is_small(struct piece piece, int high)
{
    return (piece.length == 1 || piece.length == 2) &&
           read_number(piece.text, piece.length, 1, high) >= 0;
}

/* "2026-11", "2026-11-21", "20261121"; also with another sign between. */
static bool is_date(struct piece piece)
{
    const char *text = piece.text;
    size_t length = piece.length;
    if (length < 7 || read_number(text, 4, YEAR_FIRST, YEAR_LAST) < 0)
        return false;
    if (length == 8 && isdigit((unsigned char)text[4]))
        return read_number(text + 4, 2, 1, 12) >= 0 && read_number(text + 6, 2, 1, 31) >= 0;
    if (!strchr("-_./", text[4]) || read_number(text + 5, 2, 1, 12) < 0)
        return false;
    return length == 7 ||
           (length == 10 && text[7] == text[4] && read_number(text + 8, 2, 1, 31) >= 0);
}

/* "x" of "x.html". */
static struct piece without_extension(struct piece name)
{
    const char *dot = memrchr(name.text, '.', name.length);
    if (dot && dot > name.text)
        name.length = (size_t)(dot - name.text);
    return name;
}

/* Ends the path in a date? One with a title behind it is an article. */
static bool path_is_calendar(const struct pieces *segments)
{
    size_t last = segments->count;
    while (last > 0 && segments->items[last - 1].length == 0)
        last--;
    if (last > 1 && strncmp(segments->items[last - 1].text, "index.", 6) == 0)
        last--;
    if (last == 0)
        return false;
    const struct piece *items = segments->items;
    struct piece name = without_extension(items[last - 1]);
    if (is_date(items[last - 1]) || is_date(name))
        return true;
    if (last > 1 && is_year(items[last - 2]) && is_small(name, 12))
        return true;
    return last > 2 && is_year(items[last - 3]) && is_small(items[last - 2], 12) &&
           is_small(name, 31);
}

/* Is one of the words in a parameter's name one of time? */
static bool names_time(struct piece name)
{
    static const char *const words[] = {"year", "month", "day", "date", "week", "yr", "mon"};
    const char *end = name.text + name.length;
    for (const char *p = name.text; p < end;) {
        const char *word = p;
        while (p < end && isalpha((unsigned char)*p))
            p++;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (strlen(words[i]) == (size_t)(p - word) &&
                strncasecmp(words[i], word, (size_t)(p - word)) == 0)
                return true;
        while (p < end && !isalpha((unsigned char)*p))
            p++;
    }
    return false;
}

static struct piece name_of(struct piece parameter)
{
    const char *equals = memchr(parameter.text, '=', parameter.length);
    if (equals)
        parameter.length = (size_t)(equals - parameter.text);
    return parameter;
}

static bool parameter_is_calendar(struct piece parameter)
{
    struct piece name = name_of(parameter);
    if (name.length == parameter.length)
        return false;
    struct piece value = {name.text + name.length + 1, parameter.length - name.length - 1};
    if (is_date(value))
        return true;
    return names_time(name) && value.length > 0 &&
           number_length(value.text, value.text + value.length) == value.length;
}

static int compare_names(const void *left, const void *right)
{
    struct piece a = name_of(*(const struct piece *)left);
    struct piece b = name_of(*(const struct piece *)right);
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);
    if (order)
        return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

static void read_query(struct url_pattern *pattern, const char *query, size_t length)
{
    struct pieces parameters;
    split(&parameters, query, length, '&');
    pattern->parameters = (unsigned)parameters.total;
    for (size_t i = 0; i < parameters.count && !pattern->is_calendar; i++)
        pattern->is_calendar = parameter_is_calendar(parameters.items[i]);
    qsort(parameters.items, parameters.count, sizeof *parameters.items, compare_names);
    for (size_t i = 0; i < parameters.count; i++) {
        struct piece name = name_of(parameters.items[i]);
        append(pattern, i ? "&" : "?", 1);
        append(pattern, name.text, name.length);
    }
}

/* Numbers and single letters are folders of their kind: "/tiles/0/0/0/0.png". */
static bool may_repeat(struct piece segment)
{
    return segment.length == 1 ||
           (segment.length && strspn(segment.text, "0123456789") >= segment.length);
}

static unsigned count_repeats(const struct pieces *segments)
{
    unsigned most = 0;
    for (size_t i = 0; i < segments->count; i++) {
        struct piece segment = segments->items[i];
        unsigned repeats = 1;
        for (size_t j = 0; j < i; j++)
            repeats += segments->items[j].length == segment.length &&
                       memcmp(segments->items[j].text, segment.text, segment.length) == 0;
        if (repeats > most && !may_repeat(segment))
            most = repeats;
    }
    return most;
}

void url_pattern_read(struct url_pattern *pattern, const struct url_resolved *url)
{
    struct pieces segments;
    pattern->length = 0;
    pattern->parameters = 0;
    append(pattern, url->text + url->host, url->host_length);
    split(&segments, url->text + url->path + 1, url->path_length - 1, '/');
    pattern->segments = (unsigned)segments.total;
    pattern->repeats = count_repeats(&segments);
    pattern->is_calendar = path_is_calendar(&segments);
    for (size_t i = 0; i < segments.count; i++) {
        append(pattern, "/", 1);
        append_segment(pattern, segments.items[i]);
    }
    if (url->query)
        read_query(pattern, url->text + url->query, url->length - url->query);
    pattern->text[pattern->length] = '\0';
}
