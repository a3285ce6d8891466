/* url_list.h: sources in order, wrong lines, duplicates, names. */
#include "cmd/get/url_list.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/stdin_pipe.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char directory[] = "/tmp/fetch-test-list-XXXXXX";
static char first_path[64];
static char second_path[64];
static char csv_path[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(first_path, sizeof first_path, "%s/first.txt", directory);
    snprintf(second_path, sizeof second_path, "%s/second.txt.gz", directory);
    snprintf(csv_path, sizeof csv_path, "%s/table.CSV", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(first_path);
    unlink(second_path);
    unlink(csv_path);
    return rmdir(directory);
}

static void write_list(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fputs(text, file) >= 0, true);
    assert_int_equal(fclose(file), 0);
}

static struct get_options options_for(char **sources, size_t count)
{
    return (struct get_options){
        .sources = sources,
        .source_count = count,
        .transfer.protocols = "http,https,ftp,ftps",
    };
}

static struct url_list *open_list(const struct get_options *options)
{
    struct url_list *list = NULL;
    char *place = NULL;
    assert_int_equal(url_list_open(&list, options, &place), 0);
    assert_null(place);
    return list;
}

/* The next entry, a good one, with this URL and name (NULL: none). */
static void expect_named(struct url_list *list, const char *url, const char *name)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_null(entry->problem);
    assert_string_equal(entry->url.text, url);
    assert_false(entry->leased);
    if (name)
        assert_string_equal(entry->name, name);
    else
        assert_null(entry->name);
    entry_free(entry);
}

static void expect_place(struct url_list *list, const char *source, uint64_t line, uint64_t number)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_null(entry->problem);
    assert_string_equal(entry->source, source);
    assert_int_equal(entry->line, line);
    assert_int_equal(entry->number, number);
    entry_free(entry);
}

static void expect_problem(struct url_list *list, uint64_t line, const char *problem,
                           const char *text)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_non_null(entry->problem);
    assert_string_equal(entry->problem, problem);
    assert_string_equal(entry->text, text);
    assert_int_equal(entry->line, line);
    assert_null(entry->url.text);
    assert_null(entry->name);
    entry_free(entry);
}

static void expect_end(struct url_list *list)
{
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 1);
    assert_int_equal(url_list_next(list, &entry), 1);
    assert_true(url_list_ready(list));
    assert_int_equal(url_list_next(list, &entry), 1);
}

static void sources_in_order(void **state)
{
    (void)state;
    char url[] = "http://h.example/url";
    char *sources[] = {first_path, url, second_path};
    struct get_options options = options_for(sources, 3);
    write_list(first_path, "\xef\xbb\xbf"
                           "http://h.example/a\r\n\n# comment\n  http://h.example/b  \n");
    gzFile packed = gzopen(second_path, "w");
    gzputs(packed, "http://h.example/c\n#\nhttp://h.example/d");
    gzclose(packed);

    struct url_list *list = open_list(&options);
    expect_place(list, first_path, 1, 1);
    expect_place(list, first_path, 4, 2);
    expect_place(list, "command line", 2, 3);
    expect_place(list, second_path, 1, 4);
    expect_place(list, second_path, 3, 5);
    expect_end(list);
    assert_int_equal(url_list_skipped(list), 0);
    assert_null(url_list_problem(list));
    url_list_close(list);
}

static void wrong_lines(void **state)
{
    (void)state;
    char *sources[] = {first_path, csv_path};
    struct get_options options = options_for(sources, 2);
    options.transfer.protocols = "http,https";
    write_list(first_path, "h.example/a\n"
                           "http://h.example/\x01\n"
                           "gopher+x://h.example/\n"
                           "file:///etc/passwd\n"
                           "ftp://h.example/a\n"
                           "http://h.example/a b\n"
                           "http://h.example/good\n"
                           "http://a.example/x\tb.example/x\n"
                           "d41d8cd98f00b204e9800998ecf8427e  h.example/x\n"
                           "http://\n"
                           "  out=name\n");
    write_list(csv_path, "  out=name\nhttp://h.example/a,\"name\n");
    struct url_list *list = open_list(&options);
    expect_problem(list, 1, "no scheme", "h.example/a");
    expect_problem(list, 2, "control character in URL", "http://h.example/\x01");
    expect_problem(list, 3, "unsupported scheme", "gopher+x://h.example/");
    expect_problem(list, 4, "unsupported scheme", "file:///etc/passwd");
    expect_problem(list, 5, "protocol not allowed (--proto)", "ftp://h.example/a");
    expect_problem(list, 6, "blank in URL", "http://h.example/a b");
    expect_place(list, first_path, 7, 7);
    expect_problem(list, 8, "no scheme", "b.example/x");
    expect_problem(list, 9, "no scheme", "h.example/x");
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_non_null(entry->problem); /* in libcurl's own words */
    entry_free(entry);
    expect_problem(list, 1, "no scheme", "out=name");
    expect_problem(list, 2, "a quoted field has no end on this line", "http://h.example/a,\"name");
    expect_end(list);
    url_list_close(list);
}

