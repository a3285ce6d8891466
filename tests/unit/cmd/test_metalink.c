/* metalink.h: what a document says, and what a hostile one gets. */
#include "cmd/get/metalink.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "<?xml version='1.0'?>\n<metalink xmlns='urn:ietf:params:xml:ns:metalink'>\n"
#define END   "</metalink>\n"

/* One document, fed a few bytes at a time. */
struct reading {
    struct metalink *metalink;
    const char *rest;
};

static struct reading begin(const char *text)
{
    struct reading reading = {metalink_new(), text};
    assert_non_null(reading.metalink);
    return reading;
}

static int next(struct reading *reading, struct metalink_file **file)
{
    int error;
    while ((error = metalink_next(reading->metalink, file)) == -EAGAIN) {
        size_t length = strnlen(reading->rest, 5);
        metalink_feed(reading->metalink, reading->rest, length);
        reading->rest += length;
    }
    return error;
}

static void check_problem(const char *text, const char *problem, uint64_t line)
{
    struct reading reading = begin(text);
    struct metalink_file *file;
    int error;
    while (!(error = next(&reading, &file)))
        metalink_file_free(file);
    assert_int_equal(error, -EINVAL);
    if (!strstr(metalink_problem(reading.metalink), problem))
        fail_msg("%s, not %s", metalink_problem(reading.metalink), problem);
    assert_int_equal(metalink_line(reading.metalink), line);
    assert_int_equal(next(&reading, &file), -EINVAL);
    metalink_free(reading.metalink);
}

static void files_of_a_document(void **state)
{
    struct reading reading = begin(
        BEGIN
        "<generator>x</generator><file name='a &amp; b'>\n<size> 12 </size>"
        "<hash type='md5'>00</hash><hash type='sha-256'> ab\n</hash><hash type='sha-1'>cd</hash>"
        "<hash type='crc32'>ef</hash><pieces length='5' type='sha-512'><hash>11</hash></pieces>"
        "<url>http://c/</url><url priority='7'>http://b/?x=1&amp;y</url>"
        "<url location='de' priority='1'>\n  http://a/</url><url priority='7'>http://d/</url>"
        "<metaurl mediatype='torrent'>http://t/</metaurl></file>\n<file name='none'/>" END);
    static const char *const urls[] = {"http://a/", "http://b/?x=1&y", "http://d/", "http://c/"};
    struct metalink_file *file;
    (void)state;
    assert_int_equal(next(&reading, &file), 0);
    assert_string_equal(file->name, "a & b");
    assert_int_equal(file->size, 12);
    assert_string_equal(file->hash, "sha-256=ab");
    assert_int_equal(file->line, 3);
    assert_int_equal(file->url_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(file->urls[i], urls[i]);
    metalink_file_free(file);
    assert_int_equal(next(&reading, &file), 0);
    assert_string_equal(file->name, "none");
    assert_int_equal(file->size, -1);
    assert_null(file->hash);
    assert_int_equal(file->url_count, 0);
    metalink_file_free(file);
    assert_int_equal(next(&reading, &file), 1);
    assert_int_equal(next(&reading, &file), 1);
    metalink_free(reading.metalink);
}

static void other_namespaces_are_passed_over(void **state)
{
    struct reading reading = begin(
        "<m:metalink xmlns:m='urn:ietf:params:xml:ns:metalink' xmlns='urn:x'><file name='no'/>"
        "<m:file name='yes'><url>http://no/</url><m:url>http://yes/</m:url></m:file>"
        "</m:metalink>");
    struct metalink_file *file;
    (void)state;
    assert_int_equal(next(&reading, &file), 0);
    assert_string_equal(file->name, "yes");
    assert_int_equal(file->url_count, 1);
    assert_string_equal(file->urls[0], "http://yes/");
    metalink_file_free(file);
    assert_int_equal(next(&reading, &file), 1);
    metalink_free(reading.metalink);
}

static void wrong_documents(void **state)
{
    (void)state;
    check_problem("", "no element", 1);
    check_problem("<html/>", "no Metalink 4 document", 1);
    check_problem("<metalink/>", "no Metalink 4 document", 1);
    check_problem("<metalink xmlns='http://www.metalinker.org/'/>", "Metalink 3", 1);
    check_problem(BEGIN "<file/>" END, "without a name", 3);
    check_problem(BEGIN "<file name=''/>" END, "without a name", 3);
    check_problem(BEGIN "<file name='a'>\n<size>-5</size></file>" END, "a size", 4);
    check_problem(BEGIN "<file name='a'><size>99999999999999999999</size></file>", "a size", 3);
    check_problem(BEGIN "<file name='a'/>\n<file name='b'></fail>", "mismatched", 4);
    check_problem(BEGIN "<file name='a'>", "no element found", 3);
}

/* Neither entities that multiply nor such that name a file of ours. */
static void entities_are_refused(void **state)
{
    (void)state;
    check_problem("<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d SYSTEM 'file:///etc/passwd'>]>\n" BEGIN,
                  "document type", 1);
    check_problem(BEGIN "<file name='&b;'/>" END, "undefined entity", 3);
}

static char *repeated(const char *head, const char *middle, size_t times)
{
    char *text = malloc(strlen(head) + strlen(middle) * times + 1);
    assert_non_null(text);
    char *at = stpcpy(text, head);
    while (times-- > 0)
        at = stpcpy(at, middle);
    return text;
}

static void bounds(void **state)
{
    (void)state;
    char *deep = repeated(BEGIN, "<a>", METALINK_DEPTH_MAX);
    check_problem(deep, "too deep", 3);
    free(deep);
    char *text = repeated(BEGIN "<file name='a'><url>http://a/", "xxxxxxxx", METALINK_TEXT_MAX / 8);
    check_problem(text, "longer than 64 KiB", 3);
    free(text);
    char *name = repeated(BEGIN "<file name='", "xxxxxxxx", METALINK_TEXT_MAX / 2);
    check_problem(name, "longer than 128 KiB", 3);
    free(name);
}

static void so_many_places(void **state)
{
    struct metalink_file *file;
    (void)state;
    char *head = repeated(BEGIN "<file name='a'>", "<url>http://a/</url>", METALINK_URLS_MAX + 9);
    char *text = repeated(head, "</file>" END, 1);
    struct reading reading = begin(text);
    assert_int_equal(next(&reading, &file), 0);
    assert_int_equal(file->url_count, METALINK_URLS_MAX);
    metalink_file_free(file);
    metalink_free(reading.metalink);
    free(head);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_of_a_document),
        cmocka_unit_test(other_namespaces_are_passed_over),
        cmocka_unit_test(wrong_documents),
        cmocka_unit_test(entities_are_refused),
        cmocka_unit_test(bounds),
        cmocka_unit_test(so_many_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
