/* resume.h: when a body can be gone on with, and what is written beside its part. */
#include "cmd/get/resume.h"

#include "cmd/get/part_file.h"
#include "cmd/get/part_key.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

static struct url parsed(const char *text)
{
    struct url url = {0};
    const char *why;
    assert_int_equal(url_parse(&url, text, strlen(text), &why), 0);
    return url;
}

static struct transfer_result answer(const char *etag, const char *last_modified)
{
    struct transfer_result result = {
        .status = 200,
        .content_length = 100000,
        .last_modified = *last_modified ? 784111777 : -1,
        .date = "Sun, 06 Nov 1994 09:49:37 GMT",
    };
    snprintf(result.validators.etag, sizeof result.validators.etag, "%s", etag);
    snprintf(result.validators.last_modified, sizeof result.validators.last_modified, "%s",
             last_modified);
    return result;
}

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"

/* Whether it can be gone on with, and by which validator. */
static void check(const struct transfer_result *result, const char *validator)
{
    struct url url = parsed("http://h/f");
    struct resume *resume = resume_new(&url, result);
    if (validator) {
        assert_non_null(resume);
        assert_string_equal(resume_validator(resume), validator);
    } else {
        assert_null(resume);
    }
    resume_free(resume);
    url_clear(&url);
}

static void what_it_takes(void **state)
{
    (void)state;
    struct transfer_result result = answer("\"v1\"", "");
    check(&result, "\"v1\"");
    result.encoded = true;
    check(&result, NULL);
    result = answer("\"v1\"", DATE);
    check(&result, "\"v1\"");
    result.refuses_ranges = true;
    check(&result, NULL);
    result = answer("W/\"v1\"", DATE);
    check(&result, DATE);
    snprintf(result.date, sizeof result.date, "%s", "Sun, 06 Nov 1994 08:50:36 GMT");
    check(&result, NULL);
    result = answer("", DATE);
    check(&result, DATE);
    result.date[0] = '\0';
    check(&result, NULL);
    result = answer("v1", "");
    check(&result, NULL);
    result = answer("\"v1\"", "");
    result.status = 203;
    check(&result, NULL);
}

static void keys(void **state)
{
    (void)state;
    struct url plain = parsed("http://h/f?a=b"), secret = parsed("http://me:pw@h/f?a=b");
    struct url other = parsed("http://h/f?a=c");
    uint64_t key, same, another, read;
    assert_int_equal(resume_key(&plain, &key), 0);
    assert_int_equal(resume_key(&secret, &same), 0);
    assert_int_equal(resume_key(&other, &another), 0);
    assert_true(key == same && key != another);
    struct resume_name name = resume_name(0xfedcba9876543210, ".part");
    assert_string_equal(name.text, "fedcba9876543210.part");
    assert_true(resume_name_parse(name.text, ".part", &read));
    assert_true(read == 0xfedcba9876543210);
    assert_false(resume_name_parse(name.text, ".meta", &read));
    assert_false(resume_name_parse("12-34-5.part", ".part", &read));
    assert_false(resume_name_parse("fedcba9876543210a.part", ".part", &read));
    assert_false(resume_name_parse("FEDCBA9876543210.part", ".part", &read));
    url_clear(&plain);
    url_clear(&secret);
    url_clear(&other);
}

static void round_trip(void **state)
{
    (void)state;
    struct url url = parsed("http://me:pw@h/f%0A?a=b");
    struct transfer_result result = answer("\"a b=\"", DATE);
    for (int i = 0; i < 2; i++) {
        result.content_length = i ? -1 : INT64_MAX;
        struct resume *made = resume_new(&url, &result);
        char *text = resume_text(made);
        struct resume *read = resume_parse(text, strlen(text));
        assert_null(strstr(text, "pw"));
        assert_non_null(read);
        assert_string_equal(read->url, made->url);
        assert_memory_equal(&read->validators, &made->validators, sizeof made->validators);
        assert_true(read->key == made->key && read->total == made->total);
        assert_true(read->date_is_strong);
        /* Cut anywhere, it is none. */
        for (size_t length = 0; length < strlen(text); length++)
            assert_null(resume_parse(text, length));
        resume_free(made);
        resume_free(read);
        free(text);
    }
    url_clear(&url);
}

