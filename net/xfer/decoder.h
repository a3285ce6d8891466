/* decoder.h - undoes the content codings of a body on its way into a sink. Private to net/xfer.
 *
 * libcurl could do that, but it calls a body complete whose compressed stream ends in the middle,
 * as long as the length is right. Here a stream has an end, and whoever asks learns whether it
 * came.
 *
 * What counts as broken: damaged data and checksums, a frame that wants more memory than its coding
 * may use, and bytes behind the end, except for what is legal or known to be harmless: further
 * members and padding zeros of gzip, further frames of zstd, a checksum behind deflate without
 * header. A body without any byte is an empty body, whatever its coding.
 *
 * Memory: 16 KiB and what the library needs for its window, for each coding of a body (gzip 40 KiB,
 * zstd 8 MiB, br 16 MiB at most), from its first byte on. A body is given on in pieces of at most
 * 16 KiB, however much the compressed bytes swell.
 *
 * Ownership: the caller's, freed with decoder_free(); the sink is the caller's too and outlives it.
 * Any thread, one at a time; nothing here parks.
 */
#ifndef NET_XFER_DECODER_H
#define NET_XFER_DECODER_H

#include "net/xfer/sink.h"

/* For Accept-Encoding. */
#define DECODER_CODINGS "deflate, gzip, br, zstd"

struct decoder;

/* Adds the codings of one Content-Encoding field, in the order of the header, for a body that is to
 * arrive in `sink`. Makes the decoder when it meets the first coding: *decoder stays NULL when
 * there is none but "identity". 0 or -ENOMEM. */
int decoder_add(struct decoder **decoder, const char *list, size_t length, struct sink *sink);

/* As a sink's write(): 0, SINK_PAUSE or -errno of the sink, after SINK_PAUSE the same bytes must
 * come again, maybe with more behind them. Of its own: -EBADMSG for what is broken, -ENOTSUP for a
 * coding that is unknown or one too many, -ENOMEM. After an error it must not be called again. */
int decoder_write(struct decoder *decoder, const void *data, size_t size);

/* All bytes have been written: the name of the coding whose end did not come, NULL when all
 * did. */
const char *decoder_unfinished(const struct decoder *decoder);

void decoder_free(struct decoder *decoder); /* NULL is fine */

#endif
