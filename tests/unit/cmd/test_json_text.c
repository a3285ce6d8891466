#include "cmd/get/json_text.h"
#include "tests/unit/cmd/unit.h"
#include <string.h>

/* What was printed so far, as a string of its own. */
static const char *printed(struct json_text *text)
{
    static char copy[4096];
    assert_int_equal(text->error, 0);
    assert_true(text->length < sizeof copy);
    memcpy(copy, text->data, text->length);
    copy[text->length] = '\0';
    json_text_clear(text);
    return copy;
}

static void strings_are_escaped(void **state)
{
    (void)state;
    struct json_text text = {0};
    json_text_string(&text, "a\"b\\c\n\x1b\x7f/</script>\xe2\x80\xa8\xff");
    assert_string_equal(printed(&text), "\"a\\\"b\\\\c\\u000A\\u001B\\u007F/</script>\xe2\x80\xa8"
                                        "%FF\"");
    json_text_string(&text, NULL);
    json_text_string(&text, "");
    assert_string_equal(printed(&text), "null\"\"");
}

static void in_html_no_string_ends_its_script(void **state)
{
    (void)state;
    struct json_text text = {.in_html = true};
    json_text_string(&text, "</script><!--<script>");
    assert_string_equal(printed(&text), "\"\\u003C/script>\\u003C!--\\u003Cscript>\"");
}

static void parts_end_where_they_are_told_to(void **state)
{
    (void)state;
    struct json_text text = {0};
    json_text_part(&text, "a\"b", 2);
    json_text_part(&text, "\xc3\xa4", 1); /* half of a character is none */
    json_text_part(&text, "\xc3\xa4", 2);
    json_text_part(&text, "x", 0);
    assert_string_equal(printed(&text), "\"a\\\"\"\"%C3\"\"\xc3\xa4\"\"\"");
}

static void numbers_are_exact(void **state)
{
    (void)state;
    struct json_text text = {0};
    json_text_integer(&text, INT64_MIN);
    json_text_raw(&text, " ");
    json_text_integer(&text, 0);
    assert_string_equal(printed(&text), "-9223372036854775808 0");
    json_text_seconds(&text, 20500000);
    json_text_raw(&text, " ");
    json_text_seconds(&text, -1500000000);
    json_text_raw(&text, " ");
    json_text_seconds(&text, -1000);
    json_text_raw(&text, " ");
    json_text_seconds(&text, 0);
    json_text_raw(&text, " ");
    json_text_seconds(&text, 999);
    assert_string_equal(printed(&text), "0.020500 -1.500000 -0.000001 0.000000 0.000000");
    json_text_milliseconds(&text, 20500999);
    json_text_raw(&text, " ");
    json_text_milliseconds(&text, 1000);
    json_text_raw(&text, " ");
    json_text_milliseconds(&text, INT64_MAX);
    assert_string_equal(printed(&text), "20.500 0.001 9223372036854.775");
}

static void dates_are_in_utc(void **state)
{
    (void)state;
    struct json_text text = {0};
    json_text_date(&text, INT64_C(1763726689123456789));
    assert_string_equal(printed(&text), "\"2025-11-21T12:04:49.123Z\"");
    json_text_date(&text, INT64_C(951782400) * 1000000000);
    assert_string_equal(printed(&text), "\"2000-02-29T00:00:00.000Z\"");
    json_text_date(&text, -1);
    assert_string_equal(printed(&text), "\"1970-01-01T00:00:00.000Z\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(in_html_no_string_ends_its_script),
        cmocka_unit_test(parts_end_where_they_are_told_to),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(dates_are_in_utc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
