#include "tests/origin/dns_message.h"

#include <ctype.h>

enum {
    FLAG_REPLY = 0x8000,
    FLAG_AUTHORITY = 0x0400,
    FLAG_RECURSION_DESIRED = 0x0100,
    FLAG_RECURSION_AVAILABLE = 0x0080,
    OPCODE_MASK = 0x7800,
    POINTER = 0xc000,
    LABEL_MAX = 63,
    CLASS_IN = 1,
    /* Offsets in the header. */
    AT_FLAGS = 2,
    AT_ANSWERS = 6,
    AT_AUTHORITY = 8,
};

static uint16_t get_u16(const unsigned char *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void set_u16(unsigned char *at, unsigned value)
{
    at[0] = (unsigned char)(value >> 8);
    at[1] = (unsigned char)value;
}

/* Reads the labels at `offset`; a question has no reason to be compressed. Returns the offset
 * behind them, 0 when they are malformed. */
static size_t parse_name(const unsigned char *data, size_t size, size_t offset,
                         struct dns_query *query)
{
    size_t used = 0;
    while (offset < size && data[offset] != 0) {
        size_t label = data[offset++];
        if (label > LABEL_MAX || label > size - offset || used + label + 1 > DNS_NAME_MAX)
            return 0;
        if (used)
            query->name[used++] = '.';
        for (size_t i = 0; i < label; i++)
            query->name[used++] = (char)tolower(data[offset++]);
    }
    query->name[used] = '\0';
    query->name_size = used;
    return offset < size ? offset + 1 : 0;
}

static enum dns_code parse_question(const unsigned char *data, size_t size, struct dns_query *query)
{
    if (query->flags & OPCODE_MASK)
        return DNS_NOTIMP;
    if (get_u16(data + 4) != 1)
        return DNS_FORMERR;
    size_t end = parse_name(data, size, DNS_HEADER, query);
    if (!end || size - end < 4)
        return DNS_FORMERR;
    query->type = get_u16(data + end);
    query->dns_class = get_u16(data + end + 2);
    query->question = data + DNS_HEADER;
    query->question_size = end + 4 - DNS_HEADER;
    return query->dns_class == CLASS_IN ? DNS_NOERROR : DNS_REFUSED;
}

bool dns_query_parse(const unsigned char *data, size_t size, struct dns_query *query)
{
    *query = (struct dns_query){0};
    if (size < DNS_HEADER)
        return false;
    query->id = get_u16(data);
    query->flags = get_u16(data + AT_FLAGS);
    if (query->flags & FLAG_REPLY)
        return false;
    query->code = parse_question(data, size, query);
    return true;
}

static void put(struct dns_reply *reply, const void *data, size_t size)
{
    if (size > sizeof(reply->data) - reply->size) {
        reply->overflow = true;
        return;
    }
    if (size)
        memcpy(reply->data + reply->size, data, size);
    reply->size += size;
}

static void put_u16(struct dns_reply *reply, unsigned value)
{
    unsigned char bytes[2];
    set_u16(bytes, value);
    put(reply, bytes, sizeof(bytes));
}

static void put_u32(struct dns_reply *reply, uint32_t value)
{
    put_u16(reply, value >> 16);
    put_u16(reply, value & 0xffff);
}

void dns_reply_begin(struct dns_reply *reply, const struct dns_query *query, enum dns_code code)
{
    reply->size = 0;
    reply->overflow = false;
    put_u16(reply, query->id);
    put_u16(reply, FLAG_REPLY | FLAG_AUTHORITY | FLAG_RECURSION_AVAILABLE |
                       (query->flags & (FLAG_RECURSION_DESIRED | OPCODE_MASK)) | code);
    put_u16(reply, query->question_size ? 1 : 0);
    put_u16(reply, 0);
    put_u16(reply, 0);
    put_u16(reply, 0);
    put(reply, query->question, query->question_size);
}

void dns_reply_flag(struct dns_reply *reply, uint16_t flags)
{
    set_u16(reply->data + AT_FLAGS, get_u16(reply->data + AT_FLAGS) | flags);
}

static void count_record(struct dns_reply *reply, size_t at)
{
    set_u16(reply->data + at, get_u16(reply->data + at) + 1U);
}

size_t dns_reply_add(struct dns_reply *reply, size_t owner, enum dns_type type, uint32_t ttl,
                     struct span data)
{
    put_u16(reply, POINTER | (unsigned)owner);
    put_u16(reply, type);
    put_u16(reply, CLASS_IN);
    put_u32(reply, ttl);
    put_u16(reply, (unsigned)data.size);
    size_t offset = reply->size;
    put(reply, data.data, data.size);
    count_record(reply, AT_ANSWERS);
    return offset;
}

void dns_reply_add_soa(struct dns_reply *reply, uint32_t ttl)
{
    put(reply, "", 1); /* owner, here the root, as are the two names in the data */
    put_u16(reply, DNS_SOA);
    put_u16(reply, CLASS_IN);
    put_u32(reply, ttl);
    put_u16(reply, 2 + 5 * 4);
    put(reply, "\0", 2);
    for (int i = 0; i < 4; i++) /* serial, refresh, retry, expire */
        put_u32(reply, 1);
    put_u32(reply, ttl); /* minimum: what counts */
    count_record(reply, AT_AUTHORITY);
}

size_t dns_name_encode(struct span text, unsigned char *wire)
{
    size_t size = 0;
    if (text.size + 2 > DNS_NAME_MAX)
        return 0;
    while (text.size) {
        struct span label = span_cut(&text, '.');
        if (label.size == 0 || label.size > LABEL_MAX)
            return 0;
        wire[size++] = (unsigned char)label.size;
        memcpy(wire + size, label.data, label.size);
        size += label.size;
    }
    wire[size++] = 0;
    return size;
}
