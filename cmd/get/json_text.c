#include "cmd/get/json_text.h"

#include "cmd/get/escape.h"
#include "engine/deadline.h"
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    FIRST_ROOM = 4096,
    NUMBER_SIZE = 24, /* an int64_t in digits, its sign, and more */
};

int json_text_grow(struct json_text *text, size_t size)
{
    size_t room = text->room ? text->room : FIRST_ROOM;
    if (text->error)
        return text->error;
    while (size >= room - text->length)
        room *= 2;
    char *data = realloc(text->data, room);
    if (!data) {
        text->error = -ENOMEM;
        return text->error;
    }
    text->data = data;
    text->room = room;
    return 0;
}

/* The digits of `number` end at `end`; at least `width` of them. Returns where they begin. */
static char *print_digits(char *end, uint64_t number, int width)
{
    for (; number > 0 || width > 0; number /= 10, width--)
        *--end = (char)('0' + number % 10);
    return end;
}

static uint64_t magnitude(int64_t number)
{
    return number < 0 ? -(uint64_t)number : (uint64_t)number;
}

void json_text_integer(struct json_text *text, int64_t number)
{
    char digits[NUMBER_SIZE];
    char *end = digits + sizeof digits;
    char *begin = print_digits(end, magnitude(number), 1);
    if (number < 0)
        *--begin = '-';
    json_text_put(text, begin, (size_t)(end - begin));
}

/* `number` with a point before its last `decimals` digits. */
static void put_decimal(struct json_text *text, int64_t number, size_t decimals)
{
    char digits[NUMBER_SIZE];
    char *end = digits + sizeof digits;
    char *begin = print_digits(end, magnitude(number), (int)decimals + 1);
    size_t whole = (size_t)(end - begin) - decimals;
    memmove(begin - 1, begin, whole);
    begin[whole - 1] = '.';
    begin--;
    if (number < 0)
        *--begin = '-';
    json_text_put(text, begin, (size_t)(end - begin));
}

void json_text_seconds(struct json_text *text, int64_t ns)
{
    if (ns == 0)
        json_text_raw(text, "0.000000"); /* half of all: a connection is made but once */
    else
        put_decimal(text, ns / NSEC_PER_USEC, 6);
}

void json_text_milliseconds(struct json_text *text, int64_t ns)
{
    put_decimal(text, ns / NSEC_PER_USEC, 3);
}

/* `width` digits of `number` and what stands behind them. */
static char *put_part(char *to, int number, int width, char behind)
{
    print_digits(to + width, (uint64_t)number, width);
    to[width] = behind;
    return to + width + 1;
}

void json_text_date(struct json_text *text, int64_t unix_ns)
{
    time_t seconds = unix_ns / NSEC_PER_SEC;
    int milliseconds = (int)(unix_ns % NSEC_PER_SEC / NSEC_PER_MSEC);
    struct tm tm;
    char date[] = "\"1970-01-01T00:00:00.000Z\"";
    /* Before 1970, or in the year 10000: a clock that is so wrong is not worth more words. */
    if (unix_ns >= 0 && gmtime_r(&seconds, &tm) && tm.tm_year < 8100) {
        char *to = put_part(date + 1, tm.tm_year + 1900, 4, '-');
        to = put_part(to, tm.tm_mon + 1, 2, '-');
        to = put_part(to, tm.tm_mday, 2, 'T');
        to = put_part(to, tm.tm_hour, 2, ':');
        to = put_part(to, tm.tm_min, 2, ':');
        to = put_part(to, tm.tm_sec, 2, '.');
        put_part(to, milliseconds, 3, 'Z');
    }
    json_text_put(text, date, sizeof date - 1);
}

/* What a string may hold as it is. '<' may not in HTML. */
static const bool is_plain[UCHAR_MAX + 1] = {
    [0x20 ... '"' - 1] = true,
    ['"' + 1 ... '<' - 1] = true,
    ['<' + 1 ... '\\' - 1] = true,
    ['\\' + 1 ... 0x7e] = true,
};

/* One character that is not plain; returns what follows. A character that `end` cuts in two is no
 * UTF-8. */
static const char *put_special(struct json_text *text, const char *c, const char *end)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)*c;
    size_t length = escape_utf8_length(c);
    if (length > (size_t)(end - c))
        length = 0;
    if (*c == '"' || *c == '\\')
        json_text_put(text, (char[]){'\\', *c}, 2);
    else if (byte < 0x20 || byte == 0x7f || (byte == '<' && text->in_html))
        json_text_put(text, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
    else if (length > 0)
        json_text_put(text, c, length);
    else
        json_text_put(text, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
    return c + (length > 0 ? length : 1);
}

void json_text_part(struct json_text *text, const char *part, size_t length)
{
    const char *end = part + length;
    json_text_put(text, "\"", 1);
    while (part < end) {
        const char *begin = part;
        while (part < end && is_plain[(unsigned char)*part])
            part++;
        json_text_put(text, begin, (size_t)(part - begin));
        if (part < end)
            part = put_special(text, part, end);
    }
    json_text_put(text, "\"", 1);
}

void json_text_string(struct json_text *text, const char *string)
{
    if (string)
        json_text_part(text, string, strlen(string));
    else
        json_text_raw(text, "null");
}

void json_text_clear(struct json_text *text)
{
    free(text->data);
    *text = (struct json_text){0};
}
