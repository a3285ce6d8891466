/* name.h - what can be said of a host name without asking anybody. Private to net/dns/.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_DNS_NAME_H
#define NET_DNS_NAME_H

#include "net/dns/address.h"
#include <stdbool.h>

/* RFC 1035 section 2.3.4, as text, with the trailing dot. */
#define NAME_LENGTH_MAX 254

/* Writes `host` in lower case. False for what no server could be asked: empty or long labels,
 * blanks, control characters, bytes beyond ASCII, backslashes (c-ares reads them as escapes). */
bool name_normalise(const char *host, char name[NAME_LENGTH_MAX + 1]);

/* An address written as text? A zone ("fe80::1%eth0") is left out. */
bool name_is_address(const char *host, struct address *address);

/* "localhost" and all names below it mean this machine (RFC 6761 section 6.3). `name` in lower
 * case. */
bool name_is_localhost(const char *name);

#endif
