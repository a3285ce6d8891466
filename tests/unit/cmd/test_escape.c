/* Text from the network on its way to a terminal and into JSON. */
#include "unit.h"

#include "cmd/get/escape.h"
#include "cmd/get/json_text.h"
#include "cmd/get/quantity.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_terminal(const char *text, const char *expected)
{
    char *escaped = escape_text(text);
    assert_string_equal(escaped, expected);
    free(escaped);
}

static void check_json(const char *text, const char *expected)
{
    struct json_text printed = {0};
    json_text_string(&printed, text);
    assert_int_equal(printed.length, strlen(expected));
    assert_memory_equal(printed.data, expected, printed.length);
    json_text_clear(&printed);
}

static void good_text_stays(void **state)
{
    (void)state;
    static const char *const good[] = {
        "",
        "http://example.org/a?b=c%20d",
        "M\xc3\xbcnchen",
        "\xe2\x82\xac",
        "\xf0\x9f\x98\x80",
        "\xef\xbf\xbd",
        "\xf4\x8f\xbf\xbf",
        "\xed\x9f\xbf",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", good[i]);
        check_json(good[i], quoted);
        check_terminal(good[i], good[i]);
    }
}

static void bytes_that_are_no_utf8_are_escaped(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"a\xff", "a%FF"},
        {"\x80x", "%80x"},
        {"\xc3", "%C3"},                             /* cut off */
        {"\xe2\x82z", "%E2%82z"},                    /* cut off in the middle */
        {"\xc0\xaf", "%C0%AF"},                      /* a slash in two bytes */
        {"\xe0\x80\xaf", "%E0%80%AF"},               /* and in three */
        {"\xed\xa0\x80", "%ED%A0%80"},               /* a surrogate */
        {"\xf4\x90\x80\x80", "%F4%90%80%80"},        /* beyond Unicode */
        {"\xf8\x90\x80\x80\x80", "%F8%90%80%80%80"}, /* five bytes */
        {"\xff\xff", "%FF%FF"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "\"%s\"", pairs[i][1]);
        check_json(pairs[i][0], quoted);
        check_terminal(pairs[i][0], pairs[i][1]);
    }
}

static void a_terminal_gets_no_controls(void **state)
{
    (void)state;
    check_terminal("\x1b[31mred\x1b]0;title\a", "%1B[31mred%1B]0;title%07");
    check_terminal("a\r\nb\tc\x7f", "a%0D%0Ab%09c%7F");
    check_terminal("\xc2\x9b"
                   "31m",
                   "%C2%9B31m"); /* CSI in one character */
    check_terminal("\xe2\x80\xae"
                   "gpj.exe",
                   "%E2%80%AEgpj.exe");
    check_terminal("\xe2\x81\xa6x", "%E2%81%A6x");
}

static void json_has_escapes_of_its_own(void **state)
{
    (void)state;
    check_json("a\r\nb\x1b\x7f", "\"a\\u000D\\u000Ab\\u001B\\u007F\"");
    check_json("say \"no\\\"", "\"say \\\"no\\\\\\\"\"");
    check_json(NULL, "null");
}

static void json_numbers(void **state)
{
    struct json_text printed = {0};
    (void)state;
    json_text_integer(&printed, 0);
    json_text_raw(&printed, " ");
    json_text_integer(&printed, INT64_MIN);
    json_text_raw(&printed, " ");
    json_text_integer(&printed, INT64_MAX);
    json_text_raw(&printed, " ");
    json_text_seconds(&printed, INT64_C(1763726689123456789));
    json_text_raw(&printed, " ");
    json_text_seconds(&printed, 20500000);
    json_text_raw(&printed, " ");
    json_text_seconds(&printed, -1500000000);
    static const char expected[] = "0 -9223372036854775808 9223372036854775807 "
                                   "1763726689.123456 0.020500 -1.500000";
    assert_int_equal(printed.length, strlen(expected));
    assert_memory_equal(printed.data, expected, printed.length);
    json_text_clear(&printed);
}

/* More than it had room for at first, also in one go. */
static void json_grows(void **state)
{
    static char large[100000];
    struct json_text printed = {0};
    (void)state;
    memset(large, 'x', sizeof large - 1);
    json_text_string(&printed, large);
    for (int i = 0; i < 10000; i++)
        json_text_integer(&printed, i % 10);
    assert_int_equal(printed.error, 0);
    assert_int_equal(printed.length, sizeof large - 1 + 2 + 10000);
    json_text_clear(&printed);
}

static void credentials_are_blotted_out(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"http://user:secret@host/ x", "http://***@host/ x"},
        {"http://user@host", "http://***@host"},
        {"http://a@b@host/", "http://***@host/"},
        {"http://u:p@host", "http://***@host"},
        {"http://u@host", "http://*@host"},
        {"http://@host", "http://@host"},
        {"http://user:se/cr?e#t s@host", "http://***@host"},
        {"http://user:secret@host http://user:secret@other", "http://***@other"},
        {"htp//user:secret@host", "htp//user:***@host"},
        {"user:secret@host/file", "user:***@host/file"},
        {"user@host:80", "user@host:80"},
        {"user@host", "user@host"},
        {"mailto:someone@host", "mailto:***@host"},
        {"http://host:x/", "http://host:x/"},
        {"no url at all", "no url at all"},
        {"x://", "x://"},
        {"@:", "@:"},
        {":@", ":@"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char *line = strdup(pairs[i][0]);
        escape_credentials(line);
        assert_string_equal(line, pairs[i][1]);
        free(line);
    }
}

static void quantities_read_well(void **state)
{
    (void)state;
    char text[QUANTITY_SIZE];
    assert_string_equal(quantity_bytes(text, 0), "0 B");
    assert_string_equal(quantity_bytes(text, 1023), "1023 B");
    assert_string_equal(quantity_bytes(text, 1024), "1.0 KiB");
    assert_string_equal(quantity_bytes(text, 1258291), "1.2 MiB");
    assert_string_equal(quantity_bytes(text, 1048575), "1.0 MiB");
    assert_string_equal(quantity_bytes(text, 1e30), "867361737988.4 EiB");
    assert_string_equal(quantity_seconds(text, 0.43), "0.43 s");
    assert_string_equal(quantity_seconds(text, 128.4), "128 s");
    assert_string_equal(quantity_rate(text, 2.44), "2.4");
    assert_string_equal(quantity_rate(text, 9.96), "10");
    assert_string_equal(quantity_rate(text, 116.3), "116");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_text_stays),
        cmocka_unit_test(bytes_that_are_no_utf8_are_escaped),
        cmocka_unit_test(a_terminal_gets_no_controls),
        cmocka_unit_test(json_has_escapes_of_its_own),
        cmocka_unit_test(json_numbers),
        cmocka_unit_test(json_grows),
        cmocka_unit_test(credentials_are_blotted_out),
        cmocka_unit_test(quantities_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
