/* decoder.h: compressed bodies whole, cut anywhere, damaged, swelling and interrupted. */
#include "tests/unit/net/unit.h"

#include "engine/list.h"
#include "net/xfer/decoder.h"
#include "tests/unit/net/packed.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#define ROOM     (1 << 20)
#define PIECE    16384 /* as decoder.h says */
#define SENTENCE "Ever tried. Ever failed. No matter. Try again. Fail again. Fail better."

/* Where a body arrives. */
struct basket {
    struct sink sink;
    unsigned char *bytes; /* ROOM of them; NULL: counted only */
    size_t size;
    size_t most;         /* more is refused with -EFBIG; 0: no bound */
    size_t largest;      /* piece */
    unsigned pause_each; /* so many offers are refused for each that is taken */
    unsigned paused;     /* in a row */
};

static int basket_write(struct sink *sink, const void *data, size_t size)
{
    struct basket *basket = list_entry(sink, struct basket, sink);
    if (basket->paused < basket->pause_each) {
        basket->paused++;
        return SINK_PAUSE;
    }
    basket->paused = 0;
    if (basket->most && size > basket->most - basket->size)
        return -EFBIG;
    if (basket->bytes) {
        assert_true(size <= ROOM - basket->size);
        memcpy(basket->bytes + basket->size, data, size);
    }
    basket->size += size;
    basket->largest = size > basket->largest ? size : basket->largest;
    return 0;
}

static unsigned char packed[ROOM];
static unsigned char plain[ROOM];
static unsigned char unpacked[ROOM];

static struct basket basket_new(void)
{
    return (struct basket){.sink.write = basket_write, .bytes = unpacked};
}

static struct decoder *decoder_for(const char *list, struct basket *basket)
{
    struct decoder *decoder = NULL;
    assert_int_equal(decoder_add(&decoder, list, strlen(list), &basket->sink), 0);
    return decoder;
}

/* In a block of its own, so that a sanitizer sees one byte too many. */
static int write_copy(struct decoder *decoder, const unsigned char *data, size_t size)
{
    unsigned char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    int error = decoder_write(decoder, copy, size);
    free(copy);
    return error;
}

/* Hands over `size` bytes in chunks. After a pause the same bytes come again, with one more behind
 * them if `growing`. The first error. */
static int write_chunks(struct decoder *decoder, const unsigned char *data, size_t size,
                        size_t chunk, bool growing)
{
    int error = 0;
    while (size > 0 && !error) {
        size_t now = chunk < size ? chunk : size;
        while ((error = write_copy(decoder, data, now)) == SINK_PAUSE)
            now += growing && now < size;
        data += now;
        size -= now;
    }
    return error;
}

struct unpacking {
    int error;
    const char *unfinished;
    struct basket basket;
};

static struct unpacking unpack(const char *list, const void *data, size_t size)
{
    struct unpacking unpacking = {.basket = basket_new()};
    struct decoder *decoder = decoder_for(list, &unpacking.basket);
    unpacking.error = write_copy(decoder, data, size);
    unpacking.unfinished = decoder_unfinished(decoder);
    decoder_free(decoder);
    return unpacking;
}

static bool is_plain(const struct unpacking *unpacking, size_t size)
{
    return !unpacking->error && !unpacking->unfinished && unpacking->basket.size == size &&
           memcmp(unpacked, plain, size) == 0;
}

/* Half of it can be compressed. */
static void fill_plain(size_t size)
{
    uint32_t noise = 1;
    for (size_t i = 0; i < size; i++) {
        noise = noise * 1664525 + 1013904223;
        plain[i] = i / 1000 % 2 ? (unsigned char)(noise >> 24) : 'x';
    }
}

static void whole_bodies_in_chunks_of_any_size(void **state)
{
    static const size_t sizes[] = {0, 1, 1000, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 150000};
    static const size_t chunks[] = {1, 2, 3, 7, 100, 1000, 16384, ROOM};
    (void)state;
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            fill_plain(sizes[i]);
            size_t size = pack(packing, packed, ROOM, plain, sizes[i]);
            for (size_t k = 0; k < sizeof chunks / sizeof chunks[0]; k++) {
                struct unpacking unpacking = {.basket = basket_new()};
                struct decoder *decoder = decoder_for(packing_name(packing), &unpacking.basket);
                unpacking.error = write_chunks(decoder, packed, size, chunks[k], false);
                unpacking.unfinished = decoder_unfinished(decoder);
                decoder_free(decoder);
                assert_true(is_plain(&unpacking, sizes[i]));
                assert_true(unpacking.basket.largest <= PIECE);
            }
        }
    }
}

