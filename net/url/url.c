#include "net/url/url.h"
#include "net/url/host.h"
#include "net/url/parts.h"
#include <errno.h>
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

static int url_error(CURLUcode code, const char **why)
{
    switch (code) {
    case CURLUE_OK:
        return 0;
    case CURLUE_OUT_OF_MEMORY:
        return -ENOMEM;
    case CURLUE_UNSUPPORTED_SCHEME:
        *why = "unsupported scheme";
        return -EPROTONOSUPPORT;
    case CURLUE_BAD_SCHEME:
    case CURLUE_NO_SCHEME:
        *why = "no scheme";
        return -EINVAL;
    case CURLUE_NO_HOST:
        *why = "no host in URL";
        return -EINVAL;
    case CURLUE_BAD_PORT_NUMBER:
        *why = "bad port number";
        return -EINVAL;
    case CURLUE_BAD_SLASHES:
        *why = "not two slashes after the scheme";
        return -EINVAL;
    case CURLUE_BAD_HOSTNAME:
    case CURLUE_BAD_IPV6:
        *why = "bad host name";
        return -EINVAL;
    case CURLUE_LACKS_IDN:
        *why = "international host name, but this libcurl was built without IDN";
        return -EINVAL;
    default:
        *why = "malformed URL";
        return -EINVAL;
    }
}

static int url_refuse(const char **why, const char *literal)
{
    *why = literal;
    return -EINVAL;
}

/* libcurl would refuse most of this too, but in words of its own version. Bytes of UTF-8 are fine:
 * libcurl percent-encodes them. */
static int url_check_bytes(const char *text, size_t length, char lowest, const char **why)
{
    if (length == 0)
        return url_refuse(why, "empty URL");
    if (length > URL_LENGTH_MAX)
        return url_refuse(why, "URL too long");
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte < (unsigned char)lowest || byte == 0x7f)
            return url_refuse(why, byte == ' ' ? "blank in URL" : "control character in URL");
    }
    return 0;
}

/* A part that a URL need not have is NULL when it is missing. */
static CURLUcode url_get_optional(CURLU *parsed, CURLUPart what, CURLUcode missing, char **part)
{
    CURLUcode code = curl_url_get(parsed, what, part, 0);
    return code == missing ? CURLUE_OK : code;
}

/* The host as libcurl has it, names in punycode. */
static int url_get_name(CURLU *parsed, char **host, const char **why)
{
    CURLUcode code = curl_url_get(parsed, CURLUPART_HOST, host, CURLU_PUNYCODE);
    if (code != CURLUE_OUT_OF_MEMORY && code != CURLUE_BAD_HOSTNAME)
        return url_error(code, why);

    /* A name that could not be converted. Up to 8.4 that is called "out of memory" too, and leaves
     * the unconverted name with us; asking for that tells the two apart. */
    curl_free(*host);
    code = curl_url_get(parsed, CURLUPART_HOST, host, 0);
    if (code)
        return url_error(code, why);
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        return url_refuse(why, "international host names need a UTF-8 locale");
    return url_refuse(why, "bad host name");
}

/* Puts the one spelling of the host into the handle too, so that both say the same. */
static int url_set_host(CURLU *parsed, const char *host, const char *zone, const char **why)
{
    char *old = NULL;
    CURLUcode code = curl_url_get(parsed, CURLUPART_HOST, &old, 0);
    if (!code && strcmp(old, host) != 0) {
        code = curl_url_set(parsed, CURLUPART_HOST, host, 0); /* this drops the zone */
        if (!code && zone)
            code = curl_url_set(parsed, CURLUPART_ZONEID, zone, 0);
    }
    curl_free(old);
    return url_error(code, why);
}

/* Gives the host its one spelling: an address, or a name in lower-case punycode. */
static int url_get_host(CURLU *parsed, struct url_parts *parts, const char **why)
{
    int error = url_get_name(parsed, &parts->host, why);
    if (error)
        return error;
    CURLUcode code = url_get_optional(parsed, CURLUPART_ZONEID, CURLUE_NO_ZONEID, &parts->zone);
    if (code)
        return url_error(code, why);
    if ((parts->zone && !host_zone_is_valid(parts->zone)) || !host_normalise(parts->host))
        return url_refuse(why, "bad host name");
    if (!host_length_is_valid(parts->host))
        return url_refuse(why, "host name too long");
    return url_set_host(parsed, parts->host, parts->zone, why);
}

/* The port, given or not. */
static CURLUcode url_get_port(CURLU *parsed, struct url_parts *parts)
{
    CURLUcode code = curl_url_get(parsed, CURLUPART_PORT, &parts->port, CURLU_NO_DEFAULT_PORT);
    parts->default_port = code == CURLUE_NO_PORT;
    if (parts->default_port)
        code = curl_url_get(parsed, CURLUPART_PORT, &parts->port, CURLU_DEFAULT_PORT);
    if (!code && strcmp(parts->port, "0") == 0)
        code = CURLUE_BAD_PORT_NUMBER;
    return code;
}

static CURLUcode url_has_part(CURLU *parsed, CURLUPart what, CURLUcode missing, bool *has)
{
    char *part = NULL;
    CURLUcode code = url_get_optional(parsed, what, missing, &part);
    *has = *has || part;
    curl_free(part);
    return code;
}

static CURLUcode url_has_credentials(CURLU *parsed, bool *has)
{
    CURLUcode code = url_has_part(parsed, CURLUPART_USER, CURLUE_NO_USER, has);
    if (!code)
        code = url_has_part(parsed, CURLUPART_PASSWORD, CURLUE_NO_PASSWORD, has);
    return code;
}

