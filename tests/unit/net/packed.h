/* packed.h - compressed bodies for tests.
 *
 * Ownership: all buffers are the caller's. Any thread.
 */
#ifndef TESTS_UNIT_NET_PACKED_H
#define TESTS_UNIT_NET_PACKED_H

#include <stddef.h>

enum packing {
    PACKING_GZIP,
    PACKING_DEFLATE,
    PACKING_RAW_DEFLATE, /* without zlib's header and checksum */
    PACKING_BROTLI,
    PACKING_ZSTD, /* with a checksum */
};
#define PACKINGS 5

/* As Content-Encoding tells it. */
const char *packing_name(enum packing packing);

/* Compresses: the size. Aborts the test when there is not enough room. */
size_t pack(enum packing packing, void *to, size_t room, const void *from, size_t size);

#endif
