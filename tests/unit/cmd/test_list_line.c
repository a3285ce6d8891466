/* list_line.h: what a line is, and what it is taken for only to be refused. */
#include "cmd/get/list_line.h"
#include "tests/unit/cmd/unit.h"
#include <stdlib.h>
#include <string.h>

/* Reads from a block of exactly that size, so that a sanitizer sees every byte too far. */
static bool read_line(const char *text, size_t length, bool csv, struct list_line *line)
{
    static char *block;
    free(block);
    block = malloc(length ? length : 1);
    assert_non_null(block);
    memcpy(block, text, length);
    bool something = list_line_read(block, length, csv, line);
    if (something)
        assert_true(line->text >= block && line->text + line->length <= block + length);
    return something;
}

static void nothing(const char *text)
{
    struct list_line line;
    assert_false(read_line(text, strlen(text), false, &line));
}

static void url(const char *text, bool csv, const char *expected)
{
    struct list_line line;
    assert_true(read_line(text, strlen(text), csv, &line));
    assert_null(line.problem);
    assert_int_equal(line.length, strlen(expected));
    assert_memory_equal(line.text, expected, line.length);
}

static void refused(const char *text, bool csv, const char *problem)
{
    struct list_line line;
    assert_true(read_line(text, strlen(text), csv, &line));
    assert_non_null(line.problem);
    assert_string_equal(line.problem, problem);
}

static void nothing_there(void **state)
{
    (void)state;
    nothing("");
    nothing("\r");
    nothing(" \t\v\f\r ");
    nothing("#");
    nothing("# http://h.example/");
    nothing("  # indented");
}

static void one_url(void **state)
{
    (void)state;
    url("http://h.example/a", false, "http://h.example/a");
    url("http://h.example/a\r", false, "http://h.example/a");
    url("  http://h.example/a \t", false, "http://h.example/a");
    url("http://h.example/a#b", false, "http://h.example/a#b");
    url("http://h.example/a,b.txt", false, "http://h.example/a,b.txt");
    url("http://h.example/a", true, "http://h.example/a");
    url("out=file", false, "out=file"); /* not indented: the URL parser will complain */
    url("  http://h.example/?out=x", false, "http://h.example/?out=x");
    url("d41d8cd98f00b204e9800998ecf8427e", false, "d41d8cd98f00b204e9800998ecf8427e");
    url("=", false, "=");
    url("http://h.example/a b", false, "http://h.example/a b"); /* refused by the URL parser */
}

static void foreign(void **state)
{
    (void)state;
    refused("  out=file.txt", false, "option lines are not supported");
    refused("\tuser-agent=x", false, "option lines are not supported");
    refused(" checksum=sha-256=00", false, "option lines are not supported");
    refused("http://a.example/f\thttp://b.example/f", false,
            "more than one URL on a line is not supported");
    refused("d41d8cd98f00b204e9800998ecf8427e  http://h.example/", false,
            "checksums in a list are not supported");
    refused("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855 *http://h.example/",
            false, "checksums in a list are not supported");
    refused("http://h.example/a,b.txt", true, "CSV lists are not supported");
}

static void any_bytes(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        static const char alphabet[] = " \t\r#=abf09-,:/\0\x80\xff";
        char text[80];
        size_t length = (size_t)rand() % sizeof text;
        for (size_t j = 0; j < length; j++)
            text[j] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        struct list_line line;
        if (read_line(text, length, i & 1, &line))
            assert_true(line.length > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_there),
        cmocka_unit_test(one_url),
        cmocka_unit_test(foreign),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
