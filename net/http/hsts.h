/* hsts.h - hosts that want to be met over TLS only (RFC 6797).
 *
 * libcurl has such a list too, but turns to HTTPS where nobody sees it: on a port whose addresses
 * it was not given. So a transfer to a host of this list is answered by us, with a redirect.
 *
 * The file is libcurl's: `example.org "20261231 23:59:59"`, a dot before the name where subdomains
 * are meant too, "unlimited" for a time without end. At most HSTS_HOSTS_MAX hosts are kept.
 *
 * Ownership: hsts_new() to hsts_free(). Any thread; nothing here parks.
 */
#ifndef NET_HTTP_HSTS_H
#define NET_HTTP_HSTS_H

#include "net/url/url.h"
#include <stdint.h>
#include <stdio.h>

#define HSTS_HOSTS_MAX 100000

struct hsts;

/* NULL when memory runs out. */
struct hsts *hsts_new(void);
void hsts_free(struct hsts *hsts);

/* Adds the lines of a file; a line whose time has passed removes its host. What is no such line is
 * left out. 0 or -ENOMEM. */
int hsts_read(struct hsts *hsts, const char *text, size_t length, int64_t now);

/* The value of a Strict-Transport-Security field that `host` (lower case, a name) sent over TLS at
 * `now` (unix seconds). Fields that are not well-formed change nothing. 0 or -ENOMEM. */
int hsts_learn(struct hsts *hsts, const char *host, const char *value, size_t length, int64_t now);

/* Is the host, or a domain that speaks for it, on the list? */
bool hsts_covers(struct hsts *hsts, const char *host, int64_t now);

/* The https: URL in place of an http: one, credentials included, for curl_free(); NULL when memory
 * runs out. */
char *hsts_upgrade(const struct url *url);

/* Writes the lines of all hosts, or of those that were learnt here: also of those that want to be
 * on the list no more. */
void hsts_write(struct hsts *hsts, FILE *out, int64_t now);
void hsts_write_learnt(struct hsts *hsts, FILE *out);

#endif
