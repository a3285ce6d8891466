/* The value of a Retry-After header. */
#include "engine/deadline.h"
#include "net/http/retry_after.h"
#include "tests/fuzz/fuzz.h"
#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t wait = retry_after_parse((const char *)data, size, (time_t)784111777);
    MUST(wait == -EINVAL || (wait >= 0 && wait <= 604800 * NSEC_PER_SEC));
    return 0;
}
