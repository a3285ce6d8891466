/* behaviour.h: what a query may ask for, in which units, and what it gets told when it may not. */
#include "engine/deadline.h"
#include "tests/origin/behaviour.h"
#include "tests/unit/net/unit.h"
#include <errno.h>
#include <stdio.h>

static int parse(const char *query, struct behaviour *behaviour)
{
    char why[160] = "";
    int error = behaviour_parse(span_of(query), behaviour, why, sizeof(why));
    assert_int_equal(why[0] != '\0', error != 0);
    return error;
}

static void nothing_asked(void **state)
{
    struct behaviour behaviour;
    (void)state;
    memset(&behaviour, 0x55, sizeof(behaviour));
    assert_int_equal(parse("", &behaviour), 0);
    assert_int_equal(behaviour.size, 1024);
    assert_int_equal(behaviour.delay_ns, 0);
    assert_int_equal(behaviour.stall, -1);
    assert_int_equal(behaviour.redirect, -1);
    assert_int_equal(behaviour.modified, -1);
    assert_int_equal(behaviour.times, -1);
    assert_false(behaviour.noise);
    assert_null(behaviour.etag.data);
}

static void sizes(void **state)
{
    static const struct {
        const char *query;
        int64_t size; /* -1: refused */
    } cases[] = {
        {"size=0", 0},
        {"size=4096", 4096},
        {"size=1K", 1024},
        {"size=3M", 3 << 20},
        {"size=2G", INT64_C(2) << 30},
        {"size=999999999999999", INT64_C(999999999999999)},
        {"size=9999999999999999", -1},
        {"size=5000000000K", -1},
        {"size=", -1},
        {"size=K", -1},
        {"size=1k", -1},
        {"size=1KB", -1},
        {"size=-1", -1},
        {"size=+1", -1},
        {"size= 1", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct behaviour behaviour;
        int error = parse(cases[i].query, &behaviour);
        if (error != (cases[i].size < 0 ? -EINVAL : 0))
            fail_msg("%s: %d", cases[i].query, error);
        if (!error)
            assert_int_equal(behaviour.size, cases[i].size);
    }
}

static void times(void **state)
{
    static const struct {
        const char *query;
        int64_t ns; /* -1: refused */
    } cases[] = {
        {"delay=0", 0},
        {"delay=2", 2 * NSEC_PER_SEC},
        {"delay=2s", 2 * NSEC_PER_SEC},
        {"delay=100ms", 100 * NSEC_PER_MSEC},
        {"delay=1.5ms", 1500 * NSEC_PER_USEC},
        {"delay=0.25s", 250 * NSEC_PER_MSEC},
        {"delay=1.5m", 90 * NSEC_PER_SEC},
        {"delay=1.1234567899999s", INT64_C(1123456789)},
        {"delay=1000000m", NSEC_PER_SEC * 60 * 1000000},
        {"delay=1000001", -1},
        {"delay=", -1},
        {"delay=.5", -1},
        {"delay=1h", -1},
        {"delay=1 s", -1},
        {"delay=1.5.5", -1},
        {"delay=-1", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct behaviour behaviour;
        int error = parse(cases[i].query, &behaviour);
        if (error != (cases[i].ns < 0 ? -EINVAL : 0))
            fail_msg("%s: %d", cases[i].query, error);
        if (!error)
            assert_int_equal(behaviour.delay_ns, cases[i].ns);
    }
}

static void texts_are_decoded(void **state)
{
    struct behaviour behaviour;
    (void)state;
    assert_int_equal(parse("type=a%2fb%20c&etag=%22&n=%zz&&location=http://h/?a=b%26c", &behaviour),
                     0);
    assert_true(span_is(behaviour.type, "a/b c"));
    assert_true(span_is(behaviour.etag, "\""));
    assert_true(span_is(behaviour.location, "http://h/?a=b&c"));
}

static void what_is_refused(void **state)
{
    static const char *const queries[] = {
        "unknown=1",    "Size=1",       "siz=1",           "=1",           "type=%0a",
        "type=%0d",     "type=%00",     "type=%4",         "type=%",       "type=%g0",
        "reset=",       "reset=nev",    "reset=neverever", "chunked=yes",  "status=199",
        "status=600",   "status=",      "interim=200",     "interim=101",  "drip=1",
        "drip=/1s",     "drip=0/1s",    "redirect=-1",     "modified=now", "modified=@",
        "headers=many", "retry-after2", "times=x",         "gzip=2",       "echo",
    };
    struct behaviour behaviour;
    (void)state;
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++)
        if (parse(queries[i], &behaviour) != -EINVAL)
            fail_msg("%s is accepted", queries[i]);
}

static void the_text_is_bounded(void **state)
{
    static char value[BEHAVIOUR_TEXT_MAX + 1];
    char query[BEHAVIOUR_TEXT_MAX + 100];
    struct behaviour behaviour;
    (void)state;
    memset(value, 'a', BEHAVIOUR_TEXT_MAX);
    snprintf(query, sizeof(query), "type=%s", value);
    assert_int_equal(parse(query, &behaviour), 0);
    assert_int_equal(behaviour.type.size, BEHAVIOUR_TEXT_MAX);
    snprintf(query, sizeof(query), "type=%s&etag=a", value);
    assert_int_equal(parse(query, &behaviour), -EINVAL);
}

static void headers_are_bounded(void **state)
{
    struct behaviour behaviour;
    (void)state;
    assert_int_equal(BEHAVIOUR_HEADERS_MAX, 8);
    assert_int_equal(parse("header=A:b&header=A:b&header=A:b&header=A:b&"
                           "header=A:b&header=A:b&header=A:b&header=C:d",
                           &behaviour),
                     0);
    assert_int_equal(behaviour.header_count, BEHAVIOUR_HEADERS_MAX);
    assert_true(span_is(behaviour.headers[7], "C:d"));
    assert_int_equal(parse("header=A:b&header=A:b&header=A:b&header=A:b&header=A:b&"
                           "header=A:b&header=A:b&header=A:b&header=A:b",
                           &behaviour),
                     -EINVAL);
}

static void calm(void **state)
{
    struct behaviour behaviour;
    (void)state;
    assert_int_equal(parse("size=9&etag=x&delay=1s&reset=body&status=503&retry-after=1&noise=1&"
                           "truncate=1&stall=1&length=1&redirect=loop&auth=a:b&gzip=bomb&"
                           "headers=endless&chunks=cut&close=silent&conn=drop&drip=1/1s&"
                           "ranges=wrong&interim=103&location=/x&times=1&chunked=1",
                           &behaviour),
                     0);
    behaviour_calm(&behaviour);
    struct behaviour plain;
    assert_int_equal(parse("size=9&etag=x&ranges=1&times=1&chunked=1", &plain), 0);
    assert_int_equal(behaviour.drip_bytes, 0);
    behaviour.drip_ns = 0; /* without bytes it means nothing */
    assert_true(span_is(behaviour.etag, "x"));
    behaviour.etag = plain.etag;
    assert_memory_equal(&behaviour, &plain, offsetof(struct behaviour, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_asked),
        cmocka_unit_test(sizes),
        cmocka_unit_test(times),
        cmocka_unit_test(texts_are_decoded),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(the_text_is_bounded),
        cmocka_unit_test(headers_are_bounded),
        cmocka_unit_test(calm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
