/* Compressed bodies over the wire: libcurl hands over what came, the decoder undoes it. */
#include "tests/unit/net/unit.h"

#include "engine/engine.h"
#include "tests/unit/net/packed.h"
#include "tests/unit/net/pausing.h"
#include "tests/unit/net/trial_server.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIZE 300000
#define ROOM 400000

static struct answer answers[32];
static size_t answer_count;
static char plain[SIZE + 1];

/* The framing is right, whatever the body is. */
static void add_answer(const char *path, const char *fields, const void *body, size_t size)
{
    char *text = malloc(size + 200);
    assert_non_null(text);
    int head =
        snprintf(text, 200, "HTTP/1.1 200 OK\r\n%sContent-Length: %zu\r\n\r\n", fields, size);
    memcpy(text + head, body, size);
    answers[answer_count++] = (struct answer){path, text, (size_t)head + size};
}

static void add_packings(void)
{
    static const char *const paths[][2] = {
        {"/gzip", "/gzip-cut"}, {"/deflate", "/deflate-cut"}, {"/raw-deflate", "/raw-deflate-cut"},
        {"/br", "/br-cut"},     {"/zstd", "/zstd-cut"},
    };
    static char body[ROOM];
    char fields[64];
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        size_t size = pack(packing, body, ROOM, plain, SIZE);
        snprintf(fields, sizeof fields, "Content-Encoding: %s\r\n", packing_name(packing));
        add_answer(paths[packing][0], fields, body, size);
        add_answer(paths[packing][1], fields, body, size - 1);
    }
}

static void add_oddities(void)
{
    static char once[ROOM];
    static char body[ROOM];
    size_t inner = pack(PACKING_GZIP, once, ROOM, plain, SIZE);
    size_t size = pack(PACKING_ZSTD, body, ROOM, once, inner);
    add_answer("/gzip-zstd", "Content-Encoding: gzip\r\nCONTENT-ENCODING:zstd \r\n", body, size);
    add_answer("/three", "Content-Encoding: gzip, gzip, gzip\r\n", once, inner);
    add_answer("/many", "Content-Encoding: br,br,br,br,br,br,br,br,br\r\n", once, inner);
    add_answer("/unknown", "Content-Encoding: compress\r\n", once, inner);
    add_answer("/unknown-empty", "Content-Encoding: compress\r\n", "", 0);
    add_answer("/gzip-empty", "Content-Encoding: gzip\r\n", "", 0);
    add_answer("/identity", "Content-Encoding: identity\r\n", plain, SIZE);
    memcpy(once + inner, "more", 4);
    add_answer("/gzip-and-more", "Content-Encoding: gzip\r\n", once, inner + 4);
    once[inner - 8] ^= 1;
    add_answer("/gzip-checksum", "Content-Encoding: gzip\r\n", once, inner);
}

/* A frame of zeros, again and again: gigabytes, in less than libcurl reads at a time. */
static void add_bomb(void)
{
    enum { FRAME = 64 << 20, FRAMES = 256 };
    void *zeros = calloc(1, FRAME);
    char *body = malloc(FRAMES * 10000);
    assert_true(zeros && body);
    size_t size = pack(PACKING_ZSTD, body, 10000, zeros, FRAME);
    for (size_t i = 1; i < FRAMES; i++)
        memcpy(body + i * size, body, size);
    add_answer("/bomb", "Content-Encoding: zstd\r\n", body, FRAMES * size);
    free(body);
    free(zeros);
}

static int setup(void **state)
{
    uint32_t noise = 1;
    (void)state;
    for (size_t i = 0; i < SIZE; i++) {
        noise = noise * 1664525 + 1013904223;
        plain[i] = i / 1000 % 4 ? (char)('a' + (noise >> 24) % 26) : 'x';
    }
    add_packings();
    add_oddities();
    add_bomb();
    int error = trial_server_open(NULL);
    loopback_offer(&server, answers);
    return error;
}

static int teardown(void **state)
{
    int error = trial_server_close(state);
    for (size_t i = 0; i < answer_count; i++)
        free((void *)answers[i].data);
    return error;
}

struct expectation {
    const char *path;
    int error;
    const char *words;
};

static const char broken[] = "the body's compression is broken or unknown";

static const struct expectation expectations[] = {
    {"/gzip", 0, ""},
    {"/deflate", 0, ""},
    {"/raw-deflate", 0, ""},
    {"/br", 0, ""},
    {"/zstd", 0, ""},
    {"/gzip-zstd", 0, ""},
    {"/identity", 0, ""},
    {"/gzip-cut", -EBADMSG, "the gzip body ends too early"},
    {"/deflate-cut", -EBADMSG, "the deflate body ends too early"},
    {"/raw-deflate-cut", -EBADMSG, "the deflate body ends too early"},
    {"/br-cut", -EBADMSG, "the br body ends too early"},
    {"/zstd-cut", -EBADMSG, "the zstd body ends too early"},
    {"/gzip-checksum", -EBADMSG, broken},
    {"/gzip-and-more", -EBADMSG, broken},
    {"/three", -ENOTSUP, broken},
    {"/many", -ENOTSUP, broken},
    {"/unknown", -ENOTSUP, broken},
};

