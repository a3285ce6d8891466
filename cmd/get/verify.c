#include "cmd/get/verify.h"

#include "net/xfer/transfer.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Sends bodies by way of the digest. */
static int watch(struct verify *verify, const struct checksum *checksum)
{
    struct success_sink *body = &verify->attempt->body;
    struct sink *next = body->next;
    verify->checksum = *checksum;
    body->next = &verify->digest.sink;
    return digest_sink_init(&verify->digest, checksum->algorithm, next);
}

int verify_open(struct verify *verify, struct attempt *attempt, struct download *download)
{
    const struct details *details = attempt->entry->details;
    *verify = (struct verify){.attempt = attempt, .download = download};
    success_sink_init(&attempt->body, &download->sink, attempt->entry->meter);
    if (!details || details->checksum.algorithm == CHECKSUM_NONE)
        return 0;
    int error = watch(verify, &details->checksum);
    /* The beginning may have arrived in an earlier run. */
    return error ? error : download_replay(download, digest_sink_take, &verify->digest);
}

int verify_expect(struct verify *verify, const struct checksum *checksum)
{
    verify->told = true;
    return watch(verify, checksum);
}

/* Of what is decoded on the way the server has told the digest before. */
static bool is_checked(const struct verify *verify)
{
    const struct attempt *attempt = verify->attempt;
    bool decoded = attempt->result.encoded && attempt->worker->options->transfer.compressed;
    return verify->checksum.algorithm != CHECKSUM_NONE && !(verify->told && decoded);
}

const struct checksum *verify_found(const struct verify *verify)
{
    return is_checked(verify) ? &verify->checksum : NULL;
}

/* Has the file the size that the list tells? */
static enum verdict check_size(const struct verify *verify)
{
    struct attempt *attempt = verify->attempt;
    const struct details *details = attempt->entry->details;
    int64_t expected = details ? details->size : -1;
    int64_t size = download_size(verify->download);
    if (size < 0)
        size = attempt->result.bytes;
    if (expected < 0 || size == expected)
        return VERDICT_OK;
    download_distrust(verify->download);
    snprintf(attempt->reason, sizeof attempt->reason,
             "it has %" PRId64 " bytes, not %" PRId64 " as the list says", size, expected);
    return VERDICT_FAILED;
}

/* Has the digest not seen all bytes in their order, it is made of the file. */
static int digest_whole(struct verify *verify)
{
    int64_t size = download_size(verify->download);
    if (!download_is_pieced(verify->download) && (size < 0 || verify->digest.taken == size))
        return 0;
    int error = digest_sink_restart(&verify->digest);
    return error ? error : download_read(verify->download, digest_sink_take, &verify->digest);
}

/* A whole body that is not what it should be would be the same once more; one that was gone on with
 * may have begun as something else. */
static enum verdict check_digest(struct verify *verify, bool mixed, bool *differs)
{
    struct attempt *attempt = verify->attempt;
    struct checksum found;
    char text[CHECKSUM_TEXT_SIZE], expected_text[CHECKSUM_TEXT_SIZE];
    if (!is_checked(verify))
        return VERDICT_OK;
    int error = digest_whole(verify);
    if (!error)
        error = digest_sink_finish(&verify->digest, &found);
    if (error) {
        snprintf(attempt->reason, sizeof attempt->reason, "%s", strerror(-error));
        return error == -ECANCELED ? VERDICT_CANCELED : VERDICT_FAILED;
    }
    if (checksum_equal(&found, &verify->checksum))
        return VERDICT_OK;
    bool gone_on = attempt->result.status == 206 || attempt->result.status == 304;
    if (gone_on && !mixed)
        return VERDICT_AGAIN;
    download_distrust(verify->download);
    *differs = true;
    snprintf(attempt->reason, sizeof attempt->reason, "its checksum is %s, not %s",
             checksum_text(&found, text), checksum_text(&verify->checksum, expected_text));
    return VERDICT_FAILED;
}

enum verdict verify_body(struct verify *verify, bool mixed, bool *differs)
{
    enum verdict verdict = check_size(verify);
    return verdict == VERDICT_OK ? check_digest(verify, mixed, differs) : verdict;
}

void verify_close(struct verify *verify)
{
    digest_sink_clear(&verify->digest);
}
