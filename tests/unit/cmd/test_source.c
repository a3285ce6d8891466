/* source.h: lines from files, pipes and gzip'ed data, whole, cut, damaged and slow. */
#include "cmd/get/source.h"
#include "engine/sched/sched.h"
#include "engine/sched/task.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char directory[] = "/tmp/fetch-test-source-XXXXXX";
static char list_path[64];
static char fifo_path[64];

static int make_directory(void **state)
{
    (void)state;
    if (!mkdtemp(directory))
        return -1;
    snprintf(list_path, sizeof list_path, "%s/list", directory);
    snprintf(fifo_path, sizeof fifo_path, "%s/fifo", directory);
    return mkfifo(fifo_path, 0600);
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(list_path);
    unlink(fifo_path);
    return rmdir(directory);
}

static void write_list(const void *bytes, size_t size)
{
    FILE *file = fopen(list_path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static struct source *open_list(void)
{
    struct source *source;
    assert_int_equal(source_check(list_path), 0);
    assert_int_equal(source_open(&source, list_path), 0);
    return source;
}

static void expect_line(struct source *source, const char *expected)
{
    struct source_line line;
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 0);
    assert_int_equal(line.length, strlen(expected));
    assert_memory_equal(line.text, expected, line.length);
    assert_false(line.cut);
}

static void expect_end(struct source *source)
{
    struct source_line line;
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 1);
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 1);
    source_close(source);
}

/* Compresses as gzip(1) does: the size. */
static size_t gzip(unsigned char *to, size_t room, const void *from, size_t size)
{
    z_stream stream = {
        .next_in = (unsigned char *)from,
        .avail_in = (unsigned)size,
        .next_out = to,
        .avail_out = (unsigned)room,
    };
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&stream), Z_OK);
    return room - stream.avail_out;
}

static void plain_lines(void **state)
{
    (void)state;
    static const char text[] = "first\n\nthird line, which is longer than one read\r\n\nlast";
    write_list(text, sizeof text - 1);
    struct source *source = open_list();
    assert_int_equal(source_descriptor(source), -1);
    expect_line(source, "first");
    expect_line(source, "");
    expect_line(source, "third line, which is longer than one read\r");
    expect_line(source, "");
    expect_line(source, "last");
    expect_end(source);
    write_list("", 0);
    expect_end(open_list());
    write_list("\x1f", 1); /* might have become gzip */
    source = open_list();
    expect_line(source, "\x1f");
    expect_end(source);
    write_list("\x1fx\n", 3);
    source = open_list();
    expect_line(source, "\x1fx");
    expect_end(source);
}

static void nul_bytes(void **state)
{
    (void)state;
    struct source_line line;
    write_list("a\0b\nc", 5);
    struct source *source = open_list();
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 0);
    assert_int_equal(line.length, 3);
    assert_memory_equal(line.text, "a\0b", 3);
    expect_line(source, "c");
    expect_end(source);
}

/* Lines of length `SOURCE_LINE_MAX + beyond`, with a line before and after. */
static void long_line(size_t beyond, bool newline)
{
    size_t length = SOURCE_LINE_MAX + beyond;
    char *text = malloc(length + 32);
    struct source_line line;
    memcpy(text, "before\n", 7);
    memset(text + 7, 'x', length);
    size_t end = 7 + length;
    if (newline) {
        memcpy(text + end, "\nafter\n", 7);
        end += 7;
    }
    write_list(text, end);
    struct source *source = open_list();
    expect_line(source, "before");
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 0);
    assert_int_equal(line.length, SOURCE_LINE_MAX);
    assert_memory_equal(line.text, text + 7, SOURCE_LINE_MAX);
    assert_int_equal(line.cut, beyond > 0);
    if (newline)
        expect_line(source, "after");
    expect_end(source);
    free(text);
}

static void long_lines(void **state)
{
    (void)state;
    static const size_t beyond[] = {0, 1, 2, 65535, 65536, 65537, 300000};
    for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
        long_line(beyond[i], true);
        long_line(beyond[i], false);
    }
}

enum { MANY_LINES = 20000 };

/* "line 0\n" and so on: the length. */
static size_t many_lines(char **text)
{
    size_t end = 0;
    *text = malloc(MANY_LINES * 16);
    for (int i = 0; i < MANY_LINES; i++)
        end += (size_t)sprintf(*text + end, "line %d\n", i);
    return end;
}

static void expect_many_lines(struct source *source)
{
    char expected[32];
    for (int i = 0; i < MANY_LINES; i++) {
        sprintf(expected, "line %d", i);
        expect_line(source, expected);
    }
}

