/* same.h: whether what is there may be what has come, and is. */
#include "unit.h"

#include "cmd/get/same.h"
#include "cmd/get/store.h"
#include "engine/deadline.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/fetch-same-XXXXXX";
static struct publisher publisher;
static struct known known;

static int make_directory(void **state)
{
    (void)state;
    strcpy(strrchr(directory, '-'), "-XXXXXX");
    if (!mkdtemp(directory))
        return -1;
    publisher.dir_fd = open(directory, O_RDONLY | O_DIRECTORY);
    if (mkdirat(publisher.dir_fd, "parts", 0700))
        return -1;
    publisher.parts_fd = openat(publisher.dir_fd, "parts", O_RDONLY | O_DIRECTORY);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const names[] = {"file", "other", "link"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        unlinkat(publisher.dir_fd, names[i], 0);
        unlinkat(publisher.parts_fd, names[i], 0);
    }
    close(publisher.parts_fd);
    unlinkat(publisher.dir_fd, "parts", AT_REMOVEDIR);
    close(publisher.dir_fd);
    return rmdir(directory);
}

/* A descriptor to read it with. */
static int put(int at, const char *name, const char *data, size_t size)
{
    int fd = openat(at, name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, data, size), size);
    return fd;
}

static void put_text(int at, const char *name, const char *text)
{
    close(put(at, name, text, strlen(text)));
}

/* From now on it is known as it is. */
static void know(const char *name)
{
    struct stat status;
    assert_int_equal(fstatat(publisher.dir_fd, name, &status, 0), 0);
    known = (struct known){
        .outcome = OUTCOME_OK,
        .size = status.st_size,
        .mtime_ns = status.st_mtim.tv_sec * NSEC_PER_SEC + status.st_mtim.tv_nsec,
    };
}

static bool opens(const char *served, int64_t size)
{
    struct stored_file there = {0};
    int fd = same_open(&publisher, &known, "file", served, size, &there);
    if (fd < 0)
        return false;
    close(fd);
    assert_int_equal(there.size, known.size);
    assert_int_equal(there.mtime_ns, known.mtime_ns);
    return true;
}

static void the_file_itself(void **state)
{
    (void)state;
    assert_false(opens("", 0));
    put_text(publisher.dir_fd, "file", "12345");
    know("file");
    assert_true(opens("", 5));
    assert_false(opens("", 6));
    known.mtime_ns++;
    assert_false(opens("", 5));
    know("file");
    known.size++;
    assert_false(opens("", 5));
    know("file");
    /* What is not a file, though it looks as if. */
    assert_int_equal(renameat(publisher.dir_fd, "file", publisher.dir_fd, "other"), 0);
    assert_int_equal(symlinkat("other", publisher.dir_fd, "file"), 0);
    assert_false(opens("", 5));
    unlinkat(publisher.dir_fd, "file", 0);
    assert_int_equal(mkfifoat(publisher.dir_fd, "file", 0600), 0);
    know("file");
    assert_false(opens("", 0));
}

/* The copy is another size than the document. */
static void a_document_beside_it(void **state)
{
    (void)state;
    put_text(publisher.dir_fd, "file", "converted");
    know("file");
    assert_false(opens("other", 6));
    put_text(publisher.parts_fd, "other", "served");
    assert_true(opens("other", 6));
    assert_false(opens("other", 9));
    assert_int_equal(symlinkat("other", publisher.parts_fd, "link"), 0);
    assert_false(opens("link", 6));
    known.mtime_ns--; /* somebody has changed the copy */
    assert_false(opens("other", 6));
}

/* Around the steps in which it is read. */
static void every_byte_counts(void **state)
{
    (void)state;
    enum { SIZE = 50000 };
    static char data[SIZE];
    static const size_t places[] = {0, 1, 16383, 16384, 32767, 32768, SIZE - 1};
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i % 251);
    int one = put(publisher.dir_fd, "file", data, SIZE);
    int other = put(publisher.dir_fd, "other", data, SIZE);
    assert_true(same_bytes(one, data, SIZE, 0));
    assert_true(same_bytes(one, data + 7, SIZE - 7, 7));
    assert_true(same_bytes(one, "", 0, 0));
    assert_true(same_files(one, other, 0, SIZE));
    assert_false(same_bytes(one, data, SIZE, 1));
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char was = data[places[i]];
        data[places[i]] = (char)(was ^ 1);
        assert_false(same_bytes(one, data, SIZE, 0));
        assert_int_equal(pwrite(other, &data[places[i]], 1, (off_t)places[i]), 1);
        assert_false(same_files(one, other, 0, SIZE));
        assert_false(same_files(one, other, (off_t)places[i], 1));
        data[places[i]] = was;
        assert_int_equal(pwrite(other, &was, 1, (off_t)places[i]), 1);
    }
    /* One has been cut off meanwhile, or cannot be read. */
    assert_int_equal(ftruncate(other, SIZE - 1), 0);
    assert_false(same_files(one, other, 0, SIZE));
    assert_false(same_files(other, one, 0, SIZE));
    close(one);
    close(other);
    assert_false(same_bytes(-1, data, SIZE, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_file_itself),
        TEST(a_document_beside_it),
        TEST(every_byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
