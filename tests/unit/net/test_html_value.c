#include "tests/unit/net/unit.h"

#include "net/html/charref.h"
#include "net/html/value.h"
#include <stdio.h>
#include <string.h>

#define LENGTH(text) (sizeof(text) - 1)

static const struct {
    const char *raw;
    size_t length;
    const char *attribute; /* what it says there */
    const char *text;      /* and in a text; NULL: the same */
} values[] = {
    {"plain", 5, "plain", NULL},
    {"", 0, "", NULL},
    {"a&amp;b", 7, "a&b", NULL},
    {"?a=1&amp;b=2", 12, "?a=1&b=2", NULL},
    {"?a=1&copy=2", 11, "?a=1&copy=2", "?a=1\xc2\xa9=2"},
    {"&copyx", 6, "&copyx", "\xc2\xa9x"},
    {"&copy", 5, "\xc2\xa9", NULL},
    {"&copy;=", 7, "\xc2\xa9=", NULL},
    {"&notit;", 7, "&notit;", "\xc2\xacit;"},
    {"&notin;", 7, "\xe2\x88\x89", NULL},
    {"&nosuch;", 8, "&nosuch;", NULL},
    {"&", 1, "&", NULL},
    {"&&amp;&", 7, "&&&", NULL},
    {"&#", 2, "&#", NULL},
    {"&#x", 3, "&#x", NULL},
    {"&#xg", 4, "&#xg", NULL},
    {"&#x2F;a", 7, "/a", NULL},
    {"&#47a", 5, "/a", NULL},
    {"&#0;", 4, "\xef\xbf\xbd", NULL},
    {"&#x80;", 6, "\xe2\x82\xac", NULL},
    {"&#xd800;", 8, "\xef\xbf\xbd", NULL},
    {"&#x10ffff;", 10, "\xf4\x8f\xbf\xbf", NULL},
    {"&#99999999999999999999999;", 26, "\xef\xbf\xbd", NULL},
    {"&nGt;", 5, "\xe2\x89\xab\xe2\x83\x92", NULL},
    {"&CounterClockwiseContourIntegral;", 33, "\xe2\x88\xb3", NULL},
    {"a\r\nb\rc\n", 7, "a\nb\nc\n", NULL},
    {"a\0b", 3,
     "a\xef\xbf\xbd"
     "b",
     NULL},
};

static void expect(const char *raw, size_t length, enum html_value_place place, const char *says)
{
    char out[256];
    size_t made = html_value_decode(raw, length, place, out, sizeof out);
    assert_int_equal(made, strlen(says));
    assert_memory_equal(out, says, made);
    assert_true(made <= HTML_VALUE_ROOM(length));
    assert_true(html_value_is_coded(raw, length) || (made == length && !memcmp(raw, out, length)));
}

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        const char *text = values[i].text ? values[i].text : values[i].attribute;
        expect(values[i].raw, values[i].length, HTML_IN_ATTRIBUTE, values[i].attribute);
        expect(values[i].raw, values[i].length, HTML_IN_TEXT, text);
    }
}

/* What does not fit ends before the reference that does not. */
static void test_room(void **state)
{
    (void)state;
    const char raw[] = "ab&nGt;cd";
    char out[16];
    for (size_t size = 0; size <= 10; size++) {
        size_t made = html_value_decode(raw, LENGTH(raw), HTML_IN_ATTRIBUTE, out, size);
        assert_int_equal(made, size < 2 ? size : size < 8 ? 2 : size);
    }
}

static void test_places(void **state)
{
    (void)state;
    const char raw[] = "a&amp;b\r\nc&nGt;d";
    const size_t places[] = {0, 1, 6, 7, 9, 10, 10, 10, 10, 10, 10, 15};
    struct html_value_cursor cursor = {0};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct html_value_cursor fresh = {0};
        assert_int_equal(html_value_locate(&fresh, raw, LENGTH(raw), HTML_IN_ATTRIBUTE, i),
                         places[i]);
        assert_int_equal(html_value_locate(&cursor, raw, LENGTH(raw), HTML_IN_ATTRIBUTE, i),
                         places[i]);
    }
    assert_int_equal(html_value_locate(&cursor, raw, LENGTH(raw), HTML_IN_ATTRIBUTE, 12),
                     LENGTH(raw));
}

static void test_charrefs(void **state)
{
    (void)state;
    char out[HTML_CHARREF_ROOM];
    size_t size;
    assert_int_equal(html_charref_read("&zwnj;", 6, false, out, &size), 6);
    assert_int_equal(size, 3);
    assert_int_equal(html_charref_read("&AElig", 6, true, out, &size), 6);
    assert_int_equal(html_charref_read("&ampx", 4, true, out, &size), 4);
    assert_int_equal(html_charref_read("&amp;", 3, true, out, &size), 0);
    assert_int_equal(html_charref_read("&", 1, false, out, &size), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_room),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_charrefs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