static void gzip_lines(void **state)
{
    (void)state;
    char *text;
    size_t length = many_lines(&text);
    unsigned char *packed = malloc(2 * length + 1000);

    size_t size = gzip(packed, length, text, length);
    write_list(packed, size);
    struct source *source = open_list();
    expect_many_lines(source);
    expect_end(source);

    /* Two members, the second without a newline at its end, and zeros behind. */
    size += gzip(packed + size, length, "and more", 8);
    memset(packed + size, 0, 512);
    write_list(packed, size + 512);
    source = open_list();
    expect_many_lines(source);
    expect_line(source, "and more");
    expect_end(source);

    write_list(packed, gzip(packed, length, "", 0));
    expect_end(open_list());
    free(packed);
    free(text);
}

/* 10 MiB of one byte: kilobytes of input, and most of the output held back inside zlib. */
static void gzip_bomb(void **state)
{
    (void)state;
    size_t length = 10 << 20;
    char *text = malloc(length);
    unsigned char *packed = malloc(length);
    struct source_line line;
    memset(text, 'x', length);
    memcpy(text + length - 5, "\nend\n", 5);
    write_list(packed, gzip(packed, length, text, length));
    struct source *source = open_list();
    assert_int_equal(source_next(source, DEADLINE_NEVER, &line), 0);
    assert_true(line.cut);
    expect_line(source, "end");
    expect_end(source);
    free(packed);
    free(text);
}

/* Reads to the end: what it ends in. */
static int read_all(struct source *source, const char **problem)
{
    struct source_line line;
    int error;
    do
        error = source_next(source, DEADLINE_NEVER, &line);
    while (error == 0);
    *problem = source_problem(source);
    source_close(source);
    return error;
}

static void gzip_damaged(void **state)
{
    (void)state;
    char *text;
    const char *problem;
    size_t length = many_lines(&text);
    unsigned char *packed = malloc(2 * length);
    size_t size = gzip(packed, length, text, length);

    for (size_t cut = 2; cut < size; cut += size / 50 + 1) {
        write_list(packed, cut);
        assert_int_equal(read_all(open_list(), &problem), -EIO);
        assert_string_equal(problem, "the gzip data ends early");
    }
    write_list(packed, size - 1);
    assert_int_equal(read_all(open_list(), &problem), -EIO);

    packed[size / 2] ^= 0xff;
    write_list(packed, size);
    assert_int_equal(read_all(open_list(), &problem), -EIO);
    assert_string_equal(problem, "damaged gzip data");
    packed[size / 2] ^= 0xff;

    packed[size - 5] ^= 1; /* the check sum */
    write_list(packed, size);
    assert_int_equal(read_all(open_list(), &problem), -EIO);
    packed[size - 5] ^= 1;

    memcpy(packed + size, "http://h.example/\n", 18);
    write_list(packed, size + 18);
    assert_int_equal(read_all(open_list(), &problem), -EIO);
    assert_string_equal(problem, "something else follows the gzip data");
    free(packed);
    free(text);
}

static void not_to_be_opened(void **state)
{
    (void)state;
    struct source *source;
    assert_int_equal(source_check("/nonexistent/list"), -ENOENT);
    assert_int_equal(source_open(&source, "/nonexistent/list"), -ENOENT);
    assert_int_equal(source_check(directory), -EISDIR);
}

/* A pipe whose other end the test writes to. Its reader is the source, as if it were a list. */
struct pipe {
    struct source *source;
    int writer;
};

static struct pipe open_pipe(void)
{
    struct pipe pipe;
    assert_int_equal(source_check(fifo_path), 0);
    assert_int_equal(source_open(&pipe.source, fifo_path), 0);
    pipe.writer = open(fifo_path, O_WRONLY | O_CLOEXEC);
    assert_true(pipe.writer >= 0);
    return pipe;
}

static void say(int fd, const void *text, size_t size)
{
    assert_int_equal(write(fd, text, size), size);
}

static void slow_pipe(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    struct source_line line;
    assert_true(source_descriptor(pipe.source) >= 0);
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    say(pipe.writer, "on", 2);
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    say(pipe.writer, "e\ntwo\nthr", 9);
    expect_line(pipe.source, "one");
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), 0);
    assert_int_equal(line.length, 3);
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    say(pipe.writer, "ee", 2);
    close(pipe.writer);
    expect_line(pipe.source, "three");
    expect_end(pipe.source);
}

static void slow_gzip(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    struct source_line line;
    unsigned char packed[64];
    size_t size = gzip(packed, sizeof packed, "one\ntwo\n", 8);
    for (size_t i = 0; i < size; i++) {
        say(pipe.writer, packed + i, 1);
        if (i < 12)
            assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    }
    expect_line(pipe.source, "one");
    expect_line(pipe.source, "two");
    /* Another member may follow. */
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    close(pipe.writer);
    expect_end(pipe.source);
}

