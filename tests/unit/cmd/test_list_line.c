/* list_line.h: what a line is, in plain lists and in CSV. */
#include "cmd/get/list_line.h"
#include "tests/unit/cmd/unit.h"
#include <stdlib.h>
#include <string.h>

static char *block;
static size_t block_length;

static bool inside(struct span span)
{
    return span.length == 0 ||
           (span.text >= block && span.text + span.length <= block + block_length);
}

/* Reads from a block of exactly that size, so that a sanitizer sees every byte too far. */
static bool read_line(const char *text, size_t length, bool csv, struct list_line *line)
{
    free(block);
    block = malloc(length ? length : 1);
    block_length = length;
    assert_non_null(block);
    memcpy(block, text, length);
    bool something =
        csv ? list_line_read_csv(block, length, line) : list_line_read(block, length, line);
    if (something)
        assert_true(inside(line->text) && inside(line->name) && inside(line->key));
    return something;
}

static void same(struct span span, const char *expected)
{
    assert_int_equal(span.length, strlen(expected));
    assert_memory_equal(span.text, expected, span.length);
}

static void nothing(const char *text)
{
    struct list_line line;
    assert_false(read_line(text, strlen(text), false, &line));
    assert_false(read_line(text, strlen(text), true, &line));
}

/* A line of URLs, separated by blanks in `expected`. */
static struct list_line urls(const char *text, const char *expected)
{
    struct list_line line, rest;
    struct span url;
    char seen[256] = "";
    assert_true(read_line(text, strlen(text), false, &line));
    assert_int_equal(line.key.length, 0);
    assert_null(line.problem);
    rest = line;
    while (list_line_next_url(&rest, &url)) {
        if (*seen)
            strcat(seen, " ");
        strncat(seen, url.text, url.length);
    }
    assert_string_equal(seen, expected);
    return line;
}

static void url(const char *text, const char *expected)
{
    struct list_line line = urls(text, expected);
    assert_int_equal(line.checksum.algorithm, CHECKSUM_NONE);
}

static void option(const char *text, const char *key, const char *value)
{
    struct list_line line;
    assert_true(read_line(text, strlen(text), false, &line));
    same(line.key, key);
    same(line.text, value);
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
    url("http://h.example/a", "http://h.example/a");
    url("http://h.example/a\r", "http://h.example/a");
    url("  http://h.example/a \t", "http://h.example/a");
    url("http://h.example/a#b", "http://h.example/a#b");
    url("http://h.example/a,b.txt", "http://h.example/a,b.txt");
    url("out=file", "out=file"); /* not indented: the URL parser will complain */
    url("  http://h.example/?out=x", "http://h.example/?out=x");
    url("d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e");
    url("d41d8  http://h.example/a", "d41d8  http://h.example/a");
    url("=", "=");
    url("  =x", "=x");
    url("  Out=x", "Out=x");
}

static void mirrors(void **state)
{
    (void)state;
    url("http://a.example/f\thttp://b.example/f", "http://a.example/f http://b.example/f");
    url("\thttp://a.example/f\t\t http://b.example/f \t", "http://a.example/f http://b.example/f");
}

static void digests(void **state)
{
    (void)state;
    struct list_line line;
    line = urls("d41d8cd98f00b204e9800998ecf8427e  http://h.example/", "http://h.example/");
    assert_int_equal(line.checksum.algorithm, CHECKSUM_MD5);
    assert_memory_equal(line.checksum.bytes, "\xd4\x1d\x8c\xd9\x8f\x00\xb2\x04", 8);
    line =
        urls("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855 *http://a.example/"
             "\thttp://b.example/",
             "http://a.example/ http://b.example/");
    assert_int_equal(line.checksum.algorithm, CHECKSUM_SHA_256);
    line = urls("da39a3ee5e6b4b0d3255bfef95601890afd80709\thttp://h.example/", "http://h.example/");
    assert_int_equal(line.checksum.algorithm, CHECKSUM_SHA_1);
    urls("da39a3ee5e6b4b0d3255bfef95601890afd80709  *", "");
}

static void options(void **state)
{
    (void)state;
    option("  out=file.txt", "out", "file.txt");
    option("\tuser-agent=x y ", "user-agent", "x y");
    option(" checksum=sha-256=00", "checksum", "sha-256=00");
    option(" out=", "out", "");
    option(" out= \t", "out", "");
    option(" ssh-host-key-md=sha-1=ab\r", "ssh-host-key-md", "sha-1=ab");
}

static void row(const char *text, const char *expected, const char *name)
{
    struct list_line line;
    assert_true(read_line(text, strlen(text), true, &line));
    assert_null(line.problem);
    same(line.text, expected);
    same(line.name, name);
}

static void bad_row(const char *text, const char *problem)
{
    struct list_line line;
    assert_true(read_line(text, strlen(text), true, &line));
    assert_non_null(line.problem);
    assert_string_equal(line.problem, problem);
}

static void csv(void **state)
{
    (void)state;
    row("http://h.example/a", "http://h.example/a", "");
    row("http://h.example/a,", "http://h.example/a", "");
    row("http://h.example/a,b.txt\r", "http://h.example/a", "b.txt");
    row(" http://h.example/a , dir/b c.txt ", "http://h.example/a", "dir/b c.txt");
    row("\"http://h.example/?a,b\",\"say \"\"hi\"\", you\"", "http://h.example/?a,b",
        "say \"hi\", you");
    row("\"http://h.example/a\" , \" b \" \r", "http://h.example/a", " b ");
    row("http://h.example/a,\"\"", "http://h.example/a", "");
    row("http://h.example/a,b\"c", "http://h.example/a", "b\"c");
    bad_row("http://h.example/a,\"b", "a quoted field has no end on this line");
    bad_row("\"http://h.example/a\"b", "something else follows a quoted field");
    bad_row("\"", "a quoted field has no end on this line");
    bad_row("http://h.example/a,b,c", "more than two fields");
    bad_row(",b", "no URL in the first field");
}

static void any_bytes(void **state)
{
    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        static const char alphabet[] = " \t\r#=abf09-,\":/\0\x80\xff";
        char text[80];
        size_t length = (size_t)rand() % sizeof text;
        for (size_t j = 0; j < length; j++)
            text[j] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        struct list_line line;
        struct span part;
        if (read_line(text, length, i & 1, &line))
            while (list_line_next_url(&line, &part))
                assert_true(inside(part));
    }
}

static int free_block(void **state)
{
    (void)state;
    free(block);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_there), cmocka_unit_test(one_url), cmocka_unit_test(mirrors),
        cmocka_unit_test(digests),       cmocka_unit_test(options), cmocka_unit_test(csv),
        cmocka_unit_test(any_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, free_block);
}
