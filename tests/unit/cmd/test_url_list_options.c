/* url_list.h: lines that belong to the one above, and when an entry is given out. */
#include "cmd/get/url_list.h"
#include "tests/unit/cmd/stdin_pipe.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/fetch-test-options-XXXXXX";
static char *sources[] = {path};

static struct get_options options = {
    .sources = sources,
    .source_count = 1,
    .transfer.protocols = "http,https",
};

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

static char warnings[1024];

static void note_warning(void *ctx, const char *text)
{
    assert_ptr_equal(ctx, warnings);
    assert_memory_equal(text, path, strlen(path));
    strcat(strcat(warnings, text + strlen(path)), "\n");
}

static struct url_list *open_list(void)
{
    struct url_list *list = NULL;
    assert_int_equal(url_list_open(&list, &options, NULL), 0);
    url_list_on_warning(list, note_warning, warnings);
    warnings[0] = '\0';
    return list;
}

static struct url_list *list_of(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    return open_list();
}

/* The next entry, a good one; the caller's. */
static struct entry *next(struct url_list *list, const char *url, const char *name)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_null(entry->problem);
    assert_string_equal(entry->url.text, url);
    assert_string_equal(entry->name, name);
    return entry;
}

static void expect(struct url_list *list, const char *url, const char *name)
{
    entry_free(next(list, url, name));
}

/* A wrong one: the key of its option and its URL, or NULL and its text. */
static void expect_wrong(struct url_list *list, uint64_t line, const char *option, const char *text,
                         const char *problem)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_string_equal(entry->problem, problem);
    assert_int_equal(entry->line, line);
    assert_null(entry->name);
    if (option)
        assert_string_equal(entry->option, option);
    else
        assert_null(entry->option);
    assert_string_equal(option ? entry->url.text : entry->text, text);
    entry_free(entry);
}

static void end(struct url_list *list)
{
    struct entry *entry;
    assert_false(url_list_holds_back(list));
    assert_int_equal(url_list_next(list, &entry), 1);
    url_list_close(list);
}

static void names(void **state)
{
    (void)state;
    struct url_list *list = list_of("http://h/a\n out=x\n"
                                    "http://h/b\n"
                                    "http://h/c\n\tdir=d\n"
                                    "http://h/d\n dir=d\n out=e/f\n out=e/g\n"
                                    "http://h/e\n out=x\n");
    expect(list, "http://h/a", "x");
    expect(list, "http://h/b", "b");
    expect(list, "http://h/c", "d/c");
    expect(list, "http://h/d", "d/e/g");
    expect(list, "http://h/e", "x~0465932a"); /* taken: its URL's digest makes the difference */
    end(list);
}

static void details(void **state)
{
    (void)state;
    struct url_list *list =
        list_of("http://h/a\thttp://m/a\n header=A: b\n user-agent=c\n\n"
                "# d\n referer=*\n checksum=md5=900150983cd24fb0d6963f7d28e17f72\n"
                "http://h/b\n");
    struct entry *entry = next(list, "http://h/a", "a");
    const struct details *found = entry->details;
    assert_int_equal(found->mirror_count, 1);
    assert_string_equal(found->mirrors[0].text, "http://m/a");
    assert_int_equal(found->checksum.algorithm, CHECKSUM_MD5);
    assert_string_equal(found->headers[0], "A: b");
    assert_string_equal(found->headers[1], "User-Agent: c");
    assert_string_equal(found->headers[2], "Referer: http://h/a");
    assert_null(found->headers[3]);
    entry_free(entry);
    entry = next(list, "http://h/b", "b");
    assert_null(entry->details);
    entry_free(entry);
    end(list);
}

static void mirrors(void **state)
{
    (void)state;
    struct url_list *list = list_of("http://h/a\thttp://h:80/a\thttp://m/a\thttp://m/a#x\n"
                                    "http://m/a\n"
                                    "http://h/c\tftp://m/c\n"
                                    "http://h/c\n");
    struct entry *entry = next(list, "http://h/a", "a");
    assert_int_equal(entry->details->mirror_count, 1);
    entry_free(entry);
    expect(list, "http://m/a",
           "a~c2f350b9"); /* only the first URL of a line makes it a duplicate */
    expect_wrong(list, 3, NULL, "ftp://m/c", "protocol not allowed (--proto)");
    expect(list, "http://h/c", "c"); /* the wrong line was no first time */
    assert_int_equal(url_list_skipped(list), 0);
    end(list);
}

static void wrong_options(void **state)
{
    (void)state;
    struct url_list *list = list_of(" out=a\n dir=b\n"
                                    "http://h/a\n bogus=1\n out=\n"
                                    "http://h/b\n header=a b\nhttp://h/d\n header=a;b\n"
                                    "http://h/c\n user-agent=\x01\n"
                                    "http://h/a\n out=of-a-duplicate\n"
                                    "nonsense\n bogus=\n");
    expect_wrong(list, 1, NULL, "out", "an option, and no URL above it");
    expect_wrong(list, 4, "bogus", "http://h/a", "aria2 has no such option");
    expect_wrong(list, 7, "header", "http://h/b", "not \"Name: value\"");
    expect_wrong(list, 9, "header", "http://h/d", "not \"Name: value\"");
    expect_wrong(list, 11, "user-agent", "http://h/c", "control character in a header");
    expect_wrong(list, 14, NULL, "nonsense", "no scheme");
    assert_int_equal(url_list_skipped(list), 1);
    end(list);
}

