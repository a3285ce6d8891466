/* Whose login of a netrc file is used, and whom it never gets to. */
#include "tests/unit/net/unit.h"

#include "net/xfer/login.h"
#include <string.h>

static const char file[] = "machine a.test login me password one\n"
                           "machine a.test login you password two\n"
                           "machine b.test login b password three\n"
                           "default login any password four\n";

struct trial {
    const char *url;
    const char *user; /* -u */
    bool optional;
    bool elsewhere;       /* a redirect has left the origin */
    const char *expected; /* password; NULL: none */
};

static const struct trial trials[] = {
    {"http://a.test/", NULL, false, false, "one"},
    {"http://a.test/", "x:y", false, false, NULL},
    {"http://x.test/", NULL, false, false, "four"},
    {"http://you@a.test/", NULL, false, false, "one"},
    {"http://you@a.test/", NULL, true, false, "two"},
    {"http://y%6fu@a.test/", NULL, true, false, "two"},
    {"http://who@a.test/", NULL, true, false, NULL},
    {"http://you:x@a.test/", NULL, true, false, NULL},
    {"http://you:x@a.test/", NULL, false, false, "one"},
    {"ftp://b.test/", NULL, true, false, "three"},
    /* Elsewhere: only who is named, only where nobody listens. */
    {"https://a.test/", NULL, false, true, "one"},
    {"https://a.test:443/", NULL, true, true, "one"},
    {"https://a.test/", "x:y", false, true, "one"},
    {"ftps://b.test/", NULL, false, true, "three"},
    {"http://a.test/", NULL, false, true, NULL},
    {"http://a.test:443/", NULL, false, true, NULL},
    {"https://a.test:8443/", NULL, false, true, NULL},
    {"ftp://b.test/", NULL, false, true, NULL},
    {"ftps://b.test:443/", NULL, false, true, NULL},
    {"https://x.test/", NULL, false, true, NULL},
};

static void test_choice(void **state)
{
    (void)state;
    struct netrc *netrc;
    assert_int_equal(netrc_parse(&netrc, file, strlen(file)), 0);
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        const struct trial *trial = &trials[i];
        struct transfer_options options = {
            .netrc = netrc, .netrc_optional = trial->optional, .user = trial->user};
        struct url url;
        const char *why;
        assert_int_equal(url_parse(&url, trial->url, strlen(trial->url), &why), 0);
        struct transfer_request request = {.url = &url, .send_credentials = !trial->elsewhere};
        const struct netrc_login *login = login_choose(&options, &request);
        const char *password = login ? login->password : "none";
        if (strcmp(password, trial->expected ? trial->expected : "none") != 0)
            fail_msg("%zu %s: %s", i, trial->url, password);
        options.netrc = NULL;
        assert_null(login_choose(&options, &request));
        url_clear(&url);
    }
    netrc_free(netrc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_choice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
