/* dns/server_list.h: what --dns-servers may say. */
#include "net/dns/server_list.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void read_well(void **state)
{
    static const struct {
        const char *text;
        const char *normal;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1:53"},
        {"127.0.0.1:5353", "127.0.0.1:5353"},
        {"127.0.0.1:65535,192.0.2.1:1", "127.0.0.1:65535,192.0.2.1:1"},
        {"::1", "[::1]:53"},
        {"[::1]", "[::1]:53"},
        {"[2001:DB8::1]:54,1.2.3.4", "[2001:db8::1]:54,1.2.3.4:53"},
        {"1.1.1.1,2.2.2.2,3.3.3.3,4.4.4.4,5.5.5.5,6.6.6.6,7.7.7.7,8.8.8.8",
         "1.1.1.1:53,2.2.2.2:53,3.3.3.3:53,4.4.4.4:53,5.5.5.5:53,6.6.6.6:53,7.7.7.7:53,"
         "8.8.8.8:53"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *normal = NULL;
        const char *why = NULL;
        assert_int_equal(server_list_normalise(cases[i].text, &normal, &why), 0);
        assert_string_equal(normal, cases[i].normal);
        assert_null(why);
        free(normal);
    }
}

#define LONG  "[1111:1111:1111:1111:1111:1111:1111:1111]:65535"
#define LONG4 LONG "," LONG "," LONG "," LONG

static void longest(void **state)
{
    char *normal = NULL;
    const char *why = NULL;
    (void)state;
    assert_int_equal(server_list_normalise(LONG4 "," LONG4, &normal, &why), 0);
    assert_string_equal(normal, LONG4 "," LONG4);
    free(normal);
}

static void refused(void **state)
{
    static const char *const lists[] = {
        "",
        ",",
        "127.0.0.1,",
        ",127.0.0.1",
        "nonsense",
        "localhost",
        "1.2.3",
        "127.0.0.1:",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:5x",
        "127.0.0.1:53:54",
        "127.0.0.1 53",
        "[::1",
        "[::1]x",
        "[::1]:",
        "[127.0.0.1]:53",
        "::1]:53",
        "[",
        "[]",
        ":53",
        "127.0.0.1:99999999999999999999",
        "127.0.0.1, 127.0.0.2",
        "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        char *normal = NULL;
        const char *why = NULL;
        if (server_list_normalise(lists[i], &normal, &why) != -EINVAL)
            fail_msg("accepted: %s", lists[i]);
        assert_non_null(why);
        assert_null(normal);
    }
    char *normal = NULL;
    const char *why = NULL;
    assert_int_equal(server_list_normalise("1.1.1.1,2.2.2.2,3.3.3.3,4.4.4.4,5.5.5.5,6.6.6.6,"
                                           "7.7.7.7,8.8.8.8,9.9.9.9",
                                           &normal, &why),
                     -EINVAL);
    assert_string_equal(why, "--dns-servers: more than 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_well),
        cmocka_unit_test(longest),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
