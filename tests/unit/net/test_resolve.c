/* resolve.h: references as documents write them, against what browsers make of them. The cases are
 * of the kinds that the tests of the URL Standard and RFC 3986 (section 5.4) have. */
#include "net/url/resolve.h"

#include "net/url/url.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pair {
    const char *reference;
    const char *expected; /* with fragment; NULL: refused; "": another scheme */
};

static void check_result(const struct url_resolved *result, const char *reference,
                         const char *expected)
{
    char whole[4096];
    snprintf(whole, sizeof whole, "%s%s%s", result->text, result->fragment ? "#" : "",
             result->fragment ? result->fragment : "");
    if (strcmp(whole, expected) != 0)
        fail_msg("%s: %s, not %s", reference, whole, expected);
    assert_int_equal(strlen(result->text), result->length);
}

/* url_parse() has nothing to change, and the parts are where they are said to be. */
static void check_canonical(const struct url_resolved *result)
{
    struct url url;
    struct url_resolved parts;
    const char *why = NULL;
    assert_int_equal(url_parse(&url, result->text, result->length, &why), 0);
    assert_string_equal(url.text, result->text);
    assert_true(url_split(&parts, result->text, result->length));
    assert_int_equal(parts.port, result->port);
    assert_int_equal(parts.port, url.port);
    assert_int_equal(parts.host, result->host);
    assert_int_equal(parts.host_length, result->host_length);
    assert_int_equal(parts.path, result->path);
    assert_int_equal(parts.path_length, result->path_length);
    assert_int_equal(parts.query, result->query);
    assert_int_equal(strlen(url.path), parts.path_length);
    assert_memory_equal(url.path, result->text + parts.path, parts.path_length);
    assert_string_equal(url.query ? url.query : "", parts.query ? result->text + parts.query : "");
    assert_int_equal(strlen(url.scheme), parts.scheme_length);
    url_clear(&url);
}

static void check_pair(struct url_resolver *resolver, const struct pair *pair)
{
    struct url_resolved result;
    const char *why = NULL;
    int error = url_resolve(resolver, &result, pair->reference, strlen(pair->reference), &why);
    if (!pair->expected) {
        assert_int_equal(error, -EINVAL);
        assert_non_null(why);
        return;
    }
    if (!*pair->expected) {
        assert_int_equal(error, URL_OTHER_SCHEME);
        return;
    }
    if (error)
        fail_msg("%s: %s", pair->reference, why ? why : "another scheme");
    check_result(&result, pair->reference, pair->expected);
    check_canonical(&result);
}

static void check_all(const char *base, const struct pair *pairs, size_t count)
{
    struct url_resolver resolver = {0};
    const char *why = NULL;
    if (base)
        assert_int_equal(url_resolver_set_base(&resolver, base, strlen(base), &why), 0);
    for (size_t i = 0; i < count; i++)
        check_pair(&resolver, &pairs[i]);
    url_resolver_clear(&resolver);
}

#define CHECK(base, pairs) check_all(base, pairs, sizeof(pairs) / sizeof *(pairs))

static void rfc_3986(void **state)
{
    static const struct pair pairs[] = {
        {"g:h", ""},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http://a/b/c/g"},
    };
    (void)state;
    CHECK("http://a/b/c/d;p?q", pairs);
}

static void scheme_and_slashes(void **state)
{
    static const struct pair pairs[] = {
        {"http:/a", "http://h/a"},
        {"HTTP:a", "http://h/x/a"},
        {"http:", "http://h/x/y?z"},
        {"http:?a", "http://h/x/y?a"},
        {"http://", NULL},
        {"http:///a/b", "http://a/b"},
        {"///a/b", "http://a/b"},
        {"/\\a\\b", "http://a/b"},
        {"\\\\a\\b", "http://a/b"},
        {"\\a\\b", "http://h/a/b"},
        {"a\\..\\b", "http://h/x/b"},
        {"http:\\\\a\\b?c\\d", "http://a/b?c\\d"},
        {"https:a", "https://a/"},
        {"https:/a/b", "https://a/b"},
        {"ftp:a/b", "ftp://a/b"},
        {"FTPS://A/b", "ftps://a/b"},
        {"mailto:a@b", ""},
        {"javascript:void(0)", ""},
        {"JAVA\nSCRIPT:void(0)", ""},
        {"data:text/html,x", ""},
        {"blob:http://h/x", ""},
        {"tel:+49", ""},
        {"file:///etc/passwd", ""},
        {"ws://h/", ""},
        {"view-source+x.y:http://h/", ""},
        {":a", "http://h/x/:a"},
        {"1http://a", "http://h/x/1http://a"},
        {"a/b:c", "http://h/x/a/b:c"},
    };
    (void)state;
    CHECK("http://h/x/y?z#f", pairs);
}

