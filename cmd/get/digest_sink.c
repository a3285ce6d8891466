#include "cmd/get/digest_sink.h"

#include "engine/list.h"
#include "net/xfer/transfer.h"
#include <errno.h>
#include <openssl/evp.h>

static struct digest_sink *digest_of(struct sink *sink)
{
    return list_entry(sink, struct digest_sink, sink);
}

static const EVP_MD *digest_method(enum checksum_algorithm algorithm)
{
    switch (algorithm) {
    case CHECKSUM_MD5:
        return EVP_md5();
    case CHECKSUM_SHA_1:
        return EVP_sha1();
    case CHECKSUM_SHA_224:
        return EVP_sha224();
    case CHECKSUM_SHA_256:
        return EVP_sha256();
    case CHECKSUM_SHA_384:
        return EVP_sha384();
    case CHECKSUM_SHA_512:
        return EVP_sha512();
    case CHECKSUM_NONE:
    case CHECKSUM_COUNT:
        break;
    }
    return NULL;
}

int digest_sink_restart(struct digest_sink *digest)
{
    digest->taken = 0;
    /* After one success it fails only for want of memory. */
    return EVP_DigestInit_ex(digest->context, digest_method(digest->algorithm), NULL) == 1
               ? 0
               : -ENOMEM;
}

static int digest_begin(struct sink *sink, struct transfer *transfer,
                        const struct transfer_result *result)
{
    struct digest_sink *digest = digest_of(sink);
    int error = result->status == 206 ? 0 : digest_sink_restart(digest);
    return error ? error : digest->next->begin(digest->next, transfer, result);
}

static int digest_write(struct sink *sink, const void *data, size_t size)
{
    struct digest_sink *digest = digest_of(sink);
    int result = digest->next->write(digest->next, data, size);
    /* What is not taken comes again. */
    return result ? result : digest_sink_take(digest, data, size);
}

int digest_sink_init(struct digest_sink *digest, enum checksum_algorithm algorithm,
                     struct sink *next)
{
    *digest = (struct digest_sink){
        .sink = {.begin = digest_begin, .write = digest_write},
        .next = next,
        .algorithm = algorithm,
        .context = EVP_MD_CTX_new(),
    };
    if (!digest->context)
        return -ENOMEM;
    return digest_sink_restart(digest) ? -ENOTSUP : 0;
}

int digest_sink_take(void *ctx, const void *data, size_t size)
{
    struct digest_sink *digest = ctx;
    digest->taken += (int64_t)size;
    return EVP_DigestUpdate(digest->context, data, size) == 1 ? 0 : -ENOMEM;
}

int digest_sink_finish(struct digest_sink *digest, struct checksum *found)
{
    *found = (struct checksum){.algorithm = digest->algorithm};
    return EVP_DigestFinal_ex(digest->context, found->bytes, NULL) == 1 ? 0 : -ENOMEM;
}

void digest_sink_clear(struct digest_sink *digest)
{
    EVP_MD_CTX_free(digest->context);
    digest->context = NULL;
}