static void small_bodies_in_chunks_of_every_size(void **state)
{
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        size_t size = pack(packing, packed, ROOM, plain, sizeof SENTENCE);
        for (size_t chunk = 1; chunk <= size; chunk++) {
            struct unpacking unpacking = {.basket = basket_new()};
            struct decoder *decoder = decoder_for(packing_name(packing), &unpacking.basket);
            unpacking.error = write_chunks(decoder, packed, size, chunk, false);
            unpacking.unfinished = decoder_unfinished(decoder);
            decoder_free(decoder);
            assert_true(is_plain(&unpacking, sizeof SENTENCE));
        }
    }
}

static void an_end_that_comes_too_early(void **state)
{
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        size_t size = pack(packing, packed, ROOM, plain, sizeof SENTENCE);
        for (size_t cut = 1; cut < size; cut++) {
            struct unpacking unpacking = unpack(packing_name(packing), packed, cut);
            assert_int_equal(unpacking.error, 0);
            assert_string_equal(unpacking.unfinished, packing_name(packing));
            assert_memory_equal(unpacked, plain, unpacking.basket.size);
        }
    }
}

static void a_body_without_a_byte_is_empty(void **state)
{
    static const char *const lists[] = {"gzip", "deflate", "br", "zstd", "gzip, br", "compress"};
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        struct unpacking unpacking = unpack(lists[i], "", 0);
        assert_true(is_plain(&unpacking, 0));
    }
}

/* A bit may not matter, such as gzip's time; then the body is right all the same. */
static void damage_is_found_wherever_it_is(void **state)
{
    static const enum packing checked[] = {PACKING_GZIP, PACKING_DEFLATE, PACKING_ZSTD};
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    for (size_t i = 0; i < sizeof checked / sizeof checked[0]; i++) {
        size_t size = pack(checked[i], packed, ROOM, plain, sizeof SENTENCE);
        unsigned broken = 0;
        for (size_t bit = 0; bit < 8 * size; bit++) {
            packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
            struct unpacking unpacking = unpack(packing_name(checked[i]), packed, size);
            packed[bit / 8] ^= (unsigned char)(1 << bit % 8);
            assert_true(unpacking.error == 0 || unpacking.error == -EBADMSG);
            assert_true(unpacking.error || unpacking.unfinished ||
                        is_plain(&unpacking, sizeof SENTENCE));
            broken += unpacking.error == -EBADMSG;
        }
        assert_true(broken > 8 * size / 2);
    }
}

static void wrong_checksums(void **state)
{
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    size_t size = pack(PACKING_GZIP, packed, ROOM, plain, sizeof SENTENCE);
    for (size_t i = size - 8; i < size; i++) {
        packed[i] ^= 1;
        assert_int_equal(unpack("gzip", packed, size).error, -EBADMSG);
        packed[i] ^= 1;
    }
    assert_null(unpack("gzip", packed, size).unfinished);
}

static void what_is_not_compressed_at_all(void **state)
{
    (void)state;
    assert_int_equal(unpack("gzip", SENTENCE, sizeof SENTENCE).error, -EBADMSG);
    assert_int_equal(unpack("deflate", SENTENCE, sizeof SENTENCE).error, -EBADMSG);
    assert_int_equal(unpack("br", SENTENCE, sizeof SENTENCE).error, -EBADMSG);
    assert_int_equal(unpack("zstd", SENTENCE, sizeof SENTENCE).error, -EBADMSG);
}

/* Packs SENTENCE in two halves, one behind the other, `gap` bytes between. */
static size_t pack_halves(enum packing packing, size_t gap)
{
    size_t half = sizeof SENTENCE / 2;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    memset(packed, 0, ROOM);
    size_t size = pack(packing, packed, ROOM, plain, half) + gap;
    return size + pack(packing, packed + size, ROOM - size, plain + half, sizeof SENTENCE - half);
}

