/* ares.h - asking DNS servers with c-ares inside the loop. Private to net/dns/; see backend.h.
 *
 * c-ares does the protocol alone: servers, retries, TCP after a truncated answer, resolv.conf's
 * search list for names with few dots. It reads no hosts file and keeps no cache here; those are
 * the resolver's. A question without an answer goes to the next server after one second, or again
 * to the only one: four times to each, with waits that double from round to round. So a lost packet
 * costs a second, a late answer to an earlier try still counts, and a silent server is given up
 * after 15 s. Works with 1.18 and later: sockets are known from its state callback
 * (ares_getsock() knows 16, ares_fds() aborts beyond FD_SETSIZE), and nothing is canceled or
 * destroyed inside a callback of its own.
 */
#ifndef NET_DNS_ARES_H
#define NET_DNS_ARES_H

#include "net/dns/backend.h"

/* `servers` as in resolver_options. 0, -ENOMEM, -EINVAL with `why` for servers it cannot read. */
int dns_ares_new(struct dns_backend **backend, const char *servers, const char **why);

#endif