static void line_too_long(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    size_t length = 100000;
    char *text = malloc(length + 64);
    memset(text, 'x', length);
    memcpy(text, "http://h.example/", 17);
    strcpy(text + length, "\nhttp://h.example/a\n");
    write_list(first_path, text);
    struct url_list *list = open_list(&options);
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    assert_string_equal(entry->problem, "line longer than 64 KiB");
    assert_int_equal(strlen(entry->text), 65536);
    entry_free(entry);
    expect_place(list, first_path, 2, 2);
    expect_end(list);
    url_list_close(list);
    free(text);
}

/* They end no text: the line is shown, as far as it goes. */
static void nul_bytes(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    static const char text[] = "\0http://h/a\nhttp://h/b\0c\n\0";
    static const char *const shown[] = {"%00http://h/a", "http://h/b%00c", "%00xxx"};
    static const char *const problems[] = {"control character in URL", "control character in URL",
                                           "line longer than 64 KiB"};
    FILE *file = fopen(first_path, "w");
    assert_int_equal(fwrite(text, sizeof text - 1, 1, file), 1);
    for (int i = 0; i < 100000; i++)
        fputc('x', file);
    assert_int_equal(fclose(file), 0);
    struct url_list *list = open_list(&options);
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct entry *entry;
        assert_int_equal(url_list_next(list, &entry), 0);
        assert_string_equal(entry->problem, problems[i]);
        assert_memory_equal(entry->text, shown[i], strlen(shown[i]));
        entry_free(entry);
    }
    expect_end(list);
    url_list_close(list);
}

static void duplicates(void **state)
{
    (void)state;
    char url[] = "HTTP://H.example:80/a#x";
    char *sources[] = {first_path, url, first_path};
    struct get_options options = options_for(sources, 3);
    write_list(first_path, "http://h.example/a\n"
                           "http://h.example/a\n"
                           "http://h.example/a#fragment\n"
                           "http://H.EXAMPLE/a\n"
                           "http://h.example/./a\n"
                           "http://h.example/a?\n"
                           "http://h.example/A\n"
                           "nonsense\n"
                           "nonsense\n");
    struct url_list *list = open_list(&options);
    expect_named(list, "http://h.example/a", "a");
    struct entry *entry;
    assert_int_equal(url_list_next(list, &entry), 0);
    bool empty_query = strcmp(entry->url.text, "http://h.example/a?") == 0;
    if (empty_query) { /* some libcurl keep it apart */
        entry_free(entry);
        assert_int_equal(url_list_next(list, &entry), 0);
    }
    assert_string_equal(entry->url.text, "http://h.example/A");
    entry_free(entry);
    expect_problem(list, 8, "no scheme", "nonsense"); /* each is reported */
    expect_problem(list, 9, "no scheme", "nonsense");
    expect_problem(list, 8, "no scheme", "nonsense");
    expect_problem(list, 9, "no scheme", "nonsense");
    expect_end(list);
    assert_int_equal(url_list_skipped(list), 4 + !empty_query + 1 + 7);
    url_list_close(list);
}

static void distinct_names(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    /* The second is named as the third would be: by `printf %s URL | sha256sum`. */
    write_list(first_path, "http://h.example/1/f.txt\n"
                           "http://h.example/3/f~ce110c80.txt\n"
                           "http://h.example/2/f.txt\n"
                           "http://h.example/f.txt?q\n"
                           "http://h.example/F.txt\n"
                           "http://h.example/%66.txt\n");
    for (int round = 0; round < 2; round++) {
        struct url_list *list = open_list(&options);
        expect_named(list, "http://h.example/1/f.txt", "f.txt");
        expect_named(list, "http://h.example/3/f~ce110c80.txt", "f~ce110c80.txt");
        expect_named(list, "http://h.example/2/f.txt", "f~ce110c80e14c6bf1.txt");
        expect_named(list, "http://h.example/f.txt?q", "f~0c812569.txt");
        expect_named(list, "http://h.example/F.txt", "F.txt");
        expect_named(list, "http://h.example/%66.txt", "f~eb8559a9.txt");
        expect_end(list);
        url_list_close(list);
    }
}

