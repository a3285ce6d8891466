#include "cmd/get/success_sink.h"

#include "engine/list.h"
#include "net/xfer/transfer.h"
#include <errno.h>

#define DROPPED_MAX (1U << 20)

static struct success_sink *success_of(struct sink *sink)
{
    return list_entry(sink, struct success_sink, sink);
}

static int success_begin(struct sink *sink, struct transfer *transfer,
                         const struct transfer_result *result)
{
    struct success_sink *success = success_of(sink);
    /* No status at all: a protocol without one (FTP). */
    success->success = result->status == 0 || (result->status >= 200 && result->status < 300);
    success->dropped = 0;
    return success->success ? success->next->begin(success->next, transfer, result) : 0;
}

static int success_write(struct sink *sink, const void *data, size_t size)
{
    struct success_sink *success = success_of(sink);
    if (success->success)
        return success->next->write(success->next, data, size);
    success->dropped += size;
    return success->dropped > DROPPED_MAX ? -EFBIG : 0;
}

void success_sink_init(struct success_sink *success, struct sink *next)
{
    *success = (struct success_sink){
        .sink = {.begin = success_begin, .write = success_write},
        .next = next,
    };
}
