/* name.h: host names before anybody is asked. */
#include "net/dns/name.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <string.h>

#define LABEL63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define LABEL64 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijkl"

static void normalised(void **state)
{
    char name[NAME_LENGTH_MAX + 1];
    (void)state;
    assert_true(name_normalise("WWW.Example.COM", name));
    assert_string_equal(name, "www.example.com");
    assert_true(name_normalise("a_b-c.d.", name));
    assert_string_equal(name, "a_b-c.d.");
    assert_true(name_normalise(LABEL63, name));
}

/* 253 bytes, and 254 with the dot, are a name; without it they are too many. */
static void longest(void **state)
{
    char name[NAME_LENGTH_MAX + 1];
    char text[NAME_LENGTH_MAX + 2];
    (void)state;
    memset(text, 'a', sizeof(text));
    for (size_t i = 63; i < sizeof(text); i += 64)
        text[i] = '.';
    text[NAME_LENGTH_MAX - 1] = '\0';
    assert_true(name_normalise(text, name));
    assert_string_equal(name, text);
    text[NAME_LENGTH_MAX - 1] = '.';
    text[NAME_LENGTH_MAX] = '\0';
    assert_true(name_normalise(text, name));
    text[NAME_LENGTH_MAX - 1] = 'x';
    assert_false(name_normalise(text, name));
    text[NAME_LENGTH_MAX] = '.';
    text[NAME_LENGTH_MAX + 1] = '\0';
    assert_false(name_normalise(text, name));
}

static void refused(void **state)
{
    static const char *const names[] = {
        "", ".", "..", "a..b", ".a", "a b", "a\tb", "a\\b", "\xc3\xbc", "a\x7f", LABEL64,
    };
    char name[NAME_LENGTH_MAX + 1];
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (name_normalise(names[i], name))
            fail_msg("accepted: %s", names[i]);
    }
}

static void addresses(void **state)
{
    struct address address;
    struct in6_addr link_local;
    (void)state;
    assert_true(name_is_address("192.0.2.1", &address));
    assert_int_equal(address.family, AF_INET);
    assert_true(name_is_address("fe80::1%eth0", &address));
    assert_int_equal(address.family, AF_INET6);
    inet_pton(AF_INET6, "fe80::1", &link_local);
    assert_memory_equal(&address.v6, &link_local, sizeof(link_local));
    assert_false(name_is_address("192.0.2.1%eth0", &address));
    assert_false(name_is_address("192.0.2", &address));
    assert_false(name_is_address("[::1]", &address));
    assert_false(name_is_address("", &address));
    assert_false(name_is_address("%", &address));
    assert_false(name_is_address(LABEL63 "." LABEL63, &address));
}

static void localhost(void **state)
{
    (void)state;
    assert_true(name_is_localhost("localhost"));
    assert_true(name_is_localhost("localhost."));
    assert_true(name_is_localhost("app.localhost"));
    assert_true(name_is_localhost("a.b.localhost."));
    assert_false(name_is_localhost("notlocalhost"));
    assert_false(name_is_localhost("localhost.example"));
    assert_false(name_is_localhost("localhos"));
    assert_false(name_is_localhost(""));
    assert_false(name_is_localhost("."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normalised), cmocka_unit_test(longest),   cmocka_unit_test(refused),
        cmocka_unit_test(addresses),  cmocka_unit_test(localhost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
