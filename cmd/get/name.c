#include "cmd/get/name.h"

#include <ctype.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    EXTENSION_MAX = 16,             /* letters after the dot; more is no extension */
    PATH_NAME_MAX = PATH_MAX - 256, /* leaves room for what name_distinct() adds */
    DIGITS_STEP = 8,                /* hexadecimal digits a distinct name takes at a time */
    DIGITS_MAX = 64,                /* of a SHA-256 */
};

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decodes in place: the new length. A percent sign without two digits stays. */
static size_t decode(char *text, size_t length)
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

/* Where the extension begins, its dot included; `length` when there is none. */
static size_t extension_start(const char *name, size_t length)
{
    for (size_t i = length; i > 1 && length - i <= EXTENSION_MAX; i--) {
        if (name[i - 1] == '.')
            return i < length ? i - 1 : length;
        if (!isalnum((unsigned char)name[i - 1]))
            break;
    }
    return length;
}

/* At most `max` bytes of `text` without cutting a character in two. */
static size_t cut_length(const char *text, size_t length, size_t max)
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
    size_t dot = extension_start(name, length);
    size_t extension = length - dot;
    size_t stem = cut_length(name, dot, NAME_MAX - extension);
    memmove(name + stem, name + dot, extension);
    return stem + extension;
}

/* What is left of the hazards: at its ends, and names of ours. */
static size_t guard_ends(char *name, size_t length)
{
    static const size_t suffix = sizeof NAME_PART_SUFFIX - 1;
    for (size_t i = length; i > 0 && (name[i - 1] == '.' || name[i - 1] == ' '); i--)
        name[i - 1] = '_';
    if (length >= suffix && strncasecmp(name + length - suffix, NAME_PART_SUFFIX, suffix) == 0) {
        length -= length == NAME_MAX;
        name[length++] = '_';
    }
    return length;
}

/* Makes the text at out[1..length] one safe component at `out`, which has room for two bytes more:
 * its length. */
static size_t make_safe(char *out, size_t length)
{
    length = replace_unsafe(out + 1, length);
    if (length > 0 && strchr(".-~ ", out[1])) {
        *out = '_';
        length++;
    } else {
        memmove(out, out + 1, length);
    }
    length = fit(out, length);
    return guard_ends(out, length);
}

/* Turns raw[0..length) of a URL into one safe component at `out`, which has room for two bytes more
 * than raw has: its length. */
static size_t component(char *out, const char *raw, size_t length)
{
    memcpy(out + 1, raw, length);
    return make_safe(out, decode(out + 1, length));
}

static const char index_name[] = "index.html";

static char *name_flat(const char *path)
{
    const char *last = strrchr(path, '/');
    last = last ? last + 1 : path;
    if (!*last)
        return strdup(index_name);
    size_t length = strlen(last);
    char *name = malloc(length + 3);
    if (name)
        name[component(name, last, length)] = '\0';
    return name;
}

/* "HOST" or "HOST:PORT" where the port is not the scheme's own: the length written. */
static size_t put_host(char *out, const struct url *url)
{
    char *port = NULL;
    bool own = curl_url_get(url->parsed, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT) != CURLUE_OK;
    size_t length = strlen(url->host_key);
    if (own)
        length = (size_t)(strrchr(url->host_key, ':') - url->host_key);
    curl_free(port);
    return component(out, url->host_key, length);
}

/* The last component, with the query: the length written. */
static size_t put_last(char *out, const char *segment, size_t length, const char *query)
{
    if (length == 0) {
        segment = index_name;
        length = sizeof index_name - 1;
    }
    if (!query)
        return component(out, segment, length);
    char *both = NULL;
    int size = asprintf(&both, "%.*s?%s", (int)length, segment, query);
    if (size < 0)
        return 0;
    size_t put = component(out, both, (size_t)size);
    free(both);
    return put;
}

/* Of directories too deep for the file system the inner ones go; host and file stay. `last` is
 * where the last component begins. */
static void drop_inner(char *name, size_t last)
{
    size_t size = strlen(name + last) + 1;
    size_t keep = PATH_NAME_MAX - size;
    if (last + size <= PATH_NAME_MAX)
        return;
    while (name[keep - 1] != '/')
        keep--;
    memmove(name + keep, name + last, size);
}

