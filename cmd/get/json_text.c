#include "cmd/get/json_text.h"

#include "cmd/get/escape.h"
#include "engine/deadline.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM = 4096,
    NUMBER_SIZE = 24, /* an int64_t in digits, its sign, and more */
};

/* The end of the text, with `size` bytes of room behind it. NULL when memory has run out. */
static char *text_room(struct json_text *text, size_t size)
{
    if (text->error)
        return NULL;
    if (size > text->room - text->length) {
        size_t room = text->room ? text->room : FIRST_ROOM;
        while (size > room - text->length)
            room *= 2;
        char *data = realloc(text->data, room);
        if (!data) {
            text->error = -ENOMEM;
            return NULL;
        }
        text->data = data;
        text->room = room;
    }
    return text->data + text->length;
}

static void text_put(struct json_text *text, const char *bytes, size_t size)
{
    char *end = text_room(text, size);
    if (!end)
        return;
    memcpy(end, bytes, size);
    text->length += size;
}

void json_text_raw(struct json_text *text, const char *literal)
{
    text_put(text, literal, strlen(literal));
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
    text_put(text, begin, (size_t)(end - begin));
}

void json_text_seconds(struct json_text *text, int64_t ns)
{
    char digits[NUMBER_SIZE];
    char *end = digits + sizeof digits;
    uint64_t microseconds = magnitude(ns / NSEC_PER_USEC);
    char *begin = print_digits(end, microseconds % 1000000, 6);
    *--begin = '.';
    begin = print_digits(begin, microseconds / 1000000, 1);
    if (ns < 0)
        *--begin = '-';
    text_put(text, begin, (size_t)(end - begin));
}

/* What a string may hold as it is. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f && c != '"' && c != '\\';
}

/* One character that is not plain; returns what follows. */
static const char *put_special(struct json_text *text, const char *c)
{
    static const char hex[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)*c;
    size_t length = escape_utf8_length(c);
    if (*c == '"' || *c == '\\')
        text_put(text, (char[]){'\\', *c}, 2);
    else if (byte < 0x20 || byte == 0x7f)
        text_put(text, (char[]){'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]}, 6);
    else if (length > 0)
        text_put(text, c, length);
    else
        text_put(text, (char[]){'%', hex[byte >> 4], hex[byte & 15]}, 3);
    return c + (length > 0 ? length : 1);
}

void json_text_string(struct json_text *text, const char *string)
{
    if (!string) {
        json_text_raw(text, "null");
        return;
    }
    text_put(text, "\"", 1);
    while (*string) {
        const char *begin = string;
        while (is_plain(*string))
            string++;
        text_put(text, begin, (size_t)(string - begin));
        if (*string)
            string = put_special(text, string);
    }
    text_put(text, "\"", 1);
}

void json_text_clear(struct json_text *text)
{
    free(text->data);
    *text = (struct json_text){0};
}
