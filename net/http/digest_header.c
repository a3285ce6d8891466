#include "net/http/digest_header.h"

#include <string.h>
#include <strings.h>

/* 32 bytes in base64: 43 digits and a filler. */
enum { DIGITS = 43 };

static int digit_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* Exactly so many digits, the filler and, behind a colon, another. */
static bool decode(const char *text, size_t length, unsigned char digest[DIGEST_SHA256_SIZE])
{
    unsigned bits = 0, count = 0;
    size_t used = 0;
    bool colons = length > 0 && *text == ':';
    text += colons;
    if (length != DIGITS + 1 + 2 * (size_t)colons || text[DIGITS] != '=' ||
        (colons && text[DIGITS + 1] != ':'))
        return false;
    for (size_t i = 0; i < DIGITS; i++) {
        int value = digit_value(text[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        digest[used++] = (unsigned char)(bits >> count);
    }
    return true;
}

/* Blanks and parameters go. */
static size_t trimmed(const char **text, size_t length)
{
    const char *parameters = memchr(*text, ';', length);
    if (parameters)
        length = (size_t)(parameters - *text);
    for (; length > 0 && (**text == ' ' || **text == '\t'); length--)
        ++*text;
    while (length > 0 && ((*text)[length - 1] == ' ' || (*text)[length - 1] == '\t'))
        length--;
    return length;
}

bool digest_header_sha256(const char *value, size_t length,
                          unsigned char digest[DIGEST_SHA256_SIZE])
{
    static const char name[] = "sha-256=";
    const size_t name_length = sizeof name - 1;
    while (length > 0) {
        const char *comma = memchr(value, ',', length);
        const char *one = value;
        size_t size = trimmed(&one, comma ? (size_t)(comma - value) : length);
        if (size >= name_length && strncasecmp(one, name, name_length) == 0)
            return decode(one + name_length, size - name_length, digest);
        size_t taken = comma ? (size_t)(comma - value) + 1 : length;
        value += taken;
        length -= taken;
    }
    return false;
}
