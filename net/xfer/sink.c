#include "net/xfer/sink.h"
#include "net/xfer/core.h"
#include <errno.h>

/* A few compressed bytes may become gigabytes. After so many decoded ones a transfer lets others
 * have their turn. */
#define TURN_BYTES ((size_t)4 << 20)

static int discard_write(struct sink *sink, const void *data, size_t size)
{
    (void)sink;
    (void)data;
    (void)size;
    return 0;
}

const struct sink sink_discard = {.write = discard_write};

/* FTP has no headers that announce the length. */
static void take_length(struct transfer *transfer)
{
    curl_off_t length = -1;
    if (curl_easy_getinfo(transfer->easy->handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) == 0)
        transfer->result->content_length = length;
}

/* Of a range, what came before it counts for the size of the file. */
static int64_t bytes_before(const struct transfer *transfer)
{
    const struct transfer_condition *condition = transfer->request->condition;
    return condition && transfer->result->status == 206 ? condition->first : 0;
}

static int sink_refused(struct transfer *transfer, int error)
{
    transfer->stop = STOP_SINK;
    transfer->result->sink_error = error;
    return error;
}

int transfer_begin(struct transfer *transfer)
{
    struct sink *sink = transfer->request->sink;
    if (transfer->begun)
        return 0;
    transfer->begun = true;
    if (!transfer->is_http)
        take_length(transfer);
    int64_t limit = transfer->client->options->max_filesize;
    if (limit && !transfer->decoder &&
        transfer->result->content_length > limit - bytes_before(transfer)) {
        transfer->stop = STOP_TOO_LARGE;
        return -EFBIG;
    }
    int error = sink->begin ? sink->begin(sink, transfer, transfer->result) : 0;
    return error ? sink_refused(transfer, error) : 0;
}

/* The sink wants no more for now. Off a scheduler nobody could ever resume it. */
static size_t body_pause(struct transfer *transfer)
{
    if (!transfer->client->loop.scheduled) {
        transfer->stop = STOP_PAUSED_BLOCKING;
        return CURL_WRITEFUNC_ERROR;
    }
    transfer->paused = true;
    list_remove(&transfer->quiet_node);
    speed_unwatch(transfer);
    return CURL_WRITEFUNC_PAUSE;
}

/* Others first: other transfers, deadlines, interruptions. */
static size_t body_yield(struct transfer *transfer)
{
    transfer->yields = false;
    transfer->paused = true;
    list_remove(&transfer->quiet_node);
    list_push_back(&transfer->client->loop.yielded, &transfer->quiet_node);
    return CURL_WRITEFUNC_PAUSE;
}

/* It was too fast; speed_tick() resumes it. */
static size_t body_delay(struct transfer *transfer)
{
    transfer->paused = true;
    speed_unwatch(transfer);
    return CURL_WRITEFUNC_PAUSE;
}

static int body_deliver(struct transfer *transfer, const void *data, size_t size)
{
    struct transfer_result *result = transfer->result;
    struct sink *sink = transfer->request->sink;
    int64_t limit = transfer->client->options->max_filesize;
    int64_t length = (int64_t)size;

    if (limit && length > limit - bytes_before(transfer) - result->bytes) {
        transfer->stop = STOP_TOO_LARGE;
        return -EFBIG;
    }
    int error = sink->write(sink, data, size);
    if (error)
        return error == SINK_PAUSE ? error : sink_refused(transfer, error);
    result->bytes += length;
    result->body_begun = true;
    return 0;
}

int transfer_take_decoded(struct sink *sink, const void *data, size_t size)
{
    struct transfer *transfer = list_entry(sink, struct transfer, decoded);
    if (transfer->decoded_bytes >= TURN_BYTES) {
        transfer->decoded_bytes = 0;
        transfer->yields = true;
        return SINK_PAUSE;
    }
    int error = body_deliver(transfer, data, size);
    if (!error)
        transfer->decoded_bytes += size;
    return error;
}

/* Errors of the sink behind it have been noted where they occurred. */
static int body_decode(struct transfer *transfer, const void *data, size_t size)
{
    int error = decoder_write(transfer->decoder, data, size);
    if (error < 0 && transfer->stop == STOP_NONE) {
        transfer->stop = error == -ENOMEM    ? STOP_NO_MEMORY
                         : error == -ENOTSUP ? STOP_UNKNOWN_CODING
                                             : STOP_BROKEN_CODING;
    }
    return error;
}

size_t body_receive(char *data, size_t size, size_t count, void *ctx)
{
    struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    size_t length = size * count;

    if (transfer->stop != STOP_NONE || transfer_begin(transfer) != 0)
        return CURL_WRITEFUNC_ERROR;
    if (!speed_allows(transfer, length))
        return body_delay(transfer);
    loop_touch(transfer);
    int error = transfer->decoder ? body_decode(transfer, data, length)
                                  : body_deliver(transfer, data, length);
    if (error == SINK_PAUSE)
        return transfer->yields ? body_yield(transfer) : body_pause(transfer);
    speed_delivered(transfer, length);
    return error ? CURL_WRITEFUNC_ERROR : length;
}
