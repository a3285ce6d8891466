/* altsvc.h - where else a host may be met (RFC 7838): the same site on another port or machine.
 *
 * libcurl has such a list too, but would look the other name up by itself. So the list is ours and
 * libcurl is told where to connect; it still wants the certificate of the host that was asked for.
 *
 * The file is libcurl's, a line each: `h2 example.org 443 h2 alt.example.org 8443
 * "20261231 23:59:59" 0 0`. What speaks HTTP/3 is kept for others, but not used here. At most
 * ALTSVC_MAX alternatives are kept, ALTSVC_EACH of one host.
 *
 * Ownership: altsvc_new() to altsvc_free(). Any thread; nothing here parks.
 */
#ifndef NET_HTTP_ALTSVC_H
#define NET_HTTP_ALTSVC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define ALTSVC_MAX      100000
#define ALTSVC_EACH     16
#define ALTSVC_HOST_MAX 255

struct altsvc;

struct altsvc_place {
    char host[ALTSVC_HOST_MAX + 1];                /* lower case, no brackets */
    char key[ALTSVC_HOST_MAX + sizeof "[]:65535"]; /* "host:port", IPv6 in brackets */
};

/* NULL when memory runs out. */
struct altsvc *altsvc_new(void);
void altsvc_free(struct altsvc *altsvc);

/* Adds the lines of a file; a line whose time has passed removes what it names, and what is no such
 * line is left out. 0 or -ENOMEM. */
int altsvc_read(struct altsvc *altsvc, const char *text, size_t length, int64_t now);

/* The value of an Alt-Svc field that `host` (lower case) at `port` sent over TLS at `now` (unix
 * seconds); `continues`: it is not the first of its answer. Replaces what was known of the host. 0
 * or -ENOMEM. */
int altsvc_learn(struct altsvc *altsvc, const char *host, unsigned port, const char *value,
                 size_t length, int64_t now, bool continues);

/* An alternative that can be used; `http2`: HTTP/2 may be spoken there. */
bool altsvc_find(struct altsvc *altsvc, const char *host, unsigned port, bool http2, int64_t now,
                 struct altsvc_place *place);

/* Nobody was met there: not to be tried again in this run. */
void altsvc_avoid(struct altsvc *altsvc, const char *host, unsigned port,
                  const struct altsvc_place *place);

/* Writes the lines of all alternatives, or of those that were learnt here: also of those that were
 * read and are no more. */
void altsvc_write(struct altsvc *altsvc, FILE *out, int64_t now);
void altsvc_write_learnt(struct altsvc *altsvc, FILE *out);

#endif
