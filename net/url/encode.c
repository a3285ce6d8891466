#include "net/url/encode.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* What a byte is in each part of a URL: a bit is set where it stays as it is. The percent-encode
 * sets of the URL Standard, section 1.3. */
enum {
    IN_PATH = 1,
    IN_QUERY = 2,
    IN_FRAGMENT = 4,
    IN_USER = 8,
    EVERYWHERE = IN_PATH | IN_QUERY | IN_FRAGMENT | IN_USER,
};

static const unsigned char stays[256] = {
    ['A' ... 'Z'] = EVERYWHERE,
    ['a' ... 'z'] = EVERYWHERE,
    ['0' ... '9'] = EVERYWHERE,
    ['-'] = EVERYWHERE,
    ['.'] = EVERYWHERE,
    ['_'] = EVERYWHERE,
    ['~'] = EVERYWHERE,
    ['!'] = EVERYWHERE,
    ['$'] = EVERYWHERE,
    ['&'] = EVERYWHERE,
    ['('] = EVERYWHERE,
    [')'] = EVERYWHERE,
    ['*'] = EVERYWHERE,
    ['+'] = EVERYWHERE,
    [','] = EVERYWHERE,
    ['\''] = IN_PATH | IN_FRAGMENT | IN_USER,
    [':'] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    [';'] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    ['='] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    ['@'] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    ['['] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    [']'] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    ['|'] = IN_PATH | IN_QUERY | IN_FRAGMENT,
    ['/'] = IN_QUERY | IN_FRAGMENT,
    ['\\'] = IN_QUERY | IN_FRAGMENT,
    ['?'] = IN_QUERY | IN_FRAGMENT,
    ['^'] = IN_QUERY | IN_FRAGMENT,
    ['`'] = IN_QUERY,
    ['{'] = IN_QUERY | IN_FRAGMENT,
    ['}'] = IN_QUERY | IN_FRAGMENT,
    ['#'] = IN_FRAGMENT,
};

/* Writes what does not stay as it is: a byte as its triplet, a triplet in upper case, a '%' that
 * begins none as it is. Returns the last byte it took. */
static const char *encode_other(char **out, const char *at, const char *end)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)*at;
    *(*out)++ = '%';
    if (byte != '%') {
        *(*out)++ = digits[byte >> 4];
        *(*out)++ = digits[byte & 15];
    } else if (end - at > 2 && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
        *(*out)++ = (char)toupper((unsigned char)at[1]);
        *(*out)++ = (char)toupper((unsigned char)at[2]);
        at += 2;
    }
    return at;
}

/* Up to `stop`, which is none of the bytes that stay; EOF: none. */
static char *encode_part(char *out, const char **at, const char *end, unsigned char part, int stop)
{
    const char *p = *at;
    for (; p < end; p++) {
        if (stays[(unsigned char)*p] & part)
            *out++ = *p;
        else if ((unsigned char)*p == stop)
            break;
        else
            p = encode_other(&out, p, end);
    }
    *at = p;
    return out;
}

char *encode_query(char *out, const char **at, const char *end)
{
    return encode_part(out, at, end, IN_QUERY, '#');
}

char *encode_fragment(char *out, const char **at, const char *end)
{
    return encode_part(out, at, end, IN_FRAGMENT, EOF);
}

char *encode_user(char *out, const char **at, const char *end)
{
    return encode_part(out, at, end, IN_USER, EOF);
}

/* Of "." 1, of ".." 2, else 0; "%2E" is a dot too. */
static int count_dots(const char *segment, const char *end)
{
    int dots = 0;
    while (segment < end && dots < 3) {
        if (*segment == '.')
            segment++;
        else if (end - segment >= 3 && memcmp(segment, "%2E", 3) == 0)
            segment += 3;
        else
            return 0;
        dots++;
    }
    return dots < 3 ? dots : 0;
}

/* Takes away a segment that is "." or "..", with what the latter leads out of. True when it was
 * one: then `*out` is behind a slash. */
static bool drop_dots(const char *root, char *segment, char **out)
{
    if (segment == *out || (*segment != '.' && *segment != '%'))
        return false;
    int dots = count_dots(segment, *out);
    if (dots == 0)
        return false;
    *out = segment;
    if (dots == 2 && segment - 1 > root)
        for (--*out; (*out)[-1] != '/'; --*out)
            ;
    return true;
}

char *encode_path(const char *root, char *out, const char **at, const char *end)
{
    const char *p = *at;
    char *segment = out;
    for (; p < end; p++) {
        if (stays[(unsigned char)*p] & IN_PATH) {
            *out++ = *p;
        } else if (*p == '/' || *p == '\\') {
            if (!drop_dots(root, segment, &out))
                *out++ = '/';
            segment = out;
        } else if (*p == '?' || *p == '#') {
            break;
        } else {
            p = encode_other(&out, p, end);
        }
    }
    (void)drop_dots(root, segment, &out); /* as the last one it leaves the slash before it */
    *at = p;
    return out;
}
