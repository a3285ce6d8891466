/* address.h: interleaving, limits, counting and printing. */
#include "net/dns/address.h"
#include "tests/unit/net/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct address *addresses, size_t count, int family)
{
    for (size_t i = 0; i < count; i++) {
        addresses[i].family = family;
        if (family == AF_INET6) {
            inet_pton(AF_INET6, "2001:db8::", &addresses[i].v6);
            addresses[i].v6.s6_addr[15] = (uint8_t)(i + 1);
        } else {
            addresses[i].v4.s_addr = htonl(0xc0000201 + (uint32_t)i);
        }
    }
}

static void expect(size_t v6_count, size_t v4_count, const char *text)
{
    struct address v6[4];
    struct address v4[4];
    char buf[512];
    fill(v6, v6_count, AF_INET6);
    fill(v4, v4_count, AF_INET);
    struct address_list *list = address_list_new(v6, v6_count, v4, v4_count, 5);
    assert_non_null(list);
    assert_int_equal(list->expires, 5);
    assert_int_equal(list->count, v6_count + v4_count);
    assert_int_equal(address_list_print(list, buf, sizeof(buf)), strlen(text));
    assert_string_equal(buf, text);
    address_list_drop(list);
}

static void interleaved(void **state)
{
    (void)state;
    expect(0, 0, "");
    expect(1, 0, "[2001:db8::1]");
    expect(0, 2, "192.0.2.1,192.0.2.2");
    expect(1, 1, "[2001:db8::1],192.0.2.1");
    expect(3, 1, "[2001:db8::1],192.0.2.1,[2001:db8::2],[2001:db8::3]");
    expect(1, 3, "[2001:db8::1],192.0.2.1,192.0.2.2,192.0.2.3");
}

static void cut_off(void **state)
{
    struct address v4[ADDRESS_LIST_MAX + 8];
    (void)state;
    fill(v4, ADDRESS_LIST_MAX + 8, AF_INET);
    struct address_list *list = address_list_new(NULL, 0, v4, ADDRESS_LIST_MAX + 8, 0);
    assert_int_equal(list->count, ADDRESS_LIST_MAX);
    address_list_drop(list);
}

static void little_room(void **state)
{
    static const char text[] = "[2001:db8::1],192.0.2.1";
    struct address v6;
    struct address v4;
    (void)state;
    fill(&v6, 1, AF_INET6);
    fill(&v4, 1, AF_INET);
    struct address_list *list = address_list_new(&v6, 1, &v4, 1, 0);
    for (size_t size = 0; size < sizeof(text); size++) {
        char *buf = malloc(size + 1); /* exactly, so that a sanitizer sees one byte more */
        assert_int_equal(address_list_print(list, buf, size), -ENOSPC);
        free(buf);
    }
    char buf[sizeof(text)];
    assert_int_equal(address_list_print(list, buf, sizeof(buf)), sizeof(text) - 1);
    address_list_drop(list);

    struct address_list *none = address_list_new(NULL, 0, NULL, 0, 0);
    assert_int_equal(address_list_print(none, buf, 0), -ENOSPC);
    assert_int_equal(address_list_print(none, buf, 1), 0);
    address_list_drop(none);
}

static void counted(void **state)
{
    (void)state;
    struct address_list *list = address_list_new(NULL, 0, NULL, 0, 0);
    assert_ptr_equal(address_list_hold(list), list);
    address_list_drop(list);
    assert_int_equal(list->references, 1);
    address_list_drop(list);
    address_list_drop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interleaved),
        cmocka_unit_test(cut_off),
        cmocka_unit_test(little_room),
        cmocka_unit_test(counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
