/* An answer's headers, line by line, as libcurl hands them over. */
#include "net/xfer/core.h"
#include "tests/fuzz/fuzz.h"
#include <string.h>

static void check(const struct transfer *transfer)
{
    const struct transfer_result *result = transfer->result;
    MUST(result->status >= 0 && result->status <= 999);
    MUST(result->http_version >= 0 && result->http_version <= 99);
    MUST(result->content_length >= -1);
    MUST(result->retry_after_ns >= -1);
    MUST(!result->links || strlen(result->links) <= LINKS_MAX);
    MUST(!result->location || strlen(result->location) <= URL_LENGTH_MAX + 1);
    MUST(result->headers_complete == (transfer->headers == HEADER_DONE));
    MUST(!transfer->begun || result->headers_complete);
}

/* In a block of its own, so that a sanitizer sees one byte too many. Is more wanted? */
static bool receive(struct easy *easy, const uint8_t *line, size_t length)
{
    char *copy = malloc(length);
    MUST(copy);
    memcpy(copy, line, length);
    size_t taken = header_receive(copy, 1, length, easy);
    free(copy);
    MUST(taken == length || (taken == CURL_WRITEFUNC_ERROR && easy->transfer->stop != STOP_NONE));
    return taken == length;
}

static void receive_all(struct easy *easy, const uint8_t *data, size_t size)
{
    bool wanted = true;
    while (wanted && size > 0) {
        const uint8_t *newline = memchr(data, '\n', size);
        size_t length = newline ? (size_t)(newline - data) + 1 : size;
        wanted = receive(easy, data, length);
        check(easy->transfer);
        data += length;
        size -= length;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct transfer_options options = {.compressed = true, .max_filesize = 1000};
    struct client client = {.options = &options};
    struct sink sink = sink_discard;
    struct transfer_request request = {.sink = &sink, .takes_links = true};
    struct transfer_result result = {.content_length = -1, .retry_after_ns = -1};
    struct transfer transfer = {.client = &client,
                                .request = &request,
                                .result = &result,
                                .is_http = true,
                                .decoded.write = transfer_take_decoded};
    struct easy easy = {.transfer = &transfer};

    list_init(&client.loop.touched);
    receive_all(&easy, data, size);
    decoder_free(transfer.decoder);
    transfer_result_clear(&result);
    return 0;
}