static void long_options(void **state)
{
    (void)state;
    char *text = malloc(300000);
    int length = sprintf(text, "http://h/a\n header=A: ");
    memset(text + length, 'x', 70000);
    length += 70000;
    length += sprintf(text + length, "\nhttp://h/b\n");
    for (int i = 0; i < 3; i++) {
        length += sprintf(text + length, " header=A: ");
        memset(text + length, 'x', 30000);
        length += 30000;
        length += sprintf(text + length, "\n");
    }
    struct url_list *list = list_of(text);
    expect_wrong(list, 2, "header", "http://h/a", "line longer than 64 KiB");
    expect_wrong(list, 6, "header", "http://h/b", "too many headers");
    end(list);
    free(text);
}

static void idle_options(void **state)
{
    (void)state;
    struct url_list *list = list_of("http://h/a\n split=5\n all-proxy=x\n split=5\n"
                                    "http://h/b\n split=4\n use-head=true\n");
    expect(list, "http://h/a", "a");
    expect(list, "http://h/b", "b");
    assert_string_equal(warnings, ":2: the option split has no effect here\n"
                                  ":3: the option all-proxy has no effect here\n"
                                  ":7: the option use-head has no effect here\n");
    end(list);
}

/* The rest of a name behind a NUL byte would be lost. */
static void nul_bytes(void **state)
{
    (void)state;
    static const char text[] =
        "http://h/a\n out=\0\nhttp://h/b\n out=b\0/\nhttp://h/c\n header=A: \0\n";
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(text, sizeof text - 1, 1, file), 1);
    fclose(file);
    struct url_list *list = open_list();
    expect_wrong(list, 2, "out", "http://h/a", "NUL byte in an option");
    expect_wrong(list, 4, "out", "http://h/b", "NUL byte in an option");
    expect_wrong(list, 6, "header", "http://h/c", "NUL byte in an option");
    end(list);
}

/* A list that breaks off still has its last entry. */
static void broken_list(void **state)
{
    (void)state;
    static const unsigned char packed[] = {
        /* printf 'http://h/a\n out=b\n' | gzip -n, without the last byte */
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0xcb, 0x28, 0x29, 0x29, 0xb0,
        0xd2, 0xd7, 0xcf, 0xd0, 0x4f, 0xe4, 0x52, 0xc8, 0x2f, 0x2d, 0xb1, 0x4d, 0xe2, 0x02, 0x00,
    };
    struct entry *entry;
    FILE *file = fopen(path, "w");
    assert_int_equal(fwrite(packed, sizeof packed, 1, file), 1);
    fclose(file);
    struct url_list *list = open_list();
    expect(list, "http://h/a", "b");
    assert_int_equal(url_list_next(list, &entry), -EIO);
    assert_non_null(strstr(url_list_problem(list), "the gzip data ends early"));
    end(list);
}

/* Nobody waits for options for long where there have been none, and for ever where there have. */
static void through_a_pipe(void **state)
{
    (void)state;
    static char dash[] = "-";
    char *standard_input[] = {dash};
    struct get_options piped = options;
    piped.sources = standard_input;
    struct url_list *list = NULL;
    struct entry *entry;
    int writer = stdin_pipe_open();
    assert_int_equal(url_list_open(&list, &piped, NULL), 0);

    assert_int_equal(url_list_due(list), DEADLINE_NEVER);
    stdin_pipe_say(writer, "http://h/a\n");
    expect(list, "http://h/a", "a");

    stdin_pipe_say(writer, " out=x\n");
    assert_int_equal(url_list_try_next(list, &entry), -EAGAIN);
    stdin_pipe_say(writer, "http://h/b\n out=b1\n");
    expect_wrong(list, 2, NULL, "out", "this option came too late: its URL is under way");
    assert_int_equal(url_list_try_next(list, &entry), -EAGAIN);
    assert_int_equal(url_list_due(list), DEADLINE_NEVER);
    assert_true(url_list_holds_back(list));
    stdin_pipe_say(writer, " out=b2\nhttp://h/c\n");
    expect(list, "http://h/b", "b2");
    assert_int_equal(url_list_try_next(list, &entry), -EAGAIN);
    close(writer);
    expect(list, "http://h/c", "c");
    end(list);
    stdin_pipe_close();
}

static void checksum_of_one(void **state)
{
    (void)state;
    char url[] = "http://h/a";
    char *one[] = {url};
    struct get_options single = options;
    single.sources = one;
    assert_int_equal(checksum_scan(&single.checksum, "900150983cd24fb0d6963f7d28e17f72", 32), 32);
    struct url_list *list = NULL;
    assert_int_equal(url_list_open(&list, &single, NULL), 0);
    struct entry *entry = next(list, url, "a");
    assert_true(checksum_equal(&entry->details->checksum, &single.checksum));
    entry_free(entry);
    end(list);
}

static void csv(void **state)
{
    (void)state;
    options.list_format = LIST_CSV;
    struct url_list *list = list_of("http://h/a\nhttp://h/b,x/y\n\"http://h/c\",\"q \"\"1\"\"\"\n"
                                    "http://h/d,z/\nhttp://h/a,again\n,x\n");
    expect(list, "http://h/a", "a");
    expect(list, "http://h/b", "x/y");
    expect(list, "http://h/c", "q \"1\"");
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_string_equal(entry->problem, "no file name");
    assert_string_equal(entry->url.text, "http://h/d");
    entry_free(entry);
    expect_wrong(list, 6, NULL, ",x", "no URL in the first field");
    assert_int_equal(url_list_skipped(list), 1);
    end(list);
    options.list_format = LIST_AUTO;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),        cmocka_unit_test(details),
        cmocka_unit_test(mirrors),      cmocka_unit_test(wrong_options),
        cmocka_unit_test(long_options), cmocka_unit_test(idle_options),
        cmocka_unit_test(broken_list),  cmocka_unit_test(through_a_pipe),
        cmocka_unit_test(nul_bytes),    cmocka_unit_test(checksum_of_one),
        cmocka_unit_test(csv),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
