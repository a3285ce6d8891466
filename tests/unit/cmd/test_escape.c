/* Text from the network on its way to a terminal and into JSON. */
#include "unit.h"

#include "cmd/get/escape.h"
#include "cmd/get/quantity.h"
#include <stdlib.h>
#include <string.h>

static void check(const char *text, enum escape_target target, const char *expected)
{
    char *escaped = escape_text(text, target);
    assert_string_equal(escaped, expected);
    free(escaped);
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
        check(good[i], ESCAPE_JSON, good[i]);
        check(good[i], ESCAPE_TERMINAL, good[i]);
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
        check(pairs[i][0], ESCAPE_JSON, pairs[i][1]);
        check(pairs[i][0], ESCAPE_TERMINAL, pairs[i][1]);
    }
}

static void a_terminal_gets_no_controls(void **state)
{
    (void)state;
    check("\x1b[31mred\x1b]0;title\a", ESCAPE_TERMINAL, "%1B[31mred%1B]0;title%07");
    check("a\r\nb\tc\x7f", ESCAPE_TERMINAL, "a%0D%0Ab%09c%7F");
    check("\xc2\x9b"
          "31m",
          ESCAPE_TERMINAL, "%C2%9B31m"); /* CSI in one character */
    check("\xe2\x80\xae"
          "gpj.exe",
          ESCAPE_TERMINAL, "%E2%80%AEgpj.exe");
    check("\xe2\x81\xa6x", ESCAPE_TERMINAL, "%E2%81%A6x");
    /* JSON has escapes of its own for these. */
    check("a\r\nb\x1b", ESCAPE_JSON, "a\r\nb\x1b");
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
        cmocka_unit_test(credentials_are_blotted_out),
        cmocka_unit_test(quantities_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