/* Of a part in pieces: what is there. */
static void with_pieces(void **state)
{
    static const char text[] = "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\n"
                               "strong-date=0\ntotal=500\nhave=0-99,200-299\nend\n";
    (void)state;
    struct resume *resume = resume_parse(text, sizeof text - 1);
    assert_non_null(resume);
    assert_string_equal(resume->have, "0-99,200-299");
    char *again = resume_text(resume);
    assert_string_equal(again, text);
    free(again);
    resume_free(resume);
}

static void nonsense(void **state)
{
    static const char *const wrong[] = {
        "",
        "fetch part 2\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=5\nend\n",
        "fetch part 1\nurl=\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=5\nend\n",
        "fetch part 1\nurl=http://h/\netag=\nlast-modified=\nstrong-date=0\ntotal=5\nend\n",
        "fetch part 1\nurl=http://h/\netag=W/\"a\"\nlast-modified=\nstrong-date=1\ntotal=5\nend\n",
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=\nend\n",
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=-2\nend\n",
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=5x\nend\n",
        ("fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\n"
         "total=99999999999999999999\nend\n"),
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=5\nend\n\n",
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=-1\n"
        "have=0-1\nend\n",
        "fetch part 1\nurl=http://h/\netag=\"a\"\nlast-modified=\nstrong-date=0\ntotal=5\n"
        "have=0-1\nhave=0-1\nend\n",
        "fetch part 1\netag=\"a\"\nurl=http://h/\nlast-modified=\nstrong-date=0\ntotal=5\nend\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (resume_parse(wrong[i], strlen(wrong[i])))
            fail_msg("taken: %s", wrong[i]);
}

/* A directory for parts. */
static char directory[] = "/tmp/test_resume_XXXXXX";
static int parts_fd;

static int make_directory(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "%s", "/tmp/test_resume_XXXXXX");
    assert_non_null(mkdtemp(directory));
    parts_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return parts_fd < 0;
}

static int remove_directory(void **state)
{
    (void)state;
    close(parts_fd);
    return rmdir(directory); /* each test leaves it empty */
}

static void files(void **state)
{
    (void)state;
    struct url url = parsed("http://h/f"), other = parsed("http://h/g");
    struct transfer_result result = answer("\"v1\"", "");
    memset(result.validators.etag + 1, 'e', ETAG_MAX - 2);
    strcpy(result.validators.etag + ETAG_MAX - 1, "\"");
    struct resume *made = resume_new(&url, &result);
    assert_null(resume_read(parts_fd, &url));
    assert_int_equal(resume_write(made, parts_fd), 0);
    struct resume *read = resume_read(parts_fd, &url);
    assert_non_null(read);
    assert_int_equal(read->total, 100000);
    assert_null(resume_read(parts_fd, &other));
    /* As if both had one key: the URL decides. */
    uint64_t key;
    assert_int_equal(resume_key(&other, &key), 0);
    assert_int_equal(renameat(parts_fd, resume_name(made->key, RESUME_META_SUFFIX).text, parts_fd,
                              resume_name(key, RESUME_META_SUFFIX).text),
                     0);
    assert_null(resume_read(parts_fd, &other));
    part_key_remove(parts_fd, key);
    resume_free(read);
    resume_free(made);
    url_clear(&url);
    url_clear(&other);
}

static void locks(void **state)
{
    (void)state;
    assert_int_equal(part_key_open(parts_fd, 7, false), -ENOENT);
    int first = part_key_open(parts_fd, 7, true);
    assert_true(first >= 0);
    /* In one process too. */
    assert_int_equal(part_key_open(parts_fd, 7, true), -EWOULDBLOCK);
    close(first);
    first = part_key_open(parts_fd, 7, false);
    assert_true(first >= 0);
    /* Published by somebody while we waited to open it: another file has the name now. */
    part_key_remove(parts_fd, 7);
    int second = part_key_open(parts_fd, 7, true);
    assert_true(second >= 0);
    close(first);
    close(second);
    part_key_remove(parts_fd, 7);
    /* What is no file of ours is left alone. */
    struct resume_name name = resume_name(7, PART_SUFFIX);
    assert_int_equal(symlinkat("/etc/passwd", parts_fd, name.text), 0);
    assert_int_equal(part_key_open(parts_fd, 7, true), -ELOOP);
    part_key_remove(parts_fd, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_takes),
        cmocka_unit_test(keys),
        cmocka_unit_test(round_trip),
        cmocka_unit_test(with_pieces),
        cmocka_unit_test(nonsense),
        cmocka_unit_test_setup_teardown(files, make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(locks, make_directory, remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
