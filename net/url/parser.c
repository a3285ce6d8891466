#include "net/url/parser.h"

#include "net/url/parts.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Unreserved characters and those that RFC 3986 (section 3.3) allows in a path as they are. Not
 * '%', whose digits libcurl may rewrite. */
static const char plain[256] = {
    ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1, ['0' ... '9'] = 1, ['-'] = 1, ['.'] = 1,  ['_'] = 1,
    ['~'] = 1,         ['!'] = 1,         ['$'] = 1,         ['&'] = 1, ['\''] = 1, ['('] = 1,
    [')'] = 1,         ['*'] = 1,         ['+'] = 1,         [','] = 1, [';'] = 1,  ['='] = 1,
    [':'] = 1,         ['@'] = 1,         ['/'] = 1,
};

/* Bytes of "scheme://authority"; 0: it does not look like that, or no path follows. */
static size_t origin_length(const char *text, size_t length)
{
    const char *colon = memchr(text, ':', length);
    if (!colon || length - (size_t)(colon - text) < 4 || memcmp(colon, "://", 3) != 0)
        return 0;
    size_t authority = (size_t)(colon - text) + 3;
    const char *slash = memchr(text + authority, '/', length - authority);
    return slash ? (size_t)(slash - text) : 0;
}

/* A path that libcurl takes as it is: no dot segments, no empty ones, nothing to encode; then
 * perhaps a query. */
static bool is_plain(const char *path, size_t length)
{
    size_t i = 0;
    for (; i < length && plain[(unsigned char)path[i]]; i++)
        if (path[i] == '/' && i + 1 < length && (path[i + 1] == '.' || path[i + 1] == '/'))
            return false;
    if (i == length)
        return true;
    if (path[i] != '?' || i + 1 == length)
        return false;
    for (i++; i < length && plain[(unsigned char)path[i]]; i++)
        ;
    return i == length;
}

static struct url *parser_model(struct url_parser *parser, const char *origin, size_t length)
{
    return &parser->models[XXH3_64bits(origin, length) & (URL_PARSER_MODELS - 1)];
}

/* What `model` and `url` have in common, then a path and perhaps a query. 0 or -ENOMEM. */
static int make_alike(struct url *url, const struct url *model, char *path, char *query)
{
    struct url_parts parts = {
        .scheme = model->scheme,
        .host = model->host,
        .port = strrchr(model->host_key, ':') + 1,
        .default_port = model->text[strlen(model->scheme) + 3 + strlen(model->host)] != ':',
        .path = path,
        .query = query,
    };
    struct url made = {.parsed = curl_url_dup(model->parsed)};
    if (!made.parsed || curl_url_set(made.parsed, CURLUPART_PATH, path, 0) ||
        curl_url_set(made.parsed, CURLUPART_QUERY, query, 0) || url_pack(&made, &parts)) {
        url_clear(&made);
        return -ENOMEM;
    }
    *url = made;
    return 0;
}

/* `rest`: path and perhaps query. */
static int parse_alike(struct url *url, const struct url *model, const char *rest, size_t length)
{
    char *path = strndup(rest, length);
    if (!path)
        return -ENOMEM;
    char *query = strchr(path, '?');
    if (query)
        *query++ = '\0';
    int error = make_alike(url, model, path, query);
    free(path);
    return error;
}

/* The next of this origin will find it. Should memory run out, it will not. */
static void parser_learn(struct url_parser *parser, const struct url *url)
{
    /* An address in brackets or a zone is printed in more than one way. */
    if (url->has_credentials || strchr(url->host, ':'))
        return;
    char root[] = "/";
    size_t origin = origin_length(url->text, strlen(url->text));
    struct url *model = parser_model(parser, url->text, origin);
    url_clear(model);
    (void)make_alike(model, url, root, NULL);
}

int url_parser_parse(struct url_parser *parser, struct url *url, const char *text, size_t length,
                     const char **why)
{
    size_t origin = length <= URL_LENGTH_MAX ? origin_length(text, length) : 0;
    struct url *model = parser_model(parser, text, origin);
    if (origin && model->text && strlen(model->text) == origin + 1 &&
        memcmp(model->text, text, origin) == 0 && is_plain(text + origin, length - origin))
        return parse_alike(url, model, text + origin, length - origin);
    int error = url_parse(url, text, length, why);
    if (!error)
        parser_learn(parser, url);
    return error;
}

void url_parser_clear(struct url_parser *parser)
{
    for (size_t i = 0; i < URL_PARSER_MODELS; i++)
        url_clear(&parser->models[i]);
}
