/* dns_message.h: queries that are none, and replies that do not fit. */
#include "tests/origin/dns_message.h"
#include "tests/unit/net/unit.h"
#include <stdlib.h>

/* "Www.Test A", recursion desired. */
static const unsigned char good[] = "\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
                                    "\x03Www\x04Test\x00\x00\x01\x00\x01";

/* In a block of exactly its size. `question` is not good any more when this returns. */
static bool parse(const unsigned char *data, size_t size, struct dns_query *query)
{
    unsigned char *block = malloc(size ? size : 1);
    assert_non_null(block);
    memcpy(block, data, size);
    bool parsed = dns_query_parse(block, size, query);
    free(block);
    return parsed;
}

static void usual(void **state)
{
    struct dns_query query;
    (void)state;
    assert_true(dns_query_parse(good, sizeof(good) - 1, &query));
    assert_int_equal(query.code, DNS_NOERROR);
    assert_int_equal(query.id, 0x1234);
    assert_int_equal(query.type, DNS_A);
    assert_string_equal(query.name, "www.test");
    assert_int_equal(query.question_size, sizeof(good) - 1 - DNS_HEADER);
}

static void every_beginning_is_refused(void **state)
{
    struct dns_query query;
    (void)state;
    for (size_t size = 0; size < sizeof(good) - 1; size++) {
        bool parsed = parse(good, size, &query);
        assert_int_equal(parsed, size >= DNS_HEADER);
        if (parsed)
            assert_int_equal(query.code, DNS_FORMERR);
    }
}

static void wrong_bytes(void **state)
{
    static const struct {
        size_t at;
        unsigned char byte;
        enum dns_code code;
    } cases[] = {
        {2, 0x11, DNS_NOTIMP},   /* another opcode */
        {5, 0, DNS_FORMERR},     /* no question */
        {5, 2, DNS_FORMERR},     /* two */
        {12, 0xc0, DNS_FORMERR}, /* a compressed name */
        {12, 64, DNS_FORMERR},   /* too long a label */
        {12, 63, DNS_FORMERR},   /* beyond the end */
        {25, 3, DNS_REFUSED},    /* class CHAOS */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned char data[sizeof(good) - 1];
        struct dns_query query;
        memcpy(data, good, sizeof(data));
        data[cases[i].at] = cases[i].byte;
        assert_true(parse(data, sizeof(data), &query));
        assert_int_equal(query.code, cases[i].code);
    }
}

static void replies_are_not_answered(void **state)
{
    unsigned char data[sizeof(good) - 1];
    struct dns_query query;
    (void)state;
    memcpy(data, good, sizeof(data));
    data[2] |= 0x80;
    assert_false(parse(data, sizeof(data), &query));
}

static void names_have_a_bound(void **state)
{
    unsigned char data[DNS_HEADER + 512] = {0};
    struct dns_query query;
    (void)state;
    memcpy(data, good, DNS_HEADER);
    for (size_t at = DNS_HEADER; at < DNS_HEADER + 500; at += 2) {
        data[at] = 1;
        data[at + 1] = 'a';
    }
    assert_true(parse(data, sizeof(data), &query));
    assert_int_equal(query.code, DNS_FORMERR);
    data[DNS_HEADER + 126 * 2] = 0; /* 126 labels are fine */
    assert_true(parse(data, sizeof(data), &query));
    assert_int_equal(query.name_size, 126 * 2 - 1);
}

static void a_reply_is_bounded(void **state)
{
    static struct dns_reply reply;
    static char data[1000];
    struct dns_query query;
    (void)state;
    assert_true(dns_query_parse(good, sizeof(good) - 1, &query));
    dns_reply_begin(&reply, &query, DNS_NXDOMAIN);
    assert_int_equal(reply.size, sizeof(good) - 1);
    assert_int_equal(reply.data[2] & 0x85, 0x85); /* reply, authority, recursion desired */
    assert_int_equal(reply.data[3] & 15, DNS_NXDOMAIN);
    for (int i = 0; i < 4; i++)
        dns_reply_add(&reply, DNS_HEADER, DNS_TXT, 1, (struct span){data, sizeof(data)});
    assert_false(reply.overflow);
    assert_int_equal(reply.data[7], 4);
    dns_reply_add(&reply, DNS_HEADER, DNS_TXT, 1, (struct span){data, sizeof(data)});
    assert_true(reply.overflow);
    assert_true(reply.size <= sizeof(reply.data));
}

static void names_are_encoded(void **state)
{
    unsigned char wire[DNS_NAME_MAX + 1];
    char longest[300];
    (void)state;
    assert_int_equal(dns_name_encode(span_of("ab.c"), wire), 6);
    assert_memory_equal(wire, "\2ab\1c\0", 6);
    assert_int_equal(dns_name_encode(span_of("a..b"), wire), 0);
    memset(longest, 'a', sizeof(longest));
    assert_int_equal(dns_name_encode((struct span){longest, 64}, wire), 0);
    for (size_t i = 1; i < sizeof(longest); i += 2)
        longest[i] = '.';
    assert_int_equal(dns_name_encode((struct span){longest, 253}, wire), 255);
    assert_int_equal(dns_name_encode((struct span){longest, 255}, wire), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usual),
        cmocka_unit_test(every_beginning_is_refused),
        cmocka_unit_test(wrong_bytes),
        cmocka_unit_test(replies_are_not_answered),
        cmocka_unit_test(names_have_a_bound),
        cmocka_unit_test(a_reply_is_bounded),
        cmocka_unit_test(names_are_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
