/* client_locate(): of several addresses the lowest, and none where a proxy is met instead. */
#include "tests/unit/net/unit.h"

#include "tests/unit/net/trial.h"
#include <errno.h>
#include <string.h>

struct search {
    const char *url;
    int error;
    char address[CLIENT_ADDRESS_SIZE];
};

static void locate(struct client *client, void *ctx)
{
    struct search *search = ctx;
    struct url url;
    const char *why;
    search->error = url_parse(&url, search->url, strlen(search->url), &why);
    if (!search->error)
        search->error = client_locate(client, &url, search->address);
    url_clear(&url);
}

static void expect(const struct transfer_options *options, const char *url, const char *address)
{
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct search search = {.url = url};
        with_client(runtime, options, NULL, locate, &search);
        assert_int_equal(search.error, address ? 0 : -ENOENT);
        if (address)
            assert_string_equal(search.address, address);
    }
}

static void the_lowest_counts(void **state)
{
    (void)state;
    static const char *const given[] = {
        "a.test:80:192.0.2.9,192.0.2.1",
        "b.test:80:192.0.2.1,192.0.2.9",
        "c.test:80:[2001:db8::2],192.0.2.200",
        "d.test:80:[2001:db8::2],2001:db8::1",
        NULL,
    };
    struct transfer_options options = {.resolve = given};
    expect(&options, "http://a.test/", "192.0.2.1");
    expect(&options, "http://b.test/", "192.0.2.1");
    expect(&options, "http://c.test/", "192.0.2.200"); /* IPv4 before IPv6 */
    expect(&options, "http://d.test/", "2001:db8::1");
    options.ip_version = IP_V6;
    expect(&options, "http://c.test/", "2001:db8::2");
    expect(&options, "http://a.test/", NULL); /* it has none of that family */
}

static void addresses_in_urls(void **state)
{
    (void)state;
    struct transfer_options options = {0};
    expect(&options, "http://192.0.2.7:8080/", "192.0.2.7");
    expect(&options, "http://[2001:DB8:0::1]/", "2001:db8::1");
}

static void names_that_are_looked_up(void **state)
{
    (void)state;
    struct transfer_options options = {0};
    expect(&options, "http://localhost/", "127.0.0.1");
}

static void behind_a_proxy(void **state)
{
    (void)state;
    struct transfer_options options = {.proxy = "http://127.0.0.1:1", .no_proxy = "192.0.2.8"};
    expect(&options, "http://192.0.2.7/", NULL);
    expect(&options, "http://192.0.2.8/", "192.0.2.8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_counts),
        cmocka_unit_test(addresses_in_urls),
        cmocka_unit_test(names_that_are_looked_up),
        cmocka_unit_test(behind_a_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
