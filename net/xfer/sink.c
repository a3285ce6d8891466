#include "net/xfer/sink.h"
#include "net/xfer/core.h"
#include <errno.h>

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
    if (limit && !transfer->encoded && transfer->result->content_length > limit) {
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
    return CURL_WRITEFUNC_PAUSE;
}

size_t body_receive(char *data, size_t size, size_t count, void *ctx)
{
    struct easy *easy = ctx;
    struct transfer *transfer = easy->transfer;
    struct transfer_result *result = transfer->result;
    int64_t limit = transfer->client->options->max_filesize;
    int64_t length = (int64_t)(size * count);

    if (transfer->stop != STOP_NONE || transfer_begin(transfer) != 0)
        return CURL_WRITEFUNC_ERROR;
    loop_touch(transfer);
    if (limit && length > limit - result->bytes) {
        transfer->stop = STOP_TOO_LARGE;
        return CURL_WRITEFUNC_ERROR;
    }
    int error = transfer->request->sink->write(transfer->request->sink, data, (size_t)length);
    if (error == SINK_PAUSE)
        return body_pause(transfer);
    if (error) {
        sink_refused(transfer, error);
        return CURL_WRITEFUNC_ERROR;
    }
    result->bytes += length;
    result->body_begun = true;
    return (size_t)length;
}