static void several_members(void **state)
{
    (void)state;
    for (size_t gap = 0; gap < 2000; gap += 512) {
        size_t size = pack_halves(PACKING_GZIP, gap);
        struct unpacking unpacking = unpack("gzip", packed, size);
        assert_true(is_plain(&unpacking, sizeof SENTENCE));
        assert_string_equal(unpack("gzip", packed, size - 1).unfinished, "gzip");
        unpacking = unpack("gzip", packed, size + 512); /* padded */
        assert_true(is_plain(&unpacking, sizeof SENTENCE));
    }
    size_t size = pack_halves(PACKING_ZSTD, 0);
    struct unpacking unpacking = unpack("zstd", packed, size);
    assert_true(is_plain(&unpacking, sizeof SENTENCE));
    assert_string_equal(unpack("zstd", packed, size - 1).unfinished, "zstd");
}

/* In the same chunk or in another. */
static void something_else_behind_the_end(void **state)
{
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        size_t size = pack(packing, packed, ROOM, plain, sizeof SENTENCE);
        memcpy(packed + size, "more of it", 10);
        assert_int_equal(unpack(packing_name(packing), packed, size + 10).error, -EBADMSG);

        struct basket basket = basket_new();
        struct decoder *decoder = decoder_for(packing_name(packing), &basket);
        assert_int_equal(write_copy(decoder, packed, size), 0);
        assert_null(decoder_unfinished(decoder));
        assert_int_equal(write_copy(decoder, packed + size, 10), -EBADMSG);
        decoder_free(decoder);
    }
    size_t size = pack(PACKING_GZIP, packed, ROOM, plain, sizeof SENTENCE);
    packed[size] = '\n';
    assert_int_equal(unpack("gzip", packed, size + 1).error, -EBADMSG);
}

static void a_checksum_behind_raw_deflate(void **state)
{
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    size_t size = pack(PACKING_RAW_DEFLATE, packed, ROOM, plain, sizeof SENTENCE);
    memcpy(packed + size, "12345", 5);
    for (size_t chunk = 1; chunk < size + 4; chunk++) {
        struct unpacking unpacking = {.basket = basket_new()};
        struct decoder *decoder = decoder_for("deflate", &unpacking.basket);
        unpacking.error = write_chunks(decoder, packed, size + 4, chunk, false);
        assert_true(is_plain(&unpacking, sizeof SENTENCE));
        assert_int_equal(write_copy(decoder, packed + size + 4, 1), -EBADMSG);
        decoder_free(decoder);
    }
}

static void codings_upon_codings(void **state)
{
    (void)state;
    static unsigned char once[ROOM];
    fill_plain(100000);
    size_t inner = pack(PACKING_GZIP, once, ROOM, plain, 100000);
    size_t size = pack(PACKING_BROTLI, packed, ROOM, once, inner);
    struct unpacking unpacking = unpack("gzip, br", packed, size);
    assert_true(is_plain(&unpacking, 100000));
    assert_string_equal(unpack("gzip, br", packed, size - 1).unfinished, "br");
    size = pack(PACKING_BROTLI, packed, ROOM, once, inner - 1);
    assert_string_equal(unpack("gzip, br", packed, size).unfinished, "gzip");
    assert_int_equal(unpack("br, gzip", packed, size).error, -EBADMSG);
}

