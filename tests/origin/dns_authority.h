/* dns_authority.h - what the toy DNS server knows: an answer for every name there is.
 *
 * Names in the zone file are answered from it. All others are 127.0.0.1, unless their first label
 * asks for something else: README.md in this folder lists those. Counts what it is asked.
 *
 * Ownership: authority_init() to authority_clear(). One thread at a time; nothing here parks.
 */
#ifndef ORIGIN_DNS_AUTHORITY_H
#define ORIGIN_DNS_AUTHORITY_H

#include "tests/origin/dns_message.h"
#include "tests/origin/table.h"

struct authority_counts {
    uint64_t queries;
    uint64_t udp;
    uint64_t tcp;
    uint64_t a;
    uint64_t aaaa;
};

struct authority_record {
    struct authority_record *next; /* of the same name */
    enum dns_type type;
    uint32_t ttl;
    size_t size;
    unsigned char data[DNS_NAME_MAX + 1];
};

struct authority {
    uint32_t ttl;
    uint32_t negative_ttl;
    struct table zone;  /* struct authority_record *, owned, by lower-case name */
    struct table names; /* struct authority_counts */
    struct authority_counts all;
};

/* How a query is dealt with. */
enum authority_verdict {
    AUTHORITY_REPLY,
    AUTHORITY_LATE,   /* the reply comes AUTHORITY_LATE_MS after all others */
    AUTHORITY_SPOOF,  /* it comes after one with a wrong id and a wrong address */
    AUTHORITY_SILENT, /* none comes */
};
enum { AUTHORITY_LATE_MS = 1000 };

void authority_init(struct authority *authority);

/* Reads a zone file: lines of "NAME A|AAAA|CNAME VALUE [TTL]", "#" begins a comment. 0; -errno; or
 * -EINVAL and `line` is the number of the wrong one. */
int authority_load(struct authority *authority, const char *file, unsigned *line);

void authority_clear(struct authority *authority);

/* Answers a query, which arrived over TCP or UDP. */
enum authority_verdict authority_answer(struct authority *authority, const struct dns_query *query,
                                        bool is_tcp, struct dns_reply *reply);

#endif
