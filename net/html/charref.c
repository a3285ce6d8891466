#include "net/html/charref.h"
#include <stdint.h>
#include <string.h>

/* "amp;" and, where it may lack its semicolon, "amp". */
static const struct reference {
    char name[33];
    char text[HTML_CHARREF_ROOM + 1];
} references[] = {
#include "net/html/charref_table.inc"
};

#define REFERENCES (sizeof references / sizeof references[0])

/* What 0x80 to 0x9f say: windows-1252. */
static const uint16_t windows_1252[] = {
    0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178,
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static int hex_value(char byte)
{
    if (is_digit(byte))
        return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

static size_t write_utf8(uint32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xc0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3f));
        return 2;
    }
    if (point < 0x10000) {
        out[0] = (char)(0xe0 | point >> 12);
        out[1] = (char)(0x80 | (point >> 6 & 0x3f));
        out[2] = (char)(0x80 | (point & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | point >> 18);
    out[1] = (char)(0x80 | (point >> 12 & 0x3f));
    out[2] = (char)(0x80 | (point >> 6 & 0x3f));
    out[3] = (char)(0x80 | (point & 0x3f));
    return 4;
}

static uint32_t point_of_number(uint32_t number)
{
    if (number == 0 || number > 0x10ffff || (number >= 0xd800 && number <= 0xdfff))
        return 0xfffd;
    if (number >= 0x80 && number <= 0x9f)
        return windows_1252[number - 0x80];
    return number;
}

/* Behind "&#". */
static size_t read_number(const char *at, size_t length, char *out, size_t *size)
{
    size_t i = 2;
    uint32_t number = 0, base = 10;
    if (i < length && (at[i] == 'x' || at[i] == 'X')) {
        base = 16;
        i++;
    }
    size_t first = i;
    for (; i < length; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0 || (uint32_t)digit >= base)
            break;
        if (number <= 0x10ffff)
            number = number * base + (uint32_t)digit;
    }
    if (i == first)
        return 0;
    *size = write_utf8(point_of_number(number), out);
    return i + (i < length && at[i] == ';');
}

/* Of the names from `low` up to `high`, which begin alike, the first whose byte `depth` is not less
 * than `byte`. */
static size_t lower_bound(size_t low, size_t high, size_t depth, unsigned byte)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if ((unsigned char)references[middle].name[depth] < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The longest name that stands there; its length with the '&' or 0. */
static size_t find_name(const char *at, size_t length, const struct reference **found)
{
    size_t low = 0, high = REFERENCES, matched = 0;
    for (size_t i = 1; i < length && (is_letter(at[i]) || is_digit(at[i]) || at[i] == ';'); i++) {
        low = lower_bound(low, high, i - 1, (unsigned char)at[i]);
        high = lower_bound(low, high, i - 1, (unsigned char)at[i] + 1U);
        if (low == high)
            break;
        if (references[low].name[i] == '\0') {
            *found = &references[low];
            matched = i + 1;
        }
    }
    return matched;
}

size_t html_charref_read(const char *at, size_t length, bool in_attribute,
                         char out[HTML_CHARREF_ROOM], size_t *size)
{
    const struct reference *found;
    if (length < 2)
        return 0;
    if (at[1] == '#')
        return read_number(at, length, out, size);
    size_t matched = find_name(at, length, &found);
    if (matched == 0)
        return 0;
    char next = '\0';
    if (matched < length)
        next = at[matched];
    if (in_attribute && at[matched - 1] != ';' &&
        (next == '=' || is_letter(next) || is_digit(next)))
        return 0;
    *size = strlen(found->text);
    memcpy(out, found->text, *size);
    return matched;
}
