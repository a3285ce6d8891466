#include "tests/origin/dns_authority.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { MANY = 20, HOPS = 3, SHORT_TTL = 1 };

static void add_v4(struct dns_reply *reply, size_t owner, uint32_t ttl, unsigned last_byte)
{
    char data[4] = {127, 0, 0, (char)last_byte};
    dns_reply_add(reply, owner, DNS_A, ttl, (struct span){data, sizeof(data)});
}

static void add_v6(struct dns_reply *reply, uint32_t ttl)
{
    dns_reply_add(reply, DNS_HEADER, DNS_AAAA, ttl,
                  (struct span){(const char *)&in6addr_loopback, sizeof(in6addr_loopback)});
}

/* An answer without answers; who asks again within the negative TTL did not listen. */
static enum authority_verdict no_data(const struct authority *authority, struct dns_reply *reply)
{
    dns_reply_add_soa(reply, authority->negative_ttl);
    return AUTHORITY_REPLY;
}

/* What every name has that asks for nothing special. */
static enum authority_verdict plain(struct authority *authority, const struct dns_query *query,
                                    struct dns_reply *reply)
{
    if (query->type != DNS_A)
        return no_data(authority, reply);
    add_v4(reply, DNS_HEADER, authority->ttl, 1);
    return AUTHORITY_REPLY;
}

/* The behaviours, in alphabetic order. Each finds the reply begun, with code 0. */

/* "cname.REST" is hop1.REST, which is hop2.REST, which is hop3.REST, which has the address. The
 * names are written with compression: a new label and a pointer to REST in the question. */
static enum authority_verdict cname(struct authority *authority, const struct dns_query *query,
                                    struct dns_reply *reply)
{
    size_t owner = DNS_HEADER;
    size_t rest = DNS_HEADER + 1 + query->question[0];
    for (int hop = 1; hop <= HOPS; hop++) {
        char data[7] = {4, 'h', 'o', 'p', (char)('0' + hop), (char)0xc0, (char)rest};
        owner = dns_reply_add(reply, owner, DNS_CNAME, authority->ttl,
                              (struct span){data, sizeof(data)});
    }
    if (query->type != DNS_A)
        return no_data(authority, reply);
    add_v4(reply, owner, authority->ttl, 1);
    return AUTHORITY_REPLY;
}

static enum authority_verdict cname_loop(struct authority *authority, const struct dns_query *query,
                                         struct dns_reply *reply)
{
    (void)query;
    char pointer[2] = {(char)0xc0, DNS_HEADER};
    dns_reply_add(reply, DNS_HEADER, DNS_CNAME, authority->ttl, (struct span){pointer, 2});
    return AUTHORITY_REPLY;
}

/* The owner of the answer is a pointer to itself, and nothing follows it. */
static enum authority_verdict garbage(struct authority *authority, const struct dns_query *query,
                                      struct dns_reply *reply)
{
    (void)query;
    size_t self = reply->size;
    dns_reply_add(reply, self, DNS_A, authority->ttl, (struct span){"", 0});
    reply->size = self + 3;
    return AUTHORITY_REPLY;
}

/* The first query for a name gets lost. */
static enum authority_verdict lossy(struct authority *authority, const struct dns_query *query,
                                    struct dns_reply *reply)
{
    struct span name = {query->name, query->name_size};
    const struct authority_counts *counts = table_find(&authority->names, name);
    uint64_t asked = counts ? (query->type == DNS_AAAA ? counts->aaaa : counts->a) : 0;
    if (asked <= 1)
        return AUTHORITY_SILENT;
    return plain(authority, query, reply);
}

static enum authority_verdict many(struct authority *authority, const struct dns_query *query,
                                   struct dns_reply *reply)
{
    if (query->type != DNS_A)
        return no_data(authority, reply);
    for (unsigned i = 1; i <= MANY; i++)
        add_v4(reply, DNS_HEADER, authority->ttl, i);
    return AUTHORITY_REPLY;
}

static enum authority_verdict no_data_at_all(struct authority *authority,
                                             const struct dns_query *query, struct dns_reply *reply)
{
    (void)query;
    return no_data(authority, reply);
}

static enum authority_verdict nxdomain(struct authority *authority, const struct dns_query *query,
                                       struct dns_reply *reply)
{
    dns_reply_begin(reply, query, DNS_NXDOMAIN);
    return no_data(authority, reply);
}

static enum authority_verdict refused(struct authority *authority, const struct dns_query *query,
                                      struct dns_reply *reply)
{
    (void)authority;
    dns_reply_begin(reply, query, DNS_REFUSED);
    return AUTHORITY_REPLY;
}

static enum authority_verdict servfail(struct authority *authority, const struct dns_query *query,
                                       struct dns_reply *reply)
{
    (void)authority;
    dns_reply_begin(reply, query, DNS_SERVFAIL);
    return AUTHORITY_REPLY;
}

static enum authority_verdict short_ttl(struct authority *authority, const struct dns_query *query,
                                        struct dns_reply *reply)
{
    if (query->type != DNS_A)
        return no_data(authority, reply);
    add_v4(reply, DNS_HEADER, SHORT_TTL, 1);
    return AUTHORITY_REPLY;
}

static enum authority_verdict silent(struct authority *authority, const struct dns_query *query,
                                     struct dns_reply *reply)
{
    (void)authority;
    (void)query;
    (void)reply;
    return AUTHORITY_SILENT;
}

