#include "net/http/disposition.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct text {
    const char *at;
    const char *end;
};

/* A parameter's value as it is written: a token, or what is between quotes. */
struct value {
    struct text raw;
    bool quoted;
    bool found;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct text *text)
{
    while (text->at < text->end && is_blank(*text->at))
        text->at++;
}

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

/* Up to `stop` or the end, without the blanks there. */
static struct text take_until(struct text *text, const char *stops)
{
    struct text taken = {text->at, text->at};
    while (text->at < text->end && !is_one_of(*text->at, stops))
        text->at++;
    taken.end = text->at;
    while (taken.end > taken.at && is_blank(taken.end[-1]))
        taken.end--;
    return taken;
}

static struct value take_quoted(struct text *text)
{
    struct value value = {.quoted = true, .found = true};
    value.raw.at = ++text->at;
    while (text->at < text->end && *text->at != '"')
        text->at += *text->at == '\\' && text->at + 1 < text->end ? 2 : 1;
    value.raw.end = text->at;
    take_until(text, ";"); /* the quote, and what nobody expects behind it */
    return value;
}

static bool text_is(struct text text, const char *word)
{
    size_t length = (size_t)(text.end - text.at);
    return length == strlen(word) && strncasecmp(text.at, word, length) == 0;
}

/* The next "; name=value". False at the end. */
static bool take_parameter(struct text *text, struct text *name, struct value *value)
{
    *value = (struct value){.found = false};
    if (text->at >= text->end)
        return false;
    text->at++; /* the semicolon */
    skip_blanks(text);
    *name = take_until(text, "=;");
    if (text->at >= text->end || *text->at != '=')
        return true;
    text->at++;
    skip_blanks(text);
    if (text->at < text->end && *text->at == '"')
        *value = take_quoted(text);
    else
        *value = (struct value){.raw = take_until(text, ";"), .found = true};
    return true;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes of "%41bc" appended at `out`. NULL: not well-formed. */
static char *decode_percents(struct text text, char *out)
{
    while (text.at < text.end) {
        if (*text.at != '%') {
            *out++ = *text.at++;
            continue;
        }
        int high = text.end - text.at > 2 ? hex_value(text.at[1]) : -1;
        int low = high >= 0 ? hex_value(text.at[2]) : -1;
        if (low < 0)
            return NULL;
        *out++ = (char)(high << 4 | low);
        text.at += 3;
    }
    return out;
}

static char *unquote(struct value value, char *out)
{
    for (const char *p = value.raw.at; p < value.raw.end; p++) {
        if (value.quoted && *p == '\\' && p + 1 < value.raw.end)
            p++;
        *out++ = *p;
    }
    return out;
}

/* Is all of it UTF-8, as far as a reader of names must know: right lead and trail bytes? */
static bool is_utf8(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    const unsigned char *end = byte + length;
    while (byte < end) {
        int trail = *byte < 0x80 ? 0 : *byte >> 5 == 6 ? 1 : *byte >> 4 == 14 ? 2 : 3;
        if ((trail == 3 && *byte >> 3 != 30) || end - byte <= trail)
            return false;
        for (byte++; trail > 0; trail--, byte++)
            if (*byte >> 6 != 2)
                return false;
    }
    return true;
}

/* ISO-8859-1 to UTF-8, at most twice as long. */
static size_t widen(const char *from, size_t length, char *out)
{
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)from[i];
        if (byte < 0x80) {
            out[used++] = (char)byte;
        } else {
            out[used++] = (char)(0xc0 | byte >> 6);
            out[used++] = (char)(0x80 | (byte & 0x3f));
        }
    }
    return used;
}

/* What is left of a path without its directories, whatever system they are of; no NULs. */
static int take_last_component(const char *text, size_t length, char **name)
{
    for (size_t i = length; i > 0; i--) {
        if (text[i - 1] == '/' || text[i - 1] == '\\') {
            text += i;
            length -= i;
            break;
        }
    }
    if (length == 0)
        return 0;
    *name = malloc(length + 1);
    if (!*name)
        return -ENOMEM;
    for (size_t i = 0; i < length; i++)
        (*name)[i] = (char)(text[i] ? text[i] : '_');
    (*name)[length] = '\0';
    return 0;
}

/* Text of either charset. */
static int take_name(const char *text, size_t length, bool latin, char **name)
{
    if (!latin && is_utf8(text, length))
        return take_last_component(text, length, name);
    char *wide = malloc(2 * length + 1);
    if (!wide)
        return -ENOMEM;
    int error = take_last_component(wide, widen(text, length, wide), name);
    free(wide);
    return error;
}

/* "UTF-8'en'%e2%82%ac" (RFC 8187 section 3.2.1). */
static int take_encoded(struct value value, char *room, char **name)
{
    struct text text = value.raw;
    struct text charset = take_until(&text, "'");
    bool latin = text_is(charset, "iso-8859-1");
    if (text.at == text.end || (!latin && !text_is(charset, "utf-8")))
        return 0;
    text.at++;
    take_until(&text, "'"); /* the language */
    if (text.at == text.end)
        return 0;
    text.at++;
    char *end = decode_percents(text, room);
    size_t length = end ? (size_t)(end - room) : 0;
    if (!end || (!latin && !is_utf8(room, length)))
        return 0;
    return take_name(room, length, latin, name);
}

static int take_plain(struct value value, char *room, char **name)
{
    /* In ISO-8859-1, says the standard; in UTF-8, say most servers. */
    return take_name(room, (size_t)(unquote(value, room) - room), false, name);
}

int disposition_file_name(const char *value, size_t length, char **name)
{
    struct text text = {value, value + length};
    struct value plain = {.found = false}, encoded = {.found = false}, found;
    struct text parameter;
    *name = NULL;
    take_until(&text, ";"); /* inline or attachment: the name is meant either way */
    while (take_parameter(&text, &parameter, &found)) {
        if (text_is(parameter, "filename*") && !encoded.found)
            encoded = found;
        else if (text_is(parameter, "filename") && !plain.found)
            plain = found;
    }
    if (!plain.found && !encoded.found)
        return 0;
    char *room = malloc(length + 1);
    if (!room)
        return -ENOMEM;
    int error = encoded.found ? take_encoded(encoded, room, name) : 0;
    if (!error && !*name && plain.found)
        error = take_plain(plain, room, name);
    free(room);
    return error;
}
