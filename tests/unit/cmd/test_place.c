/* place.h and pristine.h: files of a folder that somebody has put symbolic links into. */
#include "cmd/mirror/place.h"
#include "cmd/mirror/pristine.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[] = "/tmp/fetch-place-XXXXXX";
static int top = -1;    /* the folder the test has */
static int dir_fd = -1; /* DIR in it */
static int parts_fd = -1;

static void write_file(int at, const char *name, const char *text)
{
    int fd = openat(at, name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
}

static bool exists(int at, const char *name)
{
    struct stat status;
    return fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
}

static int make(void **state)
{
    (void)state;
    strcpy(strrchr(base, '-'), "-XXXXXX");
    if (!mkdtemp(base))
        return -1;
    top = open(base, O_RDONLY | O_DIRECTORY);
    mkdirat(top, "dir", 0777);
    mkdirat(top, "dir/a", 0777);
    mkdirat(top, "dir/.fetch", 0777);
    mkdirat(top, "outside", 0777);
    dir_fd = openat(top, "dir", O_RDONLY | O_DIRECTORY);
    parts_fd = openat(top, "dir/.fetch", O_RDONLY | O_DIRECTORY);
    write_file(dir_fd, "a/file", "inside");
    write_file(top, "outside/file", "outside");
    return symlinkat("../outside", dir_fd, "link");
}

static int clean(void **state)
{
    (void)state;
    char command[80];
    close(top);
    close(dir_fd);
    close(parts_fd);
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    return system(command);
}

static void test_removal(void **state)
{
    (void)state;
    assert_int_equal(place_remove(dir_fd, "a/file"), 0);
    assert_false(exists(dir_fd, "a/file"));
    assert_int_equal(place_remove(dir_fd, "a/file"), 0);
    assert_int_equal(place_remove(dir_fd, "b/file"), 0);
    assert_int_equal(place_remove(dir_fd, "link/file"), -ENOTDIR);
    assert_int_equal(place_remove(dir_fd, "../outside/file"), -EINVAL);
    assert_int_equal(place_remove(dir_fd, "a/../../outside/file"), -EINVAL);
    assert_int_equal(place_remove(dir_fd, "/outside/file"), -EINVAL);
    assert_true(exists(top, "outside/file"));
    /* The link itself is a file of ours. */
    assert_int_equal(place_remove(dir_fd, "link"), 0);
    assert_true(exists(top, "outside/file"));
}

static void test_documents(void **state)
{
    (void)state;
    struct document document;
    assert_int_equal(document_load(dir_fd, "a/file", &document), 0);
    assert_int_equal(document.size, 6);
    document_unload(&document);
    assert_int_equal(document_load(dir_fd, "link/file", &document), -ENOTDIR);
    assert_int_equal(document_load(dir_fd, "none", &document), -ENOENT);
    assert_int_equal(document_load(dir_fd, "a", &document), -EINVAL);
    assert_int_equal(symlinkat("a/file", dir_fd, "alias"), 0);
    assert_int_equal(document_load(dir_fd, "alias", &document), -ELOOP);
    assert_int_equal(mkfifoat(dir_fd, "pipe", 0666), 0);
    assert_int_equal(document_load(dir_fd, "pipe", &document), -EINVAL);
}

static void test_pristine(void **state)
{
    (void)state;
    struct pristine pristine;
    struct document document;
    struct page_digest digest = page_digest_of("inside", 6);
    struct page_digest other = page_digest_of("outside", 7);
    assert_int_equal(pristine_open(&pristine, dir_fd, parts_fd), 0);
    assert_int_equal(pristine_load(&pristine, 7, "a/file", &other, &document), 0);
    assert_int_equal(pristine_load(&pristine, 7, "link/file", &other, &document), 0);
    assert_int_equal(pristine_load(&pristine, 7, "none", &digest, &document), 0);
    assert_int_equal(pristine_load(&pristine, 7, "a/file", &digest, &document), 1);
    document_unload(&document);
    /* It stays when another file has the name; what was damaged is not taken. */
    assert_int_equal(unlinkat(dir_fd, "a/file", 0), 0);
    write_file(dir_fd, "a/file", "converted");
    assert_int_equal(pristine_load(&pristine, 7, "a/file", &digest, &document), 1);
    assert_memory_equal(document.data, "inside", 6);
    document_unload(&document);
    write_file(parts_fd, "pristine/0000000000000007", "damage");
    assert_int_equal(pristine_load(&pristine, 7, "a/file", &digest, &document), 0);
    pristine_remove(&pristine, 7);
    assert_false(exists(parts_fd, "pristine/0000000000000007"));
    pristine_close(&pristine);
}

static void test_planted_pristine(void **state)
{
    (void)state;
    struct pristine pristine;
    assert_int_equal(symlinkat("../../outside", parts_fd, "pristine"), 0);
    assert_true(pristine_open(&pristine, dir_fd, parts_fd) < 0);
    pristine_close(&pristine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_removal, make, clean),
        cmocka_unit_test_setup_teardown(test_documents, make, clean),
        cmocka_unit_test_setup_teardown(test_pristine, make, clean),
        cmocka_unit_test_setup_teardown(test_planted_pristine, make, clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
