/* redirect.h: which answers send us elsewhere, where to, and where not. */
#include "net/http/redirect.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char web[] = "http,https";

static void wanted(void **state)
{
    static const int redirects[] = {301, 302, 303, 307, 308};
    static const int others[] = {0, 200, 204, 300, 304, 305, 306, 309, 404, 503};
    char location[] = "/x";
    char empty[] = "";
    (void)state;
    for (size_t i = 0; i < sizeof(redirects) / sizeof(redirects[0]); i++) {
        struct transfer_result result = {.status = redirects[i], .location = location};
        assert_true(redirect_wanted(&result));
        result.location = empty;
        assert_false(redirect_wanted(&result));
        result.location = NULL;
        assert_false(redirect_wanted(&result));
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct transfer_result result = {.status = others[i], .location = location};
        assert_false(redirect_wanted(&result));
    }
}

static void protocols(void **state)
{
    (void)state;
    assert_true(redirect_protocol_allowed("http,https,ftp", "http"));
    assert_true(redirect_protocol_allowed("http,https,ftp", "https"));
    assert_true(redirect_protocol_allowed("http,https,ftp", "ftp"));
    assert_false(redirect_protocol_allowed("http,https,ftp", "ftps"));
    assert_false(redirect_protocol_allowed("https", "http"));
    assert_false(redirect_protocol_allowed("", "http"));
    assert_false(redirect_protocol_allowed(",,", "http"));
    assert_true(redirect_protocol_allowed(",http", "http"));
}

/* Follows `location` from `text`; what redirect_target() returns. */
static int follow_from(const char *text, const char *location, struct url *next, const char **why)
{
    struct url from;
    struct transfer_result result = {.status = 302, .location = strdup(location)};
    assert_int_equal(url_parse(&from, text, strlen(text), why), 0);
    int error = redirect_target(&from, &result, web, next, why);
    url_clear(&from);
    free(result.location);
    return error;
}

static int follow(const char *location, struct url *next, const char **why)
{
    return follow_from("http://h/a/b", location, next, why);
}

static void targets(void **state)
{
    struct url next;
    const char *why = NULL;
    (void)state;
    assert_int_equal(follow("c", &next, &why), 0);
    assert_string_equal(next.text, "http://h/a/c");
    url_clear(&next);
    assert_int_equal(follow("https://other/x y", &next, &why), 0);
    assert_string_equal(next.text, "https://other/x%20y");
    url_clear(&next);
}

static void credentials(void **state)
{
    static const struct {
        const char *from, *location, *to;
    } cases[] = {
        {"http://me:p%40ss@h/a", "http://h/b", "http://me:p%40ss@h/b"},
        {"http://me:p%40ss@h/a", "/b", "http://me:p%40ss@h/b"},
        {"http://me@h/a", "http://h:80/b?c", "http://me@h/b?c"},
        {"http://me:pass@h/a", "http://you@h/b", "http://you@h/b"},
        {"http://me:pass@h/a", "http://h:81/b", "http://h:81/b"},
        {"http://me:pass@h/a", "https://h/b", "https://h/b"},
        {"http://me:pass@h/a", "//i/b", "http://i/b"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct url next;
        const char *why = NULL;
        assert_int_equal(follow_from(cases[i].from, cases[i].location, &next, &why), 0);
        assert_string_equal(next.text, cases[i].to);
        assert_int_equal(next.has_credentials, strchr(cases[i].to, '@') != NULL);
        url_clear(&next);
    }
}

static void refused(void **state)
{
    struct url next;
    const char *why = NULL;
    (void)state;
    assert_int_equal(follow("http://", &next, &why), -EINVAL);
    assert_non_null(why);
    assert_int_equal(follow("ftp://h/x", &next, &why), -EPROTONOSUPPORT);
    assert_string_equal(why, "redirect to a protocol that is not allowed");
    assert_null(next.parsed);
    assert_int_equal(follow("file:///etc/passwd", &next, &why), -EPROTONOSUPPORT);
    assert_int_equal(follow("gopher://h/x", &next, &why), -EPROTONOSUPPORT);
    assert_int_equal(follow("javascript:alert(1)", &next, &why), -EPROTONOSUPPORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wanted),      cmocka_unit_test(protocols), cmocka_unit_test(targets),
        cmocka_unit_test(credentials), cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