/* What a program writes that compresses a stream and flushes: each line can be had at once. */
static void flushed_gzip(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    struct source_line line;
    unsigned char packed[64];
    char text[] = "one\ntw";
    z_stream stream = {.next_in = (unsigned char *)text, .avail_in = sizeof text - 1};
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = packed;
    stream.avail_out = sizeof packed;
    assert_int_equal(deflate(&stream, Z_SYNC_FLUSH), Z_OK);
    say(pipe.writer, packed, sizeof packed - stream.avail_out);
    expect_line(pipe.source, "one");
    assert_int_equal(source_next(pipe.source, DEADLINE_NOW, &line), -EAGAIN);
    deflateEnd(&stream);
    close(pipe.writer);
    assert_int_equal(source_next(pipe.source, DEADLINE_NEVER, &line), -EIO);
    assert_string_equal(source_problem(pipe.source), "the gzip data ends early");
    source_close(pipe.source);
}

static void *say_later(void *arg)
{
    struct pipe *pipe = arg;
    for (int i = 0; i < 3; i++) {
        usleep(10000);
        say(pipe->writer, "li", 2);
        usleep(10000);
        say(pipe->writer, "ne\n", 3);
    }
    close(pipe->writer);
    return NULL;
}

static void *read_slow_pipe(void *arg)
{
    struct pipe *pipe = arg;
    for (int i = 0; i < 3; i++)
        expect_line(pipe->source, "line");
    expect_end(pipe->source);
    return NULL;
}

static void waits_blocking(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, say_later, &pipe), 0);
    read_slow_pipe(&pipe);
    pthread_join(thread, NULL);
}

static void *count_ticks(void *arg)
{
    int *ticks = arg;
    while (task_sleep(deadline_in_ms(1)) == 0)
        ++*ticks;
    return NULL;
}

static void *read_beside_ticks(void *arg)
{
    int ticks = 0;
    struct task *ticker = task_spawn(NULL, count_ticks, &ticks);
    read_slow_pipe(arg);
    task_cancel(ticker);
    task_join(ticker, NULL, DEADLINE_NEVER);
    assert_true(ticks > 5); /* of about 60: others went on meanwhile */
    return NULL;
}

static void waits_parked(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, say_later, &pipe), 0);
    assert_int_equal(engine_run(read_beside_ticks, &pipe, NULL), 0);
    pthread_join(thread, NULL);
}

static void *wait_forever(void *arg)
{
    struct pipe *pipe = arg;
    struct source_line line;
    assert_int_equal(source_next(pipe->source, DEADLINE_NEVER, &line), -ECANCELED);
    say(pipe->writer, "late\n", 5);
    /* It can still be read, as far as nobody has to wait. */
    assert_int_equal(source_next(pipe->source, DEADLINE_NOW, &line), 0);
    source_close(pipe->source);
    close(pipe->writer);
    return NULL;
}

static void *cancel_reader(void *arg)
{
    struct task *reader = task_spawn(NULL, wait_forever, arg);
    task_sleep(deadline_in_ms(5));
    task_cancel(reader);
    task_join(reader, NULL, DEADLINE_NEVER);
    return NULL;
}

static void canceled(void **state)
{
    (void)state;
    struct pipe pipe = open_pipe();
    assert_int_equal(engine_run(cancel_reader, &pipe, NULL), 0);
}

/* Standard input: its flags, which other processes share, stay as they are. */
static void standard_input(void **state)
{
    (void)state;
    int saved = dup(STDIN_FILENO);
    int ends[2];
    struct source *source;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    say(ends[1], "one\n", 4);
    assert_int_equal(source_check(NULL), 0);
    assert_int_equal(source_open(&source, NULL), 0);
    assert_int_equal(source_descriptor(source), STDIN_FILENO);
    expect_line(source, "one");
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFL) & O_NONBLOCK, 0);
    close(ends[1]);
    expect_end(source);
    assert_true(fcntl(STDIN_FILENO, F_GETFL) >= 0); /* still open */

    close(STDIN_FILENO);
    assert_int_equal(source_check(NULL), -EBADF);
    assert_int_equal(open("/dev/null", O_RDONLY), STDIN_FILENO);
    assert_int_equal(source_open(&source, NULL), 0);
    expect_end(source);
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void *read_dev_null(void *arg)
{
    (void)arg;
    struct source *source;
    assert_int_equal(source_open(&source, "/dev/null"), 0);
    expect_end(source);
    return NULL;
}

static void dev_null(void **state)
{
    (void)state;
    read_dev_null(NULL);
    assert_int_equal(engine_run(read_dev_null, NULL, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_lines),      cmocka_unit_test(nul_bytes),
        cmocka_unit_test(long_lines),       cmocka_unit_test(gzip_lines),
        cmocka_unit_test(gzip_bomb),        cmocka_unit_test(gzip_damaged),
        cmocka_unit_test(not_to_be_opened), cmocka_unit_test(slow_pipe),
        cmocka_unit_test(slow_gzip),        cmocka_unit_test(flushed_gzip),
        cmocka_unit_test(waits_blocking),   cmocka_unit_test(waits_parked),
        cmocka_unit_test(canceled),         cmocka_unit_test(standard_input),
        cmocka_unit_test(dev_null),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
