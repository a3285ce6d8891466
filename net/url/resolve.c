#include "net/url/resolve.h"

#include "net/url/authority.h"
#include "net/url/encode.h"
#include "net/url/url.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is left to read of a reference. */
struct rest {
    const char *at;
    const char *end;
};

static int refuse(const char **why, const char *literal)
{
    *why = literal;
    return -EINVAL;
}

static bool is_slash(const struct rest *rest, size_t i)
{
    return rest->end - rest->at > (ptrdiff_t)i && (rest->at[i] == '/' || rest->at[i] == '\\');
}

/* What a scheme may go on with (RFC 3986 section 3.1); letters are what it begins with. */
static const unsigned char in_scheme[256] = {
    ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,
};

/* Bytes before the colon of a scheme; 0: there is none. */
static size_t scheme_length(const struct rest *rest)
{
    const char *p = rest->at;
    if (p == rest->end || (*p | 0x20) < 'a' || (*p | 0x20) > 'z')
        return 0;
    while (p < rest->end && in_scheme[(unsigned char)*p])
        p++;
    return p < rest->end && *p == ':' ? (size_t)(p - rest->at) : 0;
}

bool url_split(struct url_resolved *parts, const char *text, size_t length)
{
    const char *end = text + length;
    const char *colon = memchr(text, ':', length);
    const struct url_scheme *scheme = colon ? url_scheme_find(text, (size_t)(colon - text)) : NULL;
    if (!scheme || end - colon < 4)
        return false;
    const char *authority = colon + 3;
    const char *path = memchr(authority, '/', (size_t)(end - authority));
    if (!path)
        return false;
    const char *at = memrchr(authority, '@', (size_t)(path - authority));
    const char *host = at ? at + 1 : authority;
    const char *host_end = *host == '[' ? memchr(host, ']', (size_t)(path - host)) : host;
    const char *port = host_end ? memchr(host_end, ':', (size_t)(path - host_end)) : NULL;
    const char *question = memchr(path, '?', (size_t)(end - path));
    *parts = (struct url_resolved){
        .text = text,
        .length = length,
        .scheme_length = scheme->length,
        .authority = (size_t)(authority - text),
        .host = (size_t)(host - text),
        .host_length = (size_t)((port ? port : path) - host),
        .path = (size_t)(path - text),
        .path_length = (size_t)((question ? question : end) - path),
        .query = question ? (size_t)(question - text) + 1 : 0,
        .port = port ? (unsigned)strtoul(port + 1, NULL, 10) : scheme->port,
    };
    return true;
}

/* Line ends and tabs within a reference are nothing; few have them. Copies to `scratch`; true when
 * it had to. */
static bool drop_line_ends(struct rest *rest, char *scratch)
{
    size_t length = (size_t)(rest->end - rest->at);
    if (!memchr(rest->at, '\n', length) && !memchr(rest->at, '\t', length) &&
        !memchr(rest->at, '\r', length))
        return false;
    char *out = scratch;
    for (const char *p = rest->at; p < rest->end; p++)
        if (*p != '\n' && *p != '\t' && *p != '\r')
            *out++ = *p;
    *rest = (struct rest){scratch, out};
    return true;
}

/* Room for the longest that can come of `length` bytes, and for them once more. The scratch begins
 * at the half that is returned; NULL when memory runs out. */
static char *reserve(struct url_resolver *resolver, size_t length)
{
    size_t longest = resolver->base.length + 3 * length + AUTHORITY_GROWTH;
    if (longest + length > resolver->room) {
        char *buffer = realloc(resolver->buffer, 2 * (longest + length));
        if (!buffer)
            return NULL;
        resolver->buffer = buffer;
        resolver->room = 2 * (longest + length);
    }
    return resolver->buffer + longest;
}

