/* url.h: what is accepted, how it is written, what is refused and in which words. */
#include "net/url/url.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static int parse(struct url *url, const char *text, const char **why)
{
    return url_parse(url, text, strlen(text), why);
}

static void parse_well(struct url *url, const char *text)
{
    const char *why = NULL;
    int error = parse(url, text, &why);
    if (error)
        fail_msg("%s: %s", text, why ? why : "no reason");
}

static void normal_form(void **state)
{
    static const struct {
        const char *text;
        const char *normal;
    } cases[] = {
        {"http://h", "http://h/"},
        {"HTTP://Example.COM/Path", "http://example.com/Path"},
        {"http://h:80/", "http://h/"},
        {"https://h:443/", "https://h/"},
        {"http://h:443/", "http://h:443/"},
        {"http://h:/", "http://h/"},
        {"http://h/#part", "http://h/"},
        {"http://h/a?b#c", "http://h/a?b"},
        {"http://h/?", "http://h/"},
        {"http://h?q", "http://h/?q"},
        {"http://h/a/../b/./c", "http://h/b/c"},
        {"http://h/../../x", "http://h/x"},
        {"http://h/%7E%2F", "http://h/%7E%2F"},
        {"http://127.1/", "http://127.0.0.1/"},
        {"http://0x7f000001/", "http://127.0.0.1/"},
        {"http://[::1]/", "http://[::1]/"},
        {"http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"},
        {"http://u:p@h/", "http://u:p@h/"},
        {"http:/h/", "http://h/"},
        {"http:///h/", "http://h/"},
        {"ftp://h/x", "ftp://h/x"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url url;
        struct url again;
        parse_well(&url, cases[i].text);
        assert_string_equal(url.text, cases[i].normal);
        /* What we write, we read the same way. */
        parse_well(&again, url.text);
        assert_string_equal(again.text, url.text);
        assert_string_equal(again.host_key, url.host_key);
        url_clear(&again);
        url_clear(&url);
    }
}

static void parts(void **state)
{
    struct url url;
    (void)state;
    parse_well(&url, "HTTPS://user:secret@Host.example.:8443/a%20b/c?x=1&y#z");
    assert_string_equal(url.scheme, "https");
    assert_string_equal(url.host, "host.example.");
    assert_string_equal(url.host_key, "host.example.:8443");
    assert_string_equal(url.path, "/a%20b/c");
    assert_string_equal(url.query, "x=1&y");
    assert_int_equal(url.port, 8443);
    assert_true(url.has_credentials);
    assert_false(url.host_is_ip);
    url_clear(&url);
    assert_null(url.text);

    parse_well(&url, "ftp://h");
    assert_int_equal(url.port, 21);
    assert_string_equal(url.path, "/");
    assert_null(url.query);
    assert_false(url.has_credentials);
    url_clear(&url);

    parse_well(&url, "http://h?");
    assert_null(url.query);
    url_clear(&url);

    parse_well(&url, "http://user@h/");
    assert_true(url.has_credentials);
    url_clear(&url);
}

static void addresses(void **state)
{
    struct url url;
    (void)state;
    parse_well(&url, "http://192.0.2.7:81/");
    assert_true(url.host_is_ip);
    assert_string_equal(url.host_key, "192.0.2.7:81");
    url_clear(&url);

    parse_well(&url, "http://[2001:DB8::1]:81/");
    assert_true(url.host_is_ip);
    assert_string_equal(url.host, "2001:db8::1");
    assert_string_equal(url.host_key, "[2001:db8::1]:81");
    url_clear(&url);

    parse_well(&url, "http://[fe80::1%25eth0]/");
    assert_true(url.host_is_ip);
    assert_string_equal(url.host, "fe80::1%eth0");
    assert_string_equal(url.host_key, "[fe80::1%eth0]:80");
    assert_string_equal(url.text, "http://[fe80::1%25eth0]/");
    url_clear(&url);
}

static void refused(void **state)
{
    static const struct {
        const char *text;
        int error;
        const char *why;
    } cases[] = {
        {"", -EINVAL, "empty URL"},
        {"h/x", -EINVAL, "no scheme"},
        {"://h", -EINVAL, "no scheme"},
        {"http://", -EINVAL, "no host in URL"},
        {"http:h", -EINVAL, "not two slashes after the scheme"},
        {"http://h:0/", -EINVAL, "bad port number"},
        {"http://h:65536/", -EINVAL, "bad port number"},
        {"http://h:x/", -EINVAL, "bad port number"},
        {"http://h/a b", -EINVAL, "blank in URL"},
        {" http://h/", -EINVAL, "blank in URL"},
        {"http://h/\n", -EINVAL, "control character in URL"},
        {"http://h/\x7f", -EINVAL, "control character in URL"},
        {"http://[::1/", -EINVAL, "bad host name"},
        {"http://[::zz]/", -EINVAL, "bad host name"},
        {"http://[fe80::1%25et[h0]/", -EINVAL, "bad host name"},
        {"http://h%00/", -EINVAL, "bad host name"},
        {"http://h%25/", -EINVAL, "bad host name"},
        {"http://h%0a/", -EINVAL, "bad host name"},
        /* Names that a resolver could take for an IPv4 address. */
        {"http://1.2.3.4.5/", -EINVAL, "bad host name"},
        {"http://host.%31/", -EINVAL, "bad host name"},
        {"file:///etc/passwd", -EPROTONOSUPPORT, "unsupported scheme"},
        {"foo://h/", -EPROTONOSUPPORT, "unsupported scheme"},
        {"javascript:alert(1)", -EPROTONOSUPPORT, "unsupported scheme"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url url;
        const char *why = NULL;
        int error = parse(&url, cases[i].text, &why);
        if (error != cases[i].error || strcmp(why, cases[i].why) != 0)
            fail_msg("%s: %d %s", cases[i].text, error, why ? why : "");
        assert_null(url.text);
        assert_null(url.parsed);
        url_clear(&url);
    }
}

/* "0x7f.1", hidden from the normalisation of older versions of libcurl. */
static void address_in_disguise(void **state)
{
    struct url url;
    const char *why = NULL;
    (void)state;
    if (parse(&url, "http://%30x7f.1/", &why) == 0) {
        assert_string_equal(url.host, "127.0.0.1");
        assert_true(url.host_is_ip);
    } else {
        assert_string_equal(why, "bad host name");
    }
    url_clear(&url);
}

static void bytes_beyond_text(void **state)
{
    struct url url;
    const char *why = NULL;
    (void)state;
    assert_int_equal(url_parse(&url, "http://h/\0x", 11, &why), -EINVAL);
    assert_string_equal(why, "control character in URL");
    /* Only `length` bytes count. */
    assert_int_equal(url_parse(&url, "http://h/abc\n", 11, &why), 0);
    assert_string_equal(url.text, "http://h/ab");
    url_clear(&url);
}

static void too_long(void **state)
{
    struct url url;
    const char *why = NULL;
    char *text = malloc(URL_LENGTH_MAX + 2);
    (void)state;
    assert_non_null(text);
    memset(text, 'a', URL_LENGTH_MAX + 1);
    memcpy(text, "http://h/", 9);
    text[URL_LENGTH_MAX + 1] = '\0';
    assert_int_equal(url_parse(&url, text, URL_LENGTH_MAX + 1, &why), -EINVAL);
    assert_string_equal(why, "URL too long");
    assert_int_equal(url_parse(&url, text, URL_LENGTH_MAX, &why), 0);
    url_clear(&url);

    parse_well(&url, "http://h/");
    struct url next;
    assert_int_equal(url_join(&next, &url, text, &why), -EINVAL);
    assert_string_equal(why, "URL too long");
    url_clear(&url);
    free(text);
}

/* Parses a URL with a host of so many labels, each of so many letters. */
static int parse_labels(const size_t *sizes, size_t labels, const char **why)
{
    struct url url;
    char text[1024] = "http://";
    size_t length = strlen(text);
    for (size_t i = 0; i < labels; i++) {
        if (i > 0)
            text[length++] = '.';
        memset(text + length, 'a', sizes[i]);
        length += sizes[i];
    }
    int error = url_parse(&url, text, length, why);
    url_clear(&url);
    return error;
}

static void name_length(void **state)
{
    static const struct {
        size_t sizes[6];
        size_t labels;
        bool fits;
    } cases[] = {
        {{63, 63}, 2, true},
        {{64}, 1, false},
        {{1, 64}, 2, false},
        {{64, 1}, 2, false},
        {{63, 63, 63, 61}, 4, true},     /* 253 */
        {{63, 63, 63, 61, 0}, 5, true},  /* 253 and a dot */
        {{63, 63, 63, 62}, 4, false},    /* 254 */
        {{63, 63, 63, 62, 0}, 5, false}, /* 254 and a dot */
        {{63, 63, 63, 63, 63, 63}, 6, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = "";
        int error = parse_labels(cases[i].sizes, cases[i].labels, &why);
        if (error != (cases[i].fits ? 0 : -EINVAL))
            fail_msg("case %zu: %d %s", i, error, why);
        if (error)
            assert_string_equal(why, "host name too long");
    }
}

static void international(void **state)
{
    struct url url;
    const char *why = NULL;
    const char *text = "http://B\xc3\xbc"
                       "cher.example/\xc3\xbc?\xc3\xbc";
    (void)state;
    if (!(curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_IDN)) {
        assert_int_equal(parse(&url, text, &why), -EINVAL);
        skip();
    }
    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        skip();
    parse_well(&url, text);
    assert_string_equal(url.host, "xn--bcher-kva.example");
    assert_int_equal(strncasecmp(url.text, "http://xn--bcher-kva.example/%c3%bc?%c3%bc", 99), 0);
    url_clear(&url);

    assert_int_equal(parse(&url, "http://\xff\xfe/", &why), -EINVAL);
    assert_string_equal(why, "bad host name");

    assert_non_null(setlocale(LC_CTYPE, "C"));
    assert_int_equal(parse(&url, text, &why), -EINVAL);
    assert_non_null(strstr(why, "UTF-8 locale"));
}

static void joined(void **state)
{
    static const struct {
        const char *reference;
        const char *target;
    } cases[] = {
        {"", "http://u:p@h:81/d/e?f"},       {"#part", "http://u:p@h:81/d/e?f"},
        {"?q", "http://u:p@h:81/d/e?q"},     {"x", "http://u:p@h:81/d/x"},
        {"./x", "http://u:p@h:81/d/x"},      {"../x", "http://u:p@h:81/x"},
        {"../../../x", "http://u:p@h:81/x"}, {"/abs?1#2", "http://u:p@h:81/abs?1"},
        {"//other/p", "http://other/p"},     {"https://other:444/", "https://other:444/"},
        {"a b", "http://u:p@h:81/d/a%20b"},
    };
    struct url base;
    (void)state;
    parse_well(&base, "http://u:p@h:81/d/e?f#g");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url url;
        const char *why = NULL;
        if (url_join(&url, &base, cases[i].reference, &why))
            fail_msg("%s: %s", cases[i].reference, why ? why : "");
        assert_string_equal(url.text, cases[i].target);
        url_clear(&url);
    }
    url_clear(&base);
}

static void joined_badly(void **state)
{
    static const struct {
        const char *reference;
        int error;
    } cases[] = {
        {"http://", -EINVAL},
        {"//", -EINVAL},
        {"http://h:99999/", -EINVAL},
        {"x\r\nSet-Cookie: y", -EINVAL},
        {"\t", -EINVAL},
        {"//a b@other/", -EINVAL},
        {"http:x", -EINVAL},
        {"mailto:x@y", -EPROTONOSUPPORT},
        {"file:///etc/passwd", -EPROTONOSUPPORT},
    };
    struct url base;
    (void)state;
    parse_well(&base, "http://h/d/e");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct url url;
        const char *why = NULL;
        assert_int_equal(url_join(&url, &base, cases[i].reference, &why), cases[i].error);
        assert_non_null(why);
        assert_null(url.parsed);
    }
    url_clear(&base);
}

static bool same(const char *a, const char *b)
{
    struct url left;
    struct url right;
    parse_well(&left, a);
    parse_well(&right, b);
    bool result = url_same_origin(&left, &right);
    url_clear(&left);
    url_clear(&right);
    return result;
}

static void origins(void **state)
{
    (void)state;
    assert_true(same("http://h/", "http://H:80/x?y"));
    assert_true(same("http://u@h/", "http://h/"));
    assert_false(same("http://h/", "https://h/"));
    assert_false(same("http://h:80/", "http://h:81/"));
    assert_false(same("http://h/", "http://h.x/"));
    assert_false(same("http://h:443/", "https://h:443/"));
}

static void redacted(void **state)
{
    struct url url;
    (void)state;
    parse_well(&url, "http://user:secret@h:81/p?q");
    char *text = url_redacted(&url);
    assert_string_equal(text, "http://h:81/p?q");
    assert_string_equal(url.text, "http://user:secret@h:81/p?q");
    free(text);
    url_clear(&url);

    parse_well(&url, "http://h/");
    text = url_redacted(&url);
    assert_string_equal(text, "http://h/");
    free(text);
    url_clear(&url);
}

static void cleared_twice(void **state)
{
    struct url url = {0};
    (void)state;
    url_clear(&url);
    parse_well(&url, "http://h/");
    url_clear(&url);
    url_clear(&url);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_form),
        cmocka_unit_test(parts),
        cmocka_unit_test(addresses),
        cmocka_unit_test(refused),
        cmocka_unit_test(address_in_disguise),
        cmocka_unit_test(bytes_beyond_text),
        cmocka_unit_test(too_long),
        cmocka_unit_test(name_length),
        cmocka_unit_test(international),
        cmocka_unit_test(joined),
        cmocka_unit_test(joined_badly),
        cmocka_unit_test(origins),
        cmocka_unit_test(redacted),
        cmocka_unit_test(cleared_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
