/* The parser gives what url_parse() gives, whatever it remembers. */
#include "net/url/parser.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct url_parser parser;

static void assert_same_part(CURLU *a, CURLU *b, CURLUPart what)
{
    char *of_a = NULL, *of_b = NULL;
    assert_int_equal(curl_url_get(a, what, &of_a, 0), curl_url_get(b, what, &of_b, 0));
    if (of_a)
        assert_string_equal(of_a, of_b);
    curl_free(of_a);
    curl_free(of_b);
}

static void assert_same_string(const char *a, const char *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a)
        assert_string_equal(a, b);
}

static void assert_same(const struct url *a, const struct url *b)
{
    assert_string_equal(a->text, b->text);
    assert_string_equal(a->scheme, b->scheme);
    assert_string_equal(a->host, b->host);
    assert_string_equal(a->host_key, b->host_key);
    assert_string_equal(a->path, b->path);
    assert_same_string(a->query, b->query);
    assert_int_equal(a->port, b->port);
    assert_int_equal(a->host_is_ip, b->host_is_ip);
    assert_int_equal(a->has_credentials, b->has_credentials);
    for (CURLUPart what = CURLUPART_URL; what <= CURLUPART_ZONEID; what++)
        assert_same_part(a->parsed, b->parsed, what);
}

/* Parses `text` both ways. */
static void check(const char *text)
{
    struct url parsed, expected;
    const char *why = NULL, *expected_why = NULL;
    int error = url_parser_parse(&parser, &parsed, text, strlen(text), &why);
    assert_int_equal(error, url_parse(&expected, text, strlen(text), &expected_why));
    if (error) {
        assert_string_equal(why, expected_why);
        return;
    }
    assert_same(&parsed, &expected);
    url_clear(&parsed);
    url_clear(&expected);
}

static const char *const origins[] = {
    "http://example.org",
    "http://example.org:8080",
    "http://example.org:80",
    "https://example.org",
    "HTTP://example.org",
    "http://EXAMPLE.org",
    "http://user@example.org",
    "http://u:p@example.org",
    "http://192.0.2.1",
    "http://[::1]:81",
    "http://[fe80::1%25lo]",
    "ftp://example.org",
    "http://xn--bcher-kva.org",
    "http://example.org.",
    "http://127.1",
    "http://example.org:0",
    "http://example.org:99999",
    "http://",
    "nothing://example.org",
    "file://",
    "example.org",
};

static const char *const rests[] = {
    "/",
    "",
    "/a",
    "/a/b.html",
    "/a?b=c&d=e+f",
    "/?",
    "/a?",
    "/a#f",
    "/a?b#f",
    "/a/../b",
    "/./a",
    "/a/.",
    "/.hidden/x",
    "/a//b",
    "//a",
    "/a?b/../c",
    "/%41%zz%2f",
    "/a b",
    "/\xc3\xa4",
    "/a?\xc3\xa4",
    "/a?b?c",
    "/a;b=c",
    "/a@b:c",
    "/a\\b",
    "/a\"b",
    "/a<b>",
    "/a{b}|c^`d",
    "/a?x=\"y\"",
    "/a?x[]=",
    "?a=b",
    "/~u/(x)!$'*,",
    "/a/..",
    "/a/%2e%2e/b",
};

/* Each pair twice, so that the second time may come from what is remembered. */
static void test_parses_as_url_parse(void **state)
{
    char text[256];
    (void)state;
    for (size_t i = 0; i < sizeof origins / sizeof *origins; i++)
        for (size_t j = 0; j < 2 * sizeof rests / sizeof *rests; j++) {
            snprintf(text, sizeof text, "%s%s", origins[i],
                     rests[j % (sizeof rests / sizeof *rests)]);
            check(text);
        }
    url_parser_clear(&parser);
}

/* More origins than it remembers. */
static void test_many_origins(void **state)
{
    char text[64];
    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "http://h%u:%u/%u?q=%u", i % 37, 1 + i % 5, i, i);
        check(text);
    }
    url_parser_clear(&parser);
}

static void test_length_is_bounded(void **state)
{
    static char text[URL_LENGTH_MAX + 2] = "http://h/";
    struct url url;
    const char *why = NULL;
    (void)state;
    check("http://h/");
    memset(text + strlen(text), 'a', sizeof text - 1 - strlen(text));
    assert_int_equal(url_parser_parse(&parser, &url, text, URL_LENGTH_MAX + 1, &why), -EINVAL);
    assert_string_equal(why, "URL too long");
    assert_int_equal(url_parser_parse(&parser, &url, text, URL_LENGTH_MAX, &why), 0);
    assert_int_equal(strlen(url.text), URL_LENGTH_MAX);
    url_clear(&url);
    url_parser_clear(&parser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parses_as_url_parse),
        cmocka_unit_test(test_many_origins),
        cmocka_unit_test(test_length_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
