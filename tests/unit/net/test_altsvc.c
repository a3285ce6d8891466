#include "tests/unit/net/unit.h"

#include "net/http/altsvc.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW 1000000000

static const struct {
    const char *field;
    const char *key; /* of the first that can be used; "" none */
} fields[] = {
    {"h2=\"alt.test:8443\"", "alt.test:8443"},
    {"h2=\":8443\"", "a.test:8443"},
    {"h2=\"ALT.test:8443\"; ma=1", "alt.test:8443"},
    {"h2=\"alt.test:8443\"; ma=0", ""},
    {"h3=\":443\"; ma=86400, h2=\"[2001:db8::1]:1\"", "[2001:db8::1]:1"},
    {"h3=\":443\"; x=\"a,b;c\", h2=\":1\"", "a.test:1"},
    {"http%2F1.1=\"x:2\"", "x:2"},
    {" h2 = \"x:3\" ; ma = 5 ", "x:3"},
    {"h2=x:4", "x:4"},
    {"w=\"x:1\",h2=\"x:5\"", "x:5"},
    {"h2=\"x\"", ""},
    {"h2=\"x:\"", ""},
    {"h2=\"x:0\"", ""},
    {"h2=\"x:65536\"", ""},
    {"h2=\"x/y:1\"", ""},
    {"h2=\"x y:1\"", ""},
    {"h2=\"\"", ""},
    {"h2", ""},
    {"=", ""},
    {"", ""},
    {"clear", ""},
    {",,;,h2=\":6\"", "a.test:6"},
};

static void expect(struct altsvc *altsvc, bool http2, int64_t now, const char *key)
{
    struct altsvc_place place = {.key = ""};
    altsvc_find(altsvc, "a.test", 443, http2, now, &place);
    assert_string_equal(place.key, key);
}

static void learn(struct altsvc *altsvc, const char *field, bool continues)
{
    assert_int_equal(altsvc_learn(altsvc, "a.test", 443, field, strlen(field), NOW, continues), 0);
}

static void test_fields(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct altsvc *altsvc = altsvc_new();
        struct altsvc_place place;
        learn(altsvc, fields[i].field, false);
        expect(altsvc, true, NOW, fields[i].key);
        assert_false(altsvc_find(altsvc, "a.test", 444, true, NOW, &place));
        assert_false(altsvc_find(altsvc, "b.test", 443, true, NOW, &place));
        altsvc_free(altsvc);
    }
}

static void test_life(void **state)
{
    (void)state;
    struct altsvc *altsvc = altsvc_new();
    struct altsvc_place place;
    learn(altsvc, "h2=\"x:1\"; ma=10", false);
    expect(altsvc, true, NOW + 9, "x:1");
    expect(altsvc, true, NOW + 10, "");
    expect(altsvc, false, NOW, "");
    /* Another field of the same answer adds, another answer replaces. */
    learn(altsvc, "h2=\"y:2\"", true);
    expect(altsvc, true, NOW, "x:1");
    expect(altsvc, true, NOW + 10, "y:2");
    assert_true(altsvc_find(altsvc, "a.test", 443, true, NOW, &place));
    altsvc_avoid(altsvc, "a.test", 443, &place);
    expect(altsvc, true, NOW, "y:2");
    learn(altsvc, "h2=\"z:3\"", false);
    expect(altsvc, true, NOW, "z:3");
    learn(altsvc, "clear", false);
    expect(altsvc, true, NOW, "");
    altsvc_free(altsvc);
}

static void expect_written(struct altsvc *altsvc, bool learnt, const char *expected)
{
    char *text;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (learnt)
        altsvc_write_learnt(altsvc, out);
    else
        altsvc_write(altsvc, out, NOW);
    fclose(out);
    assert_string_equal(text, expected);
    free(text);
}

static void test_files(void **state)
{
    (void)state;
    static const char line[] = "h2 a.test 443 h2 alt.test 8443 \"20361231 23:59:59\" 1 0\n";
    static const char file[] =
        "# comment\nh2 a.test 443 h2 alt.test 8443 \"20361231 23:59:59\" 1 0\r\n"
        "h2 a.test 443 h2 old.test 1 \"19991231 23:59:59\" 0 0\n"
        "h2 a.test 443 h9 x.test 1 \"20361231 23:59:59\" 0 0\n"
        "h2 a.test 0 h2 x.test 1 \"20361231 23:59:59\" 0 0\nnonsense\n\n";
    struct altsvc *altsvc = altsvc_new();
    for (int i = 0; i < 2; i++) /* the same again is the same */
        assert_int_equal(altsvc_read(altsvc, file, strlen(file), NOW), 0);
    expect(altsvc, true, NOW, "alt.test:8443");
    expect_written(altsvc, false, line);
    expect_written(altsvc, true, "");
    learn(altsvc, "h2=\":1\"; ma=1", false);
    expect_written(altsvc, true,
                   "h2 a.test 443 h2 alt.test 8443 \"19700101 00:00:00\" 1 0\n"
                   "h2 a.test 443 h2 a.test 1 \"20010909 01:46:41\" 0 0\n");
    altsvc_free(altsvc);
}

/* What a file has and a host takes back is told, so that it goes from there too. */
static void test_taken_back(void **state)
{
    (void)state;
    static const char file[] = "h2 a.test 443 h2 x.test 1 \"20361231 23:59:59\" 0 0\n"
                               "h2 a.test 443 h2 y.test 2 \"20361231 23:59:59\" 0 0\n";
    struct altsvc *altsvc = altsvc_new();
    struct altsvc *other = altsvc_new();
    assert_int_equal(altsvc_read(altsvc, file, strlen(file), NOW), 0);
    assert_int_equal(altsvc_read(other, file, strlen(file), NOW), 0);
    learn(altsvc, "h2=\"y.test:2\"; ma=1", false);
    expect(altsvc, true, NOW, "y.test:2");
    expect_written(altsvc, false, "h2 a.test 443 h2 y.test 2 \"20010909 01:46:41\" 0 0\n");
    static const char learnt[] = "h2 a.test 443 h2 x.test 1 \"19700101 00:00:00\" 0 0\n"
                                 "h2 a.test 443 h2 y.test 2 \"20010909 01:46:41\" 0 0\n";
    expect_written(altsvc, true, learnt);
    assert_int_equal(altsvc_read(other, learnt, strlen(learnt), NOW), 0);
    expect_written(other, false, "h2 a.test 443 h2 y.test 2 \"20010909 01:46:41\" 0 0\n");
    learn(altsvc, "clear", false);
    expect(altsvc, true, NOW, "");
    expect_written(altsvc, false, "");
    altsvc_free(altsvc);
    altsvc_free(other);
}

/* One host cannot fill the list, nor make us look through long ones. */
static void test_hostile(void **state)
{
    (void)state;
    enum { COUNT = 65000 };
    char *field = malloc(COUNT * 16);
    size_t length = 0;
    struct altsvc *altsvc = altsvc_new();
    for (unsigned i = 1; i <= COUNT; i++)
        length += (size_t)sprintf(field + length, "h2=\":%u\",", i);
    for (int i = 0; i < 20; i++)
        assert_int_equal(altsvc_learn(altsvc, "a.test", 443, field, length, NOW, i % 2), 0);
    expect(altsvc, true, NOW, "a.test:1");
    char *text;
    FILE *out = open_memstream(&text, &length);
    altsvc_write(altsvc, out, NOW);
    fclose(out);
    size_t lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, ALTSVC_EACH);
    free(text);
    free(field);
    altsvc_free(altsvc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),  cmocka_unit_test(test_life),
        cmocka_unit_test(test_files),   cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
