/* dns_server.h - the toy DNS server's sockets: a task a query over UDP, a task a connection over
 * TCP.
 *
 * Ownership: dns_server_open() to dns_server_close(). Thread: one scheduler. Parks:
 * dns_server_close.
 */
#ifndef ORIGIN_DNS_SERVER_H
#define ORIGIN_DNS_SERVER_H

#include "engine/engine.h"
#include "tests/origin/address.h"
#include "tests/origin/dns_authority.h"

struct dns_server {
    struct authority authority;
    int64_t delay_ns;
    int udp;
    int tcp;
    struct semaphore may_send; /* one writer a descriptor: the UDP socket is everybody's */
    struct group tasks;
};

/* Listens on `address`, on one port with both protocols, and answers from now on; the address in
 * use is written to `bound`. Authority and delay are set already. 0 or -errno. */
int dns_server_open(struct dns_server *server, const char *address, char bound[ADDRESS_SIZE]);

void dns_server_close(struct dns_server *server);

#endif