/* Closes the text at `out`, and writes the fragment that is left behind it. */
static void write_fragment(const struct url_resolver *resolver, struct url_resolved *result,
                           char *out, struct rest rest)
{
    *out = '\0';
    result->length = (size_t)(out - resolver->buffer);
    result->fragment = NULL;
    if (rest.at == rest.end)
        return;
    rest.at++;
    result->fragment = ++out;
    *encode_fragment(out, &rest.at, rest.end) = '\0';
}

/* The rest of a path whose text goes on at `out`, query and fragment. */
static void write_path(const struct url_resolver *resolver, struct url_resolved *result, char *out,
                       struct rest rest)
{
    out = encode_path(resolver->buffer + result->path, out, &rest.at, rest.end);
    result->path_length = (size_t)(out - resolver->buffer) - result->path;
    result->query = 0;
    if (rest.at < rest.end && *rest.at == '?') {
        rest.at++;
        char *end = encode_query(out + 1, &rest.at, rest.end);
        if (end > out + 1 && !resolver->strip_query) {
            *out = '?';
            result->query = (size_t)(out - resolver->buffer) + 1;
            out = end;
        }
    }
    write_fragment(resolver, result, out, rest);
}

/* Behind the authority: a path from the root, or none. */
static void write_from_root(const struct url_resolver *resolver, struct url_resolved *result,
                            struct rest rest)
{
    char *root = resolver->buffer + result->path;
    *root = '/';
    if (is_slash(&rest, 0))
        rest.at++;
    write_path(resolver, result, root + 1, rest);
}

static bool ends_authority(char c)
{
    return c == '/' || c == '\\' || c == '?' || c == '#';
}

/* `rest` is behind the scheme's colon. */
static int write_absolute(const struct url_resolver *resolver, struct url_resolved *result,
                          const struct url_scheme *scheme, struct rest rest, const char **why)
{
    char *out = stpcpy(mempcpy(resolver->buffer, scheme->name, scheme->length), "://");
    while (is_slash(&rest, 0))
        rest.at++;
    const char *end = rest.at;
    while (end < rest.end && !ends_authority(*end))
        end++;
    int error =
        authority_write(&out, scheme, rest.at, (size_t)(end - rest.at), !resolver->base.text, why);
    if (error)
        return error;
    rest.at = end;
    *out++ = '/';
    if (!url_split(result, resolver->buffer, (size_t)(out - resolver->buffer)))
        return refuse(why, "malformed URL");
    write_from_root(resolver, result, rest);
    return 0;
}

/* The base's scheme and authority stay. */
static void write_relative(const struct url_resolver *resolver, struct url_resolved *result,
                           struct rest rest)
{
    const struct url_resolved *base = &resolver->base;
    *result = *base;
    memcpy(resolver->buffer, base->text, base->length);
    char *out = resolver->buffer + base->path + base->path_length;
    if (is_slash(&rest, 0)) {
        write_from_root(resolver, result, rest);
    } else if (rest.at == rest.end || *rest.at == '#') {
        write_fragment(resolver, result, resolver->buffer + base->length, rest);
    } else {
        while (*rest.at != '?' && out[-1] != '/')
            out--;
        write_path(resolver, result, out, rest);
    }
}

/* Begins with the scheme and authority of the base, letter for letter, as most absolute links of a
 * site do? */
static bool begins_as_base(const struct url_resolved *base, const struct rest *rest)
{
    size_t origin = base->path;
    size_t length = (size_t)(rest->end - rest->at);
    return base->text && length >= origin && memcmp(rest->at, base->text, origin) == 0 &&
           (length == origin || ends_authority(rest->at[origin]));
}

/* By its scheme, if it has one, and the slashes: the URL Standard, from "scheme state" to "relative
 * slash state". */
