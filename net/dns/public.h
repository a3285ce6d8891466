/* public.h - which addresses are everybody's: those of the public internet, unicast.
 *
 * Any thread; nothing here parks.
 */
#ifndef NET_DNS_PUBLIC_H
#define NET_DNS_PUBLIC_H

#include "net/dns/address.h"
#include <stdbool.h>

/* By IANA's registries of special addresses (RFC 6890): private, shared, loopback, link-local,
 * multicast, reserved and documentation addresses are not public, nor those of IPv6 that carry such
 * an IPv4 address (mapped, NAT64) or lead to one by a relay (6to4, Teredo). */
bool address_is_public(const struct address *address);

/* "192.0.2.1", "2001:db8::1", also in brackets. False for all else, zone ids too: an address with
 * one is of the local link. */
bool address_text_is_public(const char *text, size_t length);

/* The public ones of `list`, whose reference is the caller's still. NULL when memory runs out. */
struct address_list *address_list_public(const struct address_list *list);

#endif
