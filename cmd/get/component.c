#include "cmd/get/component.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { EXTENSION_MAX = 16 }; /* letters after the dot; more is no extension */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t component_decode(char *text, size_t length)
{
    size_t out = 0;
    for (size_t i = 0; i < length; i++) {
        int high = text[i] == '%' && i + 2 < length ? hex_value(text[i + 1]) : -1;
        int low = high >= 0 ? hex_value(text[i + 2]) : -1;
        if (low >= 0) {
            text[out++] = (char)(high << 4 | low);
            i += 2;
        } else {
            text[out++] = text[i];
        }
    }
    return out;
}

/* The UTF-8 sequence at `bytes` (RFC 3629 section 4): its length, or 0 when it is none. */
static size_t utf8_read(const unsigned char *bytes, size_t left, uint32_t *point)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = *bytes < 0x80 ? 1 : *bytes >> 5 == 6 ? 2 : *bytes >> 4 == 14 ? 3 : 4;
    if (length > left || (length == 4 && *bytes >> 3 != 30))
        return 0;
    *point = length == 1 ? *bytes : *bytes & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] >> 6 != 2)
            return 0;
        *point = *point << 6 | (bytes[i] & 0x3f);
    }
    bool surrogate = *point >= 0xd800 && *point <= 0xdfff;
    return *point < least[length] || *point > 0x10ffff || surrogate ? 0 : length;
}

/* Separators, control characters, and those that turn the direction of writing, by which a name
 * can look as if it ended in another extension. */
static bool point_is_unsafe(uint32_t point)
{
    return point < 0x20 || point == '/' || point == '\\' || (point >= 0x7f && point <= 0x9f) ||
           point == 0x61c || point == 0x200e || point == 0x200f ||
           (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
}

/* Replaces in place what a name must not contain, each by one underscore: the new length. */
static size_t replace_unsafe(char *text, size_t length)
{
    size_t out = 0;
    for (size_t i = 0; i < length;) {
        uint32_t point = 0;
        size_t size = utf8_read((unsigned char *)text + i, length - i, &point);
        if (size == 0 || point_is_unsafe(point)) {
            text[out++] = '_';
            i += size ? size : 1;
        } else {
            memmove(text + out, text + i, size);
            out += size;
            i += size;
        }
    }
    return out;
}

size_t component_extension(const char *name, size_t length)
{
    for (size_t i = length; i > 1 && length - i <= EXTENSION_MAX; i--) {
        if (name[i - 1] == '.')
            return i < length ? i - 1 : length;
        if (!isalnum((unsigned char)name[i - 1]))
            break;
    }
    return length;
}

size_t component_cut(const char *text, size_t length, size_t max)
{
    if (length <= max)
        return length;
    while (max > 0 && ((unsigned char)text[max] >> 6) == 2)
        max--;
    return max;
}

/* Shortens the stem in place so that stem and extension are at most NAME_MAX: the new length. */
static size_t fit(char *name, size_t length)
{
    if (length <= NAME_MAX)
        return length;
    size_t dot = component_extension(name, length);
    size_t extension = length - dot;
    size_t stem = component_cut(name, dot, NAME_MAX - extension);
    memmove(name + stem, name + dot, extension);
    return stem + extension;
}

size_t component_guard_end(char *name, size_t length)
{
    static const size_t suffix = sizeof COMPONENT_PART_SUFFIX - 1;
    for (size_t i = length; i > 0 && (name[i - 1] == '.' || name[i - 1] == ' '); i--)
        name[i - 1] = '_';
    if (length >= suffix &&
        strncasecmp(name + length - suffix, COMPONENT_PART_SUFFIX, suffix) == 0) {
        length -= length == NAME_MAX;
        name[length++] = '_';
    }
    return length;
}

size_t component_guard(char *out, size_t length)
{
    length = replace_unsafe(out + 1, length);
    if (length > 0 && strchr(".-~ ", out[1])) {
        *out = '_';
        return length + 1;
    }
    memmove(out, out + 1, length);
    return length;
}

size_t component_make_safe(char *out, size_t length)
{
    length = component_guard(out, length);
    length = fit(out, length);
    return component_guard_end(out, length);
}

size_t component_from_url(char *out, const char *raw, size_t length)
{
    memcpy(out + 1, raw, length);
    return component_make_safe(out, component_decode(out + 1, length));
}

size_t component_host(char *out, const struct url *url)
{
    char *port = NULL;
    bool own = curl_url_get(url->parsed, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) != CURLUE_OK;
    size_t length = strlen(url->host_key);
    if (own)
        length = (size_t)(strrchr(url->host_key, ':') - url->host_key);
    curl_free(port);
    return component_from_url(out, url->host_key, length);
}
