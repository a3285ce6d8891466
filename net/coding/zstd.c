/* zstd.c - the coding "zstd" (RFC 8878): one frame or several. */
#include "net/coding/coding.h"
#include <errno.h>
#include <zstd.h>
#include <zstd_errors.h>

/* RFC 9659: in this coding nobody may need a window of more than 8 MiB. */
#define WINDOW_LOG_MAX 23

static void *zstd_open(unsigned char first)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();
    (void)first;
    if (context &&
        ZSTD_isError(ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG_MAX))) {
        ZSTD_freeDCtx(context);
        return NULL;
    }
    return context;
}

static void zstd_close(void *stream)
{
    (void)ZSTD_freeDCtx(stream); /* always 0 */
}

static int zstd_decode(void *stream, struct coding_io *io)
{
    ZSTD_inBuffer in = {io->in, io->in_size, 0};
    ZSTD_outBuffer out = {io->out, io->out_size, 0};
    size_t result = ZSTD_decompressStream(stream, &out, &in);
    io->in += in.pos;
    io->in_size -= in.pos;
    io->out += out.pos;
    io->out_size -= out.pos;
    if (ZSTD_isError(result))
        return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation ? -ENOMEM : -EBADMSG;
    return result == 0 ? CODING_ENDED : 0;
}

const struct coding coding_zstd = {"zstd", zstd_open, zstd_decode, zstd_close};
