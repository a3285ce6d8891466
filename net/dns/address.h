/* address.h - a list of IP addresses, as a resolver gives it and a transfer takes it.
 *
 * Ownership: lists are counted references, shared between the cache and whoever looks them up;
 * immutable once made. Thread: one (the count is not atomic). Nothing here parks.
 */
#ifndef NET_DNS_ADDRESS_H
#define NET_DNS_ADDRESS_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>

/* More than this of one family is cut off: nobody tries them all. */
#define ADDRESS_LIST_MAX 32

struct address {
    int family; /* AF_INET or AF_INET6 */
    union {
        struct in_addr v4;
        struct in6_addr v6;
    };
};

struct address_list {
    unsigned references;
    int64_t expires; /* ns, monotonic */
    size_t count;
    struct address at[]; /* IPv6 and IPv4 in turn, IPv6 first (RFC 8305 section 4) */
};

/* Interleaves the two families. One reference is the caller's. NULL when memory runs out. */
struct address_list *address_list_new(const struct address *v6, size_t v6_count,
                                      const struct address *v4, size_t v4_count, int64_t expires);
struct address_list *address_list_hold(struct address_list *list);
void address_list_drop(struct address_list *list); /* NULL is fine */

/* Writes "[2001:db8::1],192.0.2.1" as CURLOPT_RESOLVE takes it, at most `size` bytes with the NUL.
 * The length, or -ENOSPC. */
int address_list_print(const struct address_list *list, char *buf, size_t size);

#endif
