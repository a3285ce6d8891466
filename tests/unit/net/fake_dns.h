/* fake_dns.h - a DNS server on loopback that does what the name says, for what a real server cannot
 * be made to do: come late, fail in half, talk nonsense, count.
 *
 * The first label is KIND[-aMS][-qMS][-...]: what to answer, and after how many milliseconds to
 * answer the question for A and for AAAA. Kinds: both, v4, v6, nx (no such name), servfail,
 * refused, half (AAAA fails), junk (bytes), silent, lost (silent to the first A and the first AAAA,
 * then as both), cname (of 7 s to an address of 100 s), long, short, minus (TTLs of 999999, 1 and
 * 0xffffffff). Other TTLs are 60 s. Addresses are 192.0.2.1 and 2001:db8::1.
 *
 * Ownership: fake_dns_start() to fake_dns_stop(). Thread: it runs on one of its own.
 */
#ifndef TESTS_UNIT_NET_FAKE_DNS_H
#define TESTS_UNIT_NET_FAKE_DNS_H

struct fake_dns;

/* NULL when it cannot be started. */
struct fake_dns *fake_dns_start(void);
void fake_dns_stop(struct fake_dns *fake);

/* "127.0.0.1:PORT" */
const char *fake_dns_servers(const struct fake_dns *fake);

/* Questions that came in so far, and the most that were unanswered at a time. */
unsigned fake_dns_asked(const struct fake_dns *fake);
unsigned fake_dns_most_open(const struct fake_dns *fake);

#endif
