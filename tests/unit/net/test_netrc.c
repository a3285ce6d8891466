#include "tests/unit/net/unit.h"

#include "net/http/netrc.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* "user:password" for a host, "-" where one of them is not told, "none" where there is no entry. */
static void expect(const char *text, const char *host, const char *user, const char *expected)
{
    struct netrc *netrc;
    char found[256] = "none";
    assert_int_equal(netrc_parse(&netrc, text, strlen(text)), 0);
    const struct netrc_login *login = netrc_find(netrc, host, user);
    if (login)
        snprintf(found, sizeof found, "%s:%s", login->user ? login->user : "-",
                 login->password ? login->password : "-");
    assert_string_equal(found, expected);
    netrc_free(netrc);
}

static void test_entries(void **state)
{
    (void)state;
    static const char file[] = "machine a.test login me password one\n"
                               "machine a.test\n  login you\n  account x\n  password two\n"
                               "machine b.test password three machine c.test login only\n"
                               "default login anonymous password me@home";
    expect(file, "a.test", NULL, "me:one");
    expect(file, "A.Test", NULL, "me:one");
    expect(file, "a.test", "you", "you:two");
    expect(file, "a.test", "who", "none");
    expect(file, "a.test", "anonymous", "anonymous:me@home");
    expect(file, "b.test", NULL, "-:three");
    expect(file, "c.test", NULL, "only:-");
    expect(file, "x.a.test", NULL, "anonymous:me@home");
    expect("", "a.test", NULL, "none");
    expect("\n \t\r\n", "a.test", NULL, "none");
}

static void test_words(void **state)
{
    (void)state;
    expect("MACHINE a LOGIN b PASSWORD c", "a", NULL, "b:c");
    expect("machine a login \"b c\" password \"d\\\"e\\\\f\\tg\"", "a", NULL, "b c:d\"e\\f\tg");
    expect("machine a login \"\" password \"\"", "a", NULL, ":");
    expect("machine a login #b password c#d", "a", NULL, "#b:c#d");
    expect("# machine a login x\nmachine a login b\n#password c\n", "a", NULL, "b:-");
    expect("machine a\r\nlogin b\r\npassword c\r\n", "a", NULL, "b:c");
    /* Words of the file as values. */
    expect("machine a login machine password default", "a", NULL, "machine:default");
}

static void test_macros(void **state)
{
    (void)state;
    expect("macdef init\nmachine a login x\n\nmachine a login b", "a", NULL, "b:-");
    expect("machine a login b macdef m\ncd /\nbin", "a", NULL, "b:-");
    expect("machine a login b\nmacdef m\r\ncd /\r\n\r\npassword c", "a", NULL, "b:c");
}

static void test_wrong(void **state)
{
    (void)state;
    static const char *const wrong[] = {"nonsense",
                                        "login a",
                                        "machine",
                                        "machine a login",
                                        "machine a login \"b",
                                        "machine a password b c",
                                        "machine a login \"b\\"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct netrc *netrc;
        assert_int_equal(netrc_parse(&netrc, wrong[i], strlen(wrong[i])), -EINVAL);
        assert_null(netrc);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_entries),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_macros),
        cmocka_unit_test(test_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
