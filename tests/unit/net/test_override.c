#include "tests/unit/net/unit.h"

#include "net/xfer/override.h"
#include <errno.h>
#include <string.h>

static void expect(const char *const *entries, enum ip_version version, const char *key,
                   const char *found)
{
    struct override_list list;
    const char *why = "";
    assert_int_equal(override_list_init(&list, entries, version, &why), 0);
    const char *addresses = override_find(&list, key);
    if (found) {
        assert_non_null(addresses);
        assert_string_equal(addresses, found);
    } else {
        assert_null(addresses);
    }
    override_list_free(&list);
}

static void test_none(void **state)
{
    (void)state;
    const char *const none[] = {NULL};
    expect(NULL, IP_ANY, "a:80", NULL);
    expect(none, IP_ANY, "a:80", NULL);
}

static void test_find(void **state)
{
    (void)state;
    const char *const entries[] = {
        "a.test:80:192.0.2.1",         "+B.test:443:[2001:db8::1],192.0.2.2",
        "a.test:81:192.0.2.3",         "*:8080:192.0.2.4",
        "gone.test:80:192.0.2.5",      "-gone.test:80",
        "special.test:8080:192.0.2.6", NULL};
    expect(entries, IP_ANY, "a.test:80", "192.0.2.1");
    expect(entries, IP_ANY, "A.TEST:80", "192.0.2.1");
    expect(entries, IP_ANY, "b.test:443", "[2001:db8::1],192.0.2.2");
    expect(entries, IP_ANY, "a.test:81", "192.0.2.3");
    expect(entries, IP_ANY, "a.test:82", NULL);
    expect(entries, IP_ANY, "any.test:8080", "192.0.2.4");
    expect(entries, IP_ANY, "special.test:8080", "192.0.2.6");
    expect(entries, IP_ANY, "gone.test:80", NULL);
    expect(entries, IP_V4, "b.test:443", "192.0.2.2");
    expect(entries, IP_V6, "b.test:443", "[2001:db8::1]");
    expect(entries, IP_V6, "a.test:80", "");
}

static void test_later_wins(void **state)
{
    (void)state;
    const char *const entries[] = {"a:80:192.0.2.1", "a:80:192.0.2.2", NULL};
    expect(entries, IP_ANY, "a:80", "192.0.2.2");
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "a",
        "a:80",
        ":80:192.0.2.1",
        "a::192.0.2.1",
        "a:0:192.0.2.1",
        "a:65536:192.0.2.1",
        "a:-1:192.0.2.1",
        "a:x:192.0.2.1",
        "a:80:",
        "a:80:b",
        "a:80:192.0.2.1,b",
        "a:80:[192.0.2.1",
        "a:80:1.2.3.4.5",
        "-a",
        "-a:80:1.2.3.4",
        "a:80:[]",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *const entries[] = {"ok:80:192.0.2.1", wrong[i], NULL};
        struct override_list list;
        const char *why = NULL;
        assert_int_equal(override_list_init(&list, entries, IP_ANY, &why), -EINVAL);
        assert_non_null(why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_later_wins),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
