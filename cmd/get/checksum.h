/* checksum.h - a digest that a file is to have, as the user writes it.
 *
 * "sha-256=HEX" with the names of aria2 and of others ("sha256"), in any case of letters; or the
 * digits alone, as sha256sum(1) prints them, whose number tells the algorithm.
 *
 * A checksum is a plain value without anything to free. Any thread; nothing here parks.
 */
#ifndef CMD_GET_CHECKSUM_H
#define CMD_GET_CHECKSUM_H

#include <stdbool.h>
#include <stddef.h>

enum checksum_algorithm {
    CHECKSUM_NONE,
    CHECKSUM_MD5,
    CHECKSUM_SHA_1,
    CHECKSUM_SHA_224,
    CHECKSUM_SHA_256,
    CHECKSUM_SHA_384,
    CHECKSUM_SHA_512,
    CHECKSUM_COUNT,
};

#define CHECKSUM_BYTES_MAX 64

/* "sha-512=", its digits, a NUL. */
#define CHECKSUM_TEXT_SIZE (8 + 2 * CHECKSUM_BYTES_MAX + 1)

struct checksum {
    enum checksum_algorithm algorithm;
    unsigned char bytes[CHECKSUM_BYTES_MAX];
};

/* Reads "sha-256=HEX". NULL, or what is wrong with it: a literal for the user. */
const char *checksum_parse(struct checksum *checksum, const char *text, size_t length);

/* Takes as many digits as a text begins with for a checksum. Their number; 0: they are none. */
size_t checksum_scan(struct checksum *checksum, const char *text, size_t length);

bool checksum_equal(const struct checksum *a, const struct checksum *b);

/* Writes "sha-256=HEX", digits in lower case, to `text` and returns it. */
const char *checksum_text(const struct checksum *checksum, char text[CHECKSUM_TEXT_SIZE]);

#endif