/* Entries of one URL, by their numbers, wherever the one without credentials stands. */
static void twins(void **state)
{
    static const struct {
        const char *list;
        const char *keys[4];
    } cases[] = {
        {"http://h/f\nhttp://a:b@h/f\nhttp://c:d@h/f\n",
         {"http://h/f", "http://h/f#2", "http://h/f#3"}},
        {"http://a:b@h/f\nhttp://h/f\nhttp://a@h/f\n",
         {"http://h/f", "http://h/f#2", "http://h/f#3"}},
        {"http://a:b@h/f\nhttp://h/g\nhttp://a:b@h/f\nhttp://c:d@h/g\n",
         {"http://h/f", "http://h/g", "http://h/g#2"}},
    };
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_list(first_path, cases[i].list);
        struct url_list *list = open_list(&options);
        for (size_t at = 0; cases[i].keys[at]; at++) {
            struct entry *entry;
            char *owned;
            assert_int_equal(url_list_next(list, &entry), 0);
            assert_string_equal(entry_key(entry, &owned), cases[i].keys[at]);
            free(owned);
            entry_free(entry);
        }
        expect_end(list);
        url_list_close(list);
    }
}

static void names_by_option(void **state)
{
    (void)state;
    char url[] = "http://h.example/d/f";
    char *sources[] = {url};
    struct get_options options = options_for(sources, 1);
    struct url_list *list = open_list(&options);
    expect_named(list, url, "f");
    url_list_close(list);

    options.layout = LAYOUT_PATH;
    list = open_list(&options);
    expect_named(list, url, "h.example/d/f");
    url_list_close(list);

    options.file_name = "-as typed.part";
    list = open_list(&options);
    expect_named(list, url, "-as typed.part");
    url_list_close(list);

    options.to_stdout = true;
    list = open_list(&options);
    expect_named(list, url, NULL);
    url_list_close(list);

    options.to_stdout = false;
    options.out_null = true;
    list = open_list(&options);
    expect_named(list, url, NULL);
    url_list_close(list);
}

static void path_names(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    options.layout = LAYOUT_PATH;
    write_list(first_path, "http://h.example/d/\n"
                           "https://h.example/d/index.html\n"
                           "http://h.example/d/index.html?x\n"
                           "http://g.example/d/\n");
    struct url_list *list = open_list(&options);
    expect_named(list, "http://h.example/d/", "h.example/d/index.html");
    expect_named(list, "https://h.example/d/index.html", "h.example/d/index~498af620.html");
    expect_named(list, "http://h.example/d/index.html?x", "h.example/d/index.html?x");
    expect_named(list, "http://g.example/d/", "g.example/d/index.html");
    url_list_close(list);
}

static void not_to_be_opened(void **state)
{
    (void)state;
    char missing[] = "/nonexistent/urls.txt";
    char *sources[] = {directory, NULL};
    struct get_options options = options_for(sources, 1);
    struct url_list *list = NULL;
    char *place = NULL;
    char expected[128];
    assert_int_equal(url_list_open(&list, &options, &place), -EISDIR);
    snprintf(expected, sizeof expected, "cannot open %s: Is a directory", directory);
    assert_string_equal(place, expected);
    free(place);
    sources[0] = missing;
    assert_int_equal(url_list_open(&list, &options, &place), -ENOENT);
    assert_string_equal(place, "cannot open /nonexistent/urls.txt: No such file or directory");
    free(place);
    assert_null(list);
}

/* A list that breaks off is told, and does not hold up the sources after it. */
static void damaged_list(void **state)
{
    (void)state;
    char *sources[] = {second_path, first_path};
    struct get_options options = options_for(sources, 2);
    struct entry *entry;
    char expected[128];
    write_list(second_path, "\x1f\x8b nonsense");
    write_list(first_path, "http://h.example/a\n");
    struct url_list *list = open_list(&options);
    assert_int_equal(url_list_next(list, &entry), -EIO);
    snprintf(expected, sizeof expected, "cannot read %s: damaged gzip data", second_path);
    assert_string_equal(url_list_problem(list), expected);
    expect_place(list, first_path, 1, 1);
    expect_end(list);
    url_list_close(list);
}

