/* bytes.h - what a byte can be in a style sheet. Private to net/css/.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_CSS_BYTES_H
#define NET_CSS_BYTES_H

#include <stdbool.h>

enum {
    BYTE_STOP = 1 << 0,        /* matters between tokens, */
    BYTE_STOP_RULE = 1 << 1,   /* also within some rules and functions */
    BYTE_STOP_STRING = 1 << 2, /* may end a string */
    BYTE_STOP_URL = 1 << 3,    /* is no plain character of an unquoted URL */
    BYTE_NAME = 1 << 4,
    BYTE_BLANK = 1 << 5,
    BYTE_NEWLINE = 1 << 6,
    BYTE_HEX = 1 << 7,
};

extern const unsigned char byte_classes[256];

/* Is it one of `what`? */
static inline bool byte_is(char byte, int what)
{
    return byte_classes[(unsigned char)byte] & what;
}

/* The first byte that is one of `what`, or `end`. */
static inline const char *byte_find(const char *at, const char *end, int what)
{
    for (; end - at >= 4; at += 4) {
        if (byte_is(at[0], what))
            return at;
        if (byte_is(at[1], what))
            return at + 1;
        if (byte_is(at[2], what))
            return at + 2;
        if (byte_is(at[3], what))
            return at + 3;
    }
    while (at < end && !byte_is(*at, what))
        at++;
    return at;
}

#endif
