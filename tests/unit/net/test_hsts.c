#include "tests/unit/net/unit.h"

#include "net/http/hsts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1000000000

static const struct {
    const char *field;
    bool covered;    /* the host itself */
    bool subdomains; /* and what is below */
} fields[] = {
    {"max-age=1", true, false},
    {"max-age=1; includeSubDomains", true, true},
    {"INCLUDESUBDOMAINS ;MAX-AGE = \"1\"", true, true},
    {"max-age=99999999999999999999999999", true, false},
    {"max-age=1; preload; x=\"y\";;", true, false},
    {"max-age=0", false, false},
    {"", false, false},
    {"max-age", false, false},
    {"max-age=", false, false},
    {"max-age=\"\"", false, false},
    {"max-age=-1", false, false},
    {"max-age=1x", false, false},
    {"includeSubDomains", false, false},
    {"max-age=1; max-age=1", false, false},
    {"max-age=1; includeSubDomains; includeSubDomains", false, false},
    {"max-age=1; includeSubDomains=1", false, false},
};

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct hsts *hsts = hsts_new();
        hsts_learn(hsts, "a.test", fields[i].field, strlen(fields[i].field), NOW);
        if (hsts_covers(hsts, "a.test", NOW) != fields[i].covered ||
            hsts_covers(hsts, "b.a.test", NOW) != fields[i].subdomains)
            fail_msg("%s", fields[i].field);
        assert_false(hsts_covers(hsts, "test", NOW));
        assert_false(hsts_covers(hsts, "xa.test", NOW));
        hsts_free(hsts);
    }
}

static void test_time(void **state)
{
    (void)state;
    struct hsts *hsts = hsts_new();
    hsts_learn(hsts, "a.test", "max-age=10", 10, NOW);
    assert_true(hsts_covers(hsts, "A.Test.", NOW + 9));
    assert_false(hsts_covers(hsts, "a.test", NOW + 10));
    /* A later word counts, also one that takes it back. */
    hsts_learn(hsts, "a.test", "max-age=20;includesubdomains", 28, NOW);
    assert_true(hsts_covers(hsts, "x.y.a.test", NOW + 19));
    hsts_learn(hsts, "a.test", "max-age=0", 9, NOW);
    assert_false(hsts_covers(hsts, "a.test", NOW));
    hsts_free(hsts);
}

static char *written(struct hsts *hsts, bool learnt)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (learnt)
        hsts_write_learnt(hsts, out);
    else
        hsts_write(hsts, out, NOW);
    fclose(out);
    return text;
}

static void expect_written(struct hsts *hsts, bool learnt, const char *expected)
{
    char *text = written(hsts, learnt);
    assert_string_equal(text, expected);
    free(text);
}

static void test_files(void **state)
{
    (void)state;
    static const char file[] = "# made by libcurl\n.a.test \"20361231 23:59:59\"\r\n"
                               "nonsense\nb.test \"soon\"\nc.test \"19700102 00:00:00\"\n";
    struct hsts *hsts = hsts_new();
    assert_int_equal(hsts_read(hsts, file, strlen(file), NOW), 0);
    assert_true(hsts_covers(hsts, "x.a.test", NOW));
    assert_false(hsts_covers(hsts, "b.test", NOW));
    assert_false(hsts_covers(hsts, "c.test", NOW));
    expect_written(hsts, false, ".a.test \"20361231 23:59:59\"\n");
    expect_written(hsts, true, "");
    hsts_learn(hsts, "a.test", "max-age=0", 9, NOW);
    expect_written(hsts, false, "");
    expect_written(hsts, true, "a.test \"19700101 00:00:00\"\n");
    /* What a child learnt takes effect in the parent. */
    struct hsts *parent = hsts_new();
    hsts_read(parent, file, strlen(file), NOW);
    char *text = written(hsts, true);
    hsts_read(parent, text, strlen(text), NOW);
    assert_false(hsts_covers(parent, "a.test", NOW));
    free(text);
    hsts_read(parent, "d.test \"unlimited\"", 18, NOW);
    expect_written(parent, false, "d.test \"unlimited\"\n");
    hsts_free(parent);
    hsts_free(hsts);
}

static void expect_upgrade(const char *from, const char *to)
{
    struct url url;
    const char *why;
    assert_int_equal(url_parse(&url, from, strlen(from), &why), 0);
    char *text = hsts_upgrade(&url);
    assert_string_equal(text, to);
    curl_free(text);
    url_clear(&url);
}

static void test_upgrade(void **state)
{
    (void)state;
    expect_upgrade("http://a.test/x?y", "https://a.test/x?y");
    expect_upgrade("http://a.test:80/", "https://a.test/");
    expect_upgrade("http://a.test:8080/", "https://a.test:8080/");
    expect_upgrade("http://me:secret@a.test/", "https://me:secret@a.test/");
}

static void test_bound(void **state)
{
    (void)state;
    struct hsts *hsts = hsts_new();
    char name[64];
    for (int i = 0; i < HSTS_HOSTS_MAX + 10; i++) {
        snprintf(name, sizeof name, "h%d.test", i);
        hsts_learn(hsts, name, "max-age=1", 9, NOW);
    }
    assert_true(hsts_covers(hsts, "h0.test", NOW));
    assert_false(hsts_covers(hsts, name, NOW));
    hsts_free(hsts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_time),  cmocka_unit_test(test_files),
        cmocka_unit_test(test_upgrade), cmocka_unit_test(test_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
