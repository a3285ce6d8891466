/* host.h - the one spelling of a URL's host. Private to net/url/.
 *
 * What libcurl's URL API hands out differs with its version; what leaves here does not. Any thread;
 * nothing here parks.
 */
#ifndef NET_URL_HOST_H
#define NET_URL_HOST_H

#include <stdbool.h>

/* Rewrites `host` in place, never longer: names in lower case, IPv6 ("[...]") as RFC 5952 has it.
 * False for bytes that no name has, and for what looks like a number without being an IPv4
 * address. */
bool host_normalise(char *host);

/* Labels of at most 63 bytes, and 253 in all without a trailing dot (RFC 1035 section 2.3.4):
 * no resolver takes more. True for every address. */
bool host_length_is_valid(const char *host);

bool host_is_ipv4(const char *host);

/* The characters of a zone id (RFC 6874); libcurl takes nearly any. */
bool host_zone_is_valid(const char *zone);

#endif
