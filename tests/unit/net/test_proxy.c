#include "tests/unit/net/unit.h"

#include "net/xfer/proxy.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const variables[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                        "ftp_proxy",  "FTP_PROXY",  "all_proxy",   "ALL_PROXY",
                                        "no_proxy",   "NO_PROXY"};

static int clear_environment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        unsetenv(variables[i]);
    return 0;
}

/* Through which "name:port" the URL goes; "" directly. */
static void expect_via(const char *option, const char *text, const char *key)
{
    struct proxy_rules rules;
    struct url url = {0};
    const char *why = "";
    assert_int_equal(proxy_rules_init(&rules, option, NULL, &why), 0);
    assert_int_equal(url_parse(&url, text, strlen(text), &why), 0);
    const struct proxy *proxy = proxy_for(&rules, &url);
    assert_string_equal(proxy ? proxy->key : "", key);
    url_clear(&url);
    proxy_rules_free(&rules);
}

static void test_option(void **state)
{
    (void)state;
    expect_via(NULL, "http://a.test/", "");
    expect_via("", "http://a.test/", "");
    expect_via("proxy.test", "http://a.test/", "proxy.test:1080");
    expect_via("PROXY.test:3128", "https://a.test/", "proxy.test:3128");
    expect_via("https://proxy.test", "http://a.test/", "proxy.test:443");
    expect_via("http://user:pass@proxy.test:80/", "ftp://a.test/", "proxy.test:80");
    expect_via("socks5h://[::1]:9050", "http://a.test/", "::1:9050");
    expect_via("ftp.example.test:21", "http://a.test/", "ftp.example.test:21");
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool http;
        bool resolves;
        bool is_ip;
    } kinds[] = {
        {"http://p.test", true, true, false},     {"https://192.0.2.1", true, true, true},
        {"socks4://p.test", false, false, false}, {"socks4a://p.test", false, true, false},
        {"socks5://[::1]", false, false, true},   {"socks5h://p.test", false, true, false},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct proxy_rules rules;
        const char *why = "";
        assert_int_equal(proxy_rules_init(&rules, kinds[i].text, NULL, &why), 0);
        assert_int_equal(rules.by_scheme[0]->speaks_http, kinds[i].http);
        assert_int_equal(rules.by_scheme[0]->resolves_target, kinds[i].resolves);
        assert_int_equal(rules.by_scheme[0]->host_is_ip, kinds[i].is_ip);
        proxy_rules_free(&rules);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"gopher://p.test", "http://", "http://p.test:99999",
                                        "http://a b"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct proxy_rules rules;
        const char *why = NULL;
        assert_int_equal(proxy_rules_init(&rules, wrong[i], NULL, &why), -EINVAL);
        assert_string_equal(why, "the proxy (-x) cannot be understood");
    }
    setenv("ftp_proxy", "gopher://p.test", 1);
    struct proxy_rules rules;
    const char *why = NULL;
    assert_int_equal(proxy_rules_init(&rules, NULL, NULL, &why), -EINVAL);
    assert_string_equal(why, "a proxy in the environment cannot be understood");
}

static void test_environment(void **state)
{
    (void)state;
    setenv("HTTP_PROXY", "never.test:1", 1); /* CGI: the client's Proxy header */
    expect_via(NULL, "http://a.test/", "");
    setenv("ALL_PROXY", "all-upper.test:2", 1);
    expect_via(NULL, "http://a.test/", "all-upper.test:2");
    setenv("all_proxy", "all.test:3", 1);
    expect_via(NULL, "http://a.test/", "all.test:3");
    setenv("HTTPS_PROXY", "upper.test:4", 1);
    expect_via(NULL, "https://a.test/", "upper.test:4");
    setenv("https_proxy", "secure.test:5", 1);
    expect_via(NULL, "https://a.test/", "secure.test:5");
    setenv("http_proxy", "plain.test:6", 1);
    expect_via(NULL, "http://a.test/", "plain.test:6");
    expect_via(NULL, "ftp://a.test/", "all.test:3");
    expect_via("option.test:7", "http://a.test/", "option.test:7");
    setenv("http_proxy", "", 1);
    expect_via(NULL, "http://a.test/", "");
}

static void test_no_proxy(void **state)
{
    (void)state;
    setenv("http_proxy", "p.test:1", 1);
    setenv("NO_PROXY", "a.test, 127.0.0.0/8", 1);
    expect_via(NULL, "http://a.test/", "");
    expect_via(NULL, "http://b.a.test:8080/", "");
    expect_via(NULL, "http://ba.test/", "p.test:1");
    expect_via(NULL, "http://127.1.2.3/", "");
    expect_via("x.test:2", "http://a.test/", "");
    setenv("no_proxy", "c.test", 1); /* lower case wins */
    expect_via(NULL, "http://a.test/", "p.test:1");
}

/* --noproxy counts instead of the environment, also where it lists nothing. */
static void test_no_proxy_option(void **state)
{
    (void)state;
    static const char *const lists[] = {"b.test", "", "*"};
    static const bool direct[] = {false, false, true};
    setenv("no_proxy", "a.test", 1);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct proxy_rules rules;
        struct url url;
        const char *why = "";
        assert_int_equal(proxy_rules_init(&rules, "p.test", lists[i], &why), 0);
        assert_int_equal(url_parse(&url, "http://a.test/", 14, &why), 0);
        assert_int_equal(proxy_for(&rules, &url) == NULL, direct[i]);
        url_clear(&url);
        proxy_rules_free(&rules);
    }
}

static void test_bypass(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *host;
        bool is_ip;
        bool bypassed;
    } cases[] = {
        {"*", "a.test", false, true},
        {"", "a.test", false, false},
        {",, ,", "a.test", false, false},
        {"a.test", "A.TEST", false, true},
        {"A.test.", "a.test", false, true},
        {"a.test", "a.test.", false, true},
        {".a.test", "a.test", false, true},
        {".a.test", "b.a.test", false, true},
        {"a.test", "xa.test", false, false},
        {"b.a.test", "a.test", false, false},
        {"x,a.test\ty", "a.test", false, true},
        {".", "a.test", false, false},
        {"192.0.2.1", "192.0.2.1", true, true},
        {"192.0.2.1", "192.0.2.2", true, false},
        {"192.0.2.0/24", "192.0.2.200", true, true},
        {"192.0.2.0/25", "192.0.2.200", true, false},
        {"192.0.2.0/33", "192.0.2.0", true, false},
        {"10.0.0.0/9", "10.127.0.1", true, true},
        {"10.0.0.0/9", "10.128.0.1", true, false},
        {"2001:db8::/32", "2001:db8:1::1", true, true},
        {"2001:db8::/33", "2001:db8:8000::1", true, false},
        {"::1", "::1", true, true},
        {"a.test", "192.0.2.1", true, false},
        {"0000000000000000000000000000000000000000000000000000000000000000000001", "::1", true,
         false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(proxy_bypasses(cases[i].list, cases[i].host, cases[i].is_ip),
                         cases[i].bypassed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_option, clear_environment),
        cmocka_unit_test_setup(test_kinds, clear_environment),
        cmocka_unit_test_setup(test_refused, clear_environment),
        cmocka_unit_test_setup(test_environment, clear_environment),
        cmocka_unit_test_setup(test_no_proxy, clear_environment),
        cmocka_unit_test_setup(test_no_proxy_option, clear_environment),
        cmocka_unit_test_setup(test_bypass, clear_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
