#include "tests/unit/net/packed.h"
#include <assert.h>
#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

const char *packing_name(enum packing packing)
{
    static const char *const names[] = {"gzip", "deflate", "deflate", "br", "zstd"};
    return names[packing];
}

/* The window's bits say which format, see zlib.h. */
static size_t pack_zlib(int window, void *to, size_t room, const void *from, size_t size)
{
    z_stream stream = {0};
    int result = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, MAX_MEM_LEVEL,
                              Z_DEFAULT_STRATEGY);
    assert(result == Z_OK);
    stream.next_in = (unsigned char *)from;
    stream.avail_in = (unsigned)size;
    stream.next_out = to;
    stream.avail_out = (unsigned)room;
    result = deflate(&stream, Z_FINISH);
    assert(result == Z_STREAM_END);
    deflateEnd(&stream);
    return room - stream.avail_out;
}

static size_t pack_brotli(void *to, size_t room, const void *from, size_t size)
{
    int done =
        BrotliEncoderCompress(5, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_GENERIC, size, from, &room, to);
    assert(done);
    return room;
}

static size_t pack_zstd(void *to, size_t room, const void *from, size_t size)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    assert(context);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t packed = ZSTD_compress2(context, to, room, from, size);
    assert(!ZSTD_isError(packed));
    ZSTD_freeCCtx(context);
    return packed;
}

size_t pack(enum packing packing, void *to, size_t room, const void *from, size_t size)
{
    switch (packing) {
    case PACKING_GZIP:
        return pack_zlib(MAX_WBITS + 16, to, room, from, size);
    case PACKING_DEFLATE:
        return pack_zlib(MAX_WBITS, to, room, from, size);
    case PACKING_RAW_DEFLATE:
        return pack_zlib(-MAX_WBITS, to, room, from, size);
    case PACKING_BROTLI:
        return pack_brotli(to, room, from, size);
    case PACKING_ZSTD:
        break;
    }
    return pack_zstd(to, room, from, size);
}
