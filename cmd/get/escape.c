#include "cmd/get/escape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many bytes a sequence has that begins so; 0: none does. */
static size_t utf8_length(unsigned char first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc0 || first >= 0xf8)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* RFC 3629 section 4: no surrogates, nothing longer than needed. */
size_t escape_read_utf8(const char *string, uint32_t *point)
{
    const unsigned char *text = (const unsigned char *)string;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = utf8_length(*text);
    *point = *text;
    if (length < 2)
        return length;
    *point &= 0x7fU >> length;
    for (size_t i = 1; i < length; i++) {
        /* The zero at the end of the string is no continuation either. */
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        *point = *point << 6 | (text[i] & 0x3f);
    }
    bool surrogate = *point >= 0xd800 && *point <= 0xdfff;
    return *point < least[length] || surrogate || *point > 0x10ffff ? 0 : length;
}

size_t escape_utf8_length(const char *text)
{
    uint32_t point;
    return escape_read_utf8(text, &point);
}

bool escape_is_control(uint32_t point)
{
    if (point < 0x20 || (point >= 0x7f && point <= 0x9f))
        return true;
    /* Marks and overrides of direction; line and paragraph separators. */
    return point == 0x61c || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

char *escape_text(const char *text)
{
    const unsigned char *from = (const unsigned char *)text;
    char *result = malloc(3 * strlen(text) + 1);
    char *to = result;
    if (!result)
        return NULL;
    while (*from) {
        uint32_t point;
        size_t length = escape_read_utf8((const char *)from, &point);
        bool keep = length > 0 && !escape_is_control(point);
        if (length == 0)
            length = 1;
        for (size_t i = 0; i < length; i++, from++) {
            if (keep)
                *to++ = (char)*from;
            else
                to += sprintf(to, "%%%02X", *from);
        }
    }
    *to = '\0';
    return result;
}

void escape_credentials(char *line)
{
    char *at = strrchr(line, '@');
    char *begin = strstr(line, "://");
    begin = begin ? begin + 3 : strchr(line, ':');
    if (begin && *begin == ':')
        begin++;
    if (!at || !begin || begin > at)
        return;
    /* As many stars whatever it was, but never more than there is room for. */
    size_t stars = at - begin < 3 ? (size_t)(at - begin) : 3;
    memset(begin, '*', stars);
    memmove(begin + stars, at, strlen(at) + 1);
}