static void blanks_and_encoding(void **state)
{
    static const struct pair pairs[] = {
        {"  \t a \n", "http://h/x/a"},
        {"\x01\x1f a\x02", "http://h/x/a"},
        {"a b", "http://h/x/a%20b"},
        {"a\tb\nc\rd", "http://h/x/abcd"},
        {"ht\ntp://\tg/", "http://g/"},
        {"a\x7f"
         "b",
         "http://h/x/a%7Fb"},
        {"\x01"
         "a\x02"
         "b",
         "http://h/x/a%02b"},
        {"a\"<>`{}^|'", "http://h/x/a%22%3C%3E%60%7B%7D%5E|'"},
        {"?a\"<>`{}^|'#", "http://h/x/y?a%22%3C%3E`{}^|%27#"},
        {"#a\"<>`{}^|' b", "http://h/x/y#a%22%3C%3E%60{}^|'%20b"},
        {"\xc3\xa9?\xc3\xa9#\xc3\xa9", "http://h/x/%C3%A9?%C3%A9#%C3%A9"},
        {"\xff\xfe", "http://h/x/%FF%FE"},
        {"%c3%a9%2f", "http://h/x/%C3%A9%2F"},
        {"%zz%4%", "http://h/x/%zz%4%"},
        {"?%aF%g", "http://h/x/y?%AF%g"},
        {"%", "http://h/x/%"},
        {"%2", "http://h/x/%2"},
        {"%00", "http://h/x/%00"},
        {"?", "http://h/x/y"},
        {"?#", "http://h/x/y#"},
        {"a?", "http://h/x/a"},
        {"#", "http://h/x/y#"},
        {"??", "http://h/x/y??"},
        {"##", "http://h/x/y##"},
    };
    (void)state;
    CHECK("http://h/x/y", pairs);
}

static void dot_segments(void **state)
{
    static const struct pair pairs[] = {
        {"%2e", "http://h/x/y/"},
        {"%2E%2e", "http://h/x/"},
        {".%2e/a", "http://h/x/a"},
        {"%2e./a", "http://h/x/a"},
        {"%2e%2e%2f", "http://h/x/y/%2E%2E%2F"},
        {"...", "http://h/x/y/..."},
        {"%2e%2e%2e", "http://h/x/y/%2E%2E%2E"},
        {"..;", "http://h/x/y/..;"},
        {"/a//b", "http://h/a//b"},
        {"/a//../b", "http://h/a/b"},
        {"/a///../../b", "http://h/a/b"},
        {"/..//b", "http://h//b"},
        {"/.//b", "http://h//b"},
        {"//h//b", "http://h//b"},
        {"/a/b/../..", "http://h/"},
        {"/a/b/.", "http://h/a/b/"},
        {"..?..", "http://h/x/?.."},
        {"../../../../..", "http://h/"},
        {"..\\..\\c", "http://h/c"},
    };
    (void)state;
    CHECK("http://h/x/y/z", pairs);
}

static void hosts_and_ports(void **state)
{
    static const struct pair pairs[] = {
        {"//A.Example.COM", "http://a.example.com/"},
        {"//a.", "http://a./"},
        {"//a_b.c-d", "http://a_b.c-d/"},
        {"//b\xc3\xbc"
         "cher.example/\xc3\xbc",
         "http://xn--bcher-kva.example/%C3%BC"},
        {"//b%C3%BCcher.example", "http://xn--bcher-kva.example/"},
        {"//%41%62.c", "http://ab.c/"},
        {"//0x7f.1", "http://127.0.0.1/"},
        {"//2130706433", "http://127.0.0.1/"},
        {"//256.1.1.1", NULL},
        {"//1.2.3.4.5", NULL},
        {"//[0:0::1]:8080/x", "http://[::1]:8080/x"},
        {"//[::FFFF]", "http://[::ffff]/"},
        {"//[::1", NULL},
        {"//[::1]x", NULL},
        {"//[fe80::1%25eth0]", NULL},
        {"//[v1.x]", NULL},
        {"//a:80", "http://a/"},
        {"//a:", "http://a/"},
        {"//a:00081", "http://a:81/"},
        {"https://a:443", "https://a/"},
        {"https://a:80", "https://a:80/"},
        {"ftp://a:21/", "ftp://a/"},
        {"//a:0", NULL},
        {"//a:65535", "http://a:65535/"},
        {"//a:65536", NULL},
        {"//a:99999999999999999999", NULL},
        {"//a:8x", NULL},
        {"//a:-1", NULL},
        {"//a:80:80", NULL},
        {"//:80", NULL},
        {"//a b", NULL},
        {"//a%20b", NULL},
        {"//a%00b", NULL},
        {"//a%2Fb", NULL},
        {"//a|b", NULL},
        {"//a<b", NULL},
        {"//a%", NULL},
        {"//\xff", NULL},
        {"//xn--bcher-kva.example", "http://xn--bcher-kva.example/"},
        {"//0123456789012345678901234567890123456789012345678901234567890123.b", NULL},
    };
    (void)state;
    CHECK("http://h/", pairs);
}