static void vanished_list(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    struct entry *entry;
    write_list(first_path, "");
    struct url_list *list = open_list(&options);
    unlink(first_path);
    assert_int_equal(url_list_next(list, &entry), -ENOENT);
    assert_non_null(strstr(url_list_problem(list), "No such file"));
    expect_end(list);
    url_list_close(list);
}

static void ready_on_a_pipe(void **state)
{
    (void)state;
    char dash[] = "-";
    char *sources[] = {dash};
    struct get_options options = options_for(sources, 1);
    struct entry *entry;
    int writer = stdin_pipe_open();
    struct url_list *list = open_list(&options);
    assert_false(url_list_ready(list));
    assert_int_equal(url_list_descriptor(list), STDIN_FILENO);
    assert_int_equal(url_list_try_next(list, &entry), -EAGAIN);
    stdin_pipe_say(writer, "# comment\n\nhttp://h.exam");
    assert_false(url_list_ready(list));
    stdin_pipe_say(writer, "ple/a\nhttp://h.example/a\nhttp://h.example/b");
    assert_true(url_list_ready(list));
    assert_true(url_list_ready(list));
    expect_place(list, "standard input", 3, 1);
    assert_false(url_list_ready(list));
    assert_int_equal(url_list_skipped(list), 1);
    close(writer);
    assert_true(url_list_ready(list));
    expect_place(list, "standard input", 5, 2);
    expect_end(list);
    url_list_close(list);
    stdin_pipe_close();
}

/* Very many lines that are no entries: the loop is not held up by them. */
static void barren_lines(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    struct entry *entry = NULL;
    FILE *file = fopen(first_path, "w");
    for (int i = 0; i < 10000; i++)
        fputs("http://h.example/same\n#\n", file);
    fputs("http://h.example/other\n", file);
    fclose(file);
    struct url_list *list = open_list(&options);
    expect_named(list, "http://h.example/same", "same");
    int error, calls = 0;
    while ((error = url_list_try_next(list, &entry)) == -EINPROGRESS)
        calls++;
    assert_int_equal(error, 0);
    assert_true(calls > 10);
    assert_string_equal(entry->name, "other");
    entry_free(entry);
    url_list_close(list);

    list = open_list(&options);
    expect_named(list, "http://h.example/same", "same");
    expect_named(list, "http://h.example/other", "other");
    expect_end(list);
    assert_int_equal(url_list_skipped(list), 9999);
    url_list_close(list);
}

static void *read_barren(void *arg)
{
    struct url_list *list = arg;
    struct entry *entry;
    expect_named(list, "http://h.example/same", "same");
    assert_int_equal(url_list_next(list, &entry), -ECANCELED);
    return NULL;
}

static void *cancel_barren(void *arg)
{
    struct task *reader = task_spawn(NULL, read_barren, arg);
    task_yield();
    task_cancel(reader);
    task_join(reader, NULL, DEADLINE_NEVER);
    return NULL;
}

static void barren_canceled(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    struct url_list *list = open_list(&options);
    assert_int_equal(engine_run(cancel_barren, list, NULL), 0);
    url_list_close(list);
}

static void set_fails(void **state)
{
    (void)state;
    char *sources[] = {first_path};
    struct get_options options = options_for(sources, 1);
    struct entry *entry;
    int error, count = 0;
    FILE *file = fopen(first_path, "w");
    for (int i = 0; i < 70000; i++)
        fprintf(file, "http://h.example/%d\n", i);
    fclose(file);
    setenv("TMPDIR", "/nonexistent", 1);
    struct url_list *list = open_list(&options);
    while ((error = url_list_next(list, &entry)) == 0 && ++count < 70000)
        entry_free(entry);
    unsetenv("TMPDIR");
    assert_int_equal(error, -ENOENT);
    assert_string_equal(url_list_problem(list), "cannot remember the URLs seen in a temporary "
                                                "file: No such file or directory");
    url_list_close(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources_in_order),
        cmocka_unit_test(wrong_lines),
        cmocka_unit_test(line_too_long),
        cmocka_unit_test(nul_bytes),
        cmocka_unit_test(duplicates),
        cmocka_unit_test(distinct_names),
        cmocka_unit_test(twins),
        cmocka_unit_test(names_by_option),
        cmocka_unit_test(path_names),
        cmocka_unit_test(not_to_be_opened),
        cmocka_unit_test(damaged_list),
        cmocka_unit_test(vanished_list),
        cmocka_unit_test(ready_on_a_pipe),
        cmocka_unit_test(barren_lines),
        cmocka_unit_test(barren_canceled),
        cmocka_unit_test(set_fails),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
