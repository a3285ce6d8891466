/* zlib.c - the codings "gzip" and "deflate". */
#define ZLIB_CONST /* zlib.h: input is not written to */
#include "net/coding/coding.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    /* Window bits: what they mean to inflateInit2() is told in zlib.h. */
    WINDOW_GZIP = MAX_WBITS + 16,
    WINDOW_ZLIB = MAX_WBITS,
    WINDOW_RAW = -MAX_WBITS,
    GZIP_MAGIC_0 = 0x1f, /* RFC 1952 section 2.3.1 */
    RAW_TRAILER = 4,     /* some servers leave out zlib's header, but not its checksum */
};

struct inflater {
    z_stream zlib;
    int window;
    bool ended;     /* the stream, or this member of it, is complete */
    unsigned spare; /* bytes that may follow and mean nothing */
};

static void *inflater_open(int window)
{
    struct inflater *inflater = calloc(1, sizeof *inflater);
    if (!inflater)
        return NULL;
    inflater->window = window;
    inflater->spare = window == WINDOW_RAW ? RAW_TRAILER : 0;
    if (inflateInit2(&inflater->zlib, window) != Z_OK) {
        free(inflater);
        return NULL;
    }
    return inflater;
}

static void inflater_close(void *stream)
{
    struct inflater *inflater = stream;
    (void)inflateEnd(&inflater->zlib); /* fails only for a stream that is none */
    free(inflater);
}

static void *gzip_open(unsigned char first)
{
    (void)first;
    return inflater_open(WINDOW_GZIP);
}

/* The coding is zlib's format (RFC 1950), but servers are about that send what is in it alone (RFC
 * 1951). Its first byte says method 8 and a window of at most 32 KiB. Bare data would begin so only
 * with a stored block whose padding is not zero, which nobody makes. */
static void *deflate_open(unsigned char first)
{
    bool is_zlib = (first & 0x0f) == Z_DEFLATED && first >> 4 <= MAX_WBITS - 8;
    return inflater_open(is_zlib ? WINDOW_ZLIB : WINDOW_RAW);
}

static void skip(struct coding_io *io, size_t size)
{
    io->in += size;
    io->in_size -= size;
}

/* Behind a member there may be another (RFC 1952 section 2.2), or the zeros that pad an archive's
 * last block. Anything else belongs to no body. */
static int gzip_go_on(struct inflater *inflater, struct coding_io *io)
{
    while (io->in_size > 0 && *io->in == 0)
        skip(io, 1);
    if (io->in_size == 0)
        return CODING_ENDED;
    if (*io->in != GZIP_MAGIC_0 || inflateReset(&inflater->zlib) != Z_OK)
        return -EBADMSG;
    inflater->ended = false;
    return 0;
}

static int deflate_go_on(struct inflater *inflater, struct coding_io *io)
{
    if (io->in_size > inflater->spare)
        return -EBADMSG;
    inflater->spare -= (unsigned)io->in_size;
    skip(io, io->in_size);
    return CODING_ENDED;
}

static int inflater_go_on(struct inflater *inflater, struct coding_io *io)
{
    return inflater->window == WINDOW_GZIP ? gzip_go_on(inflater, io) : deflate_go_on(inflater, io);
}

static unsigned as_unsigned(size_t size)
{
    return size < UINT_MAX ? (unsigned)size : UINT_MAX;
}

static int inflater_inflate(struct inflater *inflater, struct coding_io *io)
{
    z_stream *zlib = &inflater->zlib;
    zlib->next_in = io->in;
    zlib->avail_in = as_unsigned(io->in_size);
    zlib->next_out = io->out;
    zlib->avail_out = as_unsigned(io->out_size);
    int result = inflate(zlib, Z_NO_FLUSH);
    skip(io, (size_t)(zlib->next_in - io->in));
    io->out_size -= (size_t)(zlib->next_out - io->out);
    io->out = zlib->next_out;
    switch (result) {
    case Z_OK:
    case Z_BUF_ERROR: /* nothing to do for it now */
        return 0;
    case Z_STREAM_END:
        inflater->ended = true;
        return CODING_ENDED;
    case Z_MEM_ERROR:
        return -ENOMEM;
    default: /* also a dictionary that nobody has agreed on */
        return -EBADMSG;
    }
}

static int inflater_decode(void *stream, struct coding_io *io)
{
    struct inflater *inflater = stream;
    int result = inflater->ended ? inflater_go_on(inflater, io) : 0;
    return result ? result : inflater_inflate(inflater, io);
}

const struct coding coding_gzip = {"gzip", gzip_open, inflater_decode, inflater_close};
const struct coding coding_deflate = {"deflate", deflate_open, inflater_decode, inflater_close};