static void users(void **state)
{
    static const struct pair pairs[] = {
        {"//u:p@h/", "http://u:p@h/"},
        {"//u@h/", "http://u@h/"},
        {"//u:@h/", "http://u@h/"},
        {"//:p@h/", "http://:p@h/"},
        {"//@h/", "http://h/"},
        {"//:@h/", "http://h/"},
        {"//u:p:q@h/", "http://u:p%3Aq@h/"},
        {"//a@b@c@h/", "http://a%40b%40c@h/"},
        {"//u @h/", "http://u%20@h/"},
        {"//u:\xff\xff@h/#\xff", "http://u:%FF%FF@h/#%FF"},
        {"//u;=[]^|\"'@h/", "http://u%3B%3D%5B%5D%5E%7C%22'@h/"},
        {"//u@/", NULL},
        {"//u:p@:80/", NULL},
        {"//safe.example\\@evil.example/", "http://safe.example/@evil.example/"},
        {"//safe.example#@evil.example/", "http://safe.example/#@evil.example/"},
        {"//safe.example?@evil.example/", "http://safe.example/?@evil.example/"},
        {"x", "http://me:word@h/a/x"},
        {"/x", "http://me:word@h/x"},
    };
    (void)state;
    CHECK("http://me:word@h/a/", pairs);
}

static void no_base(void **state)
{
    static const struct pair pairs[] = {
        {"http://h", "http://h/"},
        {"http:h", "http://h/"},
        {"a", NULL},
        {"", NULL},
        {"//h/", NULL},
        {"#a", NULL},
        {"mailto:x", ""},
        {"http://[fe80::1%25eth0]/", "http://[fe80::1%25eth0]/"},
    };
    (void)state;
    CHECK(NULL, pairs);
}

/* An absolute link to the base's own origin takes a short cut, and comes out the same. */
static void own_origin(void **state)
{
    static const struct pair pairs[] = {
        {"https://u:p@h:8080", "https://u:p@h:8080/"},
        {"https://u:p@h:8080/", "https://u:p@h:8080/"},
        {"https://u:p@h:8080?q", "https://u:p@h:8080/?q"},
        {"https://u:p@h:8080#q", "https://u:p@h:8080/#q"},
        {"https://u:p@h:8080\\..\\q", "https://u:p@h:8080/q"},
        {"https://u:p@h:80801/", NULL},
        {"https://u:p@h:8080@g/", "https://u:p%40h%3A8080@g/"},
        {"https://h:8080/a", "https://h:8080/a"},
    };
    (void)state;
    CHECK("https://u:p@h:8080/x/y?z", pairs);
}

static void base_is_kept(void **state)
{
    struct url_resolver resolver = {0};
    struct url_resolved result;
    const char *why = NULL;
    (void)state;
    assert_int_equal(url_resolver_set_base(&resolver, "http://h/a/b#c", 14, &why), 0);
    assert_string_equal(resolver.base.text, "http://h/a/b");
    assert_null(resolver.base.fragment);
    /* As <base href="../sub/"> does it. */
    assert_int_equal(url_resolve(&resolver, &result, "../sub/", 7, &why), 0);
    assert_int_equal(url_resolver_set_base(&resolver, result.text, result.length, &why), 0);
    assert_int_equal(url_resolve(&resolver, &result, "x", 1, &why), 0);
    assert_string_equal(result.text, "http://h/sub/x");
    assert_int_equal(url_resolver_set_base(&resolver, "mailto:x", 8, &why), URL_OTHER_SCHEME);
    assert_null(resolver.base.text);
    assert_int_equal(url_resolver_set_base(&resolver, "http://:1/", 10, &why), -EINVAL);
    assert_int_equal(url_resolve(&resolver, &result, "x", 1, &why), -EINVAL);
    assert_string_equal(why, "no scheme");
    url_resolver_clear(&resolver);
}

