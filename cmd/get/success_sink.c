#include "cmd/get/success_sink.h"

#include "engine/list.h"
#include "net/xfer/transfer.h"
#include <errno.h>

#define DROPPED_MAX (1U << 20)

static struct success_sink *success_of(struct sink *sink)
{
    return list_entry(sink, struct success_sink, sink);
}

/* What is packed on the way has no known length, and a range begins where it says. */
static void begin_meter(struct meter *meter, const struct transfer_result *result)
{
    bool part = result->status == 206 && result->range.first >= 0;
    int64_t first = part ? result->range.first : 0;
    bool known = result->content_length >= 0 && !result->encoded;
    int64_t expected = known ? first + result->content_length : -1;
    meter_begin(meter, first, part && result->range.total >= 0 ? result->range.total : expected);
}

static bool is_success(const struct condition *condition, const struct transfer_result *result)
{
    /* No status at all: a protocol without one (FTP). */
    if (result->status == 0)
        return true;
    if (result->status == 206)
        return condition_answer(condition, result) == ANSWER_REST;
    return result->status >= 200 && result->status < 300;
}

static int success_begin(struct sink *sink, struct transfer *transfer,
                         const struct transfer_result *result)
{
    struct success_sink *success = success_of(sink);
    int error = success->on_answer ? success->on_answer(success->ctx, result) : 0;
    if (error)
        return error;
    success->success = is_success(success->condition, result);
    success->dropped = 0;
    if (success->success && success->meter)
        begin_meter(success->meter, result);
    return success->success ? success->next->begin(success->next, transfer, result) : 0;
}

static int success_write(struct sink *sink, const void *data, size_t size)
{
    struct success_sink *success = success_of(sink);
    if (success->success && success->meter)
        meter_add(success->meter, size);
    if (success->success)
        return success->next->write(success->next, data, size);
    success->dropped += size;
    return success->dropped > DROPPED_MAX ? -EFBIG : 0;
}

void success_sink_init(struct success_sink *success, struct sink *next, struct meter *meter)
{
    *success = (struct success_sink){
        .sink = {.begin = success_begin, .write = success_write},
        .next = next,
        .meter = meter,
    };
}
