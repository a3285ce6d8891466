/* body.h - bodies that can be checked: every byte follows from the path and its offset.
 *
 * A body is made of lines of 64 bytes. The line at offset 64*k is
 *
 *     "HHHHHHHHHHHHHHHH OOOOOOOOOOOOOOOO every byte of this is checked\n"
 *
 * where H is the 64-bit FNV-1a hash of the path as it was requested (percent-encoded, without the
 * query; "?seed=" and the seed appended when there is one) and O the offset 64*k, both as 16
 * lower-case hexadecimal digits. The last line is cut where the body ends. So a body that lost,
 * repeated or mixed up anything shows where. tests/e2e/harness/origin.py has the same formula.
 *
 * Ownership: the caller's struct, from body_open() to body_close(). Any thread; nothing here parks.
 */
#ifndef ORIGIN_BODY_H
#define ORIGIN_BODY_H

#include "tests/origin/span.h"
#include <stdint.h>
#include <zlib.h>

enum { BODY_LINE = 64 };

enum body_coding {
    BODY_PLAIN,
    BODY_GZIP,         /* the same bytes, compressed */
    BODY_GZIP_BOMB,    /* zeros, compressed: about a thousandth of its size */
    BODY_GZIP_CUT,     /* the last byte is missing */
    BODY_GZIP_DAMAGED, /* or wrong */
};

struct body {
    uint64_t hash;
    int64_t offset; /* of the next byte before compression */
    int64_t end;
    enum body_coding coding;
    z_stream deflate; /* while coding is not BODY_PLAIN */
    bool finished;    /* the compressor has written its last byte */
};

uint64_t body_hash(struct span path, struct span seed);

/* The bytes from `offset` up to `end` of the body with this hash. 0 or -ENOMEM. */
int body_open(struct body *body, uint64_t hash, int64_t offset, int64_t end,
              enum body_coding coding);

/* Fills `buf` with the next bytes; less than `size` only at the end, where it is 0. */
size_t body_read(struct body *body, char *buf, size_t size);

void body_close(struct body *body);

/* How many bytes body_read() will give in all. Compressed ones are counted by making them once. */
int64_t body_wire_size(uint64_t hash, int64_t end, enum body_coding coding);

#endif