static void other_scheme_keeps_its_text(void **state)
{
    struct url_resolver resolver = {0};
    struct url_resolved result;
    const char *why = NULL;
    (void)state;
    assert_int_equal(url_resolve(&resolver, &result, " mailto:x@y ", 12, &why), URL_OTHER_SCHEME);
    assert_int_equal(result.length, 10);
    assert_memory_equal(result.text, "mailto:x@y", 10);
    assert_int_equal(result.scheme_length, 6);
    url_resolver_clear(&resolver);
}

static void query_is_stripped(void **state)
{
    struct url_resolver resolver = {.strip_query = true};
    struct url_resolved result;
    const char *why = NULL;
    (void)state;
    assert_int_equal(url_resolver_set_base(&resolver, "http://h/a", 10, &why), 0);
    assert_int_equal(url_resolve(&resolver, &result, "b?c=d#e", 7, &why), 0);
    assert_string_equal(result.text, "http://h/b");
    assert_string_equal(result.fragment, "e");
    assert_int_equal(result.query, 0);
    check_canonical(&result);
    assert_int_equal(url_resolve(&resolver, &result, "?c", 2, &why), 0);
    assert_string_equal(result.text, "http://h/a");
    url_resolver_clear(&resolver);
}

/* A megabyte of one byte, alone and behind something. */
static void long_ones(void **state)
{
    static const char bytes[] = "a/.%\\?#@:[\xff \n";
    static const char *const heads[] = {"", "//", "http://", "data:", "?", "#", "/a/", "//h:"};
    enum { SIZE = 1 << 20 };
    struct url_resolver resolver = {0};
    struct url_resolved result;
    const char *why = NULL;
    char *text = malloc(SIZE);
    (void)state;
    assert_non_null(text);
    assert_int_equal(url_resolver_set_base(&resolver, "http://h/a/b", 12, &why), 0);
    for (size_t i = 0; i < sizeof bytes - 1; i++) {
        for (size_t j = 0; j < sizeof heads / sizeof *heads; j++) {
            size_t head = strlen(heads[j]);
            memset(text, bytes[i], SIZE);
            memcpy(text, heads[j], head);
            int error = url_resolve(&resolver, &result, text, SIZE, &why);
            assert_true(error == -EINVAL || error == 0 || error == URL_OTHER_SCHEME);
            /* As much as is taken, and encoded it is too long. */
            error = url_resolve(&resolver, &result, text, URL_LENGTH_MAX, &why);
            assert_true(error || result.length <= URL_LENGTH_MAX);
        }
    }
    /* The base is in order still. */
    assert_int_equal(url_resolve(&resolver, &result, "c", 1, &why), 0);
    assert_string_equal(result.text, "http://h/a/c");
    free(text);
    url_resolver_clear(&resolver);
}

static void split_refuses(void **state)
{
    static const char *const texts[] = {"",         "http",     "http:",       "http:/", "http://",
                                        "http://h", "mailto:x", "gopher://h/", ":///"};
    struct url_resolved parts;
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_false(url_split(&parts, texts[i], strlen(texts[i])));
}

static void drops_logins(void **state)
{
    (void)state;
    struct url_resolver resolver = {0};
    struct url_resolved url, parts;
    const char *why;
    static const char text[] = "http://me:secret@h.test/a/b?c=d#e";
    assert_int_equal(url_resolve(&resolver, &url, text, strlen(text), &why), 0);
    url_resolver_drop_login(&resolver, &url);
    assert_string_equal(url.text, "http://h.test/a/b?c=d");
    assert_string_equal(url.fragment, "e");
    assert_true(url_split(&parts, url.text, url.length));
    assert_int_equal(url.host, parts.host);
    assert_int_equal(url.path, parts.path);
    assert_int_equal(url.path_length, parts.path_length);
    assert_int_equal(url.query, parts.query);
    url_resolver_drop_login(&resolver, &url); /* there is none any more */
    assert_string_equal(url.text, "http://h.test/a/b?c=d");
    url_resolver_clear(&resolver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops_logins),
        cmocka_unit_test(rfc_3986),
        cmocka_unit_test(scheme_and_slashes),
        cmocka_unit_test(blanks_and_encoding),
        cmocka_unit_test(dot_segments),
        cmocka_unit_test(hosts_and_ports),
        cmocka_unit_test(users),
        cmocka_unit_test(no_base),
        cmocka_unit_test(own_origin),
        cmocka_unit_test(base_is_kept),
        cmocka_unit_test(other_scheme_keeps_its_text),
        cmocka_unit_test(query_is_stripped),
        cmocka_unit_test(long_ones),
        cmocka_unit_test(split_refuses),
    };
    setlocale(LC_CTYPE, "C.UTF-8"); /* for international names */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