static int write_reference(const struct url_resolver *resolver, struct url_resolved *result,
                           struct rest rest, size_t scheme_size, const char **why)
{
    const struct url_resolved *base = &resolver->base;
    const struct url_scheme *own = scheme_size ? url_scheme_find(rest.at, scheme_size) : NULL;
    const struct url_scheme *of_base =
        base->text ? url_scheme_find(base->text, base->scheme_length) : NULL;
    const struct url_scheme *scheme = own ? own : of_base;
    if (!scheme)
        return refuse(why, "no scheme");
    if (own)
        rest.at += scheme_size + 1;
    if (scheme != of_base || (is_slash(&rest, 0) && is_slash(&rest, 1)))
        return write_absolute(resolver, result, scheme, rest, why);
    write_relative(resolver, result, rest);
    return 0;
}

static struct rest trim(const char *text, size_t length)
{
    struct rest rest = {text, text + length};
    while (rest.at < rest.end && (unsigned char)*rest.at <= ' ')
        rest.at++;
    while (rest.at < rest.end && (unsigned char)rest.end[-1] <= ' ')
        rest.end--;
    return rest;
}

/* data: may be of any length, and has no business in the buffer. */
static bool is_other_scheme(struct url_resolved *result, const struct rest *rest, size_t scheme)
{
    if (!scheme || url_scheme_find(rest->at, scheme))
        return false;
    *result = (struct url_resolved){
        .text = rest->at,
        .length = (size_t)(rest->end - rest->at),
        .scheme_length = scheme,
    };
    return true;
}

int url_resolve(struct url_resolver *resolver, struct url_resolved *result, const char *reference,
                size_t length, const char **why)
{
    struct rest rest = trim(reference, length);
    size_t size = (size_t)(rest.end - rest.at);
    size_t scheme = scheme_length(&rest);
    if (is_other_scheme(result, &rest, scheme))
        return URL_OTHER_SCHEME;
    if (size > URL_LENGTH_MAX)
        return refuse(why, "URL too long");
    char *scratch = reserve(resolver, size);
    if (!scratch)
        return -ENOMEM;
    if (drop_line_ends(&rest, scratch)) {
        scheme = scheme_length(&rest);
        if (is_other_scheme(result, &rest, scheme))
            return URL_OTHER_SCHEME;
    }

    int error = 0;
    if (begins_as_base(&resolver->base, &rest)) {
        rest.at += resolver->base.path;
        *result = resolver->base;
        memcpy(resolver->buffer, resolver->base.text, resolver->base.path);
        write_from_root(resolver, result, rest);
    } else {
        error = write_reference(resolver, result, rest, scheme, why);
    }
    result->text = resolver->buffer;
    if (!error && result->length > URL_LENGTH_MAX)
        error = refuse(why, "URL too long");
    return error;
}

int url_resolver_set_base(struct url_resolver *resolver, const char *text, size_t length,
                          const char **why)
{
    struct url_resolved result;
    char *copy = malloc(length + 1);
    if (copy)
        memcpy(copy, text, length);
    free(resolver->base_text);
    resolver->base_text = NULL;
    resolver->base = (struct url_resolved){0};
    int error = copy ? url_resolve(resolver, &result, copy, length, why) : -ENOMEM;
    free(copy);
    if (error)
        return error;
    resolver->base_text = strndup(result.text, result.length);
    if (!resolver->base_text)
        return -ENOMEM;
    resolver->base = result;
    resolver->base.text = resolver->base_text;
    resolver->base.fragment = NULL;
    return 0;
}

void url_resolver_drop_login(struct url_resolver *resolver, struct url_resolved *result)
{
    size_t size = result->host - result->authority;
    char *host = resolver->buffer + result->host;
    const char *last = result->fragment ? result->fragment : result->text + result->length;
    if (size == 0)
        return;
    memmove(host - size, host, (size_t)(last + strlen(last) + 1 - host));
    result->host -= size;
    result->path -= size;
    result->query -= result->query ? size : 0;
    if (result->fragment)
        result->fragment -= size;
    result->length -= size;
}

void url_resolver_clear(struct url_resolver *resolver)
{
    free(resolver->base_text);
    free(resolver->buffer);
    *resolver = (struct url_resolver){0};
}