static char *name_path(const struct url *url)
{
    size_t query = url->query ? strlen(url->query) : 0;
    /* A component is at most two bytes longer than what it is made from, and has a slash. */
    char *name = malloc(strlen(url->host_key) + 3 * strlen(url->path) + query + 64);
    if (!name)
        return NULL;
    size_t end = put_host(name, url);
    name[end++] = '/';
    const char *segment = url->path + (*url->path == '/');
    for (const char *slash; (slash = strchr(segment, '/')); segment = slash + 1) {
        if (slash == segment)
            continue; /* "a//b" is one directory deep for every file system */
        end += component(name + end, segment, (size_t)(slash - segment));
        name[end++] = '/';
    }
    size_t put = put_last(name + end, segment, strlen(segment), url->query);
    name[end + put] = '\0';
    if (put > 0)
        drop_inner(name, end);
    char *exact = put > 0 ? strdup(name) : NULL;
    free(name);
    return exact;
}

char *name_from_url(const struct url *url, enum layout layout)
{
    return layout == LAYOUT_PATH ? name_path(url) : name_flat(url->path);
}

/* Puts the directories that `path` begins with, each with a slash: where they end in `out`.
 * *segment is what remains. */
static size_t put_directories(char *out, const char *path, const char **segment)
{
    size_t end = 0;
    const char *slash;
    for (; (slash = strchr(path, '/')); path = slash + 1) {
        size_t length = (size_t)(slash - path);
        if (length == 0 || (length == 1 && *path == '.'))
            continue;
        memcpy(out + end + 1, path, length);
        end += make_safe(out + end, length);
        out[end++] = '/';
    }
    *segment = path;
    return end;
}

char *name_given(const char *dir, const char *path)
{
    const char *last;
    char *inside = NULL;
    /* A component is at most two bytes longer than what it is made from, and has a slash. */
    size_t size = 3 * (strlen(path) + (dir ? strlen(dir) : 0)) + 64;
    if (asprintf(&inside, "%s/%s", dir ? dir : "", path) < 0)
        return NULL;
    char *name = malloc(size);
    if (name) {
        size_t end = put_directories(name, inside, &last);
        size_t length = strlen(last);
        memcpy(name + end + 1, last, length);
        length = make_safe(name + end, length);
        name[end + length] = '\0';
        drop_inner(name, end);
    }
    free(inside);
    return name;
}

char *name_suggested(const char *name, const char *suggested)
{
    const char *slash = strrchr(name, '/');
    char *dir = slash ? strndup(name, (size_t)(slash - name)) : NULL;
    char *made = slash && !dir ? NULL : name_given(dir, suggested);
    free(dir);
    return made;
}

/* `name` with `tag` before the extension of its last component, the stem cut to make room. */
static char *name_tagged(const char *name, const char *tag)
{
    const char *slash = strrchr(name, '/');
    size_t start = slash ? (size_t)(slash + 1 - name) : 0;
    size_t length = strlen(name + start);
    size_t dot = extension_start(name + start, length);
    size_t room = NAME_MAX - strlen(tag) - (length - dot);
    size_t stem = cut_length(name + start, dot, room);

    char *tagged = NULL;
    if (asprintf(&tagged, "%.*s%s%s", (int)(start + stem), name, tag, name + start + dot) < 0)
        return NULL;
    return tagged;
}

char *name_distinct(const char *name, const struct url *url, unsigned attempt)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    char tag[1 + DIGITS_MAX + 16];
    if (!EVP_Digest(url->text, strlen(url->text), digest, NULL, EVP_sha256(), NULL))
        return NULL;
    size_t digits = (size_t)DIGITS_STEP * (attempt + 1);
    size_t end = 1;
    tag[0] = '~';
    for (size_t i = 0; i < digits / 2 && i < DIGITS_MAX / 2; i++)
        end += (size_t)sprintf(tag + end, "%02x", digest[i]);
    /* Only a list made for the purpose comes here. */
    if (digits > DIGITS_MAX)
        sprintf(tag + end, "~%u", attempt);
    return name_tagged(name, tag);
}

char *name_numbered(const char *name, unsigned number)
{
    char tag[16];
    snprintf(tag, sizeof tag, ".%u", number);
    return name_tagged(name, tag);
}

char *name_below(const char *directory, const char *name)
{
    char *path;
    size_t length = strlen(directory);
    if (strcmp(directory, ".") == 0)
        return strdup(name);
    const char *slash = length > 0 && directory[length - 1] == '/' ? "" : "/";
    return asprintf(&path, "%s%s%s", directory, slash, name) < 0 ? NULL : path;
}
