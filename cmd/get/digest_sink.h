/* digest_sink.h - computes the digest of a body on its way to another sink. A range (206) goes on
 * where the body was broken off.
 *
 * Ownership: the caller's struct; digest_sink_clear() frees what it holds, and is harmless on a
 * zeroed one. `next` is the caller's. Thread: the transfer's; nothing here parks.
 */
#ifndef CMD_GET_DIGEST_SINK_H
#define CMD_GET_DIGEST_SINK_H

#include "cmd/get/checksum.h"
#include "net/xfer/sink.h"
#include <stdint.h>

struct evp_md_ctx_st; /* libcrypto's EVP_MD_CTX */

struct digest_sink {
    struct sink sink;
    struct sink *next;
    enum checksum_algorithm algorithm;
    struct evp_md_ctx_st *context;
    int64_t taken; /* bytes since the beginning, without a gap */
};

/* 0; -ENOMEM; -ENOTSUP when this libcrypto does without the algorithm. */
int digest_sink_init(struct digest_sink *digest, enum checksum_algorithm algorithm,
                     struct sink *next);

/* Begins anew. 0 or -ENOMEM. */
int digest_sink_restart(struct digest_sink *digest);

/* As if these bytes of the body, which are there already, had arrived. 0 or -ENOMEM. */
int digest_sink_take(void *digest, const void *data, size_t size);

/* The digest of the body that arrived last, once. 0 or -ENOMEM. */
int digest_sink_finish(struct digest_sink *digest, struct checksum *found);

void digest_sink_clear(struct digest_sink *digest);

#endif
