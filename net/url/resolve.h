/* resolve.h - what a document calls a link, as the one canonical URL that it means.
 *
 * Follows the URL Standard of the WHATWG, as browsers do: white space around and line ends within
 * are dropped, '\' is a slash, what a path or query cannot hold is percent-encoded, "%2e" is a dot,
 * the scheme's own port goes, an empty path is "/". Beyond it, so that fewer texts mean the same:
 * percent triplets in upper case, and no empty query. Host names are url.h's (libcurl's, that is):
 * url_parse() of a canonical text gives that text. What it refuses is refused here.
 *
 * Where this differs from the Standard: ws:, wss: and file: are not fetched, ftps: is treated as
 * ftp:; bytes that are no UTF-8 are percent-encoded as they are (whoever names a file so in a page
 * has it on his server under these bytes); a query is not converted to the document's encoding;
 * port 0 is refused, and so are host names with "!$&'()*+,;=" or over 253 bytes, and IPv4 addresses
 * in odd spellings if they are spelt in triplets or wide digits, too, or end in a dot; punycode is
 * not checked.
 *
 * The canonical text is what is remembered as seen and what a request is made from. User and
 * password are part of it where they are part of the base: who does not want that gives a base
 * without (url_redacted()).
 *
 * Costs: no allocation a link but for growth of the one buffer; some 50 ns for a link of 30 bytes
 * on the same host, 150 ns for one elsewhere, 1 to 5 us for addresses and international names.
 *
 * Ownership: a resolver is its maker's; zeroed it is ready, url_resolver_clear() empties it. A
 * result points into its resolver and lives until the next call with that. Thread: one at a time.
 * Nothing here parks.
 */
#ifndef NET_URL_RESOLVE_H
#define NET_URL_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>

/* A canonical URL and where its parts are in it, in bytes from its start. */
struct url_resolved {
    const char *text; /* without fragment; closed by a NUL */
    size_t length;
    size_t scheme_length; /* the scheme is what the text begins with */
    size_t authority;     /* behind "://" */
    size_t host;          /* behind user and password; an IPv6 address has its brackets */
    size_t host_length;
    size_t path; /* the slash */
    size_t path_length;
    size_t query; /* behind '?'; 0: none */
    unsigned port;
    const char *fragment; /* behind '#', percent-encoded, closed by a NUL; NULL: none */
};

struct url_resolver {
    struct url_resolved base; /* text NULL: none */
    char *base_text;          /* what it points to; owned */
    char *buffer;             /* owned */
    size_t room;
    bool strip_query; /* the maker's to set: results have no query but the base's own */
};

/* Result of url_resolve(). */
enum { URL_OTHER_SCHEME = 1 };

/* From here on references are relative to `text`: the URL a document came from, or its <base>
 * resolved. 0, or as url_resolve(); then there is no base. `text` may be of this resolver. */
int url_resolver_set_base(struct url_resolver *resolver, const char *text, size_t length,
                          const char **why);

/* Resolves `reference`, text of a document with its character references decoded. Without a base it
 * must be absolute. 0; URL_OTHER_SCHEME for mailto:, javascript:, data: and all others that are not
 * fetched: `result` has the scheme's length and the text, trimmed, not closed by a NUL; -EINVAL
 * with the reason in `why`, a literal as of url_parse(); -ENOMEM. */
int url_resolve(struct url_resolver *resolver, struct url_resolved *result, const char *reference,
                size_t length, const char **why);

/* Takes user and password out of the resolver's latest result. */
void url_resolver_drop_login(struct url_resolver *resolver, struct url_resolved *result);

/* Finds the parts of a text that url_resolve() made, kept elsewhere since; `text` is closed by a
 * NUL. False when it cannot be one. */
bool url_split(struct url_resolved *parts, const char *text, size_t length);

void url_resolver_clear(struct url_resolver *resolver);

#endif