/* libcurl prints the whole only where that is more than a row of the parts: it takes as long for
 * it as for parsing [half of url_parse() in callgrind]. */
static CURLUcode url_get_text(CURLU *parsed, struct url_parts *parts, bool has_credentials)
{
    if (!has_credentials && !parts->zone)
        return CURLUE_OK;
    return curl_url_get(parsed, CURLUPART_URL, &parts->text, CURLU_NO_DEFAULT_PORT);
}

static int url_parts_get(CURLU *parsed, struct url_parts *parts, bool *has_credentials,
                         const char **why)
{
    CURLUcode code = curl_url_get(parsed, CURLUPART_SCHEME, &parts->scheme, 0);
    if (code)
        return url_error(code, why);
    /* The one scheme of libcurl's without a host; it names files of this machine. */
    if (strcmp(parts->scheme, "file") == 0)
        return url_error(CURLUE_UNSUPPORTED_SCHEME, why);

    int error = url_get_host(parsed, parts, why);
    if (error)
        return error;
    code = url_get_optional(parsed, CURLUPART_QUERY, CURLUE_NO_QUERY, &parts->query);
    if (!code)
        code = url_get_port(parsed, parts);
    if (!code)
        code = curl_url_get(parsed, CURLUPART_PATH, &parts->path, 0);
    if (!code)
        code = curl_url_set(parsed, CURLUPART_FRAGMENT, NULL, 0);
    if (!code)
        code = url_has_credentials(parsed, has_credentials);
    if (!code)
        code = url_get_text(parsed, parts, *has_credentials);
    /* libcurl encodes the blanks of a reference in path and query only, not in a user's name. */
    if (!code && parts->text && strchr(parts->text, ' '))
        return url_refuse(why, "blank in URL");
    return url_error(code, why);
}

static void url_parts_free(struct url_parts *parts)
{
    curl_free(parts->text);
    curl_free(parts->scheme);
    curl_free(parts->host);
    curl_free(parts->zone);
    curl_free(parts->port);
    curl_free(parts->path);
    curl_free(parts->query);
}

/* Fills the rest of `url` from url->parsed. */
static int url_fill(struct url *url, const char **why)
{
    struct url_parts parts = {0};
    int error = url_parts_get(url->parsed, &parts, &url->has_credentials, why);
    if (!error)
        error = url_pack(url, &parts);
    url_parts_free(&parts);
    return error;
}

int url_parse(struct url *url, const char *text, size_t length, const char **why)
{
    *url = (struct url){0};
    int error = url_check_bytes(text, length, '!', why);
    if (error)
        return error;

    char *copy = strndup(text, length);
    url->parsed = curl_url();
    if (!copy || !url->parsed) {
        error = -ENOMEM;
        goto out;
    }
    error = url_error(curl_url_set(url->parsed, CURLUPART_URL, copy, CURLU_URLENCODE), why);
    if (!error)
        error = url_fill(url, why);
out:
    free(copy);
    if (error)
        url_clear(url);
    return error;
}

int url_join(struct url *url, const struct url *base, const char *reference, const char **why)
{
    *url = (struct url){0};
    /* The base itself (RFC 3986 section 5.2.2); 7.88 would take the path's end away. */
    bool same = *reference == '\0' || *reference == '#';
    /* Servers send blanks in Location, and everybody follows. */
    int error = same ? 0 : url_check_bytes(reference, strlen(reference), ' ', why);
    if (error)
        return error;

    url->parsed = curl_url_dup(base->parsed);
    if (!url->parsed)
        return -ENOMEM;
    if (!same)
        error = url_error(curl_url_set(url->parsed, CURLUPART_URL, reference,
                                       CURLU_URLENCODE | CURLU_ALLOW_SPACE),
                          why);
    if (!error)
        error = url_fill(url, why);
    if (error)
        url_clear(url);
    return error;
}

int url_inherit_credentials(struct url *url, const struct url *from)
{
    static const CURLUPart parts[] = {CURLUPART_USER, CURLUPART_PASSWORD};
    if (url->has_credentials || !from->has_credentials || !url_same_origin(url, from))
        return 0;
    struct url with = {.parsed = curl_url_dup(url->parsed)};
    const char *why = NULL;
    int error = with.parsed ? 0 : -ENOMEM;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !error; i++) {
        char *text = NULL;
        /* Still percent-encoded; one of the two may be missing. */
        if (curl_url_get(from->parsed, parts[i], &text, 0) == CURLUE_OK)
            error = url_error(curl_url_set(with.parsed, parts[i], text, 0), &why);
        curl_free(text);
    }
    if (!error)
        error = url_fill(&with, &why);
    url_clear(error ? &with : url);
    if (!error)
        *url = with;
    return error;
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->port == b->port && strcmp(a->scheme, b->scheme) == 0 && strcmp(a->host, b->host) == 0;
}

char *url_redacted(const struct url *url)
{
    if (!url->has_credentials)
        return strdup(url->text);

    char *redacted = NULL;
    char *text = NULL;
    CURLU *bare = curl_url_dup(url->parsed);
    if (bare && !curl_url_set(bare, CURLUPART_USER, NULL, 0) &&
        !curl_url_set(bare, CURLUPART_PASSWORD, NULL, 0) &&
        !curl_url_set(bare, CURLUPART_OPTIONS, NULL, 0) &&
        !curl_url_get(bare, CURLUPART_URL, &text, CURLU_NO_DEFAULT_PORT))
        redacted = strdup(text);
    curl_free(text);
    curl_url_cleanup(bare);
    return redacted;
}

void url_clear(struct url *url)
{
    curl_url_cleanup(url->parsed);
    free(url->text); /* the block with all strings */
    *url = (struct url){0};
}