static void how_the_header_is_read(void **state)
{
    static const char *const gzips[] = {
        "gzip", "x-gzip", "GZip", " ,\t,gzip , identity ,", "gzip\t", "identity,X-GZIP"};
    static const char *const refused[] = {"compress",     "gzip;q=1", "gzi",    "gzipp",
                                          "gzip,br,zstd", "gzip, no", "no,gzip"};
    (void)state;
    memcpy(plain, SENTENCE, sizeof SENTENCE);
    size_t size = pack(PACKING_GZIP, packed, ROOM, plain, sizeof SENTENCE);
    for (size_t i = 0; i < sizeof gzips / sizeof gzips[0]; i++) {
        struct unpacking unpacking = unpack(gzips[i], packed, size);
        assert_true(is_plain(&unpacking, sizeof SENTENCE));
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        assert_int_equal(unpack(refused[i], packed, size).error, -ENOTSUP);

    struct basket basket = basket_new();
    assert_null(decoder_for("", &basket));
    assert_null(decoder_for("identity, ,IDENTITY", &basket));
    struct decoder *decoder = decoder_for("gzip", &basket); /* in two fields */
    assert_int_equal(decoder_add(&decoder, "x-no", 4, &basket.sink), 0);
    assert_int_equal(write_copy(decoder, packed, size), -ENOTSUP);
    decoder_free(decoder);
}

/* Much comes out of little; whoever has had enough gets no more. */
static void bombs(void **state)
{
    enum { SIZE = 64 << 20 };
    (void)state;
    unsigned char *zeros = calloc(1, SIZE);
    assert_non_null(zeros);
    for (enum packing packing = 0; packing < PACKINGS; packing++) {
        size_t size = pack(packing, packed, ROOM, zeros, SIZE);
        struct basket basket = {.sink.write = basket_write, .most = 100000};
        struct decoder *decoder = decoder_for(packing_name(packing), &basket);
        assert_int_equal(write_copy(decoder, packed, size), -EFBIG);
        assert_true(basket.size <= 100000 && basket.size > 100000 - PIECE);
        decoder_free(decoder);

        basket = (struct basket){.sink.write = basket_write};
        decoder = decoder_for(packing_name(packing), &basket);
        assert_int_equal(write_copy(decoder, packed, size), 0);
        assert_null(decoder_unfinished(decoder));
        assert_int_equal(basket.size, SIZE);
        assert_true(basket.largest <= PIECE);
        decoder_free(decoder);
    }
    free(zeros);
}

static void a_window_that_is_too_large(void **state)
{
    (void)state;
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert_non_null(context);
    for (int bits = 23; bits <= 24; bits++) {
        ZSTD_outBuffer out = {packed, ROOM, 0};
        ZSTD_inBuffer in = {plain, 1000, 0};
        ZSTD_inBuffer none = {0};
        ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters);
        ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, bits);
        ZSTD_compressStream2(context, &out, &in, ZSTD_e_flush); /* so it cannot know the size */
        assert_int_equal(ZSTD_compressStream2(context, &out, &none, ZSTD_e_end), 0);
        assert_int_equal(unpack("zstd", packed, out.pos).error, bits == 23 ? 0 : -EBADMSG);
    }
    ZSTD_freeCCtx(context);
}

static void pauses(void **state)
{
    static unsigned char once[ROOM];
    static const size_t chunks[] = {1, 1000, ROOM};
    (void)state;
    fill_plain(70000);
    for (enum packing packing = 0; packing <= PACKINGS; packing++) {
        const char *list = packing < PACKINGS ? packing_name(packing) : "br, gzip";
        size_t size;
        if (packing < PACKINGS) {
            size = pack(packing, packed, ROOM, plain, 70000);
        } else {
            size = pack(PACKING_BROTLI, once, ROOM, plain, 70000);
            size = pack(PACKING_GZIP, packed, ROOM, once, size);
        }
        for (unsigned i = 0; i < 3 * 2 * 2; i++) {
            struct unpacking unpacking = {.basket = basket_new()};
            struct decoder *decoder = decoder_for(list, &unpacking.basket);
            unpacking.basket.pause_each = 1 + i / 6;
            unpacking.error = write_chunks(decoder, packed, size, chunks[i % 3], i / 3 % 2);
            unpacking.unfinished = decoder_unfinished(decoder);
            decoder_free(decoder);
            assert_true(is_plain(&unpacking, 70000));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_bodies_in_chunks_of_any_size),
        cmocka_unit_test(small_bodies_in_chunks_of_every_size),
        cmocka_unit_test(an_end_that_comes_too_early),
        cmocka_unit_test(a_body_without_a_byte_is_empty),
        cmocka_unit_test(damage_is_found_wherever_it_is),
        cmocka_unit_test(wrong_checksums),
        cmocka_unit_test(what_is_not_compressed_at_all),
        cmocka_unit_test(several_members),
        cmocka_unit_test(something_else_behind_the_end),
        cmocka_unit_test(a_checksum_behind_raw_deflate),
        cmocka_unit_test(codings_upon_codings),
        cmocka_unit_test(how_the_header_is_read),
        cmocka_unit_test(bombs),
        cmocka_unit_test(a_window_that_is_too_large),
        cmocka_unit_test(pauses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
