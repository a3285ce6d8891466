/* address.h - "127.0.0.1:8081" and "[::1]:53" to socket addresses and back.
 *
 * Ownership: the caller's buffers. Any thread; nothing here parks.
 */
#ifndef ORIGIN_ADDRESS_H
#define ORIGIN_ADDRESS_H

#include <netinet/in.h>
#include <stddef.h>

enum { ADDRESS_SIZE = INET6_ADDRSTRLEN + 16 }; /* of the text, with its terminator */

/* 0 or -EINVAL: names are not looked up. */
int address_parse(const char *text, struct sockaddr_storage *address, socklen_t *length);

void address_format(const struct sockaddr_storage *address, char text[ADDRESS_SIZE]);

/* A non-blocking socket bound to `address`, which then tells the port that was chosen: the
 * descriptor or -errno. */
int address_bind(struct sockaddr_storage *address, socklen_t length, int type);

#endif
