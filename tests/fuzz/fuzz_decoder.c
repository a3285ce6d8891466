/* Compressed bodies. The first byte chooses the codings, the second how large the chunks are and
 * how often the sink pauses. */
#include "engine/list.h"
#include "net/xfer/decoder.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>
#include <string.h>

#define ENOUGH (4 << 20) /* bytes made: beyond that nothing new happens */

struct counter {
    struct sink sink;
    unsigned pauses; /* before each piece */
    unsigned paused;
    size_t size;
};

static int counter_write(struct sink *sink, const void *data, size_t size)
{
    struct counter *counter = list_entry(sink, struct counter, sink);
    MUST(data && size > 0);
    if (counter->paused < counter->pauses) {
        counter->paused++;
        return SINK_PAUSE;
    }
    counter->paused = 0;
    counter->size += size;
    return counter->size > ENOUGH ? -EFBIG : 0;
}

/* In a block of its own, so that a sanitizer sees one byte too many. */
static int write_copy(struct decoder *decoder, const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size);
    MUST(copy);
    memcpy(copy, data, size);
    int error = decoder_write(decoder, copy, size);
    free(copy);
    return error;
}

static int write_all(struct decoder *decoder, const uint8_t *data, size_t size, size_t chunk)
{
    int error = 0;
    while (size > 0 && !error) {
        size_t now = chunk < size ? chunk : size;
        while ((error = write_copy(decoder, data, now)) == SINK_PAUSE)
            continue;
        data += now;
        size -= now;
    }
    return error;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const lists[] = {"gzip",          "deflate",    "br", "zstd",
                                        "gzip, deflate", "gzip, zstd", "no"};
    if (size < 2)
        return 0;
    const char *list = lists[data[0] % (sizeof lists / sizeof lists[0])];
    size_t chunk = data[1] & 0x40 ? SIZE_MAX : 1u + (data[1] & 0x3f);
    struct counter counter = {.sink.write = counter_write, .pauses = data[1] >> 7};
    struct decoder *decoder = NULL;
    MUST(decoder_add(&decoder, list, strlen(list), &counter.sink) == 0);
    int error = write_all(decoder, data + 2, size - 2, chunk);
    MUST(error == 0 || error == -EBADMSG || error == -EFBIG || error == -ENOTSUP ||
         error == -ENOMEM);
    (void)decoder_unfinished(decoder); /* whether it is, follows from nothing that we know here */
    decoder_free(decoder);
    return 0;
}
