/* Which addresses are public, and that --deny-private meets no other: whatever libcurl is told. */
#include "tests/unit/net/unit.h"

#include "engine/deadline.h"
#include "net/dns/public.h"
#include "net/xfer/core.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *text;
    bool public;
} addresses[] = {
    {"0.0.0.0", false},
    {"0.1.2.3", false},
    {"1.1.1.1", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"169.254.169.254", false},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.1", false},
    {"192.0.2.1", false},
    {"192.88.99.1", false},
    {"192.168.1.1", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.51.100.1", false},
    {"203.0.113.1", false},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"::", false},
    {"::1", false},
    {"::8.8.8.8", false},
    {"::ffff:8.8.8.8", true},
    {"::ffff:127.0.0.1", false},
    {"::ffff:192.168.0.1", false},
    {"64:ff9b::8.8.8.8", true},
    {"64:ff9b::10.0.0.1", false},
    {"64:ff9b:1::8.8.8.8", false},
    {"100::1", false},
    {"2001::1", false},
    {"2001:1ff:ffff::1", false},
    {"2001:200::1", true},
    {"2001:db8::1", false},
    {"2001:4860:4860::8888", true},
    {"2002:7f00:1::1", false},
    {"2002:808:808::1", false},
    {"2606:4700::1111", true},
    {"3fff:fff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"fc00::1", false},
    {"fd12:3456::1", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"ff02::1", false},
};

#define ADDRESSES (sizeof addresses / sizeof addresses[0])

static struct address parsed(const char *text)
{
    struct address address = {.family = strchr(text, ':') ? AF_INET6 : AF_INET};
    void *bytes = address.family == AF_INET6 ? (void *)&address.v6 : &address.v4;
    assert_int_equal(inet_pton(address.family, text, bytes), 1);
    return address;
}

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct address address = parsed(addresses[i].text);
        if (address_is_public(&address) != addresses[i].public)
            fail_msg("%s", addresses[i].text);
        assert_int_equal(address_text_is_public(addresses[i].text, strlen(addresses[i].text)),
                         addresses[i].public);
    }
    address_is_public(&(struct address){.family = AF_UNIX});
}

static void test_texts(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "[]",
                                        "8.8.8.8.",
                                        "08.8.8.8",
                                        "8.8.8",
                                        "name.test",
                                        "2606:4700::1111%eth0",
                                        "[2606:4700::1111",
                                        "2606:4700:0000:0000:0000:0000:0000:1111:0000:0000:1111"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(address_text_is_public(wrong[i], strlen(wrong[i])));
    assert_true(address_text_is_public("[2606:4700::1111]", 17));
    assert_true(address_text_is_public("8.8.8.8 and more", 7));
}

static void test_lists(void **state)
{
    (void)state;
    struct address v4[] = {parsed("10.0.0.1"), parsed("8.8.8.8"), parsed("127.0.0.1")};
    struct address v6[] = {parsed("::1"), parsed("2606:4700::1111")};
    struct address_list *list = address_list_new(v6, 2, v4, 3, 7);
    struct address_list *public = address_list_public(list);
    char text[256];
    assert_true(address_list_print(public, text, sizeof text) > 0);
    assert_string_equal(text, "[2606:4700::1111],8.8.8.8");
    assert_int_equal(public->expires, 7);
    address_list_drop(public);
    address_list_drop(list);
}

/* Whatever way an address came by, no socket is made for it. */
static void test_sockets(void **state)
{
    (void)state;
    static const struct proxy proxy;
    struct transfer_options options = {.deny_private = true};
    struct client client = {.options = &options};
    assert_int_equal(peer_table_init(&client.peers, 8), 0);
    for (size_t i = 0; i < ADDRESSES; i++) {
        struct address address = parsed(addresses[i].text);
        for (int way = 0; way < 3; way++) {
            struct transfer transfer = {.client = &client, .proxy = way == 1 ? &proxy : NULL};
            struct easy easy = {.transfer = &transfer};
            struct {
                struct curl_sockaddr head;
                struct sockaddr_in6 room; /* libcurl's own has room for an IPv6 address too */
            } to = {.head = {.family = address.family, .socktype = SOCK_STREAM}};
            if (address.family == AF_INET)
                ((struct sockaddr_in *)&to.head.addr)->sin_addr = address.v4;
            else
                memcpy((char *)&to.head.addr + offsetof(struct sockaddr_in6, sin6_addr),
                       &address.v6, sizeof address.v6);
            options.deny_private = way != 2;
            curl_socket_t fd = socket_open(&easy, CURLSOCKTYPE_IPCXN, &to.head);
            bool denied = way == 0 && !addresses[i].public;
            assert_int_equal(transfer.denied, denied);
            if (denied)
                assert_int_equal(fd, CURL_SOCKET_BAD);
            if (fd != CURL_SOCKET_BAD)
                close(fd);
        }
    }
    peer_table_free(&client.peers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_sockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
