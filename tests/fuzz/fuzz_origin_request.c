/* A request head as the tests' origin reads it, and the behaviour its query asks for. */
#include "tests/fuzz/fuzz.h"
#include "tests/origin/behaviour.h"
#include "tests/origin/condition.h"
#include "tests/origin/request.h"
#include <errno.h>

static void check_inside(struct span span, const uint8_t *data, size_t size)
{
    const char *begin = (const char *)data;
    MUST(span.size == 0 || (span.data >= begin && span.data + span.size <= begin + size));
}

static void check_behaviour(const struct request *request)
{
    static struct behaviour behaviour;
    char why[160] = "";
    int64_t first = 0;
    int64_t end = 0;
    int error = behaviour_parse(request->query, &behaviour, why, sizeof(why));
    MUST(error == 0 || (error == -EINVAL && why[0]));
    if (error)
        return;
    MUST(behaviour.size >= 0 && behaviour.delay_ns >= 0 && behaviour.drip_ns >= 0);
    MUST(behaviour.text_used <= sizeof(behaviour.text));
    condition_not_modified(request, &behaviour);
    int status = condition_range(request, &behaviour, behaviour.size, &first, &end);
    MUST(status == 200 || status == 416 ||
         (status == 206 && first >= 0 && first < end && end <= behaviour.size));
    behaviour_calm(&behaviour);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct request request;
    ssize_t length = request_parse((const char *)data, size, &request);
    MUST(length == -EAGAIN || length == -EBADMSG || length == -EMSGSIZE ||
         (length > 0 && (size_t)length <= size && length <= REQUEST_SIZE_MAX));
    if (length < 0)
        return 0;
    check_inside(request.method, data, size);
    check_inside(request.target, data, size);
    check_inside(request.path, data, size);
    check_inside(request.query, data, size);
    for (size_t i = 0; i < request.header_count; i++)
        check_inside(request.headers[i].value, data, size);
    MUST(request.path.size > 0 && request.path.data[0] == '/');
    check_behaviour(&request);
    return 0;
}
