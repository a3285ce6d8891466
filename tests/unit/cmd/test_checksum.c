/* checksum.h and digest_sink.h: how checksums are written, and what bodies have. */
#include "cmd/get/checksum.h"
#include "cmd/get/digest_sink.h"
#include "engine/list.h"
#include "net/xfer/sink.h"
#include "net/xfer/transfer.h"
#include "tests/unit/cmd/unit.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ABC_SHA_1 "a9993e364706816aba3e25717850c26c9cd0d89d"

static const char *const of_abc[] = {
    "md5=900150983cd24fb0d6963f7d28e17f72",
    "sha-1=" ABC_SHA_1,
    "sha-224=23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
    "sha-256=ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "sha-384=cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
    "8086072ba1e7cc2358baeca134c825a7",
    "sha-512=ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
};

enum { ALGORITHMS = sizeof of_abc / sizeof *of_abc };

static struct checksum read_good(const char *text)
{
    struct checksum checksum;
    assert_null(checksum_parse(&checksum, text, strlen(text)));
    return checksum;
}

static void written_as_read(void **state)
{
    (void)state;
    char text[CHECKSUM_TEXT_SIZE];
    for (int i = 0; i < ALGORITHMS; i++) {
        struct checksum checksum = read_good(of_abc[i]);
        assert_int_equal(checksum.algorithm, CHECKSUM_MD5 + i);
        assert_string_equal(checksum_text(&checksum, text), of_abc[i]);
    }
}

static void spellings(void **state)
{
    (void)state;
    struct checksum plain = read_good("sha-1=" ABC_SHA_1);
    struct checksum other = read_good("SHA1=A9993E364706816ABA3E25717850C26C9CD0D89D");
    assert_true(checksum_equal(&plain, &other));
    other.bytes[19] ^= 1;
    assert_false(checksum_equal(&plain, &other));
    read_good("Md5=900150983cd24fb0d6963f7d28e17f72");
}

static void refused(const char *text, const char *problem)
{
    struct checksum checksum;
    const char *said = checksum_parse(&checksum, text, strlen(text));
    assert_non_null(said);
    assert_string_equal(said, problem);
    assert_int_equal(checksum.algorithm, CHECKSUM_NONE);
}

static void wrong_ones(void **state)
{
    (void)state;
    const char *algorithms = "the algorithm is none of md5, sha-1, sha-224, sha-256, sha-384, "
                             "sha-512";
    refused("", "not ALGORITHM=DIGEST");
    refused(ABC_SHA_1, "not ALGORITHM=DIGEST");
    refused("=" ABC_SHA_1, algorithms);
    refused("sha-=" ABC_SHA_1, algorithms);
    refused("adler32=00000000", algorithms);
    refused("sha-1=", "the digest has not as many digits as the algorithm's");
    refused("sha-256=" ABC_SHA_1, "the digest has not as many digits as the algorithm's");
    refused("sha-1= " ABC_SHA_1, "the digest is not hexadecimal");
    refused("sha-1=" ABC_SHA_1 "=", "the digest is not hexadecimal");
}

static void digits_alone(void **state)
{
    (void)state;
    struct checksum checksum;
    for (int i = 0; i < ALGORITHMS; i++) {
        const char *digits = strchr(of_abc[i], '=') + 1;
        size_t length = strlen(digits);
        assert_int_equal(checksum_scan(&checksum, digits, length), length);
        assert_int_equal(checksum.algorithm, CHECKSUM_MD5 + i);
        assert_int_equal(checksum_scan(&checksum, digits, length - 1), 0);
    }
    assert_int_equal(checksum_scan(&checksum, ABC_SHA_1 " rest", 45), 40);
    assert_int_equal(checksum_scan(&checksum, ABC_SHA_1 "a", 41), 0);
    assert_int_equal(checksum_scan(&checksum, "", 0), 0);
}

/* A sink that takes nothing every second time. */
struct reluctant {
    struct sink sink;
    int begun;
    bool takes;
    int error;
};

static int reluctant_begin(struct sink *sink, struct transfer *transfer,
                           const struct transfer_result *result)
{
    (void)transfer;
    (void)result;
    list_entry(sink, struct reluctant, sink)->begun++;
    return 0;
}

static int reluctant_write(struct sink *sink, const void *data, size_t size)
{
    struct reluctant *reluctant = list_entry(sink, struct reluctant, sink);
    (void)data;
    (void)size;
    reluctant->takes = !reluctant->takes;
    if (reluctant->error)
        return reluctant->error;
    return reluctant->takes ? 0 : SINK_PAUSE;
}

static struct reluctant new_reluctant(void)
{
    return (struct reluctant){.sink = {.begin = reluctant_begin, .write = reluctant_write}};
}

static void feed(struct sink *sink, const char *text)
{
    int result;
    while ((result = sink->write(sink, text, strlen(text))) == SINK_PAUSE)
        ;
    assert_int_equal(result, 0);
}

static void bodies(void **state)
{
    const struct transfer_result answer = {.status = 200}, rest = {.status = 206};
    (void)state;
    for (int i = 0; i < ALGORITHMS; i++) {
        struct reluctant next = new_reluctant();
        struct digest_sink digest;
        struct checksum expected = read_good(of_abc[i]), found;
        assert_int_equal(digest_sink_init(&digest, expected.algorithm, &next.sink), 0);
        /* What came before another try does not count. */
        digest.sink.begin(&digest.sink, NULL, &answer);
        feed(&digest.sink, "something else");
        digest.sink.begin(&digest.sink, NULL, &answer);
        feed(&digest.sink, "a");
        feed(&digest.sink, "b");
        /* What came before a range does. */
        digest.sink.begin(&digest.sink, NULL, &rest);
        feed(&digest.sink, "c");
        assert_int_equal(digest_sink_finish(&digest, &found), 0);
        assert_true(checksum_equal(&found, &expected));
        assert_int_equal(next.begun, 3);
        digest_sink_clear(&digest);
        digest_sink_clear(&digest);
    }
}

static void no_body(void **state)
{
    (void)state;
    struct reluctant next = new_reluctant();
    struct digest_sink digest;
    struct checksum found;
    char text[CHECKSUM_TEXT_SIZE];
    assert_int_equal(digest_sink_init(&digest, CHECKSUM_MD5, &next.sink), 0);
    assert_int_equal(digest_sink_finish(&digest, &found), 0);
    assert_string_equal(checksum_text(&found, text), "md5=d41d8cd98f00b204e9800998ecf8427e");
    digest_sink_clear(&digest);
}

static void errors_pass(void **state)
{
    (void)state;
    struct reluctant next = new_reluctant();
    struct digest_sink digest;
    next.error = -ENOSPC;
    assert_int_equal(digest_sink_init(&digest, CHECKSUM_SHA_1, &next.sink), 0);
    assert_int_equal(digest.sink.write(&digest.sink, "a", 1), -ENOSPC);
    digest_sink_clear(&digest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(written_as_read), cmocka_unit_test(spellings),
        cmocka_unit_test(wrong_ones),      cmocka_unit_test(digits_alone),
        cmocka_unit_test(bodies),          cmocka_unit_test(no_body),
        cmocka_unit_test(errors_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
