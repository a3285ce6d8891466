/* How long a list will be, while it is read. */
#include "unit.h"

#include "cmd/get/url_list.h"
#include "tests/unit/cmd/stdin_pipe.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A list file of so many URLs. */
static char *write_list(unsigned lines)
{
    char *path = strdup("/tmp/test_extent_XXXXXX");
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    for (unsigned i = 0; i < lines; i++)
        dprintf(fd, "http://127.0.0.1/some/where/file-%06u.bin\n", i);
    close(fd);
    return path;
}

static void remove_list(char *path)
{
    unlink(path);
    free(path);
}

static struct url_list *open_list(struct get_options *options, char **sources, size_t count)
{
    struct url_list *list = NULL;
    char *place = NULL;
    *options = (struct get_options){
        .sources = sources, .source_count = count, .out_null = true, .transfer.protocols = "http"};
    assert_int_equal(url_list_open(&list, options, &place), 0);
    return list;
}

/* False at the end. */
static bool read_one(struct url_list *list)
{
    struct entry *entry;
    int step = url_list_next(list, &entry);
    assert_in_range(step, 0, 1);
    if (step == 0)
        entry_free(entry);
    return step == 0;
}

static void a_file_tells_by_its_size(void **state)
{
    (void)state;
    bool about;
    struct get_options options;
    char *path = write_list(20000);
    struct url_list *list = open_list(&options, &path, 1);
    assert_int_equal(url_list_total(list, &about), 0);
    assert_true(about);
    for (unsigned i = 0; i < 5000; i++)
        assert_true(read_one(list));
    assert_in_range(url_list_total(list, &about), 19000, 21000);
    assert_true(about);
    while (read_one(list))
        continue;
    assert_int_equal(url_list_total(list, &about), 20000);
    assert_false(about);
    url_list_close(list);
    remove_list(path);
}

static void several_sources_add_up(void **state)
{
    (void)state;
    bool about;
    struct get_options options;
    static char url[] = "http://127.0.0.1/some/where/else/file.bin";
    char *sources[] = {write_list(3000), url, write_list(6000)};
    struct url_list *list = open_list(&options, sources, 3);
    for (unsigned i = 0; i < 2000; i++)
        assert_true(read_one(list));
    assert_in_range(url_list_total(list, &about), 8500, 9500);
    for (unsigned i = 2000; i < 7000; i++)
        (void)read_one(list); /* what comes again is left out */
    while (read_one(list))
        continue;
    assert_int_equal(url_list_total(list, &about), 6001);
    assert_false(about);
    url_list_close(list);
    remove_list(sources[0]);
    remove_list(sources[2]);
}

static void arguments_are_counted(void **state)
{
    (void)state;
    bool about;
    struct get_options options;
    static char a[] = "http://127.0.0.1/a", b[] = "http://127.0.0.1/b";
    char *sources[] = {a, b};
    struct url_list *list = open_list(&options, sources, 2);
    assert_true(read_one(list));
    assert_int_equal(url_list_total(list, &about), 2);
    assert_true(about);
    assert_true(read_one(list));
    assert_int_equal(url_list_total(list, &about), 2);
    assert_false(about);
    url_list_close(list);
}

static void a_pipe_tells_nothing_before_its_end(void **state)
{
    (void)state;
    bool about;
    struct get_options options;
    static char input[] = "-";
    char *source = input;
    int writer = stdin_pipe_open();
    struct url_list *list = open_list(&options, &source, 1);
    stdin_pipe_say(writer, "http://127.0.0.1/a\nhttp://127.0.0.1/b\nhttp://127.0.0.1/c\n");
    assert_true(read_one(list));
    assert_int_equal(url_list_total(list, &about), 0);
    close(writer);
    while (read_one(list))
        continue;
    assert_int_equal(url_list_total(list, &about), 3);
    assert_false(about);
    url_list_close(list);
    stdin_pipe_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_tells_by_its_size),
        cmocka_unit_test(several_sources_add_up),
        cmocka_unit_test(arguments_are_counted),
        cmocka_unit_test(a_pipe_tells_nothing_before_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