static enum authority_verdict silent_v6(struct authority *authority, const struct dns_query *query,
                                        struct dns_reply *reply)
{
    if (query->type == DNS_AAAA)
        return AUTHORITY_SILENT;
    return plain(authority, query, reply);
}

static enum authority_verdict slow(struct authority *authority, const struct dns_query *query,
                                   struct dns_reply *reply)
{
    plain(authority, query, reply);
    return AUTHORITY_LATE;
}

static enum authority_verdict slow_v6(struct authority *authority, const struct dns_query *query,
                                      struct dns_reply *reply)
{
    if (query->type != DNS_AAAA)
        return plain(authority, query, reply);
    add_v6(reply, authority->ttl);
    return AUTHORITY_LATE;
}

static enum authority_verdict spoof(struct authority *authority, const struct dns_query *query,
                                    struct dns_reply *reply)
{
    plain(authority, query, reply);
    return AUTHORITY_SPOOF;
}

static enum authority_verdict v6_refused(struct authority *authority, const struct dns_query *query,
                                         struct dns_reply *reply)
{
    if (query->type != DNS_AAAA)
        return plain(authority, query, reply);
    add_v6(reply, authority->ttl);
    return AUTHORITY_REPLY;
}

static enum authority_verdict v6_only(struct authority *authority, const struct dns_query *query,
                                      struct dns_reply *reply)
{
    if (query->type != DNS_AAAA)
        return no_data(authority, reply);
    add_v6(reply, authority->ttl);
    return AUTHORITY_REPLY;
}

static const struct {
    const char *label;
    enum authority_verdict (*answer)(struct authority *authority, const struct dns_query *query,
                                     struct dns_reply *reply);
} behaviours[] = {
    {"cname", cname},
    {"cname-loop", cname_loop},
    {"garbage", garbage},
    {"lossy", lossy},
    {"many", many},
    {"nodata", no_data_at_all},
    {"nx", nxdomain},
    {"refused", refused},
    {"servfail", servfail},
    {"short-ttl", short_ttl},
    {"silent", silent},
    {"silent-v6", silent_v6},
    {"slow", slow},
    {"slow-v6", slow_v6},
    {"spoof", spoof},
    {"v6only", v6_only},
    {"v6refused", v6_refused},
};

/* All records of a name in the zone; a CNAME is not followed, the client asks again. */
static enum authority_verdict answer_from_zone(const struct authority *authority,
                                               const struct authority_record *records,
                                               const struct dns_query *query,
                                               struct dns_reply *reply)
{
    bool found = false;
    for (const struct authority_record *record = records; record; record = record->next) {
        if (record->type != query->type && record->type != DNS_CNAME)
            continue;
        dns_reply_add(reply, DNS_HEADER, record->type, record->ttl,
                      (struct span){(const char *)record->data, record->size});
        found = true;
    }
    return found ? AUTHORITY_REPLY : no_data(authority, reply);
}

static void count(struct authority_counts *counts, const struct dns_query *query, bool is_tcp)
{
    counts->queries++;
    counts->udp += !is_tcp;
    counts->tcp += is_tcp;
    counts->a += query->type == DNS_A;
    counts->aaaa += query->type == DNS_AAAA;
}

/* TXT "stats": what was asked so far; TXT "stats.NAME": how often NAME. These do not count. */
static bool answer_stats(const struct authority *authority, const struct dns_query *query,
                         struct dns_reply *reply)
{
    struct span rest = {query->name, query->name_size};
    const struct authority_counts *counts = &authority->all;
    const struct authority_counts nothing = {0};
    char text[200];
    if (query->type != DNS_TXT || !span_is(span_cut(&rest, '.'), "stats"))
        return false;
    if (rest.size)
        counts = table_find(&authority->names, rest);
    if (!counts)
        counts = &nothing;
    int size =
        snprintf(text + 1, sizeof(text) - 1, "queries=%llu udp=%llu tcp=%llu a=%llu aaaa=%llu",
                 (unsigned long long)counts->queries, (unsigned long long)counts->udp,
                 (unsigned long long)counts->tcp, (unsigned long long)counts->a,
                 (unsigned long long)counts->aaaa);
    text[0] = (char)size; /* a TXT record is made of strings with a length before each */
    dns_reply_begin(reply, query, DNS_NOERROR);
    dns_reply_add(reply, DNS_HEADER, DNS_TXT, 0, (struct span){text, (size_t)size + 1});
    return true;
}

enum authority_verdict authority_answer(struct authority *authority, const struct dns_query *query,
                                        bool is_tcp, struct dns_reply *reply)
{
    struct span name = {query->name, query->name_size};
    dns_reply_begin(reply, query, query->code);
    if (query->code || answer_stats(authority, query, reply))
        return AUTHORITY_REPLY;
    count(&authority->all, query, is_tcp);
    struct authority_counts *counts = table_get(&authority->names, name);
    if (counts) /* else there are too many names, and this one is only in the sum */
        count(counts, query, is_tcp);
    struct authority_record **records = table_find(&authority->zone, name);
    if (records)
        return answer_from_zone(authority, *records, query, reply);
    struct span label = span_cut(&name, '.');
    if (span_is(label, "tc") && !is_tcp) {
        dns_reply_flag(reply, DNS_TRUNCATED);
        return AUTHORITY_REPLY;
    }
    for (size_t i = 0; i < sizeof(behaviours) / sizeof(behaviours[0]); i++)
        if (span_is(label, behaviours[i].label))
            return behaviours[i].answer(authority, query, reply);
    return plain(authority, query, reply);
}
