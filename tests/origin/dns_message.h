/* dns_message.h - DNS messages (RFC 1035 section 4): reading a query, writing a reply.
 *
 * Ownership: the caller's structs. Any thread; nothing here parks.
 */
#ifndef ORIGIN_DNS_MESSAGE_H
#define ORIGIN_DNS_MESSAGE_H

#include "tests/origin/span.h"
#include <stdint.h>

enum { DNS_UDP_MAX = 512, DNS_MESSAGE_MAX = 4096, DNS_NAME_MAX = 255, DNS_HEADER = 12 };

enum dns_type { DNS_A = 1, DNS_CNAME = 5, DNS_SOA = 6, DNS_TXT = 16, DNS_AAAA = 28 };

enum dns_code {
    DNS_NOERROR = 0,
    DNS_FORMERR = 1,
    DNS_SERVFAIL = 2,
    DNS_NXDOMAIN = 3,
    DNS_NOTIMP = 4,
    DNS_REFUSED = 5,
};

/* Flags of a reply. */
enum { DNS_TRUNCATED = 0x0200 };

struct dns_query {
    uint16_t id;
    uint16_t flags;
    uint16_t type;
    uint16_t dns_class;
    char name[DNS_NAME_MAX + 1]; /* lower case, dots between labels, none at the end; terminated */
    size_t name_size;
    const unsigned char *question; /* as it came, for the reply; points into the message */
    size_t question_size;
    enum dns_code code; /* why it cannot be answered; then nothing but id and flags is good */
};

/* Reads a query. False when not even an error should be sent back: too short for a header, or a
 * reply itself. */
bool dns_query_parse(const unsigned char *data, size_t size, struct dns_query *query);

struct dns_reply {
    size_t size;
    bool overflow; /* something did not fit: the reply is no good */
    unsigned char data[DNS_MESSAGE_MAX];
};

/* Header and question. */
void dns_reply_begin(struct dns_reply *reply, const struct dns_query *query, enum dns_code code);

/* Sets flags in the header. */
void dns_reply_flag(struct dns_reply *reply, uint16_t flags);

/* A record for the name at `owner`, an offset in the reply (DNS_HEADER: that of the question).
 * Returns the offset of its data. Answers come before dns_reply_add_soa(). */
size_t dns_reply_add(struct dns_reply *reply, size_t owner, enum dns_type type, uint32_t ttl,
                     struct span data);

/* What says how long a negative answer holds (RFC 2308). */
void dns_reply_add_soa(struct dns_reply *reply, uint32_t ttl);

/* "a.b" as labels: their size in `wire`, DNS_NAME_MAX + 1 bytes large; 0: it is no name. */
size_t dns_name_encode(struct span text, unsigned char *wire);

#endif