static void test_bodies(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
            const struct expectation *expected = &expectations[i];
            struct trial trial = {.options.compressed = true};
            trial_ask(&trial, expected->path, runtime);
            print_message("%s: %s\n", expected->path, trial.result.message);
            assert_string_equal(trial.result.message, expected->words);
            assert_int_equal(trial.result.error, expected->error);
            assert_int_equal(transfer_error_is_transient(&trial.result),
                             expected->error == -EBADMSG);
            assert_int_equal(trial.result.bytes, trial.body_length);
            if (!expected->error) {
                assert_int_equal(trial.body_length, SIZE);
                assert_memory_equal(trial.body, plain, SIZE);
                assert_int_equal(trial.result.wire_bytes, trial.result.content_length);
            }
            trial_clear(&trial);
        }
    }
}

static void test_empty_bodies(void **state)
{
    static const char *const paths[] = {"/gzip-empty", "/unknown-empty"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct trial trial = {.options.compressed = true};
        trial_ask(&trial, paths[i], RUNTIME_SCHEDULED);
        assert_string_equal(trial.result.message, "");
        assert_int_equal(trial.body_length, 0);
        assert_int_equal(trial.begun, 1);
        trial_clear(&trial);
    }
}

/* Not asked for: as it is, whatever the server says of it. */
static void test_not_asked_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < answer_count; i++) {
        struct trial trial = {0}; /* a bomb is harmless then */
        trial_ask(&trial, answers[i].path, RUNTIME_SCHEDULED);
        assert_string_equal(trial.result.message, "");
        assert_int_equal(trial.body_length, trial.result.content_length);
        const char *end = (const char *)answers[i].data + answers[i].size;
        if (trial.body_length)
            assert_memory_equal(trial.body, end - trial.body_length, trial.body_length);
        trial_clear(&trial);
    }
}

/* Decoded bytes count. */
static void test_max_filesize(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        for (int64_t limit = SIZE - 1; limit <= SIZE; limit++) {
            struct trial trial = {.options = {.compressed = true, .max_filesize = limit}};
            trial_ask(&trial, "/zstd", runtime);
            assert_int_equal(trial.result.error, limit < SIZE ? -EFBIG : 0);
            assert_string_equal(trial.result.message,
                                limit < SIZE ? "larger than the 299,999 bytes allowed" : "");
            assert_true(trial.result.bytes <= limit);
            trial_clear(&trial);
        }
    }
}

static bool is_plain(size_t at, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] != plain[(at + i) % SIZE])
            return false;
    return true;
}

static void test_pauses(void **state)
{
    (void)state;
    struct transfer_options options = {.compressed = true};
    for (size_t i = 0; i < sizeof expectations / sizeof expectations[0]; i++) {
        const struct expectation *expected = &expectations[i];
        struct pausing pausing = {.path = expected->path, .times = 3, .is_right = is_plain};
        with_client(RUNTIME_SCHEDULED, &options, NULL, pausing_run, &pausing);
        assert_string_equal(pausing.result.message, expected->words);
        assert_int_equal(pausing.result.bytes, pausing.bytes);
        assert_int_equal(pausing.wrong, 0);
        if (!expected->error) {
            assert_int_equal(pausing.bytes, SIZE);
            assert_true(pausing.pauses > 3 * SIZE / 16384);
        }
    }
}

static void test_a_bomb_ends_in_time(void **state)
{
    (void)state;
    for (enum runtime runtime = 0; runtime < RUNTIMES; runtime++) {
        struct sink discard = sink_discard;
        struct trial trial = {
            .options.compressed = true,
            .sink = &discard,
            .timeout_ns = 100 * NSEC_PER_MSEC,
        };
        trial_ask(&trial, "/bomb", runtime);
        assert_int_equal(trial.result.error, -ETIMEDOUT);
        assert_true(trial.result.bytes > 0 && trial.result.bytes < (int64_t)16 << 30);
        trial_clear(&trial);
    }
}

struct turns {
    unsigned taken;
    bool done;
    struct transfer_result result;
};

static void *take_turns(void *arg)
{
    struct turns *turns = arg;
    for (; !turns->done; turns->taken++)
        task_sleep(deadline_in_ms(1));
    return NULL;
}

static void run_bomb_beside_others(struct client *client, void *ctx)
{
    struct turns *turns = ctx;
    struct sink discard = sink_discard;
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%u/bomb", server.port);
    struct task *task = task_spawn(NULL, take_turns, turns);
    transfer_once(client, url, &discard, &turns->result);
    turns->done = true;
    task_join(task, NULL, DEADLINE_NEVER);
}

static void test_a_bomb_lets_others_run(void **state)
{
    struct transfer_options options = {.compressed = true, .max_filesize = 1 << 30};
    struct turns turns = {0};
    (void)state;
    with_client(RUNTIME_SCHEDULED, &options, NULL, run_bomb_beside_others, &turns);
    assert_string_equal(turns.result.message, "larger than the 1,073,741,824 bytes allowed");
    assert_true(turns.taken > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_empty_bodies),
        cmocka_unit_test(test_not_asked_for),
        cmocka_unit_test(test_max_filesize),
        cmocka_unit_test(test_pauses),
        cmocka_unit_test(test_a_bomb_ends_in_time),
        cmocka_unit_test(test_a_bomb_lets_others_run),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
