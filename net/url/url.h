/* url.h - a URL, parsed once.
 *
 * Built on libcurl's URL API, so that what we check is exactly what libcurl will connect to: one
 * parser, no second opinion an attacker could play against the first. The CURLU inside goes to the
 * transfer as it is (CURLOPT_CURLU), which spares libcurl a second parse.
 *
 * Ownership: url_parse() and url_join() fill the caller's struct, url_clear() empties it; a zeroed
 * struct is empty. The strings inside live as long as the struct. Thread: any, one at a time.
 * Nothing here parks.
 */
#ifndef NET_URL_H
#define NET_URL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

struct url {
    CURLU *parsed;   /* owned */
    char *text;      /* the whole URL, normalised, without fragment; owned, and the block
                        that the other strings lie in */
    char *scheme;    /* lower case */
    char *host;      /* as libcurl will look it up: lower case, IDN as punycode, percent-decoded,
                        no brackets around IPv6, zone id kept, a trailing dot kept */
    char *host_key;  /* "name:port" or "[::1]:port", what gates and CURLOPT_RESOLVE are keyed by */
    char *path;      /* still percent-encoded, begins with a slash; without query */
    char *query;     /* without the '?'; NULL: none, or empty */
    unsigned port;   /* given or the scheme's own; 1..65535 */
    bool host_is_ip; /* an IP literal: nothing to resolve */
    bool has_credentials; /* user or password in the URL */
};

/* Longest URL that is accepted, bytes. */
#define URL_LENGTH_MAX 65536

/* Parses `length` bytes of `text`: an absolute URL with a scheme. Blanks and control characters are
 * refused, bytes of UTF-8 percent-encoded, dot segments resolved. 0; -ENOMEM; -EPROTONOSUPPORT for
 * file: and schemes that this libcurl does not know; -EINVAL. On the latter two `why` points to a
 * literal for the user: "no scheme", "control character in URL", ... International host names need
 * a UTF-8 locale (LC_CTYPE), because libcurl takes them as text of the locale. */
int url_parse(struct url *url, const char *text, size_t length, const char **why);

/* Resolves `reference` (RFC 3986 section 5), as found in a Location header, against `base`, which
 * is another struct. Blanks are percent-encoded. As url_parse(). */
int url_join(struct url *url, const struct url *base, const char *reference, const char **why);

/* Gives `url` user and password of `from`, unless it has its own or another origin: whoever is sent
 * on by the origin that he named them to need not name them again. 0 or -errno. */
int url_inherit_credentials(struct url *url, const struct url *from);

/* Same scheme, host and port (RFC 6454)? Credentials do not travel where this is false. */
bool url_same_origin(const struct url *a, const struct url *b);

/* The text without user and password, for logs and messages: a new string, NULL when memory runs
 * out. */
char *url_redacted(const struct url *url);

void url_clear(struct url *url);

#endif
