#include "net/url/authority.h"

#include "net/url/encode.h"
#include "net/url/url.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A name of 253 bytes may be written with a triplet for each byte of its letters. */
#define HOST_WRITTEN_MAX 4096

static const struct url_scheme schemes[] = {
    {"https", 5, 443},
    {"http", 4, 80},
    {"ftp", 3, 21},
    {"ftps", 4, 990},
};

const struct url_scheme *url_scheme_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].length == length && strncasecmp(schemes[i].name, name, length) == 0)
            return &schemes[i];
    return NULL;
}

static int refuse(const char **why, const char *literal)
{
    *why = literal;
    return -EINVAL;
}

/* Nothing is left of "@" and ":@", nor of the colon before an empty password. */
static char *write_user(char *out, const char *text, const char *end)
{
    const char *colon = memchr(text, ':', (size_t)(end - text));
    const char *at = text;
    out = encode_user(out, &at, colon ? colon : end);
    if (colon && colon + 1 < end) {
        *out++ = ':';
        at = colon + 1;
        out = encode_user(out, &at, end);
    } else if (at == text) {
        return out;
    }
    *out++ = '@';
    return out;
}

/* Letters, digits, '-', '_' and '.', the last label no number, nothing too long for libcurl or a
 * resolver: such a name means the same to everybody. Writes it in lower case. False when it is not
 * of that kind. */
static bool write_plain_name(char *out, const char *name, size_t length)
{
    size_t label = 0;
    if (length == 0 || length > 253)
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)name[i];
        if (byte == '.') {
            if (i == label || i + 1 == length)
                return false;
            label = i + 1;
        } else if (!(byte < 0x80 && isalnum(byte)) && byte != '-' && byte != '_') {
            return false;
        }
        if (i >= label + 63)
            return false;
        out[i] = (char)tolower(byte);
    }
    return !isdigit((unsigned char)out[label]);
}

/* Everything else, as libcurl understands it. */
static int write_parsed_host(char **out, const char *host, size_t length, bool zone,
                             const char **why)
{
    static const char scheme[] = "http://";
    char text[sizeof scheme + HOST_WRITTEN_MAX + 1];
    struct url url;
    if (length == 0)
        return refuse(why, "no host in URL");
    if (length > HOST_WRITTEN_MAX)
        return refuse(why, "host name too long");
    size_t size = (size_t)(stpcpy(text, scheme) - text);
    memcpy(text + size, host, length);
    text[size + length] = '/';
    int error = url_parse(&url, text, size + length + 1, why);
    if (error)
        return error == -ENOMEM ? error : -EINVAL;
    size_t written = strlen(url.text) - size - 1;
    /* '|' is forbidden, but not by every libcurl. */
    bool other = url.has_credentials || strcmp(url.path, "/") != 0 || url.query || url.port != 80 ||
                 written > AUTHORITY_GROWTH - 32 || strchr(url.host, '|');
    if (other)
        error = refuse(why, "bad host name");
    else if (strchr(url.host, '%') && !zone)
        error = refuse(why, "zone id in a link");
    else
        *out = mempcpy(*out, url.text + size, written);
    url_clear(&url);
    return error;
}

/* `text` begins behind the colon. */
static int write_port(char **out, const struct url_scheme *scheme, const char *text,
                      const char *end, const char **why)
{
    unsigned port = 0;
    for (const char *p = text; p < end; p++) {
        if (*p < '0' || *p > '9')
            return refuse(why, "bad port number");
        port = port * 10 + (unsigned)(*p - '0');
        if (port > 65535)
            return refuse(why, "bad port number");
    }
    if (text == end || port == scheme->port)
        return 0;
    if (port == 0)
        return refuse(why, "bad port number");
    *out += sprintf(*out, ":%u", port);
    return 0;
}

/* Where the host ends: at the colon before the port, if there is one. */
static const char *host_end(const char *host, const char *end)
{
    const char *bracket =
        host < end && *host == '[' ? memchr(host, ']', (size_t)(end - host)) : NULL;
    const char *from = bracket ? bracket : host;
    const char *colon = memchr(from, ':', (size_t)(end - from));
    return colon ? colon : end;
}

int authority_write(char **out, const struct url_scheme *scheme, const char *text, size_t length,
                    bool zone, const char **why)
{
    const char *end = text + length;
    const char *at = memrchr(text, '@', length);
    const char *host = at ? at + 1 : text;
    const char *colon = host_end(host, end);
    size_t size = (size_t)(colon - host);
    int error = 0;
    if (at)
        *out = write_user(*out, text, at);
    if (write_plain_name(*out, host, size))
        *out += size;
    else
        error = write_parsed_host(out, host, size, zone, why);
    if (!error && colon < end)
        error = write_port(out, scheme, colon + 1, end, why);
    return error;
}
