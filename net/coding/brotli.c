/* brotli.c - the coding "br" (RFC 7932). Its window is 16 MiB at most. */
#include "net/coding/coding.h"
#include <brotli/decode.h>
#include <errno.h>
#include <stdbool.h>

static void *brotli_open(unsigned char first)
{
    (void)first;
    return BrotliDecoderCreateInstance(NULL, NULL, NULL);
}

static void brotli_close(void *stream)
{
    BrotliDecoderDestroyInstance(stream);
}

static int brotli_failure(const BrotliDecoderState *state)
{
    BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(state);
    bool no_memory = code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                     code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
    return no_memory ? -ENOMEM : -EBADMSG;
}

static int brotli_decode(void *stream, struct coding_io *io)
{
    /* Nothing may follow: once at its end the library takes no more, and says so again. */
    if (BrotliDecoderIsFinished(stream))
        return -EBADMSG;
    switch (BrotliDecoderDecompressStream(stream, &io->in_size, &io->in, &io->out_size, &io->out,
                                          NULL)) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return CODING_ENDED;
    case BROTLI_DECODER_RESULT_ERROR:
        return brotli_failure(stream);
    default:
        return 0;
    }
}

const struct coding coding_brotli = {"br", brotli_open, brotli_decode, brotli_close};
