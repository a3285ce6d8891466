/* system.h - asking the system: getaddrinfo() on threads. Private to net/dns/; see backend.h.
 *
 * For machines whose names do not all come from DNS (nsswitch, mDNS, VPN). The threads are our own
 * and detached, because getaddrinfo() cannot be interrupted: a program that is told to stop must
 * not wait for a silent server, as it would if a scheduler or a pool had to see the job's end.
 */
#ifndef NET_DNS_SYSTEM_H
#define NET_DNS_SYSTEM_H

#include "net/dns/backend.h"

/* 0 or -errno. */
int dns_system_new(struct dns_backend **backend);

#endif
